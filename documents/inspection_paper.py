"""An inspection 检测 as a report: for paper, and as JSON for machines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC
from typing import Any

from documents import events
from documents.dossier_words import Names
from documents.inspection import Inspection
from documents.rules.four_checks import FAILED, NATURES, RESULTS, SOURCE, STAGES, VOLUME
from documents.rules.inspection_paper import InspectedItem, InspectedNature, InspectionPaper

TITLE = "四性检测报告"
FORMAT = "juanzong-inspection-1"
Row = Mapping[str, Any]


def inspection_paper(found: Inspection) -> InspectionPaper:
    """The report as it is printed."""
    names = Names()
    failed = found.counts.get(FAILED, 0)
    return InspectionPaper(
        title=TITLE,
        organisation=names.unit(found.owner),
        kind="案卷" if found.subject == VOLUME else "移交包",
        number=found.number,
        subject=found.title,
        stage=STAGES[found.stage][0],
        at=found.at,
        by=events.SYSTEM_NAME if found.by == events.SYSTEM else names.person(found.by),
        digest=found.sha256 or "",
        conclusion="检测通过" if found.ok else f"检测不通过：{failed} 项",
        ok=bool(found.ok),
        counts=tuple((RESULTS[key][0], int(found.counts.get(key, 0))) for key in RESULTS),
        natures=tuple(_nature(found, key) for key in NATURES),
        note=SOURCE[0],
    )


def _nature(found: Inspection, nature: str) -> InspectedNature:
    items = tuple(_item(row) for row in found.findings if row["nature"] == nature)
    return InspectedNature(NATURES[nature][0], items)


def _item(row: Row) -> InspectedItem:
    return InspectedItem(
        name=row["name"]["zh"],
        method=row["method"]["zh"],
        result=row["result"],
        words=RESULTS[row["result"]][0],
        evidence=row["evidence"]["zh"],
    )


def as_json(found: Inspection) -> bytes:
    """The report for machines; the same inspection gives the same bytes."""
    told = {
        "format": FORMAT,
        "subject": found.subject,
        "number": found.number,
        "title": found.title,
        "owner": found.owner,
        "stage": found.stage,
        "at": found.at.astimezone(UTC).isoformat(timespec="seconds"),
        "by": found.by,
        "sha256": found.sha256 or "",
        "ok": found.ok,
        "counts": {key: int(found.counts.get(key, 0)) for key in RESULTS},
        "note": {"zh": SOURCE[0], "en": SOURCE[1]},
        "findings": [dict(row) for row in found.findings],
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode()
