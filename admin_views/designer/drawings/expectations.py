"""What a scenario expects 应有结果: in words, and as controls that change one part each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from admin_views.designer.bench import Bench
from admin_views.designer.offers import Offer
from admin_views.designer.settings import Setting
from admin_views.designer.words import name_of, spoken
from admin_views.phrases import listed, named, noted, posted
from documents.rules.grammar import Attribute
from documents.rules.policy_problems import as_list, elements, table
from documents.rules.scenarios import PERSON

Definition = Mapping[str, Any]
STATUSES = {"open": ("在办", "Open"), "closed": ("已办结", "Closed"), "archived": ("已归档", "Archived")}
PARTS: Mapping[str, Any] = {
    "route": _l("经过的环节"),
    "status": _l("最后状态"),
    "outcome": _l("处理结果"),
    "due": _l("期限"),
    "met": _l("按期完成"),
    "late": _l("逾期"),
    "running": _l("仍在计时"),
    "paused": _l("暂停中"),
    "notices": _l("发出的提醒"),
    "letters": _l("函件"),
    "flags": _l("标记"),
    "units": _l("单位"),
    "handler": _l("承办人"),
    "archive": _l("保管期限"),
    "severity": _l("等级"),
    "answers": _l("填写内容"),
    "also": _l("关联案件"),
    "duties": _l("周期事项"),
}
# Which references a part names.
NAMED = {
    **dict.fromkeys(("met", "late", "running", "paused"), "limits"),
    "route": "stages",
    "letters": "letters",
    "severity": "levels",
}
CONTROLS = (
    Attribute("route", "references", ("经过的环节", "Stages entered"), of="stages"),
    Attribute("status", "one_of", ("最后状态", "Status at the end"), choices=STATUSES),
    Attribute("outcome", "reference", ("处理结果", "Outcome"), of="outcomes"),
    Attribute("met", "references", ("按期完成的时限", "Limits met in time"), of="limits"),
    Attribute("late", "references", ("逾期的时限", "Late limits"), of="limits"),
    Attribute("running", "references", ("仍在计时的时限", "Limits that still run"), of="limits"),
    Attribute("paused", "references", ("暂停中的时限", "Paused limits"), of="limits"),
    Attribute("letters", "references", ("函件", "Letters"), of="letters"),
    Attribute("flags", "texts", ("标记", "Flags")),
    Attribute("severity", "reference", ("等级", "Level"), of="levels"),
    Attribute("archive", "string", ("保管期限代码", "Retention code")),
)
ORDERED = frozenset({"route", "letters"})


@dataclass(frozen=True)
class ExpectSetting(Setting):
    """A part of the expectation as a control; some lists have an order."""

    @property
    def id(self) -> str:
        """The id of its control, apart from those of the panel."""
        return f"expect-{self.attribute.name}"

    @property
    def widget(self) -> str:
        """The kind of control."""
        return "ordered" if self.attribute.name in ORDERED else self.attribute.kind


def settings(bench: Bench, path: str, expect: Definition) -> list[Setting]:
    """The parts that can be set here; the others are written in the panel."""
    return [
        ExpectSetting(one, f"{path}.{one.name}", expect.get(one.name), tuple(_offers(bench, one)))
        for one in CONTROLS
    ]


def _offers(bench: Bench, one: Attribute) -> list[Offer]:
    return bench.known.offers.kind(one.of) if one.of else []


def expected(bench: Bench, expect: Definition) -> list[tuple[str, list[str]]]:
    """Each part that is expected, in words."""
    teller = _Teller(bench)
    order = list(PARTS)
    names = sorted(expect, key=lambda one: order.index(one) if one in order else len(order))
    return [(str(PARTS.get(name, name)), list(teller.tell(name, expect[name]))) for name in names]


def unit_names(bench: Bench) -> dict[str, str]:
    """The example units by key."""
    found = elements(table(bench.definition.get("example")), "units")
    return {str(one.get("key")): name_of(one) for one in found}


def person_words(bench: Bench, person: str) -> str:
    """城南信用社 网点经办: a person of the example organisation."""
    found = PERSON.fullmatch(person)
    if found is None:
        return person
    roles = {one.key: one.label for one in bench.known.offers.kind("roles")}
    unit, role = unit_names(bench).get(found[2], found[2]), roles.get(found[1], found[1])
    return posted(unit, noted(role, found[3] or ""))


@dataclass
class _Teller:
    bench: Bench

    def tell(self, name: str, value: Any) -> Iterator[str]:
        """One part, a line each."""
        if name in NAMED:
            joint = " → ".join if name == "route" else listed
            yield joint(self._named(NAMED[name], one) for one in as_list(value)) or _("无")
        elif name in ("status", "outcome"):
            yield self._status(value) if name == "status" else self._named("outcomes", value)
        elif name == "due":
            for one, moment in table(value).items():
                yield named(self._named("limits", one), str(moment))
        elif name == "notices":
            yield from self._notices(value)
        elif name == "also":
            yield from self._also(value)
        else:
            yield from self._plain(name, value)

    def _also(self, value: Any) -> Iterator[str]:
        for case, part in table(value).items():
            for label, lines in expected(self.bench, table(part)):
                yield named(f"{case} · {label}", _("；").join(lines))

    def _status(self, value: Any) -> str:
        words = STATUSES.get(str(value))
        return spoken(words) if words else str(value)

    def _named(self, kind: str, key: Any) -> str:
        return {one.key: one.label for one in self.bench.known.offers.kind(kind)}.get(str(key), str(key))

    def _notices(self, value: Any) -> Iterator[str]:
        told = [one for one in as_list(value) if isinstance(one, Mapping)]
        if not told:
            yield _("无")
        for one in told:
            at = f" · {one['at']}" if one.get("at") else ""
            to = listed(person_words(self.bench, str(each)) for each in as_list(one.get("to")))
            yield f"{self._named('limits', one.get('limit'))} · {one.get('rung')}{at} → {to}"

    def _plain(self, name: str, value: Any) -> Iterator[str]:
        units = unit_names(self.bench) if name == "units" else {}
        if isinstance(value, Mapping):
            kind = {"units": "slots", "answers": "fields", "duties": "duties"}.get(name, "")
            for key, part in value.items():
                told = listed(units.get(str(one), str(one)) for one in as_list(part))
                yield named(self._named(kind, key) if kind else key, told)
        else:
            yield listed(person_words(self.bench, str(one)) for one in as_list(value)) or _("无")
