"""Case moves (在办迁移): carried out by id in small steps, continued where they stopped."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from documents.actions import moving, notices
from documents.actions.notices import Message
from documents.case_move import CaseMove, lost_moves
from documents.database import transaction
from jobs import queues

SECONDS_AT_ONCE = 60.0


def advance(move: str, now: str) -> str:
    """Take cases along for a while, then make room for other jobs. Safe to run twice."""
    began, moment = time.monotonic(), datetime.fromisoformat(now)
    while True:
        passed = time.monotonic() - began
        here = moment + timedelta(seconds=passed)
        if not moving.advance(move, now=here):
            _tell(CaseMove.get(move), here)
            return "done"
        if passed > SECONDS_AT_ONCE:
            queues.move_cases(move, now=here)
            return "to be continued"


def find_lost(now: str) -> int:
    """Queue again the moves whose worker is gone."""
    moment = datetime.fromisoformat(now)
    lost = lost_moves(moment)
    for move in lost:
        queues.move_cases(move, now=moment)
    return len(lost)


def _tell(move: CaseMove, now: datetime) -> None:
    """Report back in the bell to who asked for it."""
    zh = f"{move.moved} 件已移到第 {move.to_version} 版，{move.stuck} 件留在原版本"
    en = f"{move.moved} cases moved to version {move.to_version}, {move.stuck} stay"
    if move.undoes:
        zh = f"{move.moved} 件已移回原版本，{move.stuck} 件未移回"
        en = f"{move.moved} cases moved back, {move.stuck} stay"
    message = Message(
        key=f"move:{move.id}",
        title={"zh": "在办案件迁移完成", "en": "Open cases moved"},
        body={"zh": zh, "en": en},
    )
    transaction(lambda: notices.announce([move.by], message, now=now))
