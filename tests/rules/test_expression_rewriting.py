"""A renamed field or option is renamed in every expression, and nothing else of the text changes."""

import pytest

from documents.rules.expression_rewriting import rewritten


def change(text: str) -> str:
    return rewritten(
        text,
        lambda name: ".".join({"old": "new", "rows": "lines"}.get(part, part) for part in name.split(".")),
        lambda name, literal: "b" if (name, literal) == ("kind", "a") else literal,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("old", "new"),
        ("not old and older == 'old'", "not new and older == 'old'"),
        ("old == '旧的' and  old != null", "new == '旧的' and  new != null"),
        ("'甲乙丙' == old or old", "'甲乙丙' == new or new"),
        ("sum(rows.old) + len(rows)", "sum(lines.new) + len(lines)"),
        ("kind == 'a'", "kind == 'b'"),
        ("'a' in kind and other == 'a'", "'b' in kind and other == 'a'"),
        ("kind in ['a', 'c', 'b']", "kind in ['b', 'c', 'b']"),
        ("kind not in [\n  'a']", "kind not in [\n  'b']"),
        ("empty(old)", "empty(new)"),
    ],
)
def test_names_and_literals(text: str, expected: str) -> None:
    assert change(text) == expected
