"""Disposing 鉴定与销毁: list volumes, appraise them, submit, release twice, stop, begin with witnesses."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from documents import audit
from documents.actions import telling
from documents.actions.entitlement import check_right
from documents.actions.notices import Message
from documents.database import transaction
from documents.destruction import (
    COOLING,
    DECISIONS,
    DRAFT,
    LENGTHEN,
    MOST_LINES,
    RUNNING,
    STOPPED,
    SUBMITTED,
    Destruction,
    Line,
    Release,
    listed,
)
from documents.disposal import Standing, plain_title, standings
from documents.keepers import RIGHT, keepers
from documents.kept_back import hidden_volumes
from documents.person import Person
from documents.policy import Policy, view_in_force, views_in_force
from documents.rules.broken import RuleBroken
from documents.rules.policy import PolicyView
from documents.rules.retention import MOST_YEARS
from documents.sequence import Sequence as Series
from documents.volume import Volume
from documents.withheld import check_open

COOLING_DAYS = 7
RELEASES = 2
LONGEST = 1_000


@dataclass(frozen=True)
class Appraisal:
    """What is decided of a volume 鉴定意见."""

    decision: str
    reason: str
    more: int | None = None


def begin(
    policy: Policy, owner: str, volumes: Sequence[str], *, actor: Person, now: datetime, today: date
) -> Destruction:
    """立清册: a new list of due volumes. Raises RuleBroken("volume_blocked"), ("volume_listed")."""
    check_right(actor, RIGHT, policy.view(), owner)

    def write() -> Destruction:
        lines = _lines(owner, _open_to(actor, volumes), (), today)
        taken = Series.take(f"destruction:{owner}:{today.year}")
        found = Destruction(
            number=f"XH-{owner}-{today.year}-{taken:03}",
            policy=policy.key,
            owner=owner,
            lines=lines,
            made_by=actor.id,
            made_name=actor.name,
            made_at=now,
            history=[_turn("made", actor, now, lines=len(lines))],
        )
        found.save(force_insert=True)
        audit.note("destruction_list", found.number, by=actor.id, at=now, lines=len(lines))
        return found

    return transaction(write)


def add(found: str, volumes: Sequence[str], *, actor: Person, now: datetime, today: date) -> Destruction:
    """Put more volumes on a list that was not submitted yet."""

    def change(one: Destruction) -> dict[str, Any]:
        known = [line.volume for line in one.lines]
        lines = _lines(one.owner, _open_to(actor, volumes), known, today)
        return {"lines": [*(line.to_mongo() for line in one.lines), *(line.to_mongo() for line in lines)]}

    return _step(found, (DRAFT,), change, "added", actor=actor, now=now, touched=())


def _open_to(actor: Person, volumes: Sequence[str]) -> Sequence[str]:
    """These volumes; one that is not there for the person 回避或不在知悉名单 is as unknown as none."""
    hidden = hidden_volumes(volumes, actor.id)
    if hidden:
        raise RuleBroken("unknown_volumes", volumes="、".join(sorted(hidden)[:10]))
    return volumes


def _lines(owner: str, volumes: Sequence[str], known: Sequence[str], today: date) -> list[Line]:
    wanted = [one for one in dict.fromkeys(volumes) if one not in known]
    if not wanted:
        raise RuleBroken("no_volumes_chosen")
    if len(wanted) + len(known) > MOST_LINES:
        raise RuleBroken("list_too_long", most=MOST_LINES)
    here = list(Volume.objects(id__in=wanted, owner=owner, destroyed_at=None, supplement_to=None))
    missing = set(wanted) - {one.id for one in here}
    if missing:
        raise RuleBroken("unknown_volumes", volumes="、".join(sorted(missing)[:10]))
    already = listed(wanted)
    if already:
        volume, number = next(iter(already.items()))
        raise RuleBroken("volume_listed", volume=volume, list=number)
    found = standings(here, today=today)
    blocked = [one.volume.id for one in found if not one.free]
    if blocked:
        raise RuleBroken("volume_blocked", volumes="、".join(blocked[:10]))
    views = {policy: view_in_force(policy) for policy in {one.policy for one in here}}
    found.sort(key=lambda one: str(one.volume.id))
    return [_line(one, views[one.volume.policy]) for one in found]


def _line(one: Standing, view: PolicyView) -> Line:
    volume = one.volume
    return Line(
        volume=volume.id,
        supplements=[each.id for each in one.supplements],
        cases=one.cases,
        title=plain_title(volume, view),
        retention=dict(volume.retention),
        year=volume.year,
        closed_on=volume.closed_on,
        unit=volume.unit,
        pages=sum(each.pages for each in one.all_volumes),
        sha256=volume.sha256,
    )


def remove(found: str, volume: str, *, actor: Person, now: datetime) -> Destruction:
    """Take a volume off a list that was not submitted yet."""

    def change(one: Destruction) -> dict[str, Any]:
        one.line(volume)
        return {"lines": [line.to_mongo() for line in one.lines if line.volume != volume]}

    return _step(found, (DRAFT,), change, "removed", actor=actor, now=now, touched={volume}, volume=volume)


def appraise(
    found: str, volumes: Iterable[str], appraisal: Appraisal, *, actor: Person, now: datetime
) -> Destruction:
    """鉴定: decide what becomes of volumes. Raises RuleBroken("reason_missing"), ("longer_by_years")."""
    _check(appraisal)
    chosen = set(volumes)

    def change(one: Destruction) -> dict[str, Any]:
        if not chosen & {line.volume for line in one.lines}:
            raise RuleBroken("no_volumes_chosen")
        for line in one.lines:
            if line.volume in chosen:
                line.decision, line.reason = appraisal.decision, appraisal.reason.strip()[:LONGEST]
                line.more = appraisal.more if appraisal.decision == LENGTHEN else None
                line.by, line.by_name, line.at = actor.id, actor.name, now
        return {"lines": [line.to_mongo() for line in one.lines]}

    facts = {"decision": appraisal.decision, "lines": len(chosen)}
    return _step(found, (DRAFT,), change, "appraised", actor=actor, now=now, touched=chosen, **facts)


def _check(appraisal: Appraisal) -> None:
    if appraisal.decision not in DECISIONS:
        raise RuleBroken("decision_missing")
    if not appraisal.reason.strip():
        raise RuleBroken("reason_missing")
    if appraisal.decision == LENGTHEN and not 1 <= (appraisal.more or 0) <= MOST_YEARS:
        raise RuleBroken("longer_by_years", most=MOST_YEARS)


def submit(found: str, *, actor: Person, now: datetime) -> Destruction:
    """提交: every line is appraised; now two people look at it. Raises RuleBroken("lines_undecided")."""

    def change(one: Destruction) -> dict[str, Any]:
        if not one.lines or one.decided < len(one.lines):
            raise RuleBroken("lines_undecided", count=len(one.lines) - one.decided)
        facts = {"submitted_by": actor.id, "submitted_name": actor.name, "submitted_at": now}
        return {"state": SUBMITTED, "releases": [], **facts}

    done = _step(found, (DRAFT,), change, "submitted", actor=actor, now=now)
    _ask_release(done, actor, now)
    return done


def _ask_release(one: Destruction, actor: Person, now: datetime) -> None:
    message = Message(
        key=f"destruction:{one.id}:{one.submitted_at.isoformat()}",
        title={"zh": f"销毁清册待批准：{one.number}", "en": f"Destruction list to release: {one.number}"},
        body={
            "zh": f"{one.submitted_name}提交，共 {len(one.lines)} 卷，须两人批准。请在归档室逐卷核对。",
            "en": f"Submitted by {one.submitted_name}: {len(one.lines)} volumes; two people must release it.",
        },
    )
    people = [person for person in keepers(one.owner) if person != actor.id]
    transaction(lambda: telling.announce(people, one.names(), message, now=now))


def send_back(found: str, reason: str, *, actor: Person, now: datetime) -> Destruction:
    """退回: not released; the list can be changed again."""
    if not reason.strip():
        raise RuleBroken("reason_missing")

    def change(_one: Destruction) -> dict[str, Any]:
        return {"state": DRAFT, "releases": []}

    note = reason.strip()[:LONGEST]
    return _step(found, (SUBMITTED,), change, "sent_back", actor=actor, now=now, note=note)


def release(found: str, *, actor: Person, now: datetime) -> Destruction:
    """批准: the second release starts the time in which the destruction can be stopped.

    Two different people release; whoever submitted the list may be one of them, never both.
    """

    def change(one: Destruction) -> dict[str, Any]:
        if actor.id in {release.by for release in one.releases}:
            raise RuleBroken("released_by_you")
        releases = [*one.releases, Release(by=actor.id, name=actor.name, at=now)]
        changes: dict[str, Any] = {"releases": [each.to_mongo() for each in releases]}
        if len(releases) < RELEASES:
            return changes
        return {**changes, "state": COOLING, "not_before": now + timedelta(days=cooling_days(one.policy))}

    return _step(found, (SUBMITTED,), change, "released", actor=actor, now=now)


def cooling_days(policy: str) -> int:
    """How many days a released destruction waits 等待天数, by the policy in force; 7 by default."""
    view = next((one for one in views_in_force() if one.key == policy), None)
    rules = view.definition.get("archive") or {} if view else {}
    return max(0, int(rules.get("cooling_days", COOLING_DAYS)))


def stop(found: str, reason: str, *, actor: Person, now: datetime) -> Destruction:
    """中止: what is not destroyed yet stays; what is gone is gone and has its certificate."""
    if not reason.strip():
        raise RuleBroken("reason_missing")
    note = reason.strip()[:LONGEST]

    def change(one: Destruction) -> dict[str, Any]:
        if one.stopped_at:
            raise RuleBroken("list_moved_on", list=one.number)
        facts = {"stopped_by": actor.id, "stopped_name": actor.name, "stopped_at": now}
        # A job that is at it finishes the volume in hand and writes the certificate of what is gone.
        return {**facts, "stopped_reason": note} | ({} if one.state == RUNNING else {"state": STOPPED})

    open_states = (DRAFT, SUBMITTED, COOLING, RUNNING)
    return _step(found, open_states, change, "stopped", actor=actor, now=now, note=note)


def start(found: str, witnesses: Sequence[str], *, actor: Person, now: datetime) -> Destruction:
    """执行: after the waiting time, with two witnesses 监销人, somebody begins it; a job does it.

    Raises RuleBroken("destruction_waits"), ("witnesses_missing").
    """
    names = [one.strip()[:60] for one in witnesses if one.strip()]
    if len(set(names)) < 2:
        raise RuleBroken("witnesses_missing")

    def change(one: Destruction) -> dict[str, Any]:
        if now < one.not_before:
            raise RuleBroken("destruction_waits", until=one.not_before)
        facts = {"started_by": actor.id, "started_name": actor.name, "started_at": now}
        return {"state": RUNNING, "witnesses": names, "beat_at": now, "problem": None, "attempts": 0, **facts}

    return _step(found, (COOLING,), change, "started", actor=actor, now=now)


Changing = Callable[[Destruction], dict[str, Any]]


def _step(  # noqa: PLR0913 - what a turn is, of which volumes, and whose
    found: str,
    states: Sequence[str],
    change: Changing,
    verb: str,
    *,
    actor: Person,
    now: datetime,
    touched: Collection[str] | None = None,
    **facts: Any,
) -> Destruction:
    """One turn of a list: the right, the state, the change, its audit entry, all or nothing.

    Each volume of the list must be open to the person, or of a turn about some of them these: `touched`.
    """

    def write() -> Destruction:
        one = Destruction.get(found)
        check_right(actor, RIGHT, view_in_force(one.policy), one.owner)
        check_open(actor, one.names(touched), one.owner)
        if one.state not in states:
            raise RuleBroken("list_moved_on", list=one.number)
        changes = change(one)
        Destruction.collection().update_one(
            {"_id": one.id}, {"$set": changes, "$push": {"history": _turn(verb, actor, now, **facts)}}
        )
        audit.note(f"destruction_{verb}", one.number, by=actor.id, at=now, **facts)
        return Destruction.get(found)

    return transaction(write)


def _turn(verb: str, actor: Person, now: datetime, **facts: Any) -> dict[str, Any]:
    return {"verb": verb, "by": actor.id, "name": actor.name, "at": now, **facts}
