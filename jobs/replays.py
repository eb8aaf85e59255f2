"""Replays (回放) in the background: real cases through a draft, with progress, stopped when asked."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from documents import replay
from documents.actions import notices, replaying
from documents.actions.notices import Message
from documents.database import transaction
from documents.replay_order import MOST_TRIES, ReplayOrder, lost_replays
from documents.rules.broken import PolicyInvalid, RuleBroken
from jobs import queues

NEVER_FINISHED = f"连续 {MOST_TRIES} 次都没有完成，请减少案件数后重试"


def run(order: str, now: str) -> str:
    """Carry a replay out. Safe to run twice: it writes nothing but its result, and the first one stays."""
    asked, moment, began = ReplayOrder.get(order), datetime.fromisoformat(now), time.monotonic()
    if asked.finished_at or asked.problem:
        return "done before"
    if replaying.begin(asked, now=moment) > MOST_TRIES:
        replaying.set_aside(asked, NEVER_FINISHED)
        return "set aside"

    def progress(done: int, _of: int) -> bool:
        return replaying.tell(asked, done, now=moment + timedelta(seconds=time.monotonic() - began))

    try:
        found = replay.run(asked.definition, most=asked.cases, by=asked.by, now=asked.at, progress=progress)
    except (RuleBroken, PolicyInvalid) as refused:
        replaying.set_aside(asked, f"无法回放：{refused}")
        return "set aside"
    ended = moment + timedelta(seconds=time.monotonic() - began)
    if not replaying.finish(asked, found.as_table(), now=ended):
        return "another worker was first"
    _tell(asked, found.as_table(), ended)
    return "kept"


def _tell(asked: ReplayOrder, result: Mapping[str, Any], now: datetime) -> None:
    """Report back in the bell to who asked for it."""
    cases, different = result["cases"], result["different"]
    title = asked.definition["policy"].get("short") or asked.definition["policy"]["title"]
    message = Message(
        key=f"replay:{asked.id}",
        title={"zh": f"回放完成：{title['zh']}", "en": f"Replay done: {title['en']}"},
        body={
            "zh": f"回放 {cases} 件投诉，其中 {different} 件按草稿会有不同。",
            "en": f"{different} of {cases} cases would differ under the draft.",
        },
    )
    transaction(lambda: notices.announce([asked.by], message, now=now))


def find_lost(now: str) -> int:
    """Queue again the replays whose worker is gone."""
    moment = datetime.fromisoformat(now)
    lost = lost_replays(moment)
    for order in lost:
        queues.replay_cases(order, now=moment)
    return len(lost)
