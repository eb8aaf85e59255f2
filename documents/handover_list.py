"""移交清单: the volumes of one round, one line each, with what the archive room said of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from documents import blind_index, handed
from documents.complaint import CONFIDENTIAL, Complaint
from documents.dossier_words import Names
from documents.handed import HandedVolume
from documents.handover_form import round_of
from documents.register import ANYBODY, Reader
from documents.rules.opinions import VERDICTS
from documents.rules.papers import Register, RegisterColumn
from documents.transfer import TransferPackage
from documents.volume import HIDDEN, volumes_kept_from
from documents.volume_titles import title_for, titled

SAID = {decision: word for word, decision in VERDICTS.items()}
COLUMNS = (
    RegisterColumn("序号", 6, numeric=True),
    RegisterColumn("档号", 22),
    RegisterColumn("题名", 36),
    RegisterColumn("投诉编号", 18),
    RegisterColumn("字节", 10, numeric=True),
    RegisterColumn("分包", 5, numeric=True),
    RegisterColumn("接收意见", 7),
    RegisterColumn("退回原因", 22),
)


def handover_list(package: TransferPackage, number: int = 0, reader: Reader = ANYBODY) -> Register:
    """The list 移交清单 of a round; before anybody has said anything, the last columns are for writing.

    Of what is kept from its reader by now, the numbers stand alone; that of a confidential case is a mark.
    A title names nobody to who may not read the name.
    """
    one = round_of(package, number)
    names = Names()
    found = list(handed.rows_of(package.id, one.number))
    hidden = volumes_kept_from(reader.person, (row.volume for row in found))
    marked = _kept_secret(reader.person, found)
    titles = {one.id: title_for(one, reader.reads) for one in titled(row.volume for row in found)}
    rows = tuple(
        (
            str(position),
            row.volume,
            HIDDEN["zh"] if row.volume in hidden else titles.get(row.volume, ""),
            "\n".join(_called(case, marked) for case in row.cases),
            f"{row.size}",
            str(row.part or ""),
            SAID.get(row.decision or "", ""),
            "" if row.volume in hidden else row.reason or "",
        )
        for position, row in enumerate(found, start=1)
    )
    which = f"　第 {one.number} 次移交" if one.number > 1 else ""
    return Register(
        title="移交清单",
        organisation=names.unit(package.unit),
        period=f"{package.year}年度{'　保密移交包' if package.confidential else ''}{which}",
        columns=COLUMNS,
        rows=rows,
        made_by=one.handed.by_name if one.handed else names.person(package.made_by),
        made_at=one.handed.at if one.handed else package.made_at,
        note=one.built.name,
    )


def cases_told(package: TransferPackage, number: int, reader: str) -> set[str]:
    """The cases of which the papers of a round tell their reader."""
    found = list(handed.rows_of(package.id, round_of(package, number).number))
    hidden = volumes_kept_from(reader, (row.volume for row in found))
    return {case for row in found if row.volume not in hidden for case in row.cases}


def _kept_secret(reader: str, found: Iterable[HandedVolume]) -> set[str]:
    """The confidential cases among them on whose list the reader does not stand."""
    inside = sorted({case for row in found for case in row.cases})
    wanted = {"number": {"$in": inside}, "$and": [CONFIDENTIAL, {"known_to": {"$ne": reader}}]}
    return {row["number"] for row in Complaint.collection().find(wanted, {"number": 1})}


def _called(case: str, marked: Collection[str]) -> str:
    return blind_index.called(case) if case in marked else case
