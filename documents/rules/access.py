"""Who may see what: the one permission function 权限判定.

Rights come from role × unit scope × sensitivity class of the field, post by post; recusal and the
need-to-know list 知悉名单 of a confidential case only take away. A deputy 代办人 reads for somebody absent.
One narrow door stands beside them: whoever is complained about and was asked for a statement 申辩 reads the
question and what the policy opens for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from documents.rules.workflow import Viewer

Definition = Mapping[str, Any]
PUBLIC, PERSONAL, RESTRICTED = "public", "personal", "restricted"
READ = "read"
ARCHIVE = "archive"  # 归档: what the keepers of an archive do
STATEMENT = "statement"  # 申辩: read what one was asked, and answer it
QUESTION = ""  # in `asked`: the question itself, beside the keys of the fields that are opened
MOST_KNOWN = 2_000
SCOPE_COLUMNS = ("scope", "recused", "known_to")


@dataclass(frozen=True)
class Decision:
    """Whether it is allowed, the code of the reason, and the absent person for whom 代办 it is."""

    allowed: bool
    reason: str
    instead_of: str = ""

    def __bool__(self) -> bool:
        return self.allowed

    @property
    def for_whom(self) -> dict[str, Any]:
        """The same for the trail."""
        return for_whom([self.instead_of])


def for_whom(absent: Iterable[str]) -> dict[str, Any]:
    """For the trail: the absent for whom 代办 it was, several as a list; nothing where it was for nobody."""
    found = sorted({*absent} - {""})
    return {"instead_of": found if len(found) > 1 else found[0]} if found else {}


GRANTED, OPEN = Decision(True, "granted"), Decision(True, "public_field")
ASKED, OPENED = Decision(True, "asked"), Decision(True, "opened_for_statement")
OUTSIDE = Decision(False, "outside_scope")


@dataclass(frozen=True)
class CaseScope:
    """What the permission function reads of a case; `known_to` is empty unless it is confidential 保密.

    `asked`: who was asked for a statement, with QUESTION and each field that is opened for it.
    `stand_ins`: whoever acts for a post whose holders must all step aside 代行, with the role of that post.
    """

    scope: frozenset[str]
    recused: frozenset[str]
    known_to: frozenset[str] = frozenset()
    asked: frozenset[tuple[str, str]] = frozenset()
    stand_ins: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> CaseScope:
        """What it reads of a case, or of what carries its scope, that is at hand as a row."""
        return cls(*(frozenset(row.get(name) or ()) for name in SCOPE_COLUMNS))

    def stood_in(self, person: str) -> frozenset[str]:
        """The roles for which a person stands in 代行 on this case."""
        return frozenset(role for role, one in self.stand_ins if one == person)

    def refusal(self, person: str) -> str | None:
        """Why the case is not there for a person, whatever the posts say."""
        if person in self.recused:
            return "recused"
        return "confidential" if self.known_to and person not in self.known_to else None


@dataclass(frozen=True)
class Reach:
    """How far a person reaches 权限范围: of each post that opens cases, the role and the scope key.

    `instead`: how far those reach who are absent and whose deputy the person is.
    """

    person: str
    posts: frozenset[tuple[str, str]] = frozenset()
    instead: tuple[Reach, ...] = ()

    @cached_property
    def own_key(self) -> str:
        """The key of the cases that the person handles or registered."""
        return f"p:{self.person}"

    @property
    def keys(self) -> list[str]:
        """The scope keys that open cases to the person."""
        return sorted({self.own_key, *(key for _, key in self.posts)})

    def roles_on(self, case: CaseScope) -> frozenset[str]:
        """The roles of the posts that reach the case; a list asks this of each row for many fields."""
        found = self._known.get(case.scope)
        if found is None:
            if len(self._known) > MOST_KNOWN:
                self._known.clear()
            found = frozenset(role for role, key in self.posts if key in case.scope)
            self._known[case.scope] = found
        return found

    @cached_property
    def _known(self) -> dict[frozenset[str], frozenset[str]]:
        return {}


def case_keys(
    units: Mapping[str, str], ancestors: Mapping[str, Sequence[str]], people: Sequence[str | None]
) -> list[str]:
    """The keys under which a case is found: its units, all above its units, the people on it."""
    keys = {f"u:{unit}" for unit in units.values()}
    keys |= {f"t:{above}" for unit in units.values() for above in ancestors.get(unit, ())}
    keys |= {f"p:{person}" for person in people if person}
    return sorted(keys)


def reach_of(
    viewer: Viewer, roles: Sequence[Definition], ancestors: Mapping[str, Sequence[tuple[str, str]]]
) -> Reach:
    """How far each post reaches; a role that `roles` does not define reaches nothing.

    `ancestors`: (unit, kind) from each unit upwards.
    """
    wide = {role["key"]: role.get("reach", "unit") for role in roles}
    found = {
        (role, _post_key(wide.get(role, "none"), unit, ancestors.get(unit, ())))
        for role, unit in viewer.posts
    }
    others = tuple(reach_of(absent, roles, ancestors) for absent in viewer.instead)
    return Reach(viewer.person, frozenset((role, key) for role, key in found if key), others)


def _post_key(reach: Any, unit: str, ancestors: Sequence[tuple[str, str]]) -> str | None:
    if reach == "none":
        return None
    if reach == "unit":
        return f"u:{unit}"
    if reach == "tree":
        return f"t:{unit}"
    if reach == "all":
        return f"t:{ancestors[-1][0]}" if ancestors else f"t:{unit}"
    return next((f"t:{above}" for above, kind in ancestors if kind == reach["tree_of"]), None)


def may(
    reach: Reach,
    operation: str,
    case: CaseScope,
    *,
    roles: Sequence[Definition],
    field: Definition | None = None,
) -> Decision:
    """Whether a person may do the operation on the case, or on one field of it.

    Only the posts that reach this case have a say: a right held in one unit opens nothing in another.
    A deputy 代办人 reads what the absent person would, unless it is kept from either of them or sealed; no
    other operation passes to him.
    """
    if operation == STATEMENT:
        return _may_state(reach.person, case, field)
    hidden = case.refusal(reach.person)
    if hidden is not None:
        return Decision(False, hidden)
    own = _may(reach, operation, case, roles, field)
    if own or operation != READ or (field is not None and field.get("sealed_to")):
        return own
    return next(_may_instead(reach, case, roles, field), own)


def _may_instead(
    reach: Reach, case: CaseScope, roles: Sequence[Definition], field: Definition | None
) -> Iterator[Decision]:
    """What those would read for whom the person acts."""
    for absent in reach.instead:
        found = _may(absent, READ, case, roles, field)
        if found and case.refusal(absent.person) is None:
            yield Decision(True, found.reason, absent.person)


def _may(
    reach: Reach, operation: str, case: CaseScope, roles: Sequence[Definition], field: Definition | None
) -> Decision:
    """What the person's own posts say."""
    held, involved = reach.roles_on(case), reach.own_key in case.scope
    if operation == ARCHIVE and case.stand_ins:
        held |= case.stood_in(reach.person)  # somebody must be able to file it
    if not held and not involved:
        return OUTSIDE
    if operation == READ and (field is None or is_public(field)):
        return GRANTED if field is None else OPEN
    own = [role for role in roles if role["key"] in held]
    if operation != READ and not any(operation in role.get("may", ()) for role in own):
        return Decision(False, "operation_not_granted")
    if field is None:
        return GRANTED
    return _may_read_field(field, own, involved)


def _may_state(person: str, case: CaseScope, field: Definition | None) -> Decision:
    """No post and no deputy has a say in it, only who was asked; of a confidential case only the question."""
    if (person, QUESTION) not in case.asked:
        return Decision(False, "not_asked")
    if field is None:
        return ASKED
    if case.known_to:
        return Decision(False, "confidential")
    is_opened = is_public(field) and (person, str(field["key"])) in case.asked
    return OPENED if is_opened else Decision(False, "not_opened")


def is_public(field: Definition) -> bool:
    """Whether everybody who sees the case reads the field."""
    return field.get("class", PUBLIC) == PUBLIC and not field.get("sealed_to")


def _may_read_field(field: Definition, own: Sequence[Definition], involved: bool) -> Decision:
    sealed_to = field.get("sealed_to")
    if sealed_to:
        opened = any(role["key"] in sealed_to for role in own)
        return Decision(opened, "seal_opened" if opened else "sealed")
    sensitivity = field.get("class", PUBLIC)
    if sensitivity == PUBLIC:
        return OPEN
    if involved and sensitivity == PERSONAL:
        return Decision(True, "involved")
    if any(sensitivity in role.get("reads", ()) for role in own):
        return Decision(True, "class_granted")
    return Decision(False, "class_denied")


def classes_open(reach: Reach, roles: Sequence[Definition], case: CaseScope) -> frozenset[str]:
    """The classes of fields that the posts which reach the case let the person read."""
    held = reach.roles_on(case)
    return frozenset(one for role in roles if role["key"] in held for one in role.get("reads", ()))


def demands(
    reach: Reach, roles: Sequence[Definition], operation: str = READ, classes: Iterable[str] = ()
) -> tuple[tuple[str, ...], ...]:
    """What `may` asks of a case, as lists of scope keys: the case has one key of each list.

    So the database counts, finds and exports what the function would grant case by case.
    """
    found = [] if operation == READ else [_keys(reach, roles, "may", operation)]
    for one in sorted(set(classes) - {PUBLIC}):
        own = {reach.own_key} if one == PERSONAL else set()
        found.append(_keys(reach, roles, "reads", one) | own)
    return tuple(tuple(sorted(keys)) for keys in found or [set(reach.keys)])


def _keys(reach: Reach, roles: Sequence[Definition], attribute: str, wanted: str) -> set[str]:
    able = {role["key"] for role in roles if wanted in role.get(attribute, ())}
    return {key for role, key in reach.posts if role in able}
