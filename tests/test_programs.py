"""Nothing that anybody writes is a program 不执行用户文字: templates fill in names, and no more."""

from __future__ import annotations

import ast
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from documents.rules.broken import PolicyInvalid, RuleBroken
from documents.rules.expressions import as_json, compile_expression, evaluate
from documents.rules.merging import merged
from documents.rules.notice_words import Occasion, brief
from documents.rules.numbering import number
from documents.rules.ways_out import Parcel, Secrets, checked, request
from tests.test_layers import PROJECT, sources, tree

NOW = datetime(2026, 2, 24, 1, 2, tzinfo=UTC)
FACTS = {"name": "李小明", "phone": "138", "text": "x"}
NEVER = frozenset(
    {"eval", "exec", "compile", "__import__", "from_string", "format_map", "Template", "Formatter"}
)
# Where a text that is no literal is formatted, and whose text it is.
FORMATTED = frozenset(
    (
        *("documents/bundles/found.py", "documents/filing_remarks.py", "documents/actions/digests.py"),
        *("documents/actions/lending.py", "documents/rules/consequence_words.py", "jobs/making.py"),
        *("documents/rules/policy_differences.py", "documents/rules/field_numbers.py", "pdf/verifier.py"),
        *("documents/rules/expression_words.py", "documents/rules/explanations.py", "portal/headers.py"),
        *("documents/rules/scenario_words.py", "documents/rules/file_checks.py", "portal/commands/audit.py"),
        *("portal/commands/policy_words.py", "jobs/letter_paper.py", "pdf/charts.py"),
        *("pdf/fonts.py", "pdf/renditions/converter.py", "documents/rules/reset_words.py"),
        *("portal/backups/words.py", "documents/actions/alarming.py"),
    )
)


def calls() -> Iterator[tuple[str, str, ast.Call]]:
    """Every call of ours with its file and the name of what is called."""
    for path in sources():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call):
                name = node.func
                called = name.attr if isinstance(name, ast.Attribute) else getattr(name, "id", "")
                yield str(path.relative_to(PROJECT)), called, node


def test_no_text_is_run_and_every_template_is_ours() -> None:
    run, formatted = [], set()
    for path, name, node in calls():
        if name in NEVER and ast.unparse(node.func) != "re.compile":
            run.append(f"{path}:{node.lineno}")
        if name == "format" and isinstance(node.func, ast.Attribute) and not literal(node.func.value):
            formatted.add(path)
    assert run == []
    assert sorted(formatted - FORMATTED) == []


def literal(node: ast.expr) -> bool:
    """A text that stands there, marked up or translated or not."""
    if isinstance(node, ast.Call):
        return bool(node.args) and all(literal(one) for one in node.args)
    if isinstance(node, ast.BinOp):
        return literal(node.left) and literal(node.right)
    return isinstance(node, ast.Constant | ast.JoinedStr)


TRICKS = (
    *(
        "{{7*7}}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{% for x in range(10**9) %}x{% endfor %}",
    ),
    *("${7*7}", "#{7*7}", "<%= 7*7 %>", "{{config}}", "{{ request.application.__globals__ }}", "*{7*7}"),
    *("{0.__class__.__init__.__globals__}", "{phone.__class__}", "{text!r}", "{text:>999999999}", "%(name)s"),
    *(
        "%n%s",
        "{seq:999999999}",
        "{seq:99999999999999999999}",
        "{{ cycler.__init__.__globals__.os.popen('id') }}",
    ),
    *(
        "9**9**9",
        "10**10**10",
        "'a' * 10**9",
        "[1] * 10**9",
        "[x for x in range(10**9)]",
        "lambda: 1",
        "(1).real",
    ),
    *(
        "__import__('os').system('id')",
        "open('/etc/passwd')",
        "name.__class__",
        "f'{name}'",
        "len('x' * 10**9)",
    ),
    *("(" * 5_000, "-" * 900 + "1", "not " * 240 + "1", "1 if 1 else " * 80 + "1", "a" * 100_000, "(a+)+$"),
    *("[" * 450 + "]" * 450, "1" + "+1" * 400, "9" * 900, "1e999999999", "{{ name }}" * 2_000, "{{" * 40_000),
    *("{" * 90_000, "{{ " + "a" * 90_000, "{{ a" + "." * 50_000, "{phone" * 5_000, "name.a.b.c.d" * 80),
)


def in_a_letter(text: str) -> str:
    return merged(text, FACTS)


def in_a_notice(text: str) -> str:
    words = {"zh": "办结", "en": "Close"}
    occasion = Occasion("TS-1", words, words, 1, NOW, "Asia/Shanghai")
    return str(brief(occasion, {"zh": text, "en": text}, NOW))


def in_a_number(text: str) -> str:
    return number({"key": "case", "pattern": text}, date(2026, 2, 24), 7, {"fonds": "0128"})


def in_a_gateway(text: str) -> str:
    way: dict[str, Any] = {
        "id": "sms",
        "kind": "sms",
        "name": "网关",
        "url": "https://a.cn/?p={phone}&t={text}",
    }
    way |= {"method": "POST", "body": text, "headers": {"X-A": text[:500]}}
    checked(way)
    made = request(way, Parcel("1", "您好", to="138"), Secrets(), NOW)
    return f"{made.url}{dict(made.headers)}{made.body!r}"


def in_an_expression(text: str) -> str:
    return str(as_json(evaluate(compile_expression(text), FACTS)))


PLACES: tuple[Callable[[str], str], ...] = (
    *(in_a_letter, in_a_notice, in_a_number, in_a_gateway, in_an_expression),
)
# What only an executed trick says.
SAID = ("49", "<class", "uid=", "root:x", "globals", "subclasses", "built-in")


@pytest.mark.parametrize("place", PLACES, ids=lambda one: one.__name__)
def test_no_trick_of_templates_does_anything(place: Callable[[str], str]) -> None:
    for trick in TRICKS:
        begun = time.process_time()
        try:
            said = place(trick)
        except (RuleBroken, PolicyInvalid):
            said = ""
        assert time.process_time() - begun < 0.5, trick[:60]
        assert len(said) < 10 * len(trick) + 2_000, trick[:60]
        assert [one for one in SAID if one in said and one not in trick] == [], trick[:60]


def test_only_lists_of_names_are_filled() -> None:
    assert in_a_letter("{{ name }}{{name}}{name}") == "李小明李小明{name}"
    assert in_a_letter("{{ name.__class__ }}{{ __class__ }}") == "——{{ __class__ }}"
    assert "p=138" in in_a_gateway("phone={phone}&text={text}&x={other}")
    assert "x={other}" in in_a_gateway("phone={phone}&text={text}&x={other}")
