"""The year's register 登记册: read it, and take it away as PDF, XLSX or XML."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from flask import abort, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.archive_pages import ArchivePage
from admin_views.archive_scope import Scope, check_export, my_reads, ordered, scope, scope_or_404
from admin_views.downloads import download
from admin_views.standing import me, note_listed, now
from admin_views.transfers import queue_safely
from documents.actions import printing
from documents.dossier_words import Names
from documents.print_order import FORMS, PrintOrder
from documents.register import (
    COLUMNS,
    COVERED,
    LARGEST,
    Reader,
    YearAsked,
    count,
    fields_shown,
    is_marked,
    lines_of,
    told,
)
from jobs import queues

LINES_SHOWN = 100
ORDERS_SHOWN = 6


class RegisterView(ArchivePage):
    """登记册."""

    operations = ("archive", "reports")
    icon = "sheet"
    tab = "register"

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The first lines of the register, and the exports that were asked for."""
        here = scope(operations=self.operations)
        if here is None:
            return self.render("admin/archive/none.html")
        asked = YearAsked(here.unit.id, here.year)
        reader = Reader(frozenset(my_reads(here.unit, here.view)), me().id)
        lines = list(islice(lines_of(here.view, asked, Names(), reader), LINES_SHOWN))
        note_lines(lines, fields_shown(here.view, reader))
        return self.render(
            "admin/archive/register.html",
            here=here,
            columns=COLUMNS,
            covered=COVERED,
            lines=lines,
            total=count(here.view, asked),
            most=LARGEST,
            orders=orders(here),
        )

    @expose("/progress")
    def progress(self) -> ResponseReturnValue:
        """The exports alone, for the page that watches."""
        here = scope_or_404(operations=self.operations)
        return self.render("admin/archive/orders.html", here=here, orders=orders(here))

    @expose("/export", methods=("POST",))
    def export(self) -> ResponseReturnValue:
        """Ask for an export."""
        here, form = scope_or_404(operations=self.operations), request.form.get("form", "")
        if form not in FORMS:
            abort(404)
        order = ordered(here, "register", form)
        queue_safely(queues.PRINT_REGISTER, str(order.id))
        return redirect(self.get_url(".index", **here.values))

    @expose("/exports/<order_id>")
    def file(self, order_id: str) -> ResponseReturnValue:
        """An export of one's own, as long as one may read all of it."""
        order = PrintOrder.get(order_id)
        if order.by != me().id or not order.file_id or order.kind != "register":
            abort(404)
        about = {"unit": order.unit, "year": order.year, "policy": order.policy}
        check_export(order, scope_or_404(about, self.operations))
        printing.note_told(order, "read_file", now())
        return download(order.file_id, order.name, size=order.size)


def note_lines(lines: Sequence[Sequence[str]], fields: Sequence[str]) -> None:
    """Note the cases of the lines, with the fields that stand there; of some the number alone is told."""
    whole = told(lines)
    bare = [line[1] for line in lines if line[1] not in whole and not is_marked(line)]
    note_listed("register", (line[1] for line in lines if line[1] in whole), fields=fields)
    note_listed("register", bare)


def orders(here: Scope) -> list[PrintOrder]:
    """The newest exports of this register that the person asked for."""
    mine = PrintOrder.objects(kind="register", unit=here.unit.id, year=here.year, by=me().id)
    return list(mine.exclude("named").order_by("-at").limit(ORDERS_SHOWN))
