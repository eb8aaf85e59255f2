"""The year-end assistant 年终移交: check, make, hand over, take back the receiver's findings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from redis import RedisError

from admin_views.archive_pages import ArchivePage
from admin_views.archive_scope import Scope, check_export, my_reads, ordered, scope
from admin_views.base import keep_form
from admin_views.completeness import bar_of
from admin_views.downloads import download
from admin_views.standing import me, now, today
from admin_views.veils import veil
from documents import audit, handed, transfer_reasons
from documents.actions import printing, transferring
from documents.actions.transferring import Receipt
from documents.complaint import kept_from
from documents.inspection import Inspection, newest
from documents.print_order import PrintOrder
from documents.register import YearAsked, hidden_in
from documents.report_sight import told_in_reports
from documents.rules.access import PERSONAL, RESTRICTED
from documents.rules.broken import RuleBroken
from documents.rules.durations import written_day
from documents.rules.four_checks import PACKAGE
from documents.rules.package import PackageOptions
from documents.rules.whole_numbers import number_or_none, whole
from documents.transfer import Built, BuiltPart, TransferPackage, current_round, package_id
from documents.transfer_reasons import Side
from documents.volume import volumes_kept_from
from jobs import queues

ABSENT_SHOWN = 100
LONGEST = 200
GIGABYTE = 1_000_000_000
PAPERS = ("handover", "handover_list")


class TransferView(ArchivePage):
    """年终移交."""

    icon = "download"
    tab = "transfer"

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The assistant for one unit and year."""
        here = package_scope()
        if here is None:
            return self.render("admin/archive/none.html")
        return self.render("admin/archive/transfer.html", **shown(here))

    @expose("/progress")
    def progress(self) -> ResponseReturnValue:
        """The steps alone, for the page that watches."""
        return self.render("admin/archive/steps.html", **shown(package_scope_or_404()))

    @expose("/check", methods=("POST",))
    def check(self) -> ResponseReturnValue:
        """Step 1: ask for the completeness check."""
        here = package_scope_or_404()
        of = (here.policy, here.unit.id, here.year)
        package = transferring.ask_check(*of, actor=me(), now=now(), confidential=here.confidential)
        queue_safely(queues.CHECK_PACKAGE, package.id)
        return self._back(here)

    @expose("/build", methods=("POST",))
    def build(self) -> ResponseReturnValue:
        """Step 2: ask for the package."""
        here = package_scope_or_404()
        keep_form(self, "admin/archive/transfer.html", **shown(here))
        package = transferring.ask_build(
            package_or_404(here).id, actor=me(), now=now(), options=_options(request.form)
        )
        queue_safely(queues.BUILD_PACKAGE, package.id)
        return self._back(here)

    @expose("/package.zip")
    def package(self) -> ResponseReturnValue:
        """The finished package, or one part of it; of this round, or of an earlier one."""
        here = package_scope_or_404()
        keep_form(self, "admin/archive/transfer.html", **shown(here))
        found, number = package_or_404(here), request.args.get("round", 0, type=whole)
        built, part = _part_of(found, number, request.args.get("part", 0, type=whole))
        check_open(here, found, number)
        check_register(here, built)
        audit.note("export", found.id, by=me().id, at=now(), kind="package", sha256=part.sha256)
        return download(part.file_id, f"{part.name}.zip", size=part.zip_size)

    @expose("/hand-over", methods=("POST",))
    def hand_over(self) -> ResponseReturnValue:
        """Step 3: note who took it."""
        here = package_scope_or_404()
        names = ("receiver", "received_by", "received_on", "medium", "carriers", "note")
        typed = {name: request.form.get(name, "").strip()[:LONGEST] for name in names}
        keep_form(self, "admin/archive/transfer.html", **shown(here, **typed))
        receipt = Receipt(
            receiver=typed["receiver"],
            received_by=typed["received_by"],
            received_on=written_day(typed["received_on"]) or today(),
            medium=typed["medium"],
            carriers=typed["carriers"],
            note=typed["note"],
        )
        transferring.hand_over(package_or_404(here).id, receipt, actor=me(), now=now())
        flash(_("已登记移交。请把移交包与登记表交给接收方。"), "good")
        return self._back(here)

    @expose("/form", methods=("POST",))
    def form(self) -> ResponseReturnValue:
        """Print the hand-over form or the list of volumes of a round."""
        here = package_scope_or_404()
        kind = request.form.get("kind", "handover")
        if kind not in PAPERS:
            abort(400)
        number = request.form.get("round", 0, type=whole)
        order = ordered(here, kind, "pdf", round=number, confidential=here.confidential)
        queue_safely(queues.PRINT_REGISTER, str(order.id))
        return self._back(here)

    @expose("/form.pdf")
    def form_file(self) -> ResponseReturnValue:
        """What was printed last, as long as one may read all of it."""
        here = package_scope_or_404()
        keep_form(self, "admin/archive/transfer.html", **shown(here))
        order = handover_order(here)
        if order is None or not order.file_id:
            abort(404)
        check_export(order, here)
        printing.note_told(order, "read_file", now())
        return download(order.file_id, order.name, size=order.size)

    def _back(self, here: Scope) -> ResponseReturnValue:
        return redirect(self.get_url(".index", **here.values))


def shown(here: Scope, **typed: str) -> dict[str, Any]:
    """What the pages of the assistant show."""
    package = package_of(here)
    back = handed.rows_of(package.id, package.round).filter(decision="rejected") if package else None
    back = list(back.limit(ABSENT_SHOWN)) if back is not None else []
    check = package.check_result if package else None
    absent = check.absent[:ABSENT_SHOWN] if check else []
    return {
        "here": here,
        "package": package,
        "bar": bar_of(check) if check else None,
        "knows": transfer_reasons.knows_some(_side(here), me().id),
        "withheld": withheld(package, package.round) if package else set(),
        "unsaid": volumes_kept_from(me().id, (row["volume"] for row in package.kept_back)) if package else (),
        # Between its neighbours a mark would be as good as the number.
        "absent": sorted(absent, key=lambda one: veil(one.number) != one.number),
        "covered": kept_from(me().id, (one.number for one in absent)),
        "form_order": handover_order(here),
        "inspection": _inspection(package) if package else None,
        "absent_shown": ABSENT_SHOWN,
        "typed": typed,
        "step": step_of(package),
        "count": handed.tally(package.id, package.round) if package else {},
        "sent_back": back,
        "gigabyte": GIGABYTE,
        "kept_years": transferring.kept_years(package) if package else 0,
    }


def _inspection(package: TransferPackage) -> Inspection | None:
    """The inspection of the ZIPs that lie here; what the command line wrote elsewhere has its own."""
    return newest(PACKAGE, package.id, sha256=package.built.sha256) if package.built else None


def _options(form: Mapping[str, str]) -> PackageOptions:
    """How the package shall be made; an empty field is no limit."""
    return PackageOptions(
        most_volumes=_whole(form.get("most_volumes", "")),
        most_bytes=int(_decimal(form.get("most_gb", "")) * GIGABYTE),
        sm3=form.get("sm3") == "yes",
    )


def _whole(text: str) -> int:
    return max(number_or_none(text.strip()) or 0, 0)


def _decimal(text: str) -> float:
    return float(text) if re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", text.strip()) else 0.0


def package_scope() -> Scope | None:
    """The unit, the year, and which package; that of confidential volumes is there for who knows some."""
    here = scope()
    if here is not None and here.confidential and not transfer_reasons.knows_some(_side(here), me().id):
        abort(404)
    return here


def package_scope_or_404() -> Scope:
    """The same, for addresses that make no sense without."""
    return package_scope() or abort(404)


def _side(here: Scope) -> Side:
    return Side(here.view.key, here.unit.id, here.year, me().id, here.confidential)


def withheld(package: TransferPackage, number: int | None = None) -> set[str]:
    """The volumes of a round, or of all, that are kept from the person 保密或回避, maybe since."""
    return volumes_kept_from(me().id, handed.volumes_in(package.id, number))


def check_open(here: Scope, package: TransferPackage, number: int) -> None:
    """What a round holds in full is for who may read all of it.

    Raises RuleBroken("package_reads"), ("package_withheld").
    """
    if not {PERSONAL, RESTRICTED} <= set(my_reads(here.unit, here.view)):
        raise RuleBroken("package_reads")
    count = len(withheld(package, number or package.round))
    if count:
        raise RuleBroken("package_withheld", count=count)


def check_register(here: Scope, built: Built) -> None:
    """The register and the reports of a round tell of cases without a volume in it, too.

    Raises RuleBroken("package_register").
    """
    if here.confidential:
        return
    named = told_in_reports(here.view.key, here.unit.id, here.year)
    hidden = hidden_in(here.view, YearAsked(here.unit.id, here.year), me().id) | kept_from(me().id, named)
    count = len(hidden.difference(built.covered))
    if count:
        raise RuleBroken("package_register", count=count)


def _part_of(package: TransferPackage, number: int, part: int) -> tuple[Built, BuiltPart]:
    """A part of a round that is there to be taken; 404 when there is none."""
    rounds = [*package.rounds, *([] if package.state == "building" else [current_round(package)])]
    built = next((one.built for one in rounds if one.number == (number or package.round)), None)
    parts = [one for one in built.parts if one.number == part and one.file_id] if built else []
    if built is None or not parts:
        abort(404)
    return built, parts[0]


def package_of(here: Scope) -> TransferPackage | None:
    """The package of the unit and year, when there is one."""
    found: TransferPackage | None = TransferPackage.objects(
        id=package_id(here.view.key, here.unit.id, here.year, confidential=here.confidential)
    ).first()
    return found


def package_or_404(here: Scope) -> TransferPackage:
    """The package of the unit and year."""
    return package_of(here) or abort(404)


def handover_order(here: Scope) -> PrintOrder | None:
    """The newest hand-over form that the person asked for."""
    which = {"confidential__in": [True] if here.confidential else [False, None]}
    mine = PrintOrder.objects(kind__in=PAPERS, unit=here.unit.id, year=here.year, by=me().id, **which)
    found: PrintOrder | None = mine.order_by("-at").first()
    return found


def step_of(package: TransferPackage | None) -> int:
    """Which of the four steps is next."""
    if package is None or package.state == "checking":
        return 1
    return {"checked": 2, "building": 2, "ready": 3, "returned": 4, "handed_over": 4, "confirmed": 5}[
        package.state
    ]


def queue_safely(job: str, key: str, *, queue: str = queues.PAPER) -> None:
    """Queue a job; without Valkey the clock finds what waits."""
    try:
        queues.enqueue(queue, job, key, now().isoformat())
    except RedisError:
        flash(_("后台作业暂时不可用，恢复后会自动继续。"), "warning")
