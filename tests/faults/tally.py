"""After the storm: everything acknowledged is there once, everything else once or not at all."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from documents import audit_check, events, files
from documents.audit import AuditEntry
from documents.complaint import Complaint
from documents.database import server_time
from documents.notice import Notice
from documents.timer import Timer
from documents.volume import Volume
from tests.faults.people import REGISTERED, Done, Journal

KINDS = ("complaint", "event", "attachment", "audit entry", "sealed volume")


@dataclass
class Tally:
    """What was acknowledged under each fault, and how often each thing was found."""

    found: list[tuple[str, str, int]] = field(default_factory=list)  # fault, kind, how often
    wrong: list[str] = field(default_factory=list)
    reminders: int = 0

    def add(self, done: Done, kind: str, times: int) -> None:
        """One acknowledged thing."""
        self.found.append((done.fault, kind, times))
        if times != 1:
            self.wrong.append(f"{kind} {times} times: {done}")

    def counts(self, fault: str | None = None, kind: str | None = None) -> tuple[int, int, int, int]:
        """Acknowledged, found, lost, doubled."""
        some = [times for where, what, times in self.found if fault in (None, where) and kind in (None, what)]
        return (
            len(some),
            sum(times > 0 for times in some),
            sum(times == 0 for times in some),
            sum(times > 1 for times in some),
        )

    def table(self, times: Counter[str]) -> Iterator[str]:
        """The counts by fault and by kind, as they are printed."""
        head = f"{'acknowledged':>13} {'found':>6} {'lost':>5} {'doubled':>8}"
        yield f"{'during and after':<24} {'times':>6} {head}"
        for fault in dict.fromkeys(["none", *times]):
            yield f"{fault:<24} {times.get(fault, 0) or '':>6} {_row(self.counts(fault))}"
        yield f"{'all':<24} {times.total():>6} {_row(self.counts())}"
        yield ""
        for kind in KINDS:
            yield f"{kind:<24} {'':>6} {_row(self.counts(kind=kind))}"


def _row(counts: tuple[int, int, int, int]) -> str:
    return "{:>13} {:>6} {:>5} {:>8}".format(*counts)


def taken(journal: Journal) -> Tally:
    """Look for everything in the database."""
    tally = Tally()
    cases = {case.number: case for case in Complaint.objects}
    titles = Counter(case.title for case in cases.values())
    noted = Counter((row.verb, row.subject) for row in AuditEntry.objects.only("verb", "subject"))
    shelved = Counter(number for volume in Volume.objects if _whole(volume) for number in volume.cases)
    for done in journal.done:
        case = cases.get(done.number)
        if done.what == REGISTERED:
            tally.add(done, "complaint", titles[done.words])
        tally.add(done, "event", sum(event.verb == done.what for event in case.events) if case else 0)
        tally.add(done, "audit entry", noted[done.what, done.number])
        if done.sha256:
            tally.add(done, "attachment", _kept(case, done.sha256) if case else 0)
        if done.what == "archive":
            tally.add(done, "sealed volume", shelved[done.number])
    tally.wrong += [f"registered {count} times: {title}" for title, count in titles.items() if count > 1]
    for case in cases.values():
        tally.wrong += _half(case, noted)
    tally.wrong += _of_another_time(journal, list(cases.values()))
    tally.reminders = _reminders(list(cases.values()), tally.wrong)
    tally.wrong += [f"audit trail: {one}" for one in audit_check.check(audit_check.walk_along())]
    return tally


def _whole(volume: Volume) -> bool:
    return hashlib.sha256(files.read(volume.file_id)).hexdigest() == volume.sha256


def _kept(case: Complaint, sha256: str) -> int:
    """How often the case holds the file, byte for byte."""
    named = [one for one in case.attachments if one.sha256 == sha256]
    return sum(hashlib.sha256(files.read(one.file_id)).hexdigest() == sha256 for one in named)


def _half(case: Complaint, noted: Counter[tuple[str, str]]) -> Iterator[str]:
    """What is there in part only, acknowledged or not."""
    if events.broken_at(case.events) is not None:
        yield f"broken chain of events: {case.number}"
    for event in case.events:
        if event.submission and noted[event.verb, case.number] != 1:
            yield f"{noted[event.verb, case.number]} audit entries for {event.verb} of {case.number}"
    if len({event.submission for event in case.events if event.submission}) != len(
        [event for event in case.events if event.submission]
    ):
        yield f"one submission acted twice: {case.number}"


def _of_another_time(journal: Journal, cases: list[Complaint]) -> Iterator[str]:
    """What people did was done between the beginning and now, whatever the machine took for now."""
    ours, began, now = {done.number for done in journal.done}, journal.began, server_time()
    moments = [(case.number, event.at) for case in cases for event in case.events if event.submission]
    moments += [(row.subject, row.at) for row in AuditEntry.objects.only("subject", "at")]
    for number, at in moments:
        if number in ours and (began is None or not began <= at <= now):
            yield f"of another time: {number} {at}"


def _reminders(cases: list[Complaint], wrong: list[str]) -> int:
    """Every case has the timers of its kind; what fired left one trace in the case and reached somebody."""
    rows = list(Timer.objects(subject="case"))
    planned: dict[str, set[tuple[str, int, str, int]]] = {}
    for row in rows:
        planned.setdefault(row.case, set()).add((row.limit, row.round, row.rung, row.n))
    alike: dict[tuple[str, ...], set[tuple[str, int, str, int]]] = {}
    for case in cases:
        way = tuple(event.verb for event in case.events if event.submission)
        own = planned.get(str(case.id), set())
        if not own or alike.setdefault(way, own) != own:
            wrong.append(f"other timers than its like: {case.number} {sorted(own)}")
        if case.status != "open" and any(
            row.case == str(case.id) and row.state in ("pending", "claimed") for row in rows
        ):
            wrong.append(f"timers still to fire for a closed case: {case.number}")
    told = Counter(event.facts["timer"] for case in cases for event in case.events if "timer" in event.facts)
    done = {row.id for row in rows if row.state == "done"}
    wrong.extend(f"told {told[timer]} times: {timer}" for timer in done | set(told) if told[timer] != 1)
    informed = {notice.timer for notice in Notice.objects.only("timer")}
    wrong.extend(f"nobody was told: {timer}" for timer in done - informed)
    wrong.extend(f"set aside: {row.id} {row.error}" for row in rows if row.state == "set_aside")
    return len(done)
