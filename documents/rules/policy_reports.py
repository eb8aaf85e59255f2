"""What lists 清单 and reports 报表 may say: both are read by whoever may open them, whatever his classes.

The columns of a case – subject, summary, category, channel – stand in every list, are searched by everybody
and go onto paper; what a report counts by tells an answer as its quotes do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from documents.rules.access import PUBLIC
from documents.rules.fields import fields_of
from documents.rules.policy_fields import all_fields
from documents.rules.policy_problems import Definition, Findings, as_list, elements, named, table

ANSWER = "answer."
NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
OPEN_ONE: Final = ("请换成公开字段，或改变字段的敏感级别", "take a public field, or change its sensitivity")


def check_columns_open(definition: Definition, findings: Findings) -> None:
    """A case is listed, found and called by public answers only, and by what is made of public ones."""
    closed = findings.once("closed fields", lambda: _closed(definition))
    forms = {form.get("key"): form for form in elements(definition, "forms")}
    for path, one in named(elements(definition, "case_types"), "case_types"):
        register = table(one.get("register"))
        asked = {str(each.get("key")): each for each in fields_of(forms.get(register.get("form"), {}))}
        for name, source in table(register.get("columns")).items():
            field = asked.get(str(source), {})
            told = {str(source), *NAME.findall(str(field.get("value", "")))}
            for key in sorted(told & closed):
                findings.say(
                    f"{path}.register.columns.{name}",
                    f"清单栏目不能取自非公开字段“{key}”：清单、检索和函件对可看级别不加区分",
                    f"“{key}” is not public; lists, searches and paper show this column to everybody",
                    OPEN_ONE,
                )


def _closed(definition: Definition) -> frozenset[str]:
    """The fields that are not public in some form."""
    every = (one for form in elements(definition, "forms") for one in fields_of(form))
    return frozenset(str(one.get("key")) for one in every if one.get("class", PUBLIC) != PUBLIC)


def check_reports_quote(definition: Definition, findings: Findings) -> None:
    """Excerpts, counts and groups are of public answers; a group, of those that are chosen from a list."""
    fields = findings.once("fields", lambda: all_fields(definition))
    closed = findings.once("closed fields", lambda: _closed(definition))
    for place, key in _quoted(definition):
        if key in closed:
            findings.say(
                place,
                f"报表不能引用非公开字段“{key}”：看报表的人未必可以知悉",
                f"“{key}” is not public; whoever reads the report might not see it in a case",
                OPEN_ONE,
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
        for place, one in named(elements(report, "figures"), f"{path}.figures"):
            yield from (
                (f"{place}.count.answer", str(key)) for key in table(table(one.get("count")).get("answer"))
            )
    yield from _groups(definition)


def _groups(definition: Definition) -> Iterator[tuple[str, str]]:
    for path, report in named(elements(definition, "reports"), "reports"):
        for place, one in named(elements(report, "tables"), f"{path}.tables"):
            group = str(one.get("group", ""))
            if group.startswith(ANSWER):
                yield f"{place}.group", group.removeprefix(ANSWER)
