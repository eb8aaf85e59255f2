"""Importing 导入: a bundle that somebody uploads becomes the draft, as one edit; nothing is half applied."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.designer.edits import EditPages
from admin_views.standing import me, now
from documents import audit
from documents.actions import drafting
from documents.bundles.found import BundleRefused
from documents.bundles.layout import MAX_ZIP
from documents.bundles.packing import bundle_files, zip_bytes
from documents.bundles.reading import read_zip
from documents.draft import Draft
from documents.draft_insight import insight
from documents.policy import Policy
from documents.rules.policy_differences import differences

MOST_SHOWN = 200


class ImportingPages(EditPages):
    """Upload a bundle; what is wrong with it is said by file and line."""

    @expose("/import", methods=("GET", "POST"))
    def import_bundle(self) -> ResponseReturnValue:
        """Read the upload, then put it into the draft of its policy, or begin one."""
        if request.method == "GET":
            return self._page()
        sent = request.files.get("bundle")
        raw = sent.stream.read(MAX_ZIP + 1) if sent else b""
        try:
            definition = read_zip(raw, (sent.filename if sent else "") or "bundle.zip").definition
        except BundleRefused as refused:
            return self._page(found=refused.found), 422
        head = definition.get("policy")
        if not isinstance(head, dict):
            return self._page(missing=True), 422
        draft, changed = _taken(definition)
        flash(_("已导入草稿：%(count)s 处变更，可以撤销。", count=changed), "good")
        return redirect(self.get_url(".overview", policy=draft.policy))

    @expose("/<policy>/export.zip")
    def export_bundle(self, policy: str) -> ResponseReturnValue:
        """The draft as a bundle that imports again byte for byte."""
        draft = Draft.of(policy)
        raw = zip_bytes(bundle_files(insight(draft).definition))
        audit.note("export_policy", f"policy:{policy}", by=me().id, at=now(), revision=draft.revision)
        named = {"Content-Disposition": f"attachment; filename={policy}-draft-{draft.revision}.zip"}
        return Response(raw, mimetype="application/zip", headers=named)

    def _page(self, **given: Any) -> str:
        return self.render("admin/designer/tools/import.html", **given)


def _taken(definition: dict[str, Any]) -> tuple[Draft, int]:
    """The draft that now equals the bundle, and how many changes that took."""
    key = str(definition["policy"].get("key", ""))
    if Draft.open_of(key) is None and Policy.objects(key=key).first() is None:
        return drafting.begin_with(definition, actor=me().id, now=now()), len(definition)
    before = drafting.start(key, actor=me().id, now=now())
    changed = len(differences(before.definition, definition))
    return drafting.replace(key, definition, actor=me().id, now=now(), about="import"), changed
