"""Units 单位: the tree, and what may be changed of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import datetime, time
from typing import Any

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.base import Page, Unfinished, confirmation, keep_form
from admin_views.forms import NewUnitForm, UnitForm
from admin_views.history import names, past_of
from admin_views.phrases import noted
from admin_views.standing import me, nameable_of, newest_policies, now, roles, said, today, zone
from documents.actions import reorganising
from documents.actions.reorganising import NewUnit, UnitDetails
from documents.person import Person
from documents.rules.calendar_choice import nearest
from documents.rules.durations import written_day
from documents.unit import Unit
from documents.unit_uses import uses
from documents.work_calendar import WorkCalendarRecord

NOBODY = ("", "—")


@dataclass
class Branch:
    """A unit of the tree with what hangs on it."""

    unit: Unit
    kind: str
    head: str
    people: int
    below: list[Branch] = attribute(default_factory=list)


class UnitsView(Page):
    """The organisation's tree."""

    group = "organisation"
    icon = "unit"

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The tree."""
        units = list(Unit.objects.order_by("id"))
        in_use = [unit for unit in units if unit.retired_on is None]
        retired = [unit for unit in units if unit.retired_on is not None]
        return self.render(
            "admin/units/tree.html", tops=tree(in_use), retired=retired, kinds=kind_words(), total=len(in_use)
        )

    @expose("/new", methods=("GET", "POST"))
    def new(self) -> ResponseReturnValue:
        """Create a unit."""
        form = NewUnitForm(request.form, parent=request.args.get("parent"))
        form.kind.offer([("", _("请选择")), *kind_words().items()])
        form.parent.offer([("", _("（最上级）")), *unit_choices()])
        page = keep_form(self, "admin/units/new.html", form=form)
        if request.method == "GET" or not form.validate():
            return page.shown(), 200 if request.method == "GET" else 422
        name = {"zh": form.name_zh.data, "en": form.name_en.data}
        new = NewUnit(form.code.data, name, form.kind.data, form.parent.data or None, form.fonds_number.data)
        unit = reorganising.create_unit(new, actor=me(), now=now())
        flash(_("已新设单位：%(name)s", name=said(unit.name)), "good")
        return redirect(self.get_url(".show", code=unit.id))

    @expose("/<code>", methods=("GET", "POST"))
    def show(self, code: str) -> ResponseReturnValue:
        """One unit; sending the form changes its name, its head, deputy and leader, its fonds number."""
        page = self._opened(code, request.form)
        form = page.given["form"]
        if request.method == "GET" or not form.validate():
            return page.shown(), 200 if request.method == "GET" else 422
        name = {"zh": form.name_zh.data, "en": form.name_en.data}
        rest = form.fonds_number.data, form.calendar.data, form.leader.data, form.archive_code.data
        details = UnitDetails(name, form.head.data, form.deputy.data, *rest)
        reorganising.change_unit(code, details, actor=me(), now=now())
        flash(_("已保存：%(name)s", name=form.name_zh.data), "good")
        return redirect(self.get_url(".show", code=code))

    @expose("/<code>/move", methods=("POST",))
    def move(self, code: str) -> ResponseReturnValue:
        """Put the unit under another one."""
        unit, parent = self._opened(code).given["unit"], request.form.get("parent") or None
        above = said(unit_or_404(parent).name) if parent else _("最上级")
        words = _(
            "把“%(unit)s”及其下级移到“%(above)s”之下？相关投诉的可见范围随之变更。",
            unit=said(unit.name),
            above=above,
        )
        asked = confirmation(self, words, _("调整隶属"))
        if asked:
            return asked
        cases = reorganising.move_unit(code, parent, actor=me(), now=now())
        flash(_("已调整隶属关系，%(count)s 件投诉的可见范围随之更新。", count=cases), "good")
        return redirect(self.get_url(".show", code=code))

    @expose("/<code>/retire", methods=("POST",))
    def retire(self, code: str) -> ResponseReturnValue:
        """Retire the unit, naming who takes its cases over."""
        unit, successor = self._opened(code).given["unit"], request.form.get("successor") or None
        on = official_day(request.form.get("on"))
        load = reorganising.burden(code)
        words = _("停用“%(unit)s”？停用后不能再选用，历史记录保留。", unit=said(unit.name))
        if successor:
            words += _(
                "%(cases)s 件在办投诉和 %(people)s 名人员转入“%(successor)s”。",
                cases=load.cases,
                people=load.people,
                successor=said(unit_or_404(successor).name),
            )
            samples = nameable_of(reorganising.sample_numbers(code))
            if samples:
                words += _("例如：%(numbers)s。", numbers=_("、").join(samples))
        asked = confirmation(self, words, _("停用单位"))
        if asked:
            return asked
        done = reorganising.retire_unit(code, successor=successor, actor=me(), now=now(), on=on)
        flash(
            _(
                "单位已停用，移交投诉 %(cases)s 件、人员 %(people)s 名。",
                cases=done.cases,
                people=done.people,
            ),
            "good",
        )
        return redirect(self.get_url(".show", code=code))

    @expose("/<code>/restore", methods=("POST",))
    def restore(self, code: str) -> ResponseReturnValue:
        """Take a retirement back."""
        self._opened(code)
        back = bool(request.form.get("take_back"))
        unit = reorganising.restore_unit(code, actor=me(), now=now(), take_back=back)
        flash(_("单位“%(name)s”已恢复使用。", name=said(unit.name)), "good")
        return redirect(self.get_url(".show", code=code))

    def _opened(self, code: str, sent: Any = None) -> Unfinished:
        """The unit's page, to be shown, or shown again after a refusal."""
        unit = unit_or_404(code)
        form = UnitForm(sent, data=details_of(unit))
        for field in (form.head, form.deputy, form.leader):
            field.offer(people_of(unit))
        form.calendar.offer(calendar_choices(unit))
        return keep_form(self, "admin/units/unit.html", form=form, **around(unit))


def official_day(written: str | None) -> datetime | None:
    """The first moment of the official date 生效日期; None for today, and for what is no date."""
    day = written_day(written)
    return None if day in (None, today()) else datetime.combine(day, time(0), zone())


def unit_or_404(code: str) -> Unit:
    """The unit of an address."""
    found: Unit | None = Unit.objects(id=code).first()
    return found if found is not None else abort(404)


def kind_words() -> dict[str, str]:
    """What the kinds of unit are called."""
    return {key: said(label) for key, label in reorganising.unit_kinds().items()}


def tree(units: list[Unit]) -> list[Branch]:
    """The units as a tree; one whose superior is retired stands at the top."""
    heads = names(unit.head for unit in units)
    posted: Counter[str] = Counter()
    for person in Person.objects(active=True).only("posts"):
        posted.update({post.unit for post in person.posts})
    kinds = kind_words()
    branches = {
        unit.id: Branch(unit, kinds.get(unit.kind, unit.kind), heads.get(unit.head, ""), posted[unit.id])
        for unit in units
    }
    tops: list[Branch] = []
    for branch in branches.values():
        above = branches.get(branch.unit.parent or "")
        (above.below if above else tops).append(branch)
    return tops


def unit_choices(without: str | None = None) -> list[tuple[str, str]]:
    """The units in use, moved in by their depth; those below `without` are left out."""
    units = {unit.id: unit for unit in Unit.objects(retired_on=None).only("id", "name", "ancestors")}
    line = sorted(units.values(), key=lambda unit: list(reversed(unit.ancestors)))
    return [
        (unit.id, "\u3000" * (len(unit.ancestors) - 1) + said(unit.name))
        for unit in line
        if without is None or without not in unit.ancestors
    ]


def people_of(unit: Unit) -> list[tuple[str, str]]:
    """Who may head a unit: its own people first, then everybody else's; whoever does now stays."""
    now_heading = [one for one in (unit.head, unit.deputy, unit.leader) if one]
    people = Person.objects(__raw__={"$or": [{"active": True}, {"_id": {"$in": now_heading}}]})
    own = {person.id for person in people if any(post.unit == unit.id for post in person.posts)}
    line = sorted(people, key=lambda person: (person.id not in own, person.name))
    return [NOBODY, *((person.id, noted(person.name, person.login)) for person in line)]


def calendar_choices(unit: Unit) -> list[tuple[str, str]]:
    """The calendars that a unit may choose; without a choice it follows its superior unit, or the policy."""
    names = {one.id: said(one.name) for one in WorkCalendarRecord.objects.order_by("id").only("id", "name")}
    above = nearest(unit.ancestors[1:], Unit.own_calendars())
    inherited = _("按制度指定的日历")
    if above is not None:
        chooser, calendar = said(Unit.get(above[0]).name), names[above[1]]
        inherited = _("沿用上级“%(unit)s”：%(calendar)s", unit=chooser, calendar=calendar)
    return [("", inherited), *names.items()]


def details_of(unit: Unit) -> dict[str, Any]:
    """The unit as its form shows it."""
    name: Mapping[str, str] = unit.name
    return {
        "name_zh": name.get("zh"),
        "name_en": name.get("en"),
        "head": unit.head or "",
        "deputy": unit.deputy or "",
        "leader": unit.leader or "",
        "fonds_number": unit.fonds_number or "",
        "calendar": unit.calendar or "",
        "archive_code": unit.archive_code or "",
    }


def around(unit: Unit) -> dict[str, Any]:
    """What stands beside the form: place, people, burden, history."""
    labels = {role["key"]: said(role["label"]) for role in roles()}
    people = Person.objects(posts__unit=unit.id).order_by("-active", "name")
    above = Unit.many(unit.ancestors)
    return {
        "unit": unit,
        "successor": Unit.objects(id=unit.successor).first() if unit.successor else None,
        "kind": kind_words().get(unit.kind, unit.kind),
        "line": [above[code] for code in reversed(unit.ancestors[1:]) if code in above],
        "below": list(Unit.objects(parent=unit.id).order_by("id")),
        "people": [
            (one, [labels.get(post.role, post.role) for post in one.posts if post.unit == unit.id])
            for one in people
        ],
        "load": reorganising.burden(unit.id, shown_to=me().id),
        "uses": uses(unit, newest_policies(), me().id),
        "places": unit_choices(without=unit.id),
        "past": past_of(f"unit:{unit.id}"),
    }
