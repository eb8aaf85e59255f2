"""What an edit of a draft may not do 修改的界限: break the grammar, or take away what is still in use."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from documents.rules.broken import RuleBroken
from documents.rules.durations import is_zone
from documents.rules.edits import Operation
from documents.rules.grammar import SECTIONS
from documents.rules.grammar_paths import spot
from documents.rules.keyed_paths import Path, parse
from documents.rules.mentions import Target
from documents.rules.text import can_be_kept
from documents.rules.where_used import WhereUsed

DOING: Final = frozenset({"set", "add", "remove", "move", "copy"})
SAID: Final = frozenset({"do", "path", "value", "was", "before", "to", "of", "same_key", "name"})
MOST_AT_ONCE: Final = 200
DEEPEST: Final = 24
LONGEST_TEXT: Final = 100_000
NAME: Final = re.compile(r"[A-Za-z0-9_一-鿿-]{1,60}")
ZONE: Final = parse("policy.zone")
LARGEST: Final = 2**53  # what a page and a database both keep exactly


def sound(operations: Any) -> list[Operation]:
    """The operations, if they can be operations at all; raises RuleBroken("bad_operation"), ("bad_path")."""
    if not isinstance(operations, list) or not 0 < len(operations) <= MOST_AT_ONCE:
        raise RuleBroken("bad_operation", reason="operations")
    for one in operations:
        if not isinstance(one, Mapping) or str(one.get("do")) not in DOING or set(one) - SAID:
            raise RuleBroken("bad_operation", reason="operation")
        for name in ("path", "to", "of"):
            if name in one and not (name == "to" and one[name] is None):
                if not isinstance(one[name], str):
                    raise RuleBroken("bad_path", path=str(one[name])[:80])
                spot(parse(one[name]))
        if not isinstance(one.get("path"), str):
            raise RuleBroken("bad_path", path="")
        for name in ("value", "before", "name", "same_key"):
            plain(one.get(name))
        if one["do"] in ("set", "remove"):
            _fits(parse(one["path"]), one.get("value"))
    return operations


def _fits(path: Path, value: Any) -> None:
    """Whether the pages can still draw the draft: a section is a table or a list, and its zone is one.

    Everything else may be wrong for a while; the checks name it. Raises RuleBroken("bad_value").
    """
    shape = list if SECTIONS[str(path[0])].written == "list" else Mapping
    wrong_section = len(path) == 1 and value is not None and not isinstance(value, shape)
    if wrong_section or (path == ZONE and not is_zone(value)):
        raise RuleBroken("bad_value", reason=str(value)[:40])


def plain(value: Any, depth: int = 0) -> None:
    """Whether a value can stand in a definition; raises RuleBroken("bad_value")."""
    if depth > DEEPEST:
        raise RuleBroken("bad_value", reason="too deep")
    if isinstance(value, Mapping):
        for name, part in value.items():
            if not NAME.fullmatch(str(name)):
                raise RuleBroken("bad_value", reason=str(name)[:40])
            plain(part, depth + 1)
    elif isinstance(value, list):
        for part in value:
            plain(part, depth + 1)
    elif isinstance(value, str):
        if len(value) > LONGEST_TEXT or not can_be_kept(value):
            raise RuleBroken("bad_value", reason=value[:40])
    elif not (value is None or isinstance(value, bool) or _is_number(value)):
        raise RuleBroken("bad_value", reason=str(value)[:40])


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and -LARGEST < value < LARGEST  # NaN compares with nothing


def lost(before: WhereUsed, after: WhereUsed) -> list[Target]:
    """What the edit takes away; raises RuleBroken("in_use") when something left still names it."""
    gone = [target for target in before.targets() if target not in after.targets()]
    used = {target: after.named(target) for target in gone}
    uses = [mention for mentions in used.values() for mention in mentions]
    if uses:
        names: Sequence[str] = [key.rpartition("/")[2] for (_kind, key), found in used.items() if found]
        raise RuleBroken("in_use", key="、".join(names[:5]), count=len(uses), uses=uses)
    return gone
