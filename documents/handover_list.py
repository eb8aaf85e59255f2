"""移交清单: the volumes of one round, one line each, with what the archive room said of it."""

from __future__ import annotations

from documents import handed
from documents.dossier_words import Names
from documents.handover_form import round_of
from documents.rules.opinions import VERDICTS
from documents.rules.papers import Register, RegisterColumn
from documents.transfer import TransferPackage
from documents.volume import HIDDEN, volumes_kept_from

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


def handover_list(package: TransferPackage, number: int = 0, reader: str = "") -> Register:
    """The list 移交清单 of a round; before anybody has said anything, the last columns are for writing.

    Of what is kept from its reader by now, the numbers stand alone.
    """
    one = round_of(package, number)
    names = Names()
    found = list(handed.rows_of(package.id, one.number))
    hidden = volumes_kept_from(reader, (row.volume for row in found))
    rows = tuple(
        (
            str(position),
            row.volume,
            HIDDEN["zh"] if row.volume in hidden else row.title or "",
            "\n".join(row.cases),
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
