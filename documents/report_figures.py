"""Counting 统计 for reports: aggregations over the cases, as known on the report's day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from documents.complaint import Complaint
from documents.policy import view_of
from documents.report import Figure, Report, Table, TableRow
from documents.rules.access import PUBLIC
from documents.rules.broken import RuleBroken
from documents.rules.fields import fields_of
from documents.rules.figures import (
    NOTHING,
    Condition,
    Definition,
    Span,
    clock_pipeline,
    condition,
    divided,
    fields_of_count,
    group_value,
    per_cent,
    singled,
)
from documents.rules.identity import identity
from documents.rules.policy import PolicyView
from documents.rules.policy_fields import all_fields
from documents.unit import names_of

UNKNOWN = {"zh": NOTHING, "en": "not filled in"}
COUNT = {"zh": "件数", "en": "Cases"}
NONE = "—"
SHARE = {"zh": "占比", "en": "Share"}
FATES = ("in_time", "late", "missed", "running", "ended")
FATE_COLUMNS = (
    {"zh": "时限", "en": "Limit"},
    {"zh": "按期完成", "en": "In time"},
    {"zh": "逾期完成", "en": "Late"},
    {"zh": "逾期未完成", "en": "Missed"},
    {"zh": "进行中", "en": "Running"},
    {"zh": "终止", "en": "Ended"},
    {"zh": "按期率", "en": "In time"},
)
LIST_COLUMNS = (
    {"zh": "编号", "en": "Number"},
    {"zh": "类别", "en": "Category"},
    {"zh": "收到日期", "en": "Received"},
    {"zh": "期限", "en": "Due"},
    {"zh": "承办单位", "en": "Unit"},
)


@dataclass
class Counting:
    """The figures and tables of one report while they are counted."""

    view: PolicyView
    definition: Definition
    span: Span
    counts: dict[str, int] = field(default_factory=dict)

    def counted(self, key: str) -> Definition:
        """What a figure counts."""
        for one in self.definition["figures"]:
            if one["key"] == key:
                return dict(one["count"])
        raise RuleBroken("unknown_figure", figure=key)

    def figures(self) -> list[Figure]:
        """Every figure of the report."""
        found = [one for one in self.definition["figures"] if "count" in one]
        self.counts = {one["key"]: count(one["count"], self.span) for one in found}
        return [self._figure(one) for one in self.definition["figures"]]

    def _figure(self, one: Definition) -> Figure:
        value, share, counted = self._value(one)
        return Figure(
            key=one["key"],
            label=dict(one["label"]),
            value=value,
            share=share,
            count=counted,
            basis=one.get("basis"),
            source=one.get("source"),
            lacking=self._lacking(counted),
        )

    def _value(self, one: Definition) -> tuple[str, str, dict[str, Any]]:
        if "rate" in one:
            rows = fates(condition(self.counted(one["of"]), self.span), self.span).values()
            in_time = sum(row["in_time"] for row in rows)
            decided = sum(row["in_time"] + row["late"] + row["missed"] for row in rows)
            return per_cent(in_time, decided), f"{in_time} / {decided}", {}
        number, whole = self.counts[one["key"]], self.counts.get(one.get("share_of", ""), 0)
        return str(number), per_cent(number, whole) if number and whole else "", dict(one["count"])

    def tables(self) -> list[Table]:
        """Every table of the report."""
        return [self._table(one) for one in self.definition.get("tables", ())]

    def _table(self, one: Definition) -> Table:
        counted = self.counted(one["of"])
        table = Table(key=one["key"], label=dict(one["label"]), count=counted)
        if one.get("limits"):
            table.columns, table.rows = list(FATE_COLUMNS), self._limit_rows(counted)
        elif one.get("list"):
            table.columns = list(LIST_COLUMNS)
            table.rows = list(listed(counted, self.span, self.view, most=one["most"]))
            table.cut = max(0, count(counted, self.span) - len(table.rows))
        else:
            table.columns = [dict(one["label"]), COUNT, SHARE]
            table.group, table.chart = one["group"], "bar" if one.get("chart") else None
            table.rows = self._group_rows(one, counted)
        table.lacking = self._lacking(counted, one.get("group", ""))
        return table

    def _lacking(self, counted: Definition, group: str = "") -> list[int]:
        """The versions of the cases in the span whose forms never asked for a field that is counted by."""
        wanted = fields_of_count(counted, group)
        return [one for one in self.versions if not self._asked_in(one, wanted)] if wanted else []

    @cached_property
    def versions(self) -> list[int]:
        """The versions under which the cases in the span were registered."""
        return sorted(Complaint.collection().distinct("policy_version", condition({}, self.span)))

    def _asked_in(self, version: int, wanted: Sequence[str]) -> bool:
        there = view_of(self.view.key, version).definition
        way, known = identity(self.view.definition, there), set(all_fields(there))
        return all(way.key("field", name) in known for name in wanted)

    def _group_rows(self, one: Definition, counted: Definition) -> list[TableRow]:
        found = self._as_called_now(one, groups(counted, one["group"], self.span))
        whole = sum(found.values())
        labels = self._labels(one, [key for key in found if key])
        return [
            TableRow(
                label=labels.get(key or "", UNKNOWN),
                group=key or "",
                cells=[str(number), per_cent(number, whole)],
            )
            for key, number in sorted(found.items(), key=lambda row: (-row[1], row[0] or ""))
        ]

    def _as_called_now(self, one: Definition, found: dict[str | None, int]) -> dict[str | None, int]:
        """With the options of older versions counted under what they are called now."""
        if "options" not in one:
            return found
        summed: dict[str | None, int] = {}
        for key, number in found.items():
            now = self.span.reading.present(key, one["options"]) if key else key
            summed[now] = summed.get(now, 0) + number
        return summed

    def _labels(self, one: Definition, keys: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        if one["group"].startswith("unit."):
            return {code: dict(name) for code, name in names_of(keys).items()}
        if "options" in one:
            return {key: self.view.option_label(one["options"], key) for key in keys}
        return {key: {"zh": key, "en": key} for key in keys}

    def _limit_rows(self, counted: Definition) -> list[TableRow]:
        found = fates(divided(counted, self.span), self.span)
        limits = [limit for limit in self.view.definition["limits"] if limit["key"] in found]
        return [
            TableRow(label=dict(limit["label"]), cells=_fate_cells(found[limit["key"]])) for limit in limits
        ]


def _fate_cells(row: Mapping[str, int]) -> list[str]:
    decided = row["in_time"] + row["late"] + row["missed"]
    return [*(str(row[fate]) for fate in FATES), per_cent(row["in_time"], decided)]


def count(counted: Definition, span: Span) -> int:
    """How many cases a figure counts."""
    return int(Complaint.collection().count_documents(condition(counted, span)))


def groups(counted: Definition, group: str, span: Span) -> dict[str | None, int]:
    """How many cases there are for each value; confidential ones are not told in parts."""
    pipeline = [
        {"$match": divided(counted, span)},
        {"$group": {"_id": group_value(group, span), "count": {"$sum": 1}}},
    ]
    return {row["_id"]: row["count"] for row in Complaint.collection().aggregate(pipeline)}


def fates(matched: Condition, span: Span) -> dict[str, dict[str, int]]:
    """What became of the clocks of each limit, of the cases that match."""
    found: dict[str, dict[str, int]] = {}
    for row in Complaint.collection().aggregate(clock_pipeline(matched, span)):
        fate = found.setdefault(row["_id"]["limit"], dict.fromkeys(FATES, 0))
        fate[row["_id"]["fate"]] = row["count"]
    return found


def texts(counted: Definition, fields: Sequence[str], span: Span) -> list[tuple[str, list[str]]]:
    """What was written into these fields 整改措施, each text once with its cases."""
    keys = [key for name in fields for key in span.reading.fields(name)]
    pipeline = [
        {"$match": singled(counted, span)},
        {"$sort": {"received_at": 1, "_id": 1}},
        {"$project": {"number": 1, "answers.at": 1, **{f"answers.values.{name}": 1 for name in keys}}},
    ]
    found: dict[str, dict[str, None]] = {}
    for row in Complaint.collection().aggregate(pipeline):
        for answers in row["answers"]:
            written = [answers.get("values", {}).get(name) for name in keys]
            for text in written if answers["at"] < span.known else ():
                if text:
                    found.setdefault(" ".join(str(text).split()), {})[row["number"]] = None
    return [(text, list(numbers)) for text, numbers in found.items()]


def listed(counted: Definition, span: Span, view: PolicyView, *, most: int) -> Iterator[TableRow]:
    """The cases themselves, the oldest first, with the limit that was due first on the day."""
    kept = ("number", "category", "case_type", "policy", "policy_version", "received_at", "clocks", "units")
    matched = Complaint.collection().find(singled(counted, span), list(kept))
    rows = list(matched.sort([("received_at", 1), ("_id", 1)]).limit(most))
    names = names_of(sorted({unit for row in rows for unit in row["units"].values()}))
    zone = ZoneInfo(view.zone)
    for row in rows:
        unit = row["units"].get("handling") or row["units"]["received"]
        due = min((clock["due_at"] for clock in row.get("clocks", ()) if _runs(clock, span)), default=None)
        days = [_short(row["received_at"], zone), _short(due, zone) if due else NONE]
        cells = [_category(row), *days, names.get(unit, {"zh": unit})["zh"]]
        yield TableRow(label=dict.fromkeys(("zh", "en"), row["number"]), number=row["number"], cells=cells)


def _category(row: Mapping[str, Any]) -> str:
    """What a case is about, without its words: the paper leaves the house, and subjects name people."""
    view = view_of(row["policy"], row["policy_version"])
    register = view.case_type(row["case_type"])["register"]
    asked = fields_of(view.form(register["form"])) if row.get("category") else ()
    one = next((one for one in asked if one["key"] == register["columns"].get("category")), {})
    if "options" not in one or one.get("class", PUBLIC) != PUBLIC:
        return NONE
    return str(view.option_label(one["options"], row["category"])["zh"])


def _short(moment: datetime, zone: ZoneInfo) -> str:
    """26-02-24: a table of six columns has no room for more."""
    return f"{moment.astimezone(zone):%y-%m-%d}"


def _runs(clock: Mapping[str, Any], span: Span) -> bool:
    ended = clock.get("met_at")
    return bool(clock["started_at"] < span.known and (ended is None or ended >= span.known))


def cases_behind(report: Report, counted: Definition, group: tuple[str, str] | None = None) -> Condition:
    """The condition under which a number of the report finds its cases."""
    found = condition(counted, report.span)
    if group is None:
        return found
    found = divided(counted, report.span)
    value = group_value(group[0], report.span)
    former = report.span.reading.group(group[0], group[1])
    return {"$and": [found, {"$expr": {"$in": [{"$ifNull": [value, ""]}, former]}}]}
