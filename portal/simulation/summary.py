"""What the year came to (年度汇总): counts only, so that two runs with one seed agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from documents.case_parts import Clock
from documents.complaint import Complaint
from documents.duty import Duty
from documents.notice import Notice
from documents.outbox import OutboxMessage
from documents.timer import Timer
from documents.volume import Volume

Counts = dict[str, Any]


def of_cases(now: datetime) -> Counts:
    """Cases by type and stage, letters, extensions, and each limit: in time, late, still late."""
    by_type: dict[str, Counter[str]] = {}
    limits: dict[str, Counter[str]] = {}
    letters: Counter[str] = Counter()
    extensions: Counter[str] = Counter()
    for case in Complaint.objects:
        by_type.setdefault(case.case_type, Counter())[case.stage] += 1
        letters.update(letter.key for letter in case.letters if letter.file_id)
        extensions.update(extension.decision or "waiting" for extension in case.extensions)
        for clock in case.clocks:
            limits.setdefault(clock.limit, Counter())[_standing(clock, now)] += 1
    return {
        "cases_by_state": _plain(by_type),
        "letters": _sorted(letters),
        "extensions": _sorted(extensions),
        "limits": _plain(limits),
    }


def _standing(clock: Clock, now: datetime) -> str:
    if clock.state == "stopped":
        return "called_off"
    late = "late" if clock.is_late(now) else "in_time"
    return f"running_{late}" if clock.state == "running" else f"met_{late}"


def of_ladders() -> Counts:
    """Reminders and escalations by limit and rung, and what became of the notices and the mail."""
    told: dict[str, dict[str, Counter[str]]] = {}
    for case in Complaint.objects.only("events"):
        for event in case.events:
            if event.verb in ("reminder", "escalation"):
                limits = told.setdefault(event.verb, {})
                limits.setdefault(event.facts["limit"], Counter())[event.facts["rung"]] += 1
    not_sent = Counter(notice.reason_not_sent["en"] for notice in Notice.objects(sent=False))
    return {
        "reminders": _plain(told.get("reminder", {})),
        "escalations": _plain(told.get("escalation", {})),
        "timers": _states(Timer.objects.only("state")),
        "notices": {"sent": Notice.objects(sent=True).count(), "not_sent": _sorted(not_sent)},
        "mail": _states(OutboxMessage.objects.only("state")),
    }


def of_archive() -> Counts:
    """Sealed files, and the duties of the year."""
    volumes = list(Volume.objects.only("pages", "originals"))
    return {
        "duties": {duty.id: duty.state for duty in Duty.objects.order_by("id")},
        "volumes": {
            "sealed": len(volumes),
            "pages": sum(volume.pages for volume in volumes),
            "originals": sum(len(volume.originals) for volume in volumes),
        },
    }


def _states(found: Iterable[Any]) -> Counts:
    return _sorted(Counter(one.state for one in found))


def _sorted(counter: Counter[str]) -> Counts:
    return {key: counter[key] for key in sorted(counter)}


def _plain(counters: dict[str, Counter[str]]) -> Counts:
    return {key: _sorted(counters[key]) for key in sorted(counters)}
