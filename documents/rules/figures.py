"""Figures 统计数字 of a report: what a policy wants counted, as conditions over cases as known on a day.

A condition is a plain MongoDB query. Everything in it is dated, so that the same question asked later
gives the same answer: what happened after the span's end had not happened yet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from documents.rules.broken import PolicyInvalid
from documents.rules.reading import Reading

Definition = Mapping[str, Any]
Condition = dict[str, Any]
NOTHING = "未填"
NOT_CONFIDENTIAL: Condition = {"known_to": {"$in": [None, []]}}


@dataclass(frozen=True)
class Span:
    """What a report looks at 统计范围: receipts from `first` to before `after`, as known before `known`."""

    unit: str
    first: datetime
    after: datetime
    known: datetime
    reading: Reading = field(default_factory=Reading)
    policy: str = ""  # whose cases are counted; empty: of every policy
    folded: Mapping[str, str] = field(default_factory=dict)  # units merged by then, and what each became
    drafter: str = ""  # who counts

    @property
    def is_early(self) -> bool:
        """Whether the period is not over yet: counted again tomorrow, the numbers tell of one day."""
        return self.known < self.after


def condition(count: Definition, span: Span) -> Condition:
    """The cases that a definition counts."""
    before = count.get("before") is True
    parts: list[Condition] = [
        {"scope": _within(span), "registered_at": {"$lt": span.known}},
        {"received_at": {"$lt": span.first} if before else {"$gte": span.first, "$lt": span.after}},
    ]
    if span.policy:
        parts.append({"policy": span.policy})
    if before:
        parts.append(_not_closed_before(span.first))
    if span.is_early:
        parts += [NOT_CONFIDENTIAL, _open_to_drafter(span)]
    for name, wanted in count.items():
        if name not in COUNTED:
            raise PolicyInvalid("unknown_count", count=name)
        parts.extend(COUNTED[name](wanted, span))
    return {"$and": parts}


def divided(count: Definition, span: Span) -> Condition:
    """What is told in parts 分项, by group or by limit: confidential cases count in totals alone."""
    return {"$and": [condition(count, span), NOT_CONFIDENTIAL]}


def singled(count: Definition, span: Span) -> Condition:
    """What is told case by case 逐件, in lists and quotes: nothing that is kept from who drafts, either."""
    return {"$and": [divided(count, span), _open_to_drafter(span)]}


def _open_to_drafter(span: Span) -> Condition:
    return {"recused": {"$ne": span.drafter}}


def _within(span: Span) -> str | Condition:
    """The unit with everything below it, and what was merged into any of these 合并单位的投诉并计."""
    keys = [f"t:{unit}" for unit in (span.unit, *sorted(set(span.folded) - {span.unit}))]
    return {"$in": keys} if len(keys) > 1 else keys[0]


def fields_of_count(count: Definition, group: str = "") -> list[str]:
    """The fields of forms by which something is counted or grouped."""
    found = list(count.get("answer", {}))
    kind, _mark, name = group.partition(".")
    return [*found, name] if kind == "answer" else found


def _one_of(column: str) -> Callable[[Any, Span], list[Condition]]:
    return lambda wanted, span: [{column: {"$in": span.reading.column(column, wanted)}}]


def _closed(wanted: Any, span: Span) -> list[Condition]:
    return [{"closed_at": {"$lt": span.known}}] if wanted else [_not_closed_before(span.known)]


def _not_closed_before(moment: datetime) -> Condition:
    return {"$or": [{"closed_at": None}, {"closed_at": {"$gte": moment}}]}


def _outcome(wanted: Any, span: Span) -> list[Condition]:
    return [{"outcome": {"$in": span.reading.column("outcome", wanted)}}, {"closed_at": {"$lt": span.known}}]


def _event(wanted: Any, span: Span) -> list[Condition]:
    verbs = {"$in": span.reading.steps(wanted)}
    return [{"events": {"$elemMatch": {"verb": verbs, "at": {"$lt": span.known}}}}]


def _extended(_wanted: Any, span: Span) -> list[Condition]:
    decided = {"decision": "approved", "decided_at": {"$lt": span.known}}
    return [{"extensions": {"$elemMatch": decided}}]


def _answer(wanted: Any, span: Span) -> list[Condition]:
    return [_answered(name, values, span) for name, values in wanted.items()]


def _answered(name: str, wanted: Sequence[Any], span: Span) -> Condition:
    """The field was answered so, under whatever key it was filled in."""
    keys, values = span.reading.fields(name), span.reading.answers(name, wanted)
    parts = [
        {"answers": {"$elemMatch": {"at": {"$lt": span.known}, f"values.{key}": {"$in": values}}}}
        for key in keys
    ]
    return parts[0] if len(parts) == 1 else {"$or": parts}


def _overdue(_wanted: Any, span: Span) -> list[Condition]:
    """A limit was missed and is not met yet, on the day."""
    late = {
        "state": {"$ne": "paused"},  # whose pause began before its deadline
        "started_at": {"$lt": span.known},
        "due_at": {"$lt": span.known},
        "$or": [{"met_at": None}, {"met_at": {"$gte": span.known}}],
    }
    return [{"clocks": {"$elemMatch": late}}]


def _severity(wanted: Any, span: Span) -> list[Condition]:
    return [{"$expr": {"$in": [_level_then(span), list(wanted)]}}]


def _level_then(span: Span) -> Any:
    """The level as it stood on the day: what the first later change changed it from, or as it is."""
    later = {
        "$filter": {
            "input": "$events",
            "as": "one",
            "cond": {"$and": [{"$eq": ["$$one.verb", "severity"]}, {"$gte": ["$$one.at", span.known]}]},
        }
    }
    first = {"$arrayElemAt": ["$$later.facts.from", 0]}
    return {"$let": {"vars": {"later": later}, "in": {"$ifNull": [first, "$severity.level"]}}}


COUNTED: dict[str, Callable[[Any, Span], list[Condition]]] = {
    "case_type": _one_of("case_type"),
    "channel": _one_of("channel"),
    "category": _one_of("category"),
    "outcome": _outcome,
    "closed": _closed,
    "overdue": _overdue,
    "event": _event,
    "extended": _extended,
    "answer": _answer,
    "severity": _severity,
    "before": lambda _wanted, _span: [],
}


def group_value(group: str, span: Span) -> Any:
    """The MongoDB expression of what cases are grouped by: a column, a unit, or the newest answer."""
    kind, _, name = group.partition(".")
    if kind == "answer":
        return _newest_answer(name, span)
    if kind == "unit":
        first, _, otherwise = name.partition("|")
        return _as_merged({"$ifNull": [f"$units.{first}", f"$units.{otherwise or 'received'}"]}, span)
    if group == "severity":
        return _level_then(span)
    if group not in ("category", "channel", "case_type", "outcome"):
        raise PolicyInvalid("unknown_group", group=group)
    return f"${group}"


def _as_merged(unit: Condition, span: Span) -> Condition:
    """The unit that a unit has become by the day."""
    if not span.folded:
        return unit
    became = [{"case": {"$eq": ["$$unit", old]}, "then": new} for old, new in sorted(span.folded.items())]
    inside = {"$switch": {"branches": became, "default": "$$unit"}}
    return {"$let": {"vars": {"unit": unit}, "in": inside}}


def _newest_answer(name: str, span: Span) -> Any:
    """The newest answer of a field, under whatever key it was filled in."""
    keys = span.reading.fields(name)
    there = [{"$ne": [{"$type": f"$$one.values.{key}"}, "missing"]} for key in keys]
    filled = {"$and": [{"$lt": ["$$one.at", span.known]}, {"$or": there}]}
    given = {"$filter": {"input": "$answers", "as": "one", "cond": filled}}
    value: Any = None
    for key in reversed(keys):
        written = f"$$one.values.{key}"
        value = {"$cond": [{"$ne": [{"$type": written}, "missing"]}, written, value]}
    newest = {"$arrayElemAt": ["$$given", -1]}
    return {
        "$let": {"vars": {"given": given}, "in": {"$let": {"vars": {"one": newest}, "in": value}}},
    }


def clock_pipeline(base: Condition, span: Span) -> list[dict[str, Any]]:
    """For each limit: how many clocks were met in time, met late, missed, still running, or ended."""
    met = {
        "$and": [
            {"$eq": ["$clocks.state", "met"]},
            {"$lt": [{"$ifNull": ["$clocks.met_at", FAR]}, span.known]},
        ]
    }
    ended = {"$lt": [{"$ifNull": ["$clocks.met_at", FAR]}, span.known]}
    late = {"$gt": [{"$ifNull": ["$clocks.met_at", FAR]}, "$due"]}
    fate = {
        "$switch": {
            "branches": [
                {"case": {"$and": [met, late]}, "then": "late"},
                {"case": met, "then": "in_time"},
                {"case": {"$and": [ended, late]}, "then": "missed"},
                {"case": ended, "then": "ended"},
                {"case": {"$eq": ["$clocks.state", "paused"]}, "then": "running"},
                {"case": {"$lt": ["$due", span.known]}, "then": "missed"},
            ],
            "default": "running",
        }
    }
    return [
        {"$match": base},
        {"$project": {"clocks": 1, "extensions": 1}},
        {"$unwind": "$clocks"},
        {"$match": {"clocks.started_at": {"$lt": span.known}}},
        {"$set": {"due": _due_then(span)}},
        {"$group": {"_id": {"limit": "$clocks.limit", "fate": fate}, "count": {"$sum": 1}}},
    ]


FAR = datetime(9000, 1, 1, tzinfo=UTC)


def _due_then(span: Span) -> Any:
    """The deadline as it stood on the day: an extension that was decided later had not moved it yet."""
    later = {
        "$filter": {
            "input": {"$ifNull": ["$extensions", []]},
            "as": "one",
            "cond": {
                "$and": [
                    {"$eq": ["$$one.limit", "$clocks.limit"]},
                    {"$eq": ["$$one.decision", "approved"]},
                    {"$gte": ["$$one.decided_at", span.known]},
                    {"$gte": ["$$one.requested_at", "$clocks.started_at"]},
                ]
            },
        }
    }
    return {
        "$let": {
            "vars": {"later": later},
            "in": {"$ifNull": [{"$arrayElemAt": ["$$later.old_due", 0]}, "$clocks.due_at"]},
        }
    }


# --- words ------------------------------------------------------------------------------------------


def per_cent(part: int, whole: int) -> str:
    """34.8%; nothing of nothing is a dash."""
    if not whole:
        return "—"
    share = (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{share}%"


def shares_text(rows: Sequence[tuple[str, int]], whole: int) -> str:
    """The first draft 初稿 of a section from a table: which are most, and their shares."""
    counted = [row for row in rows if row[1]]
    if not counted:
        return "本期没有相应的投诉。"
    named = [f"{label}{count}件（{per_cent(count, whole)}）" for label, count in counted]
    if len(named) == 1:
        return f"本期{whole}件投诉均属{named[0]}。"
    text = f"本期{whole}件投诉中，居前的是：{'、'.join(named[:3])}。"
    return f"{text}其余为：{'、'.join(named[3:])}。" if named[3:] else text


def measures_text(found: Sequence[tuple[str, Sequence[str]]]) -> str:
    """The first draft of the measures 整改措施: each once, with the cases it was taken in."""
    if not found:
        return "本期没有登记整改措施。"
    lines = [
        f"{position}．{text.rstrip('。；')}（{'、'.join(numbers[:3])}{'等' if len(numbers) > 3 else ''}）。"
        for position, (text, numbers) in enumerate(found, start=1)
    ]
    return "\n".join(lines)
