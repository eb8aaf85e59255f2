"""The archive numbers 档号 of a unit and year, series by series: inside this round, or why not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from documents.archive_number import ArchiveNumber
from documents.complaint import CONFIDENTIAL, Complaint
from documents.dossier_words import Names
from documents.rules import package as rules
from documents.transfer_reasons import Reason
from documents.volume import Volume

Row = Mapping[str, Any]
READ = ("series", "sequence", "owner", "state", "reason", "problem", "cases", "left_out.case", "released")
SKIPPED = Reason("skipped", "跳号", "该号在别的流水中已经用过")


def archive_numbers(
    policy: str, asked: tuple[str, int], inside: Collection[str], out: Mapping[str, Reason]
) -> tuple[rules.ArchiveNumber, ...]:
    """Every number of the series in which the unit has one this year, in the order of the series.

    A number that is neither inside nor has a reason is left without one: such a package is refused.
    """
    unit, year = asked
    mine = {"policy": policy, "owner": unit, "year": year}
    own = list(ArchiveNumber.collection().find(mine, list(READ)))
    alone = [row for row in own if not row.get("series")]
    series = sorted({row["series"] for row in own if row.get("series")})
    rows = list(ArchiveNumber.collection().find({"policy": policy, "series": {"$in": series}}, list(READ)))
    rows.sort(key=lambda row: (row["series"], row["sequence"]))
    every = [*rows, *alone]
    reasons = _Reasons(unit, out, _destroyed([row["_id"] for row in every]), _confidential(every))
    found = [
        one
        for name, together in groupby(rows, key=lambda row: row["series"])
        for one in _series(name, together, inside, reasons)
    ]
    found += [_number(row, f"single:{row['_id']}", 1, inside, reasons) for row in alone]
    return tuple(found)


class _Reasons:
    def __init__(
        self, unit: str, out: Mapping[str, Reason], destroyed: Mapping[str, str], closed: set[str]
    ) -> None:
        self.unit = unit
        self.out = out
        self.destroyed = destroyed
        self.closed = closed
        self.names = Names()

    def of(self, row: Row) -> Reason | None:
        """Why the volume of a number is not inside."""
        if row["owner"] != self.unit:
            return Reason("other_owner", "属其他立档单位", self.names.unit(row["owner"]))
        if row["state"] == "void":
            return Reason("void", "档号作废", self._said(row, "reason"))
        if row["state"] == "reserved":
            problem = self._said(row, "problem")
            return Reason("problem", "制卷未成功", problem) if problem else Reason("rendering", "制卷中")
        if row["_id"] in self.destroyed:
            return Reason("destroyed", "已按销毁清册销毁", self.destroyed[row["_id"]])
        return self.out.get(row["_id"])

    def _said(self, row: Row, name: str) -> str:
        """What was written of a number; not when it was written of a confidential case."""
        return "保密" if row.get(name) and self.closed & set(cases_of(row)) else row.get(name) or ""


def _series(
    name: str, rows: Iterable[Row], inside: Collection[str], reasons: _Reasons
) -> Iterator[rules.ArchiveNumber]:
    """One series from its first number on; what it skipped is said too."""
    expected = 1
    for row in rows:
        for skipped in range(expected, row["sequence"]):
            yield rules.ArchiveNumber(f"{name}#{skipped}", name, skipped, SKIPPED.words, SKIPPED.note)
        expected = row["sequence"] + 1
        yield _number(row, name, row["sequence"], inside, reasons)


def _number(
    row: Row, series: str, sequence: int, inside: Collection[str], reasons: _Reasons
) -> rules.ArchiveNumber:
    reason = None if row["_id"] in inside else reasons.of(row)
    words, note = (reason.words, reason.note) if reason else ("", "")
    return rules.ArchiveNumber(row["_id"], series, sequence, words, note)


def cases_of(row: Row) -> list[str]:
    """The cases that a number was given out for: in its volume, left out of it, taken back."""
    left = (one["case"] for one in row.get("left_out") or ())
    return [*row.get("cases", ()), *left, *row.get("released", ())]


def _confidential(rows: Iterable[Row]) -> set[str]:
    wanted = {"number": {"$in": [case for row in rows for case in cases_of(row)]}, **CONFIDENTIAL}
    return {row["number"] for row in Complaint.collection().find(wanted, {"number": 1})}


def _destroyed(numbers: list[str]) -> dict[str, str]:
    """The volumes that were destroyed 已销毁, with the list by which they went."""
    wanted = {"_id": {"$in": numbers}, "destroyed_at": {"$ne": None}}
    rows = Volume.collection().find(wanted, {"destroyed_by": 1})
    return {row["_id"]: str(row.get("destroyed_by") or "") for row in rows}
