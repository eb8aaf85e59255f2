"""四性检测 in the archive room: the reports of volumes and packages, the yearly sample, what is checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response, abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from redis import RedisError

from admin_views.archive_pages import ArchivePage
from admin_views.archive_scope import Scope, keeps, scope, scope_or_404
from admin_views.base import keep_form
from admin_views.downloads import paper
from admin_views.shelf import volume_for_me, volume_to_read
from admin_views.standing import in_sight, me, note_listed, note_opened, now, today
from admin_views.titles import shown_titles
from admin_views.transfers import withheld
from documents import audit
from documents.actions import inspecting
from documents.dossier_words import Names
from documents.inspection import Inspection, Sampling, inspection_rules
from documents.inspection_paper import as_json
from documents.rules.check_items import ITEMS
from documents.rules.four_checks import NATURES, RESULTS, SOURCE, STAGES, VOLUME
from documents.transfer import TransferPackage
from documents.volume import Volume, volumes_kept_from
from jobs import queues

SHOWN = 50
TONES = {"passed": "green", "failed": "red", "not_applicable": "outline", "by_hand": "amber"}
KINDS: Mapping[str, Any] = {"volume": _l("案卷"), "package": _l("移交包")}


class InspectionsView(ArchivePage):
    """四性检测."""

    icon = "check"
    tab = "inspections"

    def render(self, template: str, **kwargs: Any) -> str:
        """The page, with the words of the checks in the language of the person."""
        words = {"tones": TONES, "kinds": KINDS, "results": _bilingual(RESULTS), "stages": _bilingual(STAGES)}
        return super().render(template, **words, **kwargs)

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The newest reports of the unit, and how far the yearly sample has come."""
        here = scope()
        if here is None:
            return self.render("admin/archive/none.html")
        sampling = Sampling.objects(id=today().year).first()
        aside = [one["number"] for one in sampling.aside] if sampling else []
        only_failed = request.args.get("failed") == "1"
        rows = _visible(here, only_failed=only_failed)
        note_listed("inspections", (row.number for row in rows))
        return self.render(
            "admin/archive/inspections.html",
            here=here,
            rows=rows,
            titles=shown_titles(row.number for row in rows if row.subject == VOLUME),
            only_failed=only_failed,
            sampling=sampling,
            unsaid=volumes_kept_from(me().id, aside),
            rules=inspection_rules(),
            items=len(ITEMS),
            most=SHOWN,
        )

    @expose("/<inspection_id>")
    def show(self, inspection_id: str) -> ResponseReturnValue:
        """One report, item by item."""
        found = _for_me(inspection_id)
        note_opened(found.number, "inspections")
        return self.render(
            "admin/archive/inspection.html",
            here=scope(),
            one=found,
            by=Names().person(found.by),
            natures=_bilingual(NATURES),
            source=dict(zip(("zh", "en"), SOURCE, strict=True)),
        )

    @expose("/<inspection_id>/progress")
    def progress(self, inspection_id: str) -> ResponseReturnValue:
        """The printing alone, for the page that watches."""
        return self.render("admin/archive/inspection_paper.html", one=_for_me(inspection_id))

    @expose("/<inspection_id>/report.json")
    def machine(self, inspection_id: str) -> ResponseReturnValue:
        """The report for machines."""
        found = _for_me(inspection_id)
        audit.note("export", found.number, by=me().id, at=now(), kind="inspection", form="json")
        response = Response(as_json(found), mimetype="application/json")
        response.headers["Content-Disposition"] = f'attachment; filename="inspection-{found.id}.json"'
        return response

    @expose("/<inspection_id>/report.pdf")
    def printed(self, inspection_id: str) -> ResponseReturnValue:
        """The report on paper."""
        found = _for_me(inspection_id)
        if not found.file_id:
            abort(404)
        audit.note("export", found.number, by=me().id, at=now(), kind="inspection", form="pdf")
        return paper(found.file_id, f"{found.number}-四性检测报告.pdf", size=found.size)

    @expose("/<inspection_id>/print", methods=("POST",))
    def print(self, inspection_id: str) -> ResponseReturnValue:
        """Ask for the report on paper."""
        found = _for_me(inspection_id)
        _queue(lambda: queues.print_inspection(str(found.id), now=now()))
        return redirect(self.get_url(".show", inspection_id=found.id))

    @expose("/volumes/<path:number>", methods=("POST",))
    def inspect(self, number: str) -> ResponseReturnValue:
        """Ask for a new inspection of a volume."""
        volume = volume_for_me(number)
        if _queue(lambda: queues.inspect_volume(volume.id, by=me().id, now=now())):
            flash(_("正在检测 %(volume)s，稍后刷新查看报告。", volume=volume.id), "good")
        return redirect(self.get_url(".index", unit=volume.owner))

    @expose("/settings", methods=("GET", "POST"))
    def settings(self) -> ResponseReturnValue:
        """Which items this house checks, and how many volumes a year."""
        here, rules = scope_or_404(), inspection_rules()
        shown = {"here": here, "items": _items(), "off": rules.off, "share": rules.share, "rules": rules}
        if request.method == "GET":
            return self.render("admin/archive/inspection_settings.html", **shown)
        wanted = request.form.getlist("off")[: len(ITEMS)]
        off = {key: request.form.get(f"reason-{key}", "").strip() for key in wanted}
        share = _share(request.form.get("share", ""))
        keep_form(self, "admin/archive/inspection_settings.html", **{**shown, "off": off, "share": share})
        inspecting.configure(off, share, actor=me(), now=now())
        flash(_("已保存检测设置。"), "good")
        return redirect(self.get_url(".settings", **here.values))


def _visible(here: Scope, *, only_failed: bool) -> list[Inspection]:
    """The newest reports of the unit; those of volumes out of sight look like none."""
    wanted: dict[str, Any] = {"owner": here.unit.id, **({"ok": False} if only_failed else {})}
    rows = list(Inspection.objects(**wanted).order_by("-at", "-id").limit(2 * SHOWN))
    seen = _seen(row.number for row in rows if row.subject == VOLUME)
    return [row for row in rows if (row.number in seen if row.subject == VOLUME else _may_open(row))][:SHOWN]


def _may_open(one: Inspection) -> bool:
    """Whether the report of a package may be read; what it found names volumes and files."""
    package = TransferPackage.objects(id=one.number).first()
    return package is None or not withheld(package)


def _seen(numbers: Iterable[str]) -> set[str]:
    """Which of these volumes the person may see."""
    condition = {"$and": [{"_id": {"$in": list(numbers)}}, in_sight()]}
    return {row["_id"] for row in Volume.collection().find(condition, {"_id": 1})}


def _for_me(inspection: str) -> Inspection:
    """The report; one about what is out of sight looks like none."""
    found = Inspection.get(inspection)
    if found.subject == VOLUME:
        volume_to_read(found.number)  # what was found names its papers
    elif not (keeps(found.owner) and _may_open(found)):
        abort(404)
    return found


def _queue(ask: Any) -> bool:
    """Queue a job, or say that jobs are not available."""
    try:
        ask()
    except RedisError:
        flash(_("后台作业暂时不可用，请稍后再试。"), "warning")
        return False
    return True


def _bilingual(words: Mapping[str, tuple[str, str]]) -> dict[str, dict[str, str]]:
    return {key: {"zh": zh, "en": en} for key, (zh, en) in words.items()}


def _items() -> list[dict[str, Any]]:
    return [
        {"key": one.key, "subject": one.subject, "nature": one.nature, "blocks": one.blocks,
         "name": {"zh": one.name[0], "en": one.name[1]}, "method": {"zh": one.method[0], "en": one.method[1]}}
        for one in ITEMS.values()
    ]  # fmt: skip


def _share(text: str) -> float:
    """The share as it was typed; nonsense is out of range."""
    try:
        return float(text)
    except ValueError:
        return 0.0
