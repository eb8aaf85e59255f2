"""Importing 导入: a bundle that somebody uploads becomes the draft, as one edit; nothing is half applied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, current_app, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.base import keep_form
from admin_views.designer.edits import EditPages
from admin_views.standing import me, now
from documents import audit
from documents.actions import drafting, reconciling
from documents.bindings import house_for
from documents.bundles.found import BundleRefused
from documents.bundles.layout import MAX_ZIP
from documents.bundles.packing import bundle_files, zip_bytes
from documents.bundles.reading import read_zip
from documents.draft import Draft
from documents.draft_insight import insight
from documents.policy import Policy, in_force
from documents.rules.edits import Definition
from documents.rules.policy_bindings import bindings
from documents.rules.policy_differences import differences
from documents.rules.policy_house import House
from documents.rules.policy_problems import elements
from documents.rules.policy_reconciling import Opening, chosen_contacts, openings

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
        lacks = any(not one.met for one in bindings(draft.definition, _house(draft.definition)))
        return redirect(self.get_url(".house" if lacks else ".overview", policy=draft.policy))

    @expose("/<policy>/house", methods=("GET", "POST"))
    def house(self, policy: str) -> ResponseReturnValue:
        """What the policy needs of this house, with choices for what is lacking; first after an upload."""
        draft = _subject(policy)
        definition = draft.definition
        shown = _needs(draft, definition)
        page = keep_form(self, "admin/designer/tools/house.html", **shown)
        if request.method == "GET":
            return page.shown()
        chosen = _chosen([*shown["openings"], *shown["contacts"]])
        count = reconciling.reconcile(definition, chosen, actor=me().id, now=now())
        flash(_("本单位已有 %(count)s 处按所选设好。", count=count), "good")
        return redirect(self.get_url(".house", policy=policy))

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


def _subject(policy: str) -> Draft:
    """The open draft, or else the version in force: what it needs of the house may change by itself."""
    current = in_force(policy)
    if current is None or Draft.open_of(policy) is not None:
        return Draft.of(policy)
    return Draft(policy=policy, definition=current.definition, base_version=current.version, revision=0)


def _house(definition: Definition) -> House:
    mail = bool(current_app.extensions["settings"].smtp_url)
    return house_for(definition, now=now(), mail=mail)


def _needs(draft: Draft, definition: Definition) -> dict[str, Any]:
    """Everything that is needed: what can be chosen, what is to be done elsewhere, what is there."""
    house = _house(definition)
    needs, found = bindings(definition, house), openings(definition, house)
    covered = {binding for one in found for binding in one.meets}
    return {
        "draft": draft,
        "openings": found,
        "contacts": chosen_contacts(definition, house),
        "in_force": not draft.revision,
        "helps": {f"contacts.{one['key']}": one.get("help") for one in elements(definition, "contacts")},
        "elsewhere": [one for one in needs if not one.met and one not in covered],
        "there": [one for one in needs if one.met],
    }


def _chosen(found: Sequence[Opening]) -> dict[str, list[str]]:
    """What was chosen on the page; what was left open stays open."""
    sent = {one.key: request.form.getlist(f"bind-{one.key}") for one in found}
    return {key: [value for value in values if value] for key, values in sent.items() if any(values)}


def _taken(definition: dict[str, Any]) -> tuple[Draft, int]:
    """The draft that now equals the bundle, and how many changes that took."""
    key = str(definition["policy"].get("key", ""))
    if Draft.open_of(key) is None and Policy.objects(key=key).first() is None:
        return drafting.begin_with(definition, actor=me().id, now=now()), len(definition)
    before = drafting.start(key, actor=me().id, now=now())
    changed = len(differences(before.definition, definition))
    return drafting.replace(key, definition, actor=me().id, now=now(), about="import"), changed
