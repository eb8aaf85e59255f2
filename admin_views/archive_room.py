"""The archive room 归档室: the shelf, the volumes, their pages."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, abort, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views import shelf
from admin_views.archive_pages import ArchivePage
from admin_views.archive_scope import scope, scope_or_404
from admin_views.downloads import download, paper, shown
from admin_views.shelf import volume_for_me, volume_to_read
from admin_views.signatures import card
from admin_views.standing import me, note_listed, now
from documents import audit
from documents.audit import AuditEntry
from documents.rules.whole_numbers import number_or_none
from jobs import page_pictures, previews

WIDTHS = (160, 900, 1400)
ONE_READING = timedelta(hours=12)  # in which turning the pages of an opened volume is not noted again


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
        page = shelf.volumes(here, place, _after())
        note_listed("shelf", (str(row["_id"]) for row in page.rows))
        return self.render(
            "admin/archive/room.html",
            here=here,
            place=place,
            boards=shelf.boards(here),
            page=page,
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
        note_listed("spines", (one.volume_number for one in sheet.spines), "export")
        return shown(previews.rendered(sheet), f"{sheet.title}.pdf")

    def _opened(self) -> shelf.OpenVolume | None:
        number = request.args.get("volume")
        if not number:
            return None
        volume = volume_for_me(number, also_destroyed=True)
        if volume.destroyed_at:
            return shelf.tombstone(volume)
        volume, sheet = volume_to_read(number), _number("sheet")
        if sheet is None or not _is_open(volume.id):  # turning pages is one reading
            audit.note("read_volume", volume.id, by=me().id, at=now(), case=volume.case)
        return shelf.open_volume(volume, sheet or 1)

    @expose("/volumes/<path:number>/pages/<int:sheet>.png")
    def picture(self, number: str, sheet: int) -> ResponseReturnValue:
        """One page as a picture."""
        width = _number("width") or WIDTHS[1]
        volume = volume_to_read(number)
        if not _is_open(volume.id):
            audit.note("read_volume", volume.id, by=me().id, at=now(), case=volume.case, sheet=sheet)
        drawn = page_pictures.picture_if_any(volume.file_id, sheet, width if width in WIDTHS else WIDTHS[1])
        return Response(drawn, mimetype="image/png") if drawn else abort(404)

    @expose("/volumes/<path:number>/file.pdf")
    def file(self, number: str) -> ResponseReturnValue:
        """The sealed file itself."""
        volume = volume_to_read(number)
        audit.note("read_file", volume.case, by=me().id, at=now(), volume=volume.id, sha256=volume.sha256)
        return paper(volume.file_id, f"{volume.id}.pdf", size=volume.size)

    @expose("/volumes/<path:number>/originals/<file_id>")
    def original(self, number: str, file_id: str) -> ResponseReturnValue:
        """An original, byte for byte; never opened inside the portal."""
        volume = volume_to_read(number)
        found = next((one for one in volume.originals if one["file_id"] == file_id), None)
        if found is None:
            abort(404)
        audit.note("read_file", volume.case, by=me().id, at=now(), file=file_id, sha256=found["sha256"])
        return download(file_id, found["name"], size=found["size"])


def _is_open(volume: str) -> bool:
    """Whether the person has this volume on the desk: its pages belong to the reading that was noted."""
    since = {"at": {"$gte": now() - ONE_READING}, "by": me().id}
    told = {"subject": volume, "verb": "read_volume", **since}
    return AuditEntry.collection().find_one(told, {"_id": 1}) is not None


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
    number = number_or_none(request.args.get(name, "")[:5])
    return None if number is None or number < 0 else number
