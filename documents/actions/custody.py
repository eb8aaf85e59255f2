"""Looking round the archive 例行提醒: what falls due this year, told once to whoever keeps it."""

from __future__ import annotations

from datetime import date, datetime

from documents import due_volumes
from documents.actions import notices
from documents.actions.notices import Message
from documents.database import transaction
from documents.keepers import keepers
from documents.unit import Unit


def tell_due(now: datetime, today: date) -> int:
    """到期鉴定提醒: once a year each archive hears how many of its volumes have run out of their term."""
    told = 0
    for unit in Unit.objects(fonds_number__ne=None).only("id", "name").order_by("id"):
        due = due_volumes.by_year(unit.id, today, ahead=0)[0]
        if due.total:
            told += _tell(unit, due.total, now, today)
    return told


def _tell(unit: Unit, total: int, now: datetime, today: date) -> int:
    most = due_volumes.MOST_COUNTED
    count = f"{total}+" if total >= most else str(total)
    message = Message(
        key=f"retention:{unit.id}:{today.year}",
        title={"zh": f"{today.year}年到期鉴定", "en": f"Volumes due in {today.year}"},
        body={
            "zh": f"{unit.name['zh']}有 {count} 卷保管期限已满，请鉴定：销毁、延长或转为永久。不会自动销毁。",
            "en": f"{count} volumes of {unit.name['en']} have run out of their term: appraise them. "
            "Nothing is destroyed by itself.",
        },
    )
    return transaction(lambda: notices.announce(keepers(unit.id), message, now=now))
