"""What a report 报表 may quote: it is read by whoever may read reports, whatever he may see of a case."""

from __future__ import annotations

from collections.abc import Iterator

from documents.rules.access import PUBLIC
from documents.rules.policy_fields import all_fields
from documents.rules.policy_problems import Definition, Findings, as_list, elements, named

ANSWER = "answer."


def check_reports_quote(definition: Definition, findings: Findings) -> None:
    """Excerpts and groups are made of public answers only; a group, of those that are chosen from a list."""
    fields = findings.once("fields", lambda: all_fields(definition))
    for place, key in _quoted(definition):
        one = fields.get(key)
        if one and one.get("class", PUBLIC) != PUBLIC:
            findings.say(
                place,
                f"报表不能引用非公开字段“{key}”：看报表的人未必可以知悉",
                f"“{key}” is not public; whoever reads the report might not see it in a case",
                ("请换成公开字段，或改变字段的敏感级别", "take a public field, or change its sensitivity"),
            )
    for place, key in _groups(definition):
        one = fields.get(key)
        if one and one["type"] != "bool" and not one.get("options"):
            findings.say(
                place,
                f"只能按选项类字段分组，“{key}”不是",
                f"a table is grouped by a field with options; “{key}” has none",
            )


def _quoted(definition: Definition) -> Iterator[tuple[str, str]]:
    for path, report in named(elements(definition, "reports"), "reports"):
        for place, one in named(elements(report, "sections"), f"{path}.sections"):
            yield from ((f"{place}.texts", str(key)) for key in as_list(one.get("texts")))
    yield from _groups(definition)


def _groups(definition: Definition) -> Iterator[tuple[str, str]]:
    for path, report in named(elements(definition, "reports"), "reports"):
        for place, one in named(elements(report, "tables"), f"{path}.tables"):
            group = str(one.get("group", ""))
            if group.startswith(ANSWER):
                yield f"{place}.group", group.removeprefix(ANSWER)
