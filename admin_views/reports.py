"""Reports 报表: a page that reads like the paper it becomes; each number leads to its cases."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.archive_scope import Scope, scope, scope_or_404
from admin_views.base import Page, confirmation, keep_form
from admin_views.downloads import paper
from admin_views.history import names
from admin_views.report_pages import behind, drafts_of, reports_in_reach, shown_chart
from admin_views.standing import me, my_keys, note_listed, now, numbers_in_sight
from admin_views.transfers import queue_safely
from documents import audit
from documents.actions import reporting
from documents.actions.reporting import Asked
from documents.policy import view_of
from documents.report import Report, counted_words, lacking_words, merged_words
from documents.report_paper import title
from documents.report_sight import closed, fields_of_quotes, named, withheld
from documents.rules.broken import RuleBroken
from documents.rules.policy import PolicyView
from documents.rules.whole_numbers import whole
from documents.sight import Sight
from documents.unit import Unit
from jobs import queues


class ReportsView(Page):
    """报表."""

    operations = ("reports",)
    group = "archive"
    icon = "print"
    menu_entry = "reports"

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """What is to be reported this year, and every report there is."""
        here = scope(operations=self.operations)
        if here is None:
            return self.render("admin/reports/none.html")
        return self._index_page(here)

    def _index_page(self, here: Scope) -> str:
        found = reports_in_reach(here.unit.id)
        return self.render(
            "admin/reports/index.html",
            here=here,
            wanted=drafts_of(here),
            reports=found,
            title=title,
            people=names([one.frozen_by or one.drafted_by for one in found]),
        )

    @expose("/draft", methods=("POST",))
    def draft(self) -> ResponseReturnValue:
        """Count and write the first draft; on a draft that exists, count anew."""
        here = scope_or_404(request.form, self.operations)
        part = request.form.get("part", 1, type=whole)
        asked = Asked(request.form.get("key", "")[:60], here.unit.id, here.year, part)
        report = reporting.draft(here.policy, asked, actor=me(), now=now())
        flash(_("已按截止日重新统计。您改写过的文字保持不变。"), "good")
        return redirect(self.get_url(".report", report=report.id))

    @expose("/<path:report>/edit", methods=("GET", "POST"))
    def edit(self, report: str) -> ResponseReturnValue:
        """Put other words into the sections."""
        found = report_for_me(report)
        typed = {key[8:]: value for key, value in request.form.items() if key.startswith("section-")}
        page = keep_form(self, "admin/reports/edit.html", **self._shown(found), typed=typed)
        if request.method == "GET":
            return page.shown()
        reporting.edit(found.id, typed, actor=me(), now=now(), revision=_revision())
        flash(_("已保存。"), "good")
        return redirect(self.get_url(".report", report=found.id))

    @expose("/<path:report>/freeze", methods=("POST",))
    def freeze(self, report: str) -> ResponseReturnValue:
        """Freeze the report; its PDF follows, and the duty is done."""
        found = report_for_me(report)
        words = _("定稿后数字和文字都不能再改，并生成正式 PDF。确定定稿吗？")
        asked = confirmation(self, words, str(_("定稿")))
        if asked:
            return asked
        reporting.freeze(found.id, actor=me(), now=now(), revision=_revision())
        queue_safely(queues.RENDER_REPORT, found.id)
        flash(_("已定稿，正在生成 PDF。"), "good")
        return redirect(self.get_url(".report", report=found.id))

    @expose("/<path:report>/retry", methods=("POST",))
    def retry(self, report: str) -> ResponseReturnValue:
        """Try the PDF again."""
        found = report_for_me(report)
        reporting.retry(found.id, actor=me(), now=now())
        queue_safely(queues.RENDER_REPORT, found.id)
        return redirect(self.get_url(".report", report=found.id))

    @expose("/<path:report>/file.pdf")
    def file(self, report: str) -> ResponseReturnValue:
        """The frozen report on paper."""
        found = report_for_me(report)
        if not found.file_id:
            abort(404)
        if closed(found, Sight(my_keys(), me().id)):
            raise RuleBroken("report_withheld")
        audit.note("export", found.id, by=me().id, at=now(), kind="report", sha256=found.sha256)
        note_listed("report", sorted(named(found)), "export", report=found.id, **_fields(found))
        return paper(found.file_id, f"{title(found)}.pdf", size=found.size)

    @expose("/<path:report>/progress")
    def progress(self, report: str) -> ResponseReturnValue:
        """Whether the PDF is there, for the page that watches."""
        return self.render("admin/reports/paper.html", report=report_for_me(report))

    @expose("/<path:report>/cases/<key>")
    def cases(self, report: str, key: str) -> ResponseReturnValue:
        """The cases behind a number."""
        found = report_for_me(report)
        group = request.args.get("group")
        return self.render(
            "admin/reports/cases.html",
            report=found,
            title=title(found),
            found=behind(found, key, group, after=request.args.get("after", "")[:40]),
            key=key,
            group=group,
        )

    @expose("/<path:report>")
    def report(self, report: str) -> ResponseReturnValue:
        """The report as it reads."""
        return self.render("admin/reports/report.html", **self._shown(report_for_me(report)))

    def _shown(self, found: Report) -> dict[str, Any]:
        """What both pages show; the cases of which they tell are noted."""
        view: PolicyView = view_of(found.policy, found.policy_version)
        seen, closed_to_me = numbers_in_sight(row.number for row in found.rows), withheld(found, me().id)
        quoted = {one for part in found.sections if part.key not in closed_to_me for one in part.cases}
        note_listed("report", sorted(seen | quoted), report=found.id, **_fields(found))
        return {
            "report": found,
            "title": title(found),
            "definition": view.report(found.key),
            "unit": Unit.get(found.unit),
            "chart": shown_chart,
            "lacking_words": lacking_words,
            "counted_words": counted_words,
            "merged_words": merged_words,
            "early": found.is_early(ZoneInfo(view.zone)),
            "people": names([found.drafted_by, found.frozen_by, *(one.edited_by for one in found.sections)]),
            "in_sight": seen,
            "withheld": closed_to_me,
        }


def report_for_me(report: str) -> Report:
    """The report; one of a unit out of reach looks like none."""
    found: Report | None = Report.objects(id=report).first()
    here = scope({}, ReportsView.operations)
    if found is None or here is None or found.unit not in {unit.id for unit in here.units}:
        abort(404)
    return found


def _fields(report: Report) -> dict[str, Any]:
    found = fields_of_quotes(report)
    return {"fields": found} if found else {}


def _revision() -> int:
    return request.form.get("revision", 0, type=whole)
