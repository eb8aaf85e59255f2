"""The year's register 登记册 (造册登记): every number that a unit gave out, one line each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count as count_from
from typing import Any
from zoneinfo import ZoneInfo

from documents import blind_index
from documents.complaint import Complaint, not_hidden_from
from documents.dossier_words import Names
from documents.holdings import belonging_to, registered_in, rows_of
from documents.policy import view_of
from documents.rules.access import PUBLIC, CaseScope
from documents.rules.fields import fields_of
from documents.rules.options import OUTCOMES
from documents.rules.papers import Register, RegisterColumn
from documents.rules.policy import PolicyView

COVERED = "※"
EVERYTHING = frozenset({"public", "personal", "restricted"})
PERSON = "complainant_name"
LARGEST = 100_000

COLUMNS = (
    RegisterColumn("序号", 8, numeric=True),
    RegisterColumn("编号", 26),
    RegisterColumn("类型", 8),
    RegisterColumn("收到日期", 15),
    RegisterColumn("方式", 8),
    RegisterColumn("投诉人", 11),
    RegisterColumn("事由", 18),
    RegisterColumn("类别", 14),
    RegisterColumn("首接单位", 12),
    RegisterColumn("承办单位", 11),
    RegisterColumn("环节", 10),
    RegisterColumn("处理结果", 11),
    RegisterColumn("办结日期", 15),
    RegisterColumn("文号", 14),
    RegisterColumn("档号", 17),
    RegisterColumn("页数", 6, numeric=True),
)
READ = (
    *(
        "number",
        "policy_version",
        "case_type",
        "received_at",
        "channel",
        "title",
        "category",
        "units",
        "stage",
        "outcome",
    ),
    *("closed_at", "letters.number", "volume.number", "volume.pages", "recused", "known_to"),
)


@dataclass(frozen=True)
class Reader:
    """Who reads the register: the field classes open to the person, and the person for recusals.

    What goes to people who are not known is of no confidential case, whoever had it made. It accounts for
    every number; what stays in the house has a mark in place of the number of such a case.
    """

    reads: frozenset[str] = EVERYTHING
    person: str = ""
    confidential: bool = True

    def mark(self, row: Mapping[str, Any]) -> str:
        """What a case is called of which the person may not know; nothing of others."""
        listed = row.get("known_to")
        hidden = bool(self.person and self.confidential and listed and self.person not in listed)
        return blind_index.called(row["number"]) if hidden else ""

    def is_kept_from(self, row: Mapping[str, Any]) -> bool:
        """Whether only the number of the case may be read."""
        if not self.confidential and row.get("known_to"):
            return True
        return bool(self.person and CaseScope.of(row).refusal(self.person))


ANYBODY = Reader()


@dataclass(frozen=True)
class YearAsked:
    """Whose register, of which year."""

    unit: str
    year: int


def register(
    view: PolicyView, asked: YearAsked, *, made_by: str, made_at: datetime, reader: Reader | None = None
) -> Register:
    """The register of a unit and year; `reader` covers what a person may not read."""
    names = Names()
    lines = tuple(lines_of(view, asked, names, reader or Reader()))
    marked = sum(is_marked(line) for line in lines)
    bare = sum(line[2] == COVERED for line in lines) - marked
    return Register(
        title=f"{view.definition['policy'].get('short', view.definition['policy']['title'])['zh']}登记册",
        organisation=names.unit(asked.unit),
        period=f"{asked.year}年度",
        columns=COLUMNS,
        rows=lines,
        made_by=made_by,
        made_at=made_at,
        note=f"共 {len(lines)} 个编号"
        + (f"，其中 {bare} 个保密或须回避，只列编号" if bare else "")
        + (f"，其中 {marked} 个保密，只列标记，排在最后" if marked else "")
        + ("，含依权限遮盖的栏目" if _covers(view, reader) else ""),
    )


def is_marked(line: Sequence[str]) -> bool:
    """Whether a line has a mark in place of the number."""
    return line[1].startswith(blind_index.MARKED)


def told(lines: Iterable[Sequence[str]]) -> set[str]:
    """The cases of which lines tell more than the number."""
    return {line[1] for line in lines if line[2] != COVERED}


def lines_of(view: PolicyView, asked: YearAsked, names: Names, reader: Reader) -> Iterator[tuple[str, ...]]:
    """The lines of the register, in the order in which the numbers were given out.

    Cases with a mark come last, by their marks: between its neighbours each would be as good as numbered.
    """
    position, marks = count_from(1), list[str]()
    for row, words in _worded(view, asked, names, reader):
        mark = reader.mark(row)
        if mark:
            marks.append(mark)
        else:
            yield (str(next(position)), *words.line(row))
    for mark in sorted(marks):
        yield (str(next(position)), mark, *(COVERED for _ in COLUMNS[2:]))


def _worded(
    view: PolicyView, asked: YearAsked, names: Names, reader: Reader
) -> Iterator[tuple[Mapping[str, Any], _Words]]:
    """Each case of the register, with the words of its version of the policy."""
    known: dict[int, _Words] = {}
    condition = {**belonging_to(view, asked.unit), **registered_in(view, asked.year)}
    read = (*READ, *(f"answers.values.{key}" for key in _person_keys(view)))
    for row in rows_of(condition, read):
        version = row["policy_version"]
        if version not in known:
            own = view_of(view.key, version)
            covered = _covers(view, reader) or _covers(own, reader)
            known[version] = _Words(own, names, reader, tuple(_person_keys(view)), covered=covered)
        yield row, known[version]


def hidden_in(view: PolicyView, asked: YearAsked, person: str) -> set[str]:
    """The cases of the register that are kept from a person 保密或回避."""
    within = {**belonging_to(view, asked.unit), **registered_in(view, asked.year)}
    kept = {"$and": [within, {"$nor": [not_hidden_from(person)]}]}
    return {row["number"] for row in Complaint.collection().find(kept, {"number": 1})}


def count(view: PolicyView, asked: YearAsked) -> int:
    """How many numbers the register has."""
    condition = {**belonging_to(view, asked.unit), **registered_in(view, asked.year)}
    return int(Complaint.collection().count_documents(condition, limit=LARGEST + 1))


def _person_keys(view: PolicyView) -> list[str]:
    """Every key that the complainant's name ever had."""
    return view.reading.kin("field", [PERSON])


def fields_shown(view: PolicyView, reader: Reader) -> list[str]:
    """The protected fields that stand in the register in clear for this reader: who complained, or none."""
    named = [] if _covers(view, reader) else [str(one["key"]) for one in _persons(view) if _is_protected(one)]
    return list(dict.fromkeys(named))


def _is_protected(field: Mapping[str, Any]) -> bool:
    return bool(field.get("class", PUBLIC) != PUBLIC)


def _persons(view: PolicyView) -> list[Mapping[str, Any]]:
    """The field of who complained, under any name that it has in a version."""
    found = (_field(form, key) for form in view.forms() for key in _person_keys(view))
    return [one for one in found if one]


def _covers(view: PolicyView, reader: Reader | None) -> bool:
    """Whether the reader may not read who complained; nobody does where it is sealed 密封."""
    reads = EVERYTHING if reader is None else reader.reads
    return any(one.get("sealed_to") or one.get("class", PUBLIC) not in reads for one in _persons(view))


def _field(form: Mapping[str, Any], key: str | None) -> Mapping[str, Any] | None:
    return next((one for one in fields_of(form) if one["key"] == key), None)


@dataclass(frozen=True)
class _Words:
    view: PolicyView
    names: Names
    reader: Reader
    person_keys: Sequence[str]
    covered: bool

    def line(self, row: Mapping[str, Any]) -> tuple[str, ...]:
        """One case in words; from whom it is kept reads its number only."""
        if self.reader.is_kept_from(row):
            return (row["number"], *(COVERED for _ in COLUMNS[2:]))
        units, volume = row["units"], row.get("volume") or {}
        stage = self.view.stage(row["case_type"], row["stage"])
        return (
            row["number"],
            self.view.case_type(row["case_type"])["label"]["zh"],
            self._day(row["received_at"]),
            self._option("channel", row),
            COVERED if self.covered else self._person(row),
            row["title"],
            self._option("category", row),
            self.names.unit(units["received"]),
            self.names.unit(units.get("handling")),
            stage["label"]["zh"],
            self.view.option_label(OUTCOMES, row["outcome"])["zh"] if row.get("outcome") else "",
            self._day(row.get("closed_at")),
            "\n".join(one["number"] for one in row.get("letters", ()) if one.get("number")),
            volume.get("number", ""),
            str(volume.get("pages") or ""),
        )

    def _day(self, moment: datetime | None) -> str:
        return moment.astimezone(ZoneInfo(self.view.zone)).date().isoformat() if moment else ""

    def _option(self, column: str, row: Mapping[str, Any]) -> str:
        """The words of the option in a column, as the case's own version has them."""
        kind = self.view.case_type(row["case_type"])["register"]
        one = _field(self.view.form(kind["form"]), kind["columns"].get(column)) or {}
        value = row.get(column) or ""
        return self.view.option_label(one["options"], value)["zh"] if value and "options" in one else value

    def _person(self, row: Mapping[str, Any]) -> str:
        """The newest name that was filled in."""
        answers = (one.get("values", {}) for one in reversed(row.get("answers", ())))
        return next((str(one[key]) for one in answers for key in self.person_keys if key in one), "")
