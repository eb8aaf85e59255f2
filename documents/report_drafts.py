"""The first draft 初稿 of a report's sections, written from its figures and tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from documents.report import Figure, Section, Table
from documents.report_figures import Counting, texts
from documents.rules.broken import PolicyInvalid
from documents.rules.figures import Definition, measures_text, shares_text

MOST_MEASURES = 20
Drafted = tuple[str, list[str]]  # the words, and the cases that they quote


@dataclass(frozen=True)
class Numbers:
    """What the words are written from."""

    counting: Counting
    figures: Sequence[Figure]
    tables: Sequence[Table]

    def table(self, key: str) -> Table:
        """One table."""
        return next(table for table in self.tables if table.key == key)


def sections(numbers: Numbers) -> list[Section]:
    """Every section of the report with its first draft."""
    return [_section(one, numbers) for one in numbers.counting.definition["sections"]]


def _section(one: Definition, numbers: Numbers) -> Section:
    draft = DRAFTS.get(one.get("draft", ""))
    if draft is None:
        raise PolicyInvalid("unknown_draft", section=one["key"], draft=one.get("draft"))
    text, cases = draft(one, numbers)
    return Section(
        key=one["key"],
        label=dict(one["label"]),
        draft=text,
        text=text,
        tables=list(one.get("tables", ())),
        cases=cases,
    )


def _overview(_one: Definition, numbers: Numbers) -> Drafted:
    """The figures as sentences: the first is the whole, the others say what it is made of."""
    head, *rest = numbers.figures
    named = [_named(figure) for figure in rest if figure.value not in ("0", "—")]
    lines = [f"本期{head.label['zh']}{head.value}件。"]
    if named:
        lines.append(f"其中：{'；'.join(named)}。")
    return "\n".join(lines), []


def _named(figure: Figure) -> str:
    unit = "" if figure.value.endswith("%") else "件"
    share = f"（{figure.share}）" if figure.share else ""
    return f"{figure.label['zh']}{figure.value}{unit}{share}"


def _shares(one: Definition, numbers: Numbers) -> Drafted:
    rows = [
        (row.label["zh"].rpartition(" / ")[2], int(row.cells[0]))
        for row in numbers.table(one["tables"][0]).rows
    ]
    return shares_text(rows, sum(number for _, number in rows)), []


def _texts(one: Definition, numbers: Numbers) -> Drafted:
    counting = numbers.counting
    found = texts(counting.counted(one["of"]), one["texts"], counting.span)[:MOST_MEASURES]
    return measures_text(found), sorted({number for _text, quoted in found for number in quoted})


def _listed(one: Definition, numbers: Numbers) -> Drafted:
    table = numbers.table(one["tables"][0])
    shown = len(table.rows)
    if not shown + table.cut:
        return "截至统计截止日，本期受理的投诉均已办结。", []
    which = (f"，下表列出{shown}件" if shown else "，未逐件列出") if table.cut else "，见下表"
    return f"截至统计截止日，本期受理的投诉尚有{shown + table.cut}件未办结{which}。", []


DRAFTS: dict[str, Callable[[Definition, Numbers], Drafted]] = {
    "overview": _overview,
    "shares": _shares,
    "texts": _texts,
    "listed": _listed,
}
