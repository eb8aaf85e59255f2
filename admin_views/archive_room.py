"""The archive room 归档室: the shelf, the volumes, their pages – and what still waits to be put there."""

from __future__ import annotations

from flask import Response, abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views import batches, shelf
from admin_views.archive_pages import ArchivePage
from admin_views.archive_scope import scope, scope_or_404
from admin_views.downloads import download, paper, shown
from admin_views.shelf import volume_for_me
from admin_views.signatures import card
from admin_views.standing import me, my_keys, now
from documents import audit
from documents.actions import binding, lettering
from documents.complaint import Complaint
from documents.queries import Sight
from jobs import page_pictures, previews

WIDTHS = (160, 900, 1400)
LONGEST_NOTE = 1000


class ArchiveRoom(ArchivePage):
    """归档室."""

    icon = "lock"
    tab = "shelf"

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The shelf, the volumes of the chosen place, and the volume on the reading desk."""
        here = scope()
        if here is None:
            return self.render("admin/archive/none.html")
        place = _place()
        return self.render(
            "admin/archive/room.html",
            here=here,
            place=place,
            boards=shelf.boards(here),
            page=shelf.volumes(here, place, _after()),
            opened=self._opened(),
            signature_card=card,
        )

    @expose("/spines.pdf")
    def spines(self) -> ResponseReturnValue:
        """Labels for the boxes 打印脊背 of the volumes of the chosen place, made at once and kept nowhere."""
        here = scope_or_404()
        sheet = shelf.spines(here, _place(), _after(), width=_number("width") or 0)
        if not sheet.spines:
            abort(404)
        audit.note("print_spines", here.unit.id, by=me().id, at=now(), volumes=len(sheet.spines))
        return shown(previews.rendered(sheet), f"{sheet.title}.pdf")

    def _opened(self) -> shelf.OpenVolume | None:
        number = request.args.get("volume")
        if not number:
            return None
        volume = volume_for_me(number, also_destroyed=True)
        if volume.destroyed_at:
            return shelf.tombstone(volume)
        sheet = _number("sheet")
        if sheet is None:  # turning pages is one reading
            audit.note("read_volume", volume.id, by=me().id, at=now(), case=volume.case)
        return shelf.open_volume(volume, sheet or 1)

    @expose("/volumes/<path:number>/pages/<int:sheet>.png")
    def picture(self, number: str, sheet: int) -> ResponseReturnValue:
        """One page as a picture."""
        width = _number("width") or WIDTHS[1]
        drawn = page_pictures.picture_if_any(
            volume_for_me(number).file_id, sheet, width if width in WIDTHS else WIDTHS[1]
        )
        return Response(drawn, mimetype="image/png") if drawn else abort(404)

    @expose("/volumes/<path:number>/file.pdf")
    def file(self, number: str) -> ResponseReturnValue:
        """The sealed file itself."""
        volume = volume_for_me(number)
        audit.note("read_file", volume.case, by=me().id, at=now(), volume=volume.id, sha256=volume.sha256)
        return paper(volume.file_id, f"{volume.id}.pdf", size=volume.size)

    @expose("/volumes/<path:number>/originals/<file_id>")
    def original(self, number: str, file_id: str) -> ResponseReturnValue:
        """An original, byte for byte; never opened inside the portal."""
        volume = volume_for_me(number)
        found = next((one for one in volume.originals if one["file_id"] == file_id), None)
        if found is None:
            abort(404)
        audit.note("read_file", volume.case, by=me().id, at=now(), file=found["name"], sha256=found["sha256"])
        return download(file_id, found["name"], size=found["size"])

    @expose("/waiting")
    def waiting(self) -> ResponseReturnValue:
        """What is closed and not on the shelf yet."""
        here = scope()
        if here is None:
            return self.render("admin/archive/none.html", tab="waiting")
        return self._waiting_page([])

    def _waiting_page(self, failures: list[batches.Failure], note: str = "") -> str:
        return self.render(
            "admin/archive/waiting.html",
            tab="waiting",
            here=scope_or_404(),
            desk=batches.desk(),
            failures=failures,
            note=note,
            most=batches.MOST_AT_ONCE,
        )

    @expose("/waiting/progress")
    def progress(self) -> ResponseReturnValue:
        """How far the making of volumes has come, for the page that watches."""
        return self.render("admin/archive/progress.html", desk=batches.desk())

    @expose("/waiting/archive", methods=("POST",))
    def archive(self) -> ResponseReturnValue:
        """Hand the chosen cases to the archive; the failures come back with their reasons."""
        numbers = request.form.getlist("number")
        note = request.form.get("note", "").strip()[:LONGEST_NOTE]
        if not numbers:
            flash(_("请先勾选要归档的投诉。"), "warning")
            return redirect(self.get_url(".waiting"))
        key = request.form.get("submission", "")[:80] or f"{me().id}:{now().isoformat()}"
        done, failures = batches.archive(numbers, note, now=now(), submission=key)
        if done:
            flash(_("已归档 %(count)s 件，正在制卷。可以离开本页，完成情况会通知您。", count=done), "good")
        if failures:
            return self._waiting_page(failures, note), 409
        return redirect(self.get_url(".waiting"))

    @expose("/waiting/retry", methods=("POST",))
    def retry(self) -> ResponseReturnValue:
        """Let volumes and letters that could not be made try again."""
        numbers = [number for number in request.form.getlist("number") if _may_archive(number)]
        volumes = [Complaint.get(number).in_the_making for number in numbers]
        count = binding.retry([one.number for one in volumes if one], by=me().id, now=now())
        letter = request.form.get("letter", "")
        if letter.isdigit() and numbers:
            lettering.retry(numbers[0], int(letter), by=me().id, now=now())
            count += 1
        for number in numbers:
            batches.print_soon(Complaint.get(number), now=now())
        flash(_("已重新开始制作 %(count)s 项。", count=count), "good" if count else "warning")
        return redirect(self.get_url(".waiting"))


def _may_archive(number: str) -> bool:
    seen = Sight(my_keys(), me().id).condition()
    return Complaint.collection().find_one({"$and": [{"number": number}, seen]}, {"_id": 1}) is not None


def _place() -> shelf.Place:
    return shelf.Place(
        year=_number("shelf_year"),
        keep=request.args.get("keep", "")[:20],
        unit=request.args.get("shelf_unit", "")[:40],
        words=request.args.get("words", "")[:60],
    )


def _after() -> str:
    return request.args.get("after", "")[:80]


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isdigit() and len(text) < 6 else None
