"""What is retold 转述检查: nothing that a step carries elsewhere becomes more open there than its field is.

A note, the reason of a pause or of a level is shown as closed as its field; what stands in lists and on every
page – the result, a unit, the handler, a date – and an answer of another case is only as closed as its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from documents.rules.fields import fields_of
from documents.rules.policy_problems import Definition, Findings, as_list, elements, named, table
from documents.rules.policy_remedies import Words
from documents.rules.retelling import fields_called, strictness
from documents.rules.revealing import veil_of

SEALED: Final = 3
NAMES: Final = (
    ("一般", "public"),
    ("个人信息", "personal"),
    ("限制知悉", "restricted"),
    ("密封", "sealed"),
)
OPEN_ONE: Words = ("请改用一般级别的字段", "take a field that is public")
PLAIN_ONE: Words = ("请改用不密封、不遮盖的字段", "take a field that is neither sealed nor under a mask")


def check_retelling(definition: Definition, findings: Findings) -> None:
    """Every step, every registration and what follows a missed limit."""
    for path, step in _steps(definition):
        _check_kept(f"{path}.note_from", step.get("note_from"), definition, findings)
        for index, effect in enumerate(as_list(step.get("effects"))):
            if isinstance(effect, Mapping):
                _check_effect(f"{path}.effects[{index}]", effect, definition, findings)
    for path, limit in named(elements(definition, "limits"), "limits"):
        _check_open(f"{path}.agreed_field", limit.get("agreed_field"), definition, findings)


def _steps(definition: Definition) -> Iterator[tuple[str, Definition]]:
    for path, one in named(elements(definition, "case_types"), "case_types"):
        yield f"{path}.register", table(one.get("register"))
    for path, flow in named(elements(definition, "workflows"), "workflows"):
        yield from named(elements(flow, "transitions"), f"{path}.transitions")
    for path, limit in named(elements(definition, "limits"), "limits"):
        yield f"{path}.missed", {"effects": limit.get("missed")}


def _check_effect(path: str, effect: Definition, definition: Definition, findings: Findings) -> None:
    if "pause" in effect or "set_severity" in effect:
        _check_kept(f"{path}.reason", effect.get("reason"), definition, findings)
    if "open_case" in effect:
        _check_opened(path, effect, definition, findings)
    told = {name: effect.get(name) for name in ("outcome", "handler", "set_severity", "anchor")}
    told |= {"from": effect.get("from")} if "slot" in effect else {}
    told |= {"request_extension": "extension_until"} if "request_extension" in effect else {}
    for name, source in told.items():
        _check_open(f"{path}.{name}", source, definition, findings)


def _check_kept(path: str, source: Any, definition: Definition, findings: Findings) -> None:
    """It goes onto paper too, and lies under no mask there."""
    for one in _called(source, definition):
        if strictness(one) == SEALED or veil_of(one):
            what = ("密封", "sealed") if strictness(one) == SEALED else ("遮盖", "under a mask")
            findings.say(
                path,
                f"不能转述{what[0]}字段“{source}”：办理经过和案卷会写出其内容",
                f"“{source}” is {what[1]}; the history and the file would tell it",
                PLAIN_ONE,
            )


def _check_open(path: str, source: Any, definition: Definition, findings: Findings) -> None:
    """Whatever everybody sees who sees the case."""
    strictest = max(_called(source, definition), key=strictness, default=None)
    if strictest is not None and strictness(strictest):
        zh, en = NAMES[strictness(strictest)]
        findings.say(
            path,
            f"不能取自{zh}字段“{source}”：看得到案件的人都会看到",
            f"“{source}” is {en}; everybody who sees the case would see this",
            OPEN_ONE,
        )


def _check_opened(path: str, effect: Definition, definition: Definition, findings: Findings) -> None:
    """An answer that is copied into the case that is opened: its field there is as closed, and as masked."""
    carried = {str(key): key for key in as_list(effect.get("carry"))}
    goals = _registered(definition, effect["open_case"])
    for target, source in {**carried, **table(effect.get("from"))}.items():
        goal = goals.get(str(target))
        if goal is None:
            continue
        for one in _called(source, definition):
            if not _fits(one, goal):
                zh, en = NAMES[strictness(one)]
                findings.say(
                    f"{path}.{'carry' if target in carried else 'from'}.{target}",
                    f"字段“{source}”是{zh}的，抄入的“{target}”比它公开",
                    f"“{source}” is {en}; “{target}”, into which it is copied, is more open",
                    (
                        f"请给“{target}”写上与“{source}”相同的 class、sealed_to 和 mask",
                        f"give “{target}” the class, sealed_to and mask of “{source}”",
                    ),
                )
                break


def _fits(source: Definition, goal: Definition) -> bool:
    if strictness(goal) < strictness(source) or (veil_of(source) and not veil_of(goal)):
        return False
    return not source.get("sealed_to") or set(as_list(goal.get("sealed_to"))) <= set(source["sealed_to"])


def _registered(definition: Definition, case_type: Any) -> Mapping[str, Definition]:
    """The fields of the form with which cases of a type are registered."""
    types = (one for one in elements(definition, "case_types") if one.get("key") == case_type)
    form = next((table(one.get("register")).get("form") for one in types), None)
    forms = (one for one in elements(definition, "forms") if one.get("key") == form)
    return {str(one.get("key")): one for each in forms for one in fields_of(each)}


def _called(source: Any, definition: Definition) -> list[Definition]:
    return fields_called(definition, {source}) if isinstance(source, str) else []
