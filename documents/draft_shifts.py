"""Draft shifts 草稿预演: every deadline that would move if the open cases went to the draft."""

from __future__ import annotations

from datetime import datetime

from documents.case_stream import stream
from documents.draft import Draft
from documents.forecast import Forecast
from documents.policy import in_force
from documents.rules.broken import RuleBroken
from documents.rules.policy_checking import problems
from documents.standing_cases import standing
from documents.what_if import Ledger, WhatIf

MOST_ASKED = 1_000_000


def forecast_of(policy: str, *, actor: str, now: datetime) -> WhatIf:
    """The forecast of the draft as it stands, begun when there is none yet.

    Raises RuleBroken("no_draft"), ("draft_has_problems"): what is not sound counts nothing.
    """
    draft, base = Draft.of(policy), in_force(policy)
    if base is None:
        raise RuleBroken("nothing_changed")
    wrong = problems(draft.definition)
    if wrong:
        raise RuleBroken("draft_has_problems", count=len(wrong))
    of_this = {"kind": "policy", "subject": policy, "base": base.version, "revision": draft.revision}
    known: WhatIf | None = WhatIf.objects(**of_this).order_by("-at").first()
    if known is not None and not known.is_lost(now):
        return known
    WhatIf.forget_old(now)
    total = sum(one.count for one in standing(policy))
    found = WhatIf(**of_this, by=actor, at=now, beat_at=now, total=total)
    found.save(force_insert=True)
    return found


def count(what_if: WhatIf, *, now: datetime) -> WhatIf:
    """Look through the open cases and write every deadline down that would move. Safe to run twice."""
    draft = Draft.of(what_if.subject)
    if draft.revision != what_if.revision:
        raise RuleBroken("draft_changed_meanwhile", by=draft.changed_by)
    ledger = Ledger(what_if, now)
    future = Forecast(what_if.subject, draft.definition, now, keep=ledger.take)
    future.prepare(standing(what_if.subject))
    looked = stream(
        what_if.subject, (future,), most=MOST_ASKED, on_progress=lambda done: ledger.beat(done, now)
    )
    ledger.beat(looked, now)
    ledger.close(now)
    return WhatIf.get(str(what_if.id))
