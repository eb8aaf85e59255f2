"""A house in which every answer is a marker 标记, for the test of leaks: the shipped pack with more of all.

A hundred fields of the three classes, thirty people whose roles differ in what they read, may do and reach.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product
from typing import Any, NamedTuple

from documents.pack_files import definition as pack_definition
from documents.rules.edits import apply
from documents.rules.identity import Name
from documents.rules.renaming import rename
from tests.everything import field, text

ABSENT = ("at_role_2_3", "recused")  # for whom the deputy acts
KEY, STEP, FORM, LETTER = "leaks", "gather", "evidence", "evidence_letter"
HEAR = "hear"
# A step whose reasons are told again beside its form: why a limit stands still, why a level was set.
STILL, HELD = "stand_still", "holding"
NAMED = "named"  # who stands in the complaint, in a restricted field, and is recused
CLASSES = ("public", "personal", "restricted")
MID = CLASSES[1:2]
SEARCHES = (None, "exact", "text")
ONES, TABLES, PLACES = 81, 4, 3
READS = (("public",), ("public", "personal"), ("public", "restricted"), CLASSES)
MAY = (
    (),
    ("export",),
    ("register",),
    ("archive", "export"),
    ("administer", "archive", "duties", "reports", "export"),
)
REACHES: tuple[Any, ...] = ("unit", {"tree_of": "union"})
TITLE, REASON = "zs900x", "zs901x"
# What is said of the confidential volume: why it is read, held and sent back, what its original is called.
PURPOSE, HOLD, OPINION, FILE, VOID = SAID = tuple(f"zs{number}x" for number in range(902, 907))
HERE, ELSEWHERE = "QH-CD", "QH-HK"
WHOLE = "role_3_4"  # reads everything and may do everything


class Marked(NamedTuple):
    """A field with its marker; `closed` are the classes that its reader must be open to."""

    name: str
    marker: str
    closed: tuple[str, ...]
    search: str | None = None
    form: str = "intake"
    sealed: tuple[str, ...] = ()
    veiled: bool = False


def _marker(number: int) -> str:
    return f"zq{number:03d}x"


def secret(marker: str) -> str:
    """The marker of the same answer in the confidential case."""
    return marker.replace("zq", "zs")


def _class(number: int) -> str:
    return CLASSES[number % 3]


def ones() -> list[Marked]:
    """Plain fields, of every class with every way of being searched."""
    return [Marked(f"f{one}", _marker(one), (_class(one),), SEARCHES[one // 3 % 3]) for one in range(ONES)]


def cells() -> list[Marked]:
    """The columns of tables; a table may be more closed than its columns."""
    found = []
    for table, column in product(range(TABLES), range(3)):
        classes = (_class(table), _class(column))
        found.append(Marked(f"t{table}.c{column}", _marker(200 + table * 3 + column), classes))
    return found


def places() -> list[Marked]:
    """Addresses, whose parts are offered to who types another."""
    return [Marked(f"p{one}", _marker(300 + one), (_class(one),)) for one in range(PLACES)]


def evidence() -> list[Marked]:
    """The answers of a step, which opens them again when it is done once more."""
    return [Marked(f"e{one}", _marker(400 + one), (_class(one),), form=FORM) for one in range(6)]


def papers() -> list[Marked]:
    """Files, whose content is the marker."""
    return [Marked(f"a{one}", _marker(500 + one), (_class(one),), form=FORM) for one in range(3)]


def hidden() -> list[Marked]:
    """An answer that is sealed to two roles, and a number that lies under its mask for everybody."""
    sealed = Marked("sealed", _marker(600), ("restricted",), sealed=("role_0_0", WHOLE))
    return [sealed, Marked("veiled", _marker(601), ("personal",), veiled=True)]


def covered() -> list[Marked]:
    """Numbers under a mask that a step opens again: one, and a column of a table."""
    told = (("vi", _marker(602)), ("vt.c0", _marker(603)))
    return [Marked(name, marker, MID, form=FORM, veiled=True) for name, marker in told]


def reasons() -> list[Marked]:
    """What the page of the case tells again: the reason of a pause, and of a level that a person set."""
    told = (("pause_reason", 610, "restricted"), ("level_reason", 611, "personal"))
    return [Marked(name, _marker(number), (kept,), form=HELD) for name, number, kept in told]


def asked() -> list[Marked]:
    """What somebody complained about is asked, and what is opened to him for it; the last is not opened."""
    question = Marked("hearing_question", _marker(700), ("public",), form="hearing_request")
    return [question, *(Marked(f"o{one}", _marker(701 + one), ("public",)) for one in range(3))]


def fields() -> list[Marked]:
    """Everything that holds a marker."""
    plain = [*ones(), *cells(), *places(), *evidence(), *papers()]
    return [*plain, *hidden(), *covered(), *reasons(), *asked()]


def secrets() -> list[Marked]:
    """What the confidential case says: the same fields, its title, and why it is confidential."""
    told = [one._replace(marker=secret(one.marker)) for one in fields()]
    more = {"title": TITLE, "reason": REASON, **{f"said {number}": one for number, one in enumerate(SAID)}}
    return [*told, *(Marked(name, marker, ("public",)) for name, marker in more.items())]


def values() -> dict[str, Any]:
    """What the registration says."""
    tables: dict[str, list[dict[str, str]]] = {f"t{table}": [{}] for table in range(TABLES)}
    for one in cells():
        table, column = one.name.split(".")
        tables[table][0][column] = one.marker
    addresses = {one.name: {"county": one.marker, "detail": one.marker} for one in places()}
    plain = {one.name: one.marker for one in (*ones(), *hidden(), *asked()[1:])}
    return {**plain, "veiled": account(plain["veiled"]), **tables, **addresses}


def account(marker: str) -> str:
    """The marker as a number whose mask does not show it."""
    return f"{marker} 6222 0000 1234"


def _classed(number: int) -> dict[str, str]:
    return {"class": _class(number)}


def _intake() -> Iterator[dict[str, Any]]:
    for number, one in enumerate(ones()):
        kind = "longtext" if one.search != "exact" and number % 2 else "text"
        more = {**_classed(number), **({"search": one.search} if one.search else {})}
        yield field(one.name, kind, one.name, one.name, **more)
    for table in range(TABLES):
        columns = [
            field(f"c{column}", "text", f"c{column}", f"c{column}", **_classed(column)) for column in range(3)
        ]
        yield field(f"t{table}", "table", f"t{table}", f"t{table}", fields=columns, **_classed(table))
    sealed, veiled = hidden()
    yield field(
        sealed.name, "text", "密封", "Sealed", **{"class": "restricted", "sealed_to": [*sealed.sealed]}
    )
    yield field(veiled.name, "text", "账号", "Account", **{"class": "personal", "mask": "account"})
    yield field("copied", "computed", "账号（抄）", "Account again", value=veiled.name, **{"as": "text"})
    for number, one in enumerate(places()):
        yield field(one.name, "address", one.name, one.name, parts=["county", "detail"], **_classed(number))


def _evidence() -> list[dict[str, Any]]:
    said = [field(one.name, "text", one.name, one.name, **_classed(n)) for n, one in enumerate(evidence())]
    said[0]["required"] = True
    said[2]["type"] = "longtext"
    return [
        *said,
        *(field(one.name, "files", one.name, one.name, **_classed(n)) for n, one in enumerate(papers())),
        *_covered(),
    ]


def _covered() -> Iterator[dict[str, Any]]:
    """The same, copied, chosen and compared: none of it may tell more than the mask."""
    under = {"class": "personal", "mask": "account"}
    yield field("vi", "text", "账号", "Account", **under)
    columns = [field("c0", "text", "账号", "Account", **under)]
    yield field("vt", "table", "各账号", "Accounts", fields=columns, **{"class": "personal"})
    texts = {"vc": "vi", "vd": "vc if empty(e0) else veiled", "ve": "vt.c0"}
    for key, value in texts.items():
        yield field(key, "computed", key, key, value=value, **{"as": "text"})
    yield field("vh", "text", "vh", "vh", visible="vi != veiled and vc != e1")


def _held() -> list[dict[str, Any]]:
    pause, level = reasons()
    return [
        field(pause.name, "text", "原因", "Reason", **{"class": pause.closed[0]}),
        field("new_level", "choice", "等级", "Level", options="levels"),
        field(level.name, "longtext", "理由", "Why", **{"class": level.closed[0]}),
    ]


def _levels(made: dict[str, Any]) -> None:
    """Two levels that people set and no rule does."""
    keys = ("low", "high")
    made["lists"]["levels"] = [{"key": one, "label": text(one, one)} for one in keys]
    rule = {"key": "raised", "label": text("升级", "Raised"), "level": "high", "when": "stage == 'decided'"}
    levels = [{"level": one, "basis": "ours"} for one in keys]
    made["severity"] = {"list": "levels", "levels": levels, "rules": [{**rule, "basis": "ours"}]}


def role_definitions() -> list[dict[str, Any]]:
    """Every combination of what a role reads and may do; how far they reach takes turns."""
    return [
        {
            "key": f"role_{reads}_{may}",
            "label": text(f"岗位{reads}{may}", f"Role {reads} {may}"),
            "reach": REACHES[(reads + may) % 2] if (reads, may) != (3, 4) else "unit",
            "reads": list(READS[reads]),
            "may": list(MAY[may]),
            "basis": "ours",
        }
        for reads, may in product(range(len(READS)), range(len(MAY)))
    ] + [
        {"key": "nowhere", "label": text("无", "None"), "reach": "none", "reads": list(CLASSES),
         "may": list(MAY[-1]), "basis": "ours"}
    ]  # fmt: skip


def people() -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Who looks, with their posts: one for each role at the unit of the case, and some at the wrong place."""
    found = {f"at_{one['key']}": ((one["key"], HERE),) for one in role_definitions()}
    return {
        **found,
        "elsewhere": ((WHOLE, ELSEWHERE),),
        "two_posts": ((WHOLE, ELSEWHERE), ("role_0_2", HERE)),
        "two_rights": (("role_1_0", HERE), ("role_0_3", HERE)),
        "recused": ((WHOLE, HERE),),
        "asked": ((WHOLE, HERE),),  # complained about, and asked for a statement
        "deputy": (("role_0_3", ELSEWHERE),),
        "nobody": (),
    }


@cache
def _base() -> dict[str, Any]:
    """The shipped pack, whose field `severity` makes room for levels of that name."""
    made = {key: one for key, one in pack_definition("p01").items() if key not in ("example", "scenarios")}
    return apply(made, rename(made, Name("field", "severity"), "gravity")).definition


def definition() -> dict[str, Any]:
    """The policy."""
    made = copy.deepcopy(_base())
    made["policy"] = {**made["policy"], "key": KEY}
    for one in made["numbering"]:
        one["pattern"] = f"LK-{one['pattern']}"
    made["roles"] += role_definitions()
    intake = next(one for one in made["forms"] if one["key"] == "intake")
    intake["sections"].append({"key": "marked", "title": text("标记", "Marked"), "fields": list(_intake())})
    apart = [field(one.name, "text", one.name, one.name) for one in asked()[1:]]
    intake["sections"].append({"key": "apart", "title": text("经过", "Matter"), "fields": apart})
    gathered = {"key": "all", "title": text("全部", "All"), "fields": _evidence()}
    made["forms"].append(
        {"key": FORM, "title": text("证据", "Evidence"), "basis": "ours", "sections": [gathered]}
    )
    holding = {"key": "all", "title": text("暂停", "Pause"), "fields": _held()}
    made["forms"].append(
        {"key": HELD, "title": text("暂停和定级", "Hold"), "basis": "ours", "sections": [holding]}
    )
    _levels(made)
    letter = text("{{ e0 }}、{{ e1 }}、{{ e3 }}。", "{{ e0 }}.")
    made["letters"].append(
        {"key": LETTER, "title": text("函", "Letter"), "addressee": "{{ e4 }}", "paragraphs": [letter],
         "signed_by": "union", "basis": "ours"}
    )  # fmt: skip
    flow = next(one for one in made["workflows"] if one["key"] == "complaint")
    who = [{"role": one["key"], "at": "received"} for one in role_definitions()]
    hear = next(one for one in flow["transitions"] if one["key"] == HEAR)
    hear |= {"from": ["received"], "who": [{"role": "clerk", "at": "received"}]}
    hear["effects"][0] |= {"opens": ["o0", "o1"]}
    flow["transitions"].append(
        {"key": STEP, "label": text("取证", "Gather"), "from": ["received"], "to": "received", "form": FORM,
         "who": [{"role": "clerk", "at": "received"}, *who], "effects": [{"letter": LETTER}],
         "note_from": "e2", "basis": "ours"}
    )  # fmt: skip
    effects = [
        {"pause": "cap", "reason": "pause_reason"},
        {"set_severity": "new_level", "reason": "level_reason"},
    ]
    flow["transitions"].append(
        {"key": STILL, "label": text("暂停", "Hold"), "from": ["received"], "to": "received", "form": HELD,
         "who": [{"role": "clerk", "at": "received"}], "effects": effects, "basis": "ours"}
    )  # fmt: skip
    return made
