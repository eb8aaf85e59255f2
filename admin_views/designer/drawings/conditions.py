"""Conditions as sentences 条件的说法: names by their labels, options by their words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from admin_views.designer.bench import Bench
from documents.rules.broken import PolicyInvalid
from documents.rules.expressions import Tree, compile_expression
from documents.rules.policy_fields import all_fields

FACTS: Final[Mapping[str, Any]] = {
    "number": _l("投诉编号"),
    "case_type": _l("事项类型"),
    "stage": _l("当前环节"),
    "outcome": _l("处理结果"),
    "flags": _l("标记"),
    "attachments": _l("附件数"),
    "extension_waits": _l("有待批的延期"),
    "extensions": _l("已延期次数"),
    "has_handler": _l("已有承办人"),
    "received_kind": _l("首接单位的类型"),
    "today": _l("填写当天"),
}
# How a comparison of two sides reads.
COMPARED: Final[Mapping[str, Any]] = {
    "==": _l("%(left)s 是 %(right)s"),
    "!=": _l("%(left)s 不是 %(right)s"),
    ">": _l("%(left)s 大于 %(right)s"),
    ">=": _l("%(left)s 不小于 %(right)s"),
    "<": _l("%(left)s 小于 %(right)s"),
    "<=": _l("%(left)s 不大于 %(right)s"),
}
KINDS: Final = {"case_type": "case_types", "stage": "stages", "received_kind": "unit_kinds"}


def condition(bench: Bench, text: Any) -> str:
    """A condition in words; the text itself where it cannot be read."""
    if isinstance(text, bool):
        return _("总是") if text else _("从不")
    if not isinstance(text, str) or not text.strip():
        return ""
    try:
        return _Teller(bench).tell(compile_expression(text))
    except PolicyInvalid:
        return text


class _Teller:
    """Tells a tree of one definition."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.labels = {one.key: one.label for one in bench.known.offers.fields}

    @cached_property
    def fields(self) -> Mapping[str, Any]:
        """Every field by its key."""
        return all_fields(self.bench.definition)

    def tell(self, tree: Tree, inner: bool = False) -> str:
        """One part of a condition; `inner` puts “or” inside “and” into brackets."""
        head = tree[0]
        if head in ("and", "or"):
            joint = _("，并且") if head == "and" else _("，或者")
            words = f"{joint} ".join(self.tell(one, inner=True) for one in tree[1:])
            return f"（{words}）" if inner else words
        if head == "not":
            return str(_("并非 %(what)s", what=self.tell(tree[1], inner=True)))
        if head in COMPARED:
            return self._compared(tree)
        if head in ("in", "not in"):
            return self._member(tree)
        if head == "empty":
            return str(_("%(what)s 未填写", what=self._side(tree[1])))
        return str(_("%(what)s 为“是”", what=self._side(tree))) if head == "name" else self._side(tree)

    def _compared(self, tree: Tree) -> str:
        left, right = self._side(tree[1]), self._side(tree[2], of=tree[1])
        return str(COMPARED[tree[0]]) % {"left": left, "right": right}

    def _member(self, tree: Tree) -> str:
        item, box, no = tree[1], tree[2], tree[0] == "not in"
        if box[0] == "list":
            words = _("、").join(self._side(one, of=item) for one in box[1:])
            text = _("%(what)s 不是 %(these)s 中的任何一个") if no else _("%(what)s 是 %(these)s 之一")
            return str(text) % {"what": self._side(item), "these": words}
        text = _("%(box)s 不含 %(item)s") if no else _("%(box)s 包含 %(item)s")
        return str(text) % {"box": self._side(box), "item": self._side(item, of=box)}

    def _side(self, tree: Tree, of: Tree | None = None) -> str:
        head = tree[0]
        if head == "name":
            return self._name(tree[1])
        if head in ("value", "number"):
            return self._value(tree[1], of[1] if of and of[0] == "name" else "")
        if head in ("+", "-", "*", "/"):
            return f"{self._side(tree[1])} {head} {self._side(tree[2])}"
        inner = _("、").join(self._side(one) for one in tree[1:])
        return str(FUNCTIONS[head]) % {"what": inner} if head in FUNCTIONS else f"{head}({inner})"

    def _name(self, name: str) -> str:
        if name in self.labels:
            return self.labels[name]
        if name in FACTS:
            return str(FACTS[name])
        head, _dot, column = name.partition(".")
        return f"{self.labels.get(head, head)} {self.labels.get(column, column)}".strip() if column else name

    def _value(self, value: Any, name: str) -> str:
        if isinstance(value, bool):
            return _("“是”") if value else _("“否”")
        if value is None:
            return str(_("空"))
        return f"“{self._option(name, str(value))}”" if isinstance(value, str) else str(value)

    def _option(self, name: str, value: str) -> str:
        offers = self.bench.known.offers
        listed = self.fields.get(name, {}).get("options")
        kind = KINDS.get(name)
        found = (
            offers.kind(kind)
            if kind
            else offers.options(str(listed or ("outcomes" if name == "outcome" else "")))
        )
        return {one.key: one.label for one in found}.get(value, value)


FUNCTIONS: Final[Mapping[str, Any]] = {
    "len": _l("%(what)s 的个数"),
    "count": _l("%(what)s 的个数"),
    "sum": _l("%(what)s 合计"),
    "min": _l("%(what)s 中最小的"),
    "max": _l("%(what)s 中最大的"),
    "days": _l("%(what)s 相隔的天数"),
    "any_of": _l("%(what)s 任一成立"),
    "all_of": _l("%(what)s 都成立"),
}
