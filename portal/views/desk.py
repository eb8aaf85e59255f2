"""The desk 工作台: what I must do, by due date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from documents.actions import hearing
from documents.desk import Desk, Task
from documents.desk import desk as desk_of
from documents.person import Person
from portal import reading
from portal.case_rows import ShownRow, my_sight, shown_rows
from portal.clock import now
from portal.language import said
from portal.signing_in import me
from portal.sparkline import Sparkline
from portal.standing import governing_versions, may_do, newest_view
from portal.views.intake import may_register

desk_pages = Blueprint("desk", __name__)
WEEK = 7


@dataclass(frozen=True)
class Counter:
    """One number of the top line, and the rows behind it."""

    key: str
    label: str
    value: int
    tone: str = ""


@desk_pages.get("/")
def desk() -> ResponseReturnValue:
    """My desk."""
    desks = [desk_of(me(), versions, my_sight(), now=now()) for versions in governing_versions()]
    tasks = sorted((task for one in desks for task in one.tasks), key=_urgency)
    steps = {task.row["number"]: task.step for task in tasks}
    shown = request.args.get("show", "")
    here = [task for task in tasks if belongs(task, shown)]
    if here:
        reading.seen_instead(task.instead_of for task in here)
        reading.listed(reading.LIST, (task.row["number"] for task in here), way="desk")
    received = [sum(day) for day in zip(*(one.received for one in desks[:1]), strict=False)]
    return render_template(
        "desk/desk.html",
        counters=counters(desks),
        rows=_rows(here, steps),
        absence=me().absence(now()),
        instead=[(one, _rows(here, steps, one.id)) for one in me().represented(now())],
        everything=len(tasks),
        shown=shown,
        to_archive=sum(one.to_archive for one in desks),
        new_this_week=sum(received[-WEEK:]),
        sparkline=Sparkline(received),
        full=any(one.full for one in desks),
        may_register=may_register(),
        asked=hearing.waiting(me().id),
        begins=not tasks and begins(),
    )


def begins() -> bool:
    """Whether the house has its first administrator and nobody else yet 首次使用: then the desk leads on."""
    return may_do("administer") and Person.collection().count_documents({}, limit=2) == 1


def _rows(tasks: Sequence[Task], steps: Mapping[str, Any], absent: str = "") -> list[ShownRow]:
    """My tasks, or those that I do for an absent person 代办."""
    return shown_rows([task.row for task in tasks if task.instead_of == absent], steps)


def _urgency(task: Task) -> tuple[bool, Any]:
    due = task.row.get("next_due")
    return due is None, due or task.row["received_at"]


def counters(desks: Sequence[Desk]) -> list[Counter]:
    """What is late, what is due, and how many wait for each kind of step."""
    found = [
        Counter("overdue", _("逾期"), sum(one.overdue for one in desks), "late"),
        Counter("today", _("24 小时内到期"), sum(one.due_today for one in desks), "soon"),
    ]
    for one in desks:
        found += [
            Counter(f"step:{one.policy}.{step['key']}", said(step["label"]), number)
            for step, number in one.by_step
        ]
    return found


def belongs(task: Task, shown: str) -> bool:
    """Whether a task is behind the counter that was pressed."""
    due = task.row.get("next_due")
    if shown == "overdue":
        return due is not None and due < now()
    if shown == "today":
        return due is not None and now() <= due < now() + timedelta(hours=24)
    if shown.startswith("step:"):
        policy, _mark, step = shown[5:].partition(".")
        known = policy == task.row["policy"]
        return known and newest_view(policy).reading.now("step", step) == task.called
    return True
