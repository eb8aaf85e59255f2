"""No code of the portal knows a field, an option, a stage, a step or a limit of a policy."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from documents.pack_files import definition
from documents.rules.fields import fields_of
from documents.rules.options import walk

PORTAL = Path(__file__).resolve().parents[2] / "portal"
# Words that a policy shares with the columns and unit slots of a case and with the portal itself.
COLUMNS = ("title", "category", "channel", "received_at", "summary", "facts", "handler", "number", "outcome")
SLOTS = ("received", "handling")
OURS = (
    "intake",
    "archive",
    "note",
    "archived",
    "running",
    "phone",
    "email",
    "sms",
    "severity",
    "rules",
    "done",
    "letter",
    "open",
    "none",
    "person",
)
COMMON = frozenset({*COLUMNS, *SLOTS, *OURS})


def words_of_the_policy() -> set[str]:
    """Every key that belongs to P01 alone."""
    policy = definition("p01")
    found = {field["key"] for form in policy["forms"] for field in fields_of(form)}
    found |= {form["key"] for form in policy["forms"]}
    found |= {path[-1]["key"] for options in policy["lists"].values() for path in walk(options)}
    found |= {part["key"] for flow in policy["workflows"] for part in (*flow["stages"], *flow["transitions"])}
    found |= {limit["key"] for limit in policy["limits"]} | set(policy["lists"])
    return found - COMMON


def literals() -> Iterator[tuple[str, str]]:
    """Every string of the portal's own pages, with its file."""
    files = [*PORTAL.glob("*.py"), *(PORTAL / "views").glob("*.py"), *(PORTAL / "forms").glob("*.py")]
    for path in files:
        tree = ast.parse(path.read_text())
        defined = {id(one) for node in ast.walk(tree) for one in _names_of_pages(node)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in defined:
                yield path.name, node.value


def _names_of_pages(node: ast.AST) -> list[Any]:
    """Where a string names a page, a template or a blueprint."""
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        return list(node.args) if name in ("Blueprint", "MenuEntry", "note") else []
    return []


def test_the_policy_has_words_of_its_own() -> None:
    assert {"complainant_name", "violation_fees", "supervised", "ask_extension"} <= words_of_the_policy()


def test_no_code_names_them() -> None:
    known = words_of_the_policy()
    assert [(file, text) for file, text in literals() if text in known] == []
