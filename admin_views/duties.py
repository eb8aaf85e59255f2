"""Recurring duties 周期事项: due, done, late, and the evidence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_login import current_user

from admin_views.base import Page, keep_form
from admin_views.downloads import download
from admin_views.duty_lines import (
    MOST,
    STATES,
    Asked,
    grouped,
    offered,
    owed_by_mine,
    period_words,
    reach,
    rights,
    seen_for,
    state_words,
    ungrouped,
)
from admin_views.forms import EvidenceForm
from admin_views.history import acting_words, names
from admin_views.sheets import sheet
from admin_views.standing import day_words, may_do, may_do_instead, me, now, said, spoken, zone
from documents import audit
from documents.actions import duties, duty_settling, uploads
from documents.duty import Duty
from documents.duty_rights import definition_of
from documents.policy import view_of
from documents.refused_duty import RefusedDuty
from documents.rules.broken import RuleBroken
from documents.rules.whole_numbers import whole
from documents.timer import Timer
from documents.unit import names_of

MOST_BYTES = 20 * 1024**2


class DutiesView(Page):
    """What must be done again and again, for the units that the person reaches."""

    operations = ("duties", "administer")
    group = "watch"
    icon = "flag"
    menu_entry = "duties"

    def is_accessible(self) -> bool:
        """Whoever answers for duties, and who heads a unit, whatever the role is called; and his deputy."""
        if not current_user.is_authenticated:
            return False
        return super().is_accessible() or may_do_instead("duties") or bool(rights().headed)

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """A month of the year with its duties by period, and what is overdue from before."""
        asked = Asked.read()
        found = asked.found()
        plain = asked.month is not None and not asked.state
        before, coming = (asked.overdue(), asked.coming()) if plain else ([], [])
        units, kinds = offered(asked.year)
        return self.render(
            "admin/duties/index.html",
            asked=asked,
            groups=grouped(found),
            before=ungrouped(before),
            coming=ungrouped(coming),
            months=asked.months(),
            refused=list(RefusedDuty.objects(**owed_by_mine()).order_by("year", "policy", "key")),
            calendars=may_do("administer"),
            units=units,
            kinds=kinds,
            states=STATES,
            total=len(found),
            most=MOST,
            **self._words([*found, *before, *coming]),
        )

    def _words(self, shown: list[Duty]) -> dict[str, Any]:
        """What the page says about the duties that it shows."""
        return {
            "unit_names": {code: said(name) for code, name in names_of([one.unit for one in shown]).items()},
            "people": names(who for one in shown for who in (one.completed_by, one.settled_for)),
            "acting": acting_words,
            "rights": rights(),
            "state_of": state_words,
            "period_of": period_of,
        }

    @expose("/export")
    def export(self) -> ResponseReturnValue:
        """The duties as they are filtered, as a spreadsheet."""
        asked = Asked.read()
        found = asked.found()
        audit.note(
            "export", "duties", by=me().id, at=now(), rows=len(found), **asked.address(), **seen_for(found)
        )
        head = [_("事项"), _("单位"), _("期间"), _("到期"), _("状态"), _("完成时间"), _("登记时间")]
        head += [_("登记人"), _("完成情况"), _("凭据文件"), "SHA-256", _("日期待定")]
        name = f"duties-{asked.year}{f'-{asked.month:02}' if asked.month else ''}.xlsx"
        return sheet(_("周期事项"), head, self._rows(found), name)

    def _rows(self, found: list[Duty]) -> Iterator[list[str]]:
        words = self._words(found)
        for one in found:
            yield [
                said(one.label),
                words["unit_names"].get(one.unit, one.unit),
                period_of(one),
                spoken(one.due_at),
                state_words(one)[0],
                spoken(one.done_at),
                spoken(one.completed_at),
                acting_words(words["people"], one.completed_by, one.settled_for),
                str(one.evidence.get("words") or said(one.reason)),
                str(one.evidence.get("name") or ""),
                str(one.evidence.get("sha256") or ""),
                "" if one.certain else _("放假安排未载入，日期可能变动"),
            ]

    @expose("/one/<path:duty_id>")
    def show(self, duty_id: str) -> ResponseReturnValue:
        """One duty: its dates, its evidence, its reminders, and every turn it took."""
        duty = duty_for_me(duty_id)
        return self._page(duty).shown()

    def _page(self, duty: Duty) -> Any:
        """The page of a duty, kept for what may be refused on it."""
        timers = list(Timer.objects(case=duty.id).order_by("due", "round"))
        shown = self._words([duty])
        turns = [(turn["by"], turn.get("instead_of")) for turn in duty.history]
        people = names([duty.completed_by, *(who for turn in turns for who in turn)])
        definition = definition_of(view_of(duty.policy, duty.policy_version), duty.key)
        given = {**shown, "people": people, "duty": duty, "definition": definition, "timers": timers}
        return keep_form(self, "admin/duties/show.html", **given)

    @expose("/<path:duty_id>/complete", methods=("GET", "POST"))
    def complete(self, duty_id: str) -> ResponseReturnValue:
        """Note that a duty was done, when, with words, a file, or both."""
        duty = duty_for_me(duty_id)
        form = EvidenceForm(request.form, done_at=now().astimezone(zone()).replace(second=0, microsecond=0))
        definition = definition_of(view_of(duty.policy, duty.policy_version), duty.key)
        given = {"form": form, "duty": duty, "definition": definition, **self._words([duty])}
        page = keep_form(self, "admin/duties/complete.html", **given)
        if request.method == "GET" or not form.validate():
            return page.shown(), 200 if request.method == "GET" else 422
        evidence = self._evidence(form, duty)
        duties.complete(duty.id, evidence, actor=me(), now=now(), done_at=_when(form))
        flash(_("已登记完成：%(label)s", label=said(duty.label)), "good")
        return redirect(self.get_url(".show", duty_id=duty.id))

    def _evidence(self, form: EvidenceForm, duty: Duty) -> dict[str, Any]:
        """What was typed and uploaded; nothing is stored for somebody who may not complete the duty."""
        words = (form.words.data or "").strip()
        sent = request.files.get("paper")
        if sent is None or not sent.filename:
            return {"words": words}
        if not rights().may_complete(duty):
            raise RuleBroken("not_your_duty", duty=duty.id)
        upload = uploads.accept(sent.stream, sent.filename, actor=me(), now=now(), most_bytes=MOST_BYTES)
        upload.delete()  # the file belongs to the duty now; it no longer waits for a form
        return {
            "words": words,
            "file_id": upload.file_id,
            "name": upload.name,
            "sha256": upload.sha256,
            "size": upload.size,
        }

    @expose("/<path:duty_id>/reopen", methods=("POST",))
    def reopen(self, duty_id: str) -> ResponseReturnValue:
        """Undo a mistaken turn, with a reason."""
        duty = duty_for_me(duty_id)
        self._page(duty)
        duty_settling.reopen(duty.id, request.form.get("reason", ""), actor=me(), now=now())
        flash(_("已撤销登记，后续提醒已重新排定。"), "good")
        return redirect(self.get_url(".show", duty_id=duty.id))

    @expose("/<path:duty_id>/waive", methods=("POST",))
    def waive(self, duty_id: str) -> ResponseReturnValue:
        """Decide that the duty does not apply this time, with a reason."""
        duty = duty_for_me(duty_id)
        self._page(duty)
        duty_settling.waive(duty.id, request.form.get("reason", ""), actor=me(), now=now())
        flash(_("已标为本次不适用，提醒已取消。"), "good")
        return redirect(self.get_url(".show", duty_id=duty.id))

    @expose("/<path:duty_id>/evidence")
    def evidence(self, duty_id: str) -> ResponseReturnValue:
        """Download the evidence, also that of a turn that was undone; never opened inside the portal."""
        duty = duty_for_me(duty_id)
        turn = request.args.get("turn", type=whole)
        kept = duty.evidence if turn is None else _turn(duty, turn).get("evidence") or {}
        if not kept.get("file_id"):
            abort(404)
        audit.note(
            "read_file", f"duty:{duty.id}", by=me().id, at=now(), file=kept["file_id"], **seen_for([duty])
        )
        return download(kept["file_id"], kept["name"])


def period_of(duty: Duty) -> str:
    """The period that a duty is owed for, in words."""
    first, last = (date.fromisoformat(duty.period[name]) for name in ("first", "last"))
    return day_words(first) if first == last else period_words(first, last)


def _when(form: EvidenceForm) -> datetime | None:
    """When it was done; the minute of now, as the form proposes it, is now."""
    at = form.done_at.data
    if at is None:
        return None
    moment: datetime = at.replace(tzinfo=zone()).astimezone(UTC)
    return moment


def _turn(duty: Duty, number: int) -> dict[str, Any]:
    return dict(duty.history[number]) if 0 <= number < len(duty.history) else {}


def duty_for_me(duty_id: str) -> Duty:
    """The duty; one out of reach looks like none."""
    found: Duty | None = Duty.objects(id=duty_id, **reach()).first()
    return found if found is not None else abort(404)
