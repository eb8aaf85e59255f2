"""Ids 编号 of everything, read from the database: an address is tried with its own, others, and nonsense."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any
from urllib.parse import quote

from pymongo.database import Database
from werkzeug.routing import Rule

Rows = Database[dict[str, Any]]

# Part of an address -> the collections whose ids fill it.
COLLECTIONS: Mapping[str, tuple[str, ...]] = {
    **{
        "loan_id": ("loans",),
        "hold_id": ("holds",),
        "list_id": ("destructions",),
        "batch_id": ("filing_batches",),
    },
    **{"inspection_id": ("inspections",), "duty_id": ("duties",), "order_id": ("print_orders",)},
    **{"order": ("replay_orders",), "move": ("case_moves",), "what_if": ("what_ifs",)},
    **{
        "change": ("calendar_changes",),
        "report": ("reports",),
        "upload": ("uploads",),
        "notice": ("notices",),
    },
    **{"timer": ("timers",), "message": ("outbox",), "person_id": ("people",), "code": ("units",)},
    "request_id": ("reveals",),
    **{"volume_number": ("volumes",), "sign_in": ("sign_ins",), "file_id": ("fs.files",)},
}
# Parts that name something inside a policy, or are numbers.
NAMED: Mapping[str, tuple[str, ...]] = {
    **{"section": ("forms", "roles"), "element": ("intake",), "form": ("intake", "treatment")},
    **{
        "case_type": ("complaint",),
        "kind": ("webhook", "sms"),
        "letter": ("decision",),
        "limit": ("handle",),
    },
    **{"listed": ("channels",), "workflow": ("complaint",), "field": ("p2", "title"), "queue": ("default",)},
    **{"seq": ("1", "2"), "sheet": ("1",), "version": ("1",), "year": ("2026",), "index": ("0",)},
    **{"export_type": ("csv",), "path": ("css/tokens.css",), "filename": ("css/tokens.css",)},
}
NOWHERE = ("none", "0123456789abcdef01234567")
NONSENSE = (
    *("../../../../etc/passwd", "..%2f..%2fetc%2fpasswd", "\x00", "x\x00.pdf", "a" * 3_000, "0" * 24, "-1"),
    *(
        '{"$gt":""}',
        "$where",
        "[$ne]",
        "a.b.c",
        "'; drop",
        "<script>zz</script>",
        "{{7*7}}",
        "%n%s",
        "\r\nX: y",
    ),
    *("\u202e", "９", "1e9", "99999999999999999999", "\U0001f600", " ", "%ff", "%"),
)


class Ids:
    """What there is to fill addresses with."""

    def __init__(self, database: Rows, extra: Mapping[str, tuple[str, ...]], most: int) -> None:
        self.most = most
        self.turn = 0
        self.real: dict[str, list[str]] = {}
        for part, names in COLLECTIONS.items():
            rows = (str(row["_id"]) for name in names for row in database[name].find({}, {"_id": 1}))
            self.real[part] = list(islice(rows, most))
        self.real["number"] = [
            row["number"] for row in database["complaints"].find({}, {"number": 1}).limit(most)
        ]
        self.real["number"] += self.real["volume_number"]
        self.real["statement"] = [str(one) for one in database["complaints"].distinct("hearings.id")]
        policies = dict.fromkeys(row["key"] for row in database["policies"].find({}, {"key": 1}))
        self.real["policy"] = list(policies)
        keys = [
            str(row["_id"])
            for name in ("work_calendars", "ways_out")
            for row in database[name].find({}, {"_id": 1})
        ]
        self.real["key"] = [*policies, *keys, "intake", "complaint"]
        nothing = sorted(part for part in COLLECTIONS if not self.real[part])
        assert not nothing, f"furnish the house with {nothing}"
        for part, values in {**NAMED, **extra}.items():
            self.real[part] = [*values, *self.real.get(part, ())]
        self.others = [one for part in COLLECTIONS for one in self.real[part][:1]]

    def paths(self, rule: Rule, *, whole: bool) -> Iterator[str]:
        """The address with every id: of its kind, of others, of none, nonsense; or with some of it."""
        yield from dict.fromkeys(_written(rule, given) for given in self._given(rule, whole))

    def _given(self, rule: Rule, whole: bool) -> Iterator[dict[str, str]]:
        parts = sorted(rule.arguments)
        if not parts:
            yield {}
            return
        missing = [one for one in parts if one not in self.real]
        assert not missing, f"say in tests/attack/ids.py what {rule.rule} is about: {missing}"
        own = {part: self.real[part] or ["none"] for part in parts}
        for number in range(min(self.most, max(map(len, own.values())))):
            yield {part: values[number % len(values)] for part, values in own.items()}
        first = {part: values[0] for part, values in own.items()}
        for number, one in enumerate(self._strange(whole)):
            yield {**first, parts[number % len(parts)]: one}

    def _strange(self, whole: bool) -> Iterator[str]:
        """All of it; else one, another each time."""
        known = [*self.others[: self.most], *NOWHERE, *NONSENSE]
        self.turn += 1
        yield from known if whole else known[self.turn % len(known) :][:1]


def _written(rule: Rule, given: Mapping[str, str]) -> str:
    """The address as it goes over the line; converters are not asked whether they like it."""
    made = []
    for is_part, text in rule._trace:
        made.append(quote(given[text], safe="") if is_part else text)
    return "".join(made).removeprefix("|").lstrip("|")
