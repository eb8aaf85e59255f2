"""Fixity 固化校验: how many files were looked at, what is damaged, what was put right, second copies."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import current_app, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from redis import RedisError

from admin_views.archive_pages import ArchivePage
from admin_views.standing import may_do, me, now
from documents import audit, file_check
from documents.audit import AuditEntry
from documents.file_check import FileCheck
from jobs import queues

SHOWN = 100
REPAIRS_SHOWN = 50
REPAIRS = ("fixity_repaired", "fixity_copy_repaired")


class FixityView(ArchivePage):
    """固化校验."""

    operations = ("archive", "administer")
    icon = "check"
    tab = "fixity"

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The figures, what is damaged, and what was put right."""
        return self.render("admin/archive/fixity.html", **self._shown())

    def _shown(self) -> dict[str, Any]:
        days = int(current_app.config["FIXITY_DAYS"])
        period = timedelta(days=days)
        found = file_check.coverage(now(), period)
        return {
            "days": days,
            "found": found,
            "behind": is_behind(found, period),
            "bad": file_check.bad_files(SHOWN),
            "repairs": list(AuditEntry.objects(verb__in=REPAIRS).order_by("-at").limit(REPAIRS_SHOWN)),
            "copies": current_app.config["COPY_FOLDER"] is not None,
            "newest": FileCheck.objects(checked_at__ne=None).order_by("-checked_at").first(),
        }

    @expose("/recheck", methods=("POST",))
    def recheck(self) -> ResponseReturnValue:
        """Look at what is damaged again at once, such as after a restore from a backup."""
        chosen = request.form.getlist("file")[:SHOWN] or [one.id for one in file_check.bad_files(SHOWN)]
        count = file_check.recheck(chosen, now=now())
        audit.note("fixity_recheck", "files", by=me().id, at=now(), count=count)
        check_soon()
        flash(_("已排入复查 %(count)s 个文件，请稍后刷新。", count=count), "good")
        return redirect(self.get_url(".index"))


def check_soon() -> None:
    """Let a worker look at once; without Valkey the timetable does within minutes."""
    try:
        queues.enqueue(queues.DEFAULT, queues.CHECK_FIXITY, now().isoformat())
    except RedisError:
        flash(_("后台作业暂时不可用，恢复后会自动继续。"), "warning")


def is_behind(found: file_check.Coverage, period: timedelta) -> bool:
    """Whether some file was not looked at within the period."""
    return found.oldest is not None and found.oldest < now() - period


def fixity_alarm() -> str:
    """What whoever keeps the system or the archive must see on every page while a file is damaged."""
    if not may_do("administer", "archive"):
        return ""
    count = file_check.any_bad()
    return str(_("%(count)s 个存档文件损坏或丢失，没有可用的第二副本。", count=count)) if count else ""
