"""Case moves (在办迁移): carried out by id in small steps, continued where they stopped."""

from __future__ import annotations

from datetime import datetime

from documents.actions import moving, notices
from documents.actions.notices import Message
from documents.case_move import CaseMove, lost_moves
from documents.database import transaction
from jobs import queues, stretches


def advance(move: str, now: str) -> str:
    """Take cases along for a while, then make room for other jobs. Safe to run twice."""
    done = stretches.advance(move, now, step=moving.advance, queue=queues.move_cases)
    if done is None:
        return "to be continued"
    _tell(CaseMove.get(move), done)
    return "done"


def find_lost(now: str) -> int:
    """Queue again the moves whose worker is gone."""
    return stretches.queue_again(lost_moves, now, queue=queues.move_cases)


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
