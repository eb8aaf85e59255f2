"""Statements 申辩检查: what a policy opens to who is complained about tells nothing of the complainant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from documents.rules.access import is_public
from documents.rules.broken import PolicyInvalid
from documents.rules.expressions import names_in
from documents.rules.fields import fields_of, groups_of, members
from documents.rules.hearing import NOT_ASKED, OPENABLE, complainants
from documents.rules.moments import MOMENT_FACTS
from documents.rules.policy_fields import all_fields
from documents.rules.policy_problems import Definition, Findings, as_list, elements, keys, named


def check_hear(path: str, value: Any, effect: Definition, definition: Definition, findings: Findings) -> None:
    """Who is asked, what, in which form, until when, and what of the case is opened to them."""
    place = path.rpartition(".")[0]
    fields = findings.once("fields", lambda: all_fields(definition))
    if findings.wants(path, value, _of_type(fields, "person"), ("人员字段", "person field")):
        _check_person(path, fields[value], findings)
    asked = {key for key in _of_type(fields, "text", "longtext") if is_public(fields[key])}
    wanted = ("一般级别的文字字段", "public text field")
    findings.wants(f"{place}.question", effect.get("question"), asked, wanted)
    if effect.get("within") is not None:
        limits = keys(elements(definition, "limits"))
        findings.wants(f"{place}.within", effect["within"], limits, ("时限", "limit"))
    forms = {str(one.get("key")): one for one in elements(definition, "forms")}
    if findings.wants(f"{place}.form", effect.get("form"), forms, ("表单", "form")):
        _check_form(f"{place}.form", forms[effect["form"]], definition, findings)
    _check_opened(f"{place}.opens", as_list(effect.get("opens")), definition, findings)


def _of_type(fields: Mapping[str, Definition], *kinds: str) -> set[str]:
    return {key for key, one in fields.items() if one.get("type") in kinds}


def _check_person(path: str, one: Definition, findings: Findings) -> None:
    """Who is complained about is recused, and would not be offered."""
    if not one.get("with_recused"):
        findings.say(
            path,
            "这个人员字段不含须回避的人，选不到被投诉人",
            "this field offers no recused people, so nobody complained about can be chosen",
            ("请给字段加上 with_recused", "give the field with_recused"),
        )


def _check_opened(path: str, opened: list[Any], definition: Definition, findings: Findings) -> None:
    fields = findings.once("fields", lambda: all_fields(definition))
    theirs = complainants(elements(definition, "forms"))
    for key in opened:
        if not findings.wants(path, key, fields, ("字段", "field")):
            continue
        one = next((each for each in _same(definition, key) if not is_public(each)), fields[key])
        if not is_public(one):
            findings.say(
                path,
                f"字段“{key}”不是一般级别或已密封，不能向被投诉人展示",
                f"“{key}” is not public, or sealed: it cannot be shown to who is complained about",
            )
        elif key in theirs:
            findings.say(
                path,
                f"字段“{key}”在表单的投诉人部分，不能向被投诉人展示",
                f"“{key}” stands in the complainant's part of a form: it cannot be shown",
            )
        elif one.get("type") not in OPENABLE:
            findings.say(
                path,
                f"字段“{key}”的类型（{one.get('type')}）不能向被投诉人展示",
                f"“{key}” is of a type ({one.get('type')}) that cannot be shown",
            )


def _same(definition: Definition, key: Any) -> Iterator[Definition]:
    """Every field of this key, in whatever form."""
    for form in elements(definition, "forms"):
        yield from (one for one in fields_of(form) if one.get("key") == key)


def _check_form(path: str, form: Definition, definition: Definition, findings: Findings) -> None:
    """The form has fields of its own alone: it can neither read the case nor write over its answers."""
    own = {str(one.get("key")) for one in fields_of(form)}
    others = [one for one in elements(definition, "forms") if one.get("key") != form.get("key")]
    taken = {str(one.get("key")) for other in others for one in fields_of(other)}
    for key in sorted(own & taken):
        findings.say(
            path,
            f"由被投诉人填写的字段“{key}”也在别的表单中，会改写案件的内容",
            f"“{key}”, filled by who is complained about, stands in another form too and would overwrite it",
        )
    for place, one in named(fields_of(form), path):
        if one.get("type") in NOT_ASKED:
            findings.say(
                place,
                "由被投诉人填写的表单不能引用案件、取号或关联投诉",
                "this form cannot look up, link or number anything",
            )
    for name in sorted(_read(form) - own - MOMENT_FACTS - {"row"}):
        findings.say(
            path,
            f"由被投诉人填写的表单不能读取“{name}”，只能读取本表单的字段",
            f"this form cannot read “{name}”, but its own fields alone",
        )


def _read(form: Definition) -> set[str]:
    """Every name that the conditions and formulas of a form read."""
    boxes = [*fields_of(form), *groups_of(form)]
    boxes += [column for one in fields_of(form) for column in members(one, "fields")]
    columns = {str(one.get("key")) for box in boxes for one in members(box, "fields")}
    texts = [one.get(name) for one in boxes for name in ("visible", "required", "value")]
    texts += [rule.get("that") for one in boxes for rule in members(one, "check")]
    return {name.partition(".")[0] for text in texts for name in _names(text)} - columns


def _names(text: Any) -> frozenset[str]:
    try:
        return names_in(text)
    except PolicyInvalid:  # the check of forms says so
        return frozenset()
