"""The declared renames and merges of a policy 迁移声明检查: each leads to something, none is ever struck."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from documents.rules.grammar import SHAPES
from documents.rules.identity import CONTAINERS, Identity, Migration, Name, migrations, names
from documents.rules.policy_problems import KEY, Definition, Findings, elements, named

NEEDS_CONTAINER = frozenset(CONTAINERS) - {"field"}


def check_migrations(definition: Definition, findings: Findings) -> None:
    """Every migration is well made, and what it leads to is there."""
    there = names(definition)
    for path, one in named(elements(definition, "migrate"), "migrate"):
        _check_one(path, one, findings)
    moves = migrations(definition)
    for position, move in enumerate(moves):
        goal = Identity(moves[position:]).name(Name(move.of, move.old, move.within))
        if not _stands(goal, there):
            noun = SHAPES["migration"].attribute(move.verb).choices.get(move.of, (move.of, move.of))
            findings.say(
                f"migrate[{move.key}].to",
                f"更名或合并后的{noun[0]}“{goal.key}”不存在",
                f"leads to the {noun[1].lower()} “{goal.key}”, which does not exist",
                ("请改为现有的代码，或先加入它", "name one that exists, or add it first"),
            )
        elif move.verb == "merge" and _still_offered(move, there):
            findings.say(
                f"migrate[{move.key}].from",
                f"已并入其他选项的“{move.old}”仍可选用",
                f"“{move.old}” was merged and is still offered",
                ("请停用它（retired），并写 merged_into", "retire it, and write merged_into"),
            )


def _check_one(path: str, one: Definition, findings: Findings) -> None:
    shape = SHAPES["migration"]
    verbs = [verb for verb in ("rename", "merge") if one.get(verb) is not None]
    if len(verbs) != 1:
        words = "应写 rename 或 merge 其中之一", "must say either rename or merge"
        findings.say(path, *words, ("例如 rename: field", "for example rename: field"))
        return
    findings.wants(
        f"{path}.{verbs[0]}", one[verbs[0]], shape.attribute(verbs[0]).choices, ("可迁移之物", "kind")
    )
    for name in ("from", "to"):
        if not (isinstance(one.get(name), str) and KEY.match(one[name])):
            findings.say(f"{path}.{name}", f"代码“{one.get(name)}”不合要求", f"“{one.get(name)}” is no key")
    if one.get("from") == one.get("to"):
        findings.say(path, "原代码与新代码相同", "the old key and the new key are the same")
    if one[verbs[0]] in NEEDS_CONTAINER and not one.get("in"):
        findings.say(
            f"{path}.in",
            "没有说明所在的列表、流程或明细表",
            "does not say in which list, workflow or table",
            ("请写 in: <代码>", "write in: <key>"),
        )


def _stands(goal: Name, there: Mapping[Name, Any]) -> bool:
    if goal.of == "field" and not goal.within:
        return any(name.of == "field" and name.key == goal.key for name in there)
    return goal in there


def _still_offered(move: Migration, there: Mapping[Name, Definition]) -> bool:
    old = there.get(Name(move.of, move.old, move.within))
    return move.of == "option" and old is not None and not old.get("retired")


def check_kept(base: Definition, definition: Definition, findings: Findings) -> None:
    """What a published version declared stays declared; what is new begins with what that version has."""
    now = {one.key: one for one in migrations(definition)}
    for one in migrations(base):
        if now.get(one.key) != one:
            findings.say(
                f"migrate[{one.key}]",
                "已发布的迁移声明被删除或改动",
                "a migration that was published is gone or changed",
                ("请恢复它；需要改回时另加一条更名", "restore it; to go back, add another rename"),
            )
    done = {one.key for one in migrations(base)}
    before, way = names(base), Identity()
    for one in migrations(definition):
        if one.key in done:
            continue
        known = {way.name(name) for name in before}
        if not _stands(Name(one.of, one.old, one.within), dict.fromkeys(known)):
            findings.say(
                f"migrate[{one.key}].from",
                f"现行版本中没有“{one.old}”可供更名或合并",
                f"the version in force has no “{one.old}” to rename or merge",
                ("请核对原代码", "check the old key"),
            )
        way = Identity((*way.moves, one))
