"""Destructions (销毁) that people released and began: volume by volume, then the certificate.

Killed anywhere, it goes on where it stopped: a volume is emptied in one transaction, and what files of it are
still to be deleted stands on the list.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from documents import destruction, files
from documents.actions import certifying, erasing, telling
from documents.actions.erasing import Moment
from documents.actions.notices import Message
from documents.database import transaction
from documents.destruction import DONE, ERASED, WAITING, Destruction, Line
from documents.destruction_paper import TITLE, certificate
from documents.keepers import keepers
from documents.policy import view_in_force
from jobs import fixity, queues, signing, stretches
from jobs.making import PaperUnfit, made, store
from jobs.signing import SigningWaits
from pdf import sandbox


def carry_out(found: str, now: str) -> str:
    """Destroy what was released for a while, then make room for other jobs. Safe to run twice."""
    done = stretches.advance(found, now, step=step, queue=queues.destroy)
    return "to be continued" if done is None else Destruction.get(found).state


def find_lost(now: str) -> int:
    """Queue again the destructions whose worker is gone."""
    return stretches.queue_again(destruction.stalled, now, queue=queues.destroy)


def step(found: str, *, now: datetime) -> bool:
    """One volume, or its files, or in the end the certificate; whether anything is left to do."""
    one = Destruction.get(found)
    if not one.works:
        return False
    line = _next(one)
    if line is None:
        _certify(one, now)
        return False
    if line.state == WAITING:
        zone = ZoneInfo(view_in_force(one.policy).zone)
        erasing.settle(found, line.volume, Moment(now, now.astimezone(zone).date()))
    else:
        for file_id in line.doomed:
            fixity.forget(file_id)
        erasing.files_gone(found, line.volume, now=now)
    return True


def _next(one: Destruction) -> Line | None:
    """What is half done comes first; after a stop 中止 nothing new is begun."""
    half = next((line for line in one.lines if line.state == ERASED), None)
    fresh = None if one.stopped_at else next((line for line in one.lines if line.state == WAITING), None)
    return half or fresh


def _certify(one: Destruction, now: datetime) -> None:
    """Make the certificate 销毁证明, sign and keep it, and tell whoever released it and begun it."""
    try:
        signing.check_ready()
        tries = certifying.begin(one, now=now)
        paper = certificate(one, now=now)
        pdf = made(lambda: sandbox.shared().paper(paper), tries=tries)
        content, facts = signing.signed_paper(pdf)
    except SigningWaits as waits:
        certifying.wait(one, str(waits), begun=waits.begun, now=now)
        return
    except PaperUnfit as unfit:
        certifying.set_aside(one, str(unfit))
        return
    stored = store(content, f"{one.number} {TITLE}.pdf")
    if certifying.keep(one, stored, facts, now=now):
        _tell(Destruction.get(str(one.id)), now)
    else:
        files.delete(stored.id)


def _tell(one: Destruction, now: datetime) -> None:
    stopped = one.state != DONE
    zh = f"{one.number} 已{'中止' if stopped else '执行完毕'}，销毁证明已生成。"
    en = f"{one.number} {'was stopped' if stopped else 'is carried out'}; its certificate is ready."
    message = Message(
        key=f"destroyed:{one.id}:{one.state}",
        title={"zh": "销毁清册执行结果", "en": "Destruction list"},
        body={"zh": zh, "en": en},
    )
    people = {one.made_by, one.started_by, *(each.by for each in one.releases), *keepers(one.owner)}
    transaction(lambda: telling.announce(sorted(people), one.names(), message, now=now))
