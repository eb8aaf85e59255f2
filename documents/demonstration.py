"""The demo 演示数据: plays the made-up cases of a pack through the real actions."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from documents import staging
from documents.actions import holding, lending, organising, registration, steps, uploads
from documents.actions.holding import HoldAsked
from documents.actions.lending import Wanted
from documents.complaint import Complaint
from documents.hold import Hold
from documents.loan import Loan
from documents.pack_files import PACKS, read
from documents.person import Person
from documents.policy import Policy, view_of
from documents.rules.calendars import WorkCalendar
from documents.work_calendar import calendar_of

Script = Mapping[str, Any]
FRIDAY = 4
PASSWORD = "juanzong"  # noqa: S105 - the demo's, shown on its sign-in page


@dataclass
class Stage:
    """Where the cases are played: the policy, the calendar, and the moment that counts as now."""

    policy: Policy
    calendar: WorkCalendar
    now: datetime
    numbers: dict[str, str] = field(default_factory=dict)

    def moment(self, script: Script) -> datetime:
        """The moment of a line: working days back, or years, at a local time; never later than now."""
        if "minutes_ago" in script:
            return self.now - timedelta(minutes=script["minutes_ago"])
        zone = ZoneInfo(self.policy.view().zone)
        if "years_ago" in script:
            return datetime.combine(self._long_ago(script), time.fromisoformat(script["time"]), zone)
        day = self.calendar.add_working_days(self.now.astimezone(zone).date(), -script["day"])
        moment = datetime.combine(day, time.fromisoformat(script["time"]), zone)
        return min(moment, self.now)

    def _long_ago(self, script: Script) -> date:
        """A weekday in March, so many years back: long before any calendar that is loaded."""
        day = date(self.now.year - script["years_ago"], 3, 10)
        return day - timedelta(days=max(0, day.weekday() - FRIDAY))


def play(pack: str, *, now: datetime, tell: Callable[[str], None] = lambda _: None) -> int:
    """Set the pack up and play its cases, or its scenarios when it brings none; answers how many there are.

    Safe to run twice.
    """
    policy = organising.set_up(pack, password=PASSWORD, now=now)
    if not (PACKS / pack / "demo.yaml").exists():
        staging.stage_all(policy, now=now, tell=tell)
        return int(Complaint.objects.count())
    stage = Stage(policy, calendar_of(policy.view()), now)
    for position, script in enumerate(read(pack, "demo")["cases"]):
        case = _play_case(stage, script, _played_as(position))
        stage.numbers[script["title"]] = case.number
        tell(f"{case.number} {case.title}")
    for script in read(pack, "demo").get("holds", ()):
        _place_hold(stage, script)
    return int(Complaint.objects.count())


def _play_case(stage: Stage, script: Script, key: str) -> Complaint:
    actor, now = Person.get(script["who"]), stage.moment(script)
    values = _filled({**script["values"], "title": script["title"], "received_at": now}, stage, now)
    case = registration.register(
        stage.policy,
        script.get("type", "complaint"),
        values,
        actor=actor,
        now=now,
        submission=key,
        uploads=_uploads(script, key, actor, now),
    )
    for position, step in enumerate(script.get("steps", ())):
        case = _play_step(stage, case, step, f"{key}-{position}")
    return case


def loans(pack: str) -> Iterator[tuple[Complaint, Script]]:
    """The loans 借阅 of the demo that nobody asked for yet, each with the case whose volume is wanted."""
    demo = read(pack, "demo") if (PACKS / pack / "demo.yaml").exists() else {"cases": ()}
    titles = [one["title"] for one in demo["cases"]]
    for script in demo.get("loans", ()):
        played = _played_as(titles.index(script["case"]))
        case = Complaint.objects(submission=played, volume__ne=None).first()
        if case is not None and Loan.objects(volume=case.volume.number).first() is None:
            yield case, script


def _played_as(position: int) -> str:
    """The key under which a case of the demo is registered, so that it is registered once."""
    return f"demo-{position}"


def lend(case: Complaint, script: Script, *, now: datetime) -> Loan:
    """Ask for one of them; its volume stands on the shelf."""
    today = now.astimezone(ZoneInfo(view_of(case.policy, case.policy_version).zone)).date()
    until = today + timedelta(days=script["days"])
    wanted = Wanted(case.volume.number, script["purpose"], script["pages"], until)
    return lending.ask(wanted, actor=Person.get(script["who"]), now=now, today=today)


def _place_hold(stage: Stage, script: Script) -> None:
    """A hold 冻结 on some of the cases, once."""
    if any(hold.name == script["name"] for hold in Hold.objects.only("name")):
        return
    today = stage.now.astimezone(ZoneInfo(stage.policy.view().zone)).date()
    asked = HoldAsked(
        name=script["name"],
        numbers=[stage.numbers[title] for title in script["cases"]],
        reason=script["reason"],
        basis=script["basis"],
        since=today,
        review_on=today + timedelta(days=script["review_days"]),
    )
    holding.place(asked, actor=Person.get(script["who"]), now=stage.now, today=today)


def _play_step(stage: Stage, case: Complaint, step: Script, key: str) -> Complaint:
    now = stage.moment(step)
    return steps.perform(
        case.number,
        step["do"],
        _filled(step["values"], stage, now),
        actor=Person.get(step["who"]),
        now=now,
        turn=Complaint.get(case.number).turn,
        submission=key,
    )


def _uploads(script: Script, key: str, actor: Person, now: datetime) -> list[str]:
    if Complaint.objects(submission=key).first() is not None:
        return []
    texts = [(one["name"], io.BytesIO(one["text"].encode())) for one in script.get("files", ())]
    return [uploads.accept(stream, name, actor=actor, now=now).id for name, stream in texts]


def _filled(values: Script, stage: Stage, now: datetime) -> dict[str, Any]:
    """The values with relative ones made real: `x_days` ahead, `x_step` now, `x_of` a number by title."""
    local = now.astimezone(ZoneInfo(stage.policy.view().zone))
    filled: dict[str, Any] = {}
    for name, value in values.items():
        if name.endswith("_days"):
            filled[name.removesuffix("_days")] = stage.calendar.add_working_days(
                local.date(), value
            ).isoformat()
        elif name.endswith("_step"):
            moment = local.isoformat() if name.endswith("_at_step") else local.date().isoformat()
            filled[name.removesuffix("_step")] = moment
        elif name.endswith("_of"):
            filled[name.removesuffix("_of")] = stage.numbers[value]
        else:
            filled[name] = value.isoformat() if isinstance(value, datetime) else value
    return filled
