"""Duties and a new version of their policy 制度修订与任务: open occurrences follow it, or are called off.

So are those whose day became a guess because the notice of its year is gone; they come back with it.
Only what is still to come follows; what was due already stays owed by the version under which it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from documents import audit
from documents.actions import duties, duty_timers
from documents.database import transaction
from documents.duty import DROPPED, OPEN, Duty
from documents.duty_rights import definition_of
from documents.policy import Policy, view_of
from documents.rules.broken import RuleBroken
from documents.rules.policy import PolicyView
from documents.unit import Unit

Words = Mapping[str, str]
REMOVED: Words = {"zh": "新版制度不再规定这项任务", "en": "the new version of the policy has no such duty"}
CHANGED: Words = {"zh": "新版制度改变了周期", "en": "the new version of the policy sets other dates"}
NOT_OWING: Words = {"zh": "单位已停用，或不再承担", "en": "the unit is retired, or owes it no more"}
NO_YEAR: Words = {
    "zh": "当年放假安排没有载入，日期无法确定；载入后恢复",
    "en": "the notice of its year is not loaded: its day cannot be told; it comes back with the notice",
}
RETIRED: Words = {"zh": "制度已停用", "en": "the policy is retired"}
WHAT_COUNTS = ("recurrence", "owner", "remind")


def follow(*, now: datetime) -> int:
    """Let the open duties follow the versions in force; how many changed. Safe to run twice."""
    keys = sorted(Policy.objects(state="published").distinct("key"))
    gone = Duty.objects(policy__nin=keys, state=OPEN, due_at__gt=now)
    return sum(_drop(duty, RETIRED, now) for duty in list(gone)) + sum(_follow(key, now) for key in keys)


def _follow(key: str, now: datetime) -> int:
    policy = Policy.current(key)
    view = policy.view()
    _keep_unchanged(policy, view, now)
    asked = list(_in_question(policy, view, now))
    wanted = {duty.id: duty for duty in duties.wanted(policy, now)} if asked else {}
    return sum(_turn(duty, wanted.get(duty.id), view, now) for duty in asked)


def _in_question(policy: Policy, view: PolicyView, now: datetime) -> Iterator[Duty]:
    """What an older version planned, what was dropped, what lost its year, what nobody owes any more."""
    coming = Duty.objects(policy=policy.key, due_at__gt=now)
    yield from coming.filter(state=OPEN, policy_version__ne=policy.version)
    yield from coming.filter(state=DROPPED)
    yield from coming.filter(state=OPEN, policy_version=policy.version, certain=False)
    for definition in view.definition.get("duties", ()):
        units = [unit.id for unit in _owing(definition)]
        yield from coming.filter(
            state=OPEN, policy_version=policy.version, key=definition["key"], unit__nin=units, certain=True
        )


def _owing(definition: Mapping[str, Any]) -> Any:
    return Unit.objects(kind=definition["owner"]["kind"], retired_on=None).only("id")


def _keep_unchanged(policy: Policy, view: PolicyView, now: datetime) -> None:
    """A duty that the new version words alike only takes its number and its name."""
    coming = {"policy": policy.key, "state": OPEN, "due_at": {"$gt": now}}
    for version in Duty.collection().distinct("policy_version", coming):
        if version == policy.version:
            continue
        before = {one["key"]: one for one in view_of(policy.key, version).definition.get("duties", ())}
        for after in view.definition.get("duties", ()):
            was = before.get(after["key"])
            if was is not None and all(was.get(part) == after.get(part) for part in WHAT_COUNTS):
                same = {**coming, "policy_version": version, "key": after["key"]}
                change = {"policy_version": policy.version, "label": dict(after["label"])}
                Duty.collection().update_many(same, {"$set": change})


def _turn(duty: Duty, wanted: Duty | None, view: PolicyView, now: datetime) -> int:
    if wanted is not None:
        return _renew(duty, wanted, now)
    return _drop(duty, _why(duty, view), now) if duty.state == OPEN else 0


def _why(duty: Duty, view: PolicyView) -> Words:
    if not any(one["key"] == duty.key for one in view.definition.get("duties", ())):
        return REMOVED
    owing = [unit.id for unit in _owing(definition_of(view, duty.key))]
    if duty.unit in owing and not duty.certain:
        return NO_YEAR
    return CHANGED if duty.unit in owing else NOT_OWING


def _drop(duty: Duty, why: Words, now: datetime) -> int:
    entry = {"verb": "dropped", "at": now, "by": "system", "reason": dict(why)}
    facts = {"reason": why["zh"], "due": duty.due_at.isoformat()}

    def run() -> int:
        duties.settle(duty, {"state": DROPPED, "reason": dict(why)}, entry)
        duty_timers.call_off(duty, "duty_changed")
        audit.note("drop_duty", duty.id, by="system", at=now, **facts)
        return 1

    return _unless_settled(run)


def _unless_settled(run: Callable[[], int]) -> int:
    """A duty that somebody settles at this moment stays as it was settled."""
    try:
        return transaction(run)
    except RuleBroken as refused:
        if refused.code != "duty_changed_meanwhile":
            raise
        return 0


def _renew(duty: Duty, wanted: Duty, now: datetime) -> int:
    """The occurrence as the version in force has it, its reminders planned anew; a dropped one comes back."""
    verb = "changed" if duty.state == OPEN else "revived"
    entry = {"verb": verb, "at": now, "by": "system", "old": duty.due_at, "new": wanted.due_at}
    changes = {
        "state": OPEN,
        "reason": {},
        "policy_version": wanted.policy_version,
        "label": dict(wanted.label),
        "due_at": wanted.due_at,
        "certain": wanted.certain,
        "calendar": wanted.calendar,
    }
    return _unless_settled(partial(_write, duty, changes, entry, now))


def _write(duty: Duty, changes: Mapping[str, Any], entry: Mapping[str, Any], now: datetime) -> int:
    duties.settle(duty, changes, entry)
    duty_timers.call_off(duty, "duty_changed")
    renewed: Duty = Duty.objects.get(id=duty.id)
    duty_timers.plan(renewed, now=now, again=True)
    audit.note("renew_duty", duty.id, by="system", at=now, old=entry["old"], new=entry["new"])
    return 1
