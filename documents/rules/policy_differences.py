"""What changed between two versions of a policy 制度差异, in words that a person reads before publishing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

Definition = Mapping[str, Any]
Text = Mapping[str, str]


class Difference(NamedTuple):
    """One change 一处变更: added, removed, changed or moved, with its place in words."""

    kind: str
    place: Text
    old: str = ""
    new: str = ""

    @property
    def zh(self) -> str:
        """The change as a Chinese sentence."""
        return _SENTENCES[self.kind][0].format(place=self.place["zh"], old=self.old, new=self.new)

    @property
    def en(self) -> str:
        """The change as an English sentence."""
        return _SENTENCES[self.kind][1].format(place=self.place["en"], old=self.old, new=self.new)


_SENTENCES = {
    "added": ("新增 {place}{new}", "Added {place}{new}"),
    "removed": ("删除 {place}{old}", "Removed {place}{old}"),
    "changed": ("{place}：由“{old}”改为“{new}”", "{place}: “{old}” becomes “{new}”"),
    "moved": ("{place}：顺序调整", "{place}: moved"),
}

# What sections and attributes are called by people; a name that is not here is shown as it is written.
WORDS: Mapping[str, tuple[str, str]] = {
    "policy": ("制度", "Policy"),
    "unit_kinds": ("单位类型", "Unit kind"),
    "slots": ("单位角色", "Unit slot"),
    "slot_labels": ("单位角色名称", "Slot name"),
    "roles": ("岗位角色", "Role"),
    "lists": ("选项列表", "List"),
    "forms": ("表单", "Form"),
    "sections": ("分组", "Section"),
    "fields": ("字段", "Field"),
    "case_types": ("事项类型", "Case type"),
    "workflows": ("流程", "Workflow"),
    "stages": ("环节", "Stage"),
    "transitions": ("流转", "Transition"),
    "effects": ("效果", "Effect"),
    "limits": ("时限", "Limit"),
    "ladders": ("提醒阶梯", "Ladder"),
    "rungs": ("级", "Rung"),
    "letters": ("函件", "Letter"),
    "paragraphs": ("段落", "Paragraph"),
    "numbering": ("编号规则", "Number series"),
    "duties": ("周期事项", "Duty"),
    "reports": ("报告", "Report"),
    "archive": ("归档", "Archive"),
    "retention": ("保管期限", "Retention"),
    "children": ("下级选项", "Sub-option"),
    "example": ("示例机构", "Example organisation"),
    "scenarios": ("试行情形", "Scenario"),
    "label": ("名称", "name"),
    "title": ("标题", "title"),
    "help": ("填写说明", "help"),
    "amount": ("数量", "amount"),
    "counted_in": ("计算单位", "unit of counting"),
    "at": ("时刻", "moment"),
    "tell": ("接收人", "recipients"),
    "who": ("办理人", "who"),
    "required": ("必填", "required"),
    "visible": ("显示条件", "shown when"),
    "class": ("敏感级别", "sensitivity"),
    "retired": ("停用", "retired"),
    "basis": ("依据性质", "basis"),
    "source": ("依据条文", "source"),
    "zh": ("中文", "Chinese"),
    "en": ("英文", "English"),
    "ladder": ("提醒阶梯", "ladder"),
    "level": ("升级层级", "level"),
    "options": ("选项列表", "options"),
    "max": ("上限", "maximum"),
    "min": ("下限", "minimum"),
}


def differences(old: Definition, new: Definition) -> list[Difference]:
    """Every difference, in the order of the sections."""
    return list(_between(old, new, ()))


Place = tuple[tuple[str, str], ...]


def _between(old: Any, new: Any, place: Place) -> Iterator[Difference]:
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _tables(old, new, place)
    elif _keyed(old) and _keyed(new):
        yield from _lists(old, new, place)
    else:
        yield Difference("changed", _named(place), _shown(old), _shown(new))


def _tables(old: Definition, new: Definition, place: Place) -> Iterator[Difference]:
    for name in dict.fromkeys([*old, *new]):
        there = (*place, _word(name))
        if name not in new:
            yield Difference("removed", _named(there), _after(old[name]))
        elif name not in old:
            yield Difference("added", _named(there), new=_after(new[name]))
        else:
            yield from _between(old[name], new[name], there)


def _lists(old: Sequence[Definition], new: Sequence[Definition], place: Place) -> Iterator[Difference]:
    before, after = ({str(one["key"]): one for one in rows} for rows in (old, new))
    for key in dict.fromkeys([*before, *after]):
        there = (*place, _element(after.get(key) or before[key]))
        if key not in after:
            yield Difference("removed", _named(there))
        elif key not in before:
            yield Difference("added", _named(there))
        else:
            yield from _between(before[key], after[key], there)
    kept = [key for key in before if key in after]
    if kept != [key for key in after if key in before]:
        yield Difference("moved", _named(place))


def _keyed(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(one, Mapping) and "key" in one for one in value)


def _word(name: str) -> tuple[str, str]:
    return WORDS.get(name, (name, name))


def _element(one: Definition) -> tuple[str, str]:
    text = one.get("label") or one.get("title")
    if not isinstance(text, Mapping):
        return str(one["key"]), str(one["key"])
    return f"“{text.get('zh', one['key'])}”", f"“{text.get('en', one['key'])}”"


def _named(place: Place) -> Text:
    return {"zh": " · ".join(zh for zh, _ in place), "en": " · ".join(en for _, en in place)}


def _after(value: Any) -> str:
    return "" if isinstance(value, Mapping | list | tuple) else f"（{_shown(value)}）"


def _shown(value: Any) -> str:
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, Mapping):
        return str(value.get("zh") or ", ".join(f"{name}: {_shown(part)}" for name, part in value.items()))
    if isinstance(value, list | tuple):
        return "、".join(_shown(part) for part in value)
    return str(value)
