"""How a policy tells people 通知方式检查: channels, quiet hours, watchers, the letters of rungs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from documents.rules.durations import parse_clock
from documents.rules.fields import Definition as Field
from documents.rules.grammar import SHAPES
from documents.rules.merging import fields_in
from documents.rules.policy_fields import all_fields
from documents.rules.policy_problems import Definition, Findings, as_list, elements, keys, named, table
from documents.rules.policy_shapes import all_slots
from documents.rules.policy_time import check_people
from documents.rules.quiet_hours import Quiet
from documents.rules.telling import BRIEF_FACTS, CHANNELS, NONE

CLOCK: Final = ("请写 08:30 这样的时刻", "write a clock time such as 08:30")
CHANNEL: Final = ("途径", "channel")


def check_telling(definition: Definition, findings: Findings) -> None:
    """The policy's own way of telling people, then that of every rung."""
    telling = table(definition["policy"].get("telling"))
    path = "policy.telling"
    findings.attributes(path, telling, SHAPES["telling"].names)
    _check_channels(f"{path}.channels", telling, findings)
    _check_quiet(f"{path}.quiet", telling.get("quiet"), findings)
    _check_clock(f"{path}.digest_at", telling.get("digest_at"), findings)
    roles, slots = keys(elements(definition, "roles")), all_slots(definition)
    for role in as_list(telling.get("digest_roles")):
        findings.wants(f"{path}.digest_roles", role, roles, ("岗位角色", "role"))
    for slot in as_list(telling.get("watching")):
        findings.wants(f"{path}.watching", slot, slots, ("单位角色", "unit slot"))
    check_people(f"{path}.otherwise", telling.get("otherwise"), definition, findings)
    if telling.get("brief") is not None:
        _check_brief(f"{path}.brief", telling["brief"], findings)
    for place, rung in _rungs(definition):
        _check_channels(f"{place}.channels", rung, findings)
        if rung.get("quiet") is not None:
            choices = SHAPES["rung"].attribute("quiet").choices
            findings.wants(f"{place}.quiet", rung["quiet"], choices, ("做法", "way"))
        _check_letter(place, rung, definition, findings)


def _rungs(definition: Definition) -> Iterator[tuple[str, Definition]]:
    for path, ladder in named(elements(definition, "ladders"), "ladders"):
        yield from named(elements(ladder, "rungs"), f"{path}.rungs")


def _check_channels(path: str, told: Definition, findings: Findings) -> None:
    for channel in as_list(told.get("channels")):
        findings.wants(path, channel, frozenset({*CHANNELS, NONE}), CHANNEL)


def _check_quiet(path: str, hours: Any, findings: Findings) -> None:
    if hours is None:
        return
    findings.attributes(path, table(hours), SHAPES["quiet_hours"].names)
    try:
        Quiet.from_definition(table(hours) or {"from": None})
    except ValueError:
        findings.say(
            path,
            "免打扰时段无法识别，起止不能相同",
            "the quiet hours cannot be read; their ends must differ",
            ("请写 {from: '21:00', to: '08:00'}", "write {from: '21:00', to: '08:00'}"),
        )


def _check_clock(path: str, clock: Any, findings: Findings) -> None:
    if clock is None:
        return
    try:
        parse_clock(clock)
    except ValueError:
        findings.say(path, f"时刻“{clock}”无法识别", f"cannot read the clock time “{clock}”", CLOCK)


def _check_brief(path: str, brief: Any, findings: Findings) -> None:
    findings.text(path, brief)
    for text in table(brief).values():
        for name in sorted(fields_in(str(text)) - BRIEF_FACTS):
            findings.say(
                path,
                f"简短文字不能并入“{name}”",
                f"the brief text cannot merge “{name}”",
                (
                    "它会发到群里和短信网关，只能用编号、时限、期限等",
                    "it goes to groups and gateways: number, limit, due, left, rung, level",
                ),
            )


def _check_letter(path: str, rung: Definition, definition: Definition, findings: Findings) -> None:
    key = rung.get("letter")
    if key is None:
        return
    letters = {str(one.get("key")): one for one in elements(definition, "letters")}
    if not findings.wants(f"{path}.letter", key, letters, ("函件", "letter")):
        return
    merged = fields_in(" ".join(_texts(letters[str(key)])))
    personal = [name for name, one in all_fields(definition).items() if _is_personal(name, one, merged)]
    for role in _strangers(rung, definition) if personal else ():
        findings.say(
            f"{path}.letter",
            f"函件并入了字段“{personal[0]}”，接收岗位“{role}”不得知悉",
            f"the letter merges “{personal[0]}”, which the role “{role}” may not see",
            ("请换一份函件，或者给这一岗位可读级别", "choose another letter, or let the role read it"),
        )


def _texts(letter: Definition) -> Iterator[str]:
    for one in elements(letter, "paragraphs"):
        yield from (str(one.get(language, "")) for language in ("zh", "en"))


def _is_personal(name: str, one: Field, merged: set[str]) -> bool:
    stem = str(name).removesuffix("_at")
    return one.get("class", "public") != "public" and bool({name, f"{name}_label", f"{stem}_on"} & merged)


def _strangers(rung: Definition, definition: Definition) -> list[str]:
    """The roles that the rung tells and that read no personal fields."""
    reads = {str(one.get("key")): as_list(one.get("reads")) for one in elements(definition, "roles")}
    told = [str(who["role"]) for who in as_list(rung.get("tell")) if "role" in table(who)]
    return sorted({role for role in told if "personal" not in reads.get(role, ("personal",))})
