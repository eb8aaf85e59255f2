"""The pages of the designer 设计器页面: all policies, a draft's overview, and one page for every element."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import abort, flash, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.base import confirmation, keep_form
from admin_views.designer.attaching import AttachingPages
from admin_views.designer.bench import Bench, known_of
from admin_views.designer.conditions import ConditionPages
from admin_views.designer.founding import NewPolicyForm, found_from_pack, founded, packs
from admin_views.designer.fragments import PARTS, bench_at, drawn, given, strip
from admin_views.designer.importing import ImportingPages
from admin_views.designer.papers import PaperPages
from admin_views.designer.past import past_edits
from admin_views.designer.preview import PreviewPages
from admin_views.designer.renaming import RenamingPages
from admin_views.designer.replaying import ReplayPages
from admin_views.designer.trying import TryingPages
from admin_views.designer.words import spoken
from admin_views.history import names
from admin_views.standing import me, now, said
from documents.actions import drafting
from documents.draft import Draft, edits_of
from documents.policy import Policy
from documents.rules.broken import PolicyInvalid, RuleBroken
from documents.rules.first_steps import first_steps
from documents.rules.grammar import SECTIONS
from documents.rules.own_addresses import is_own


class DesignerView(
    TryingPages,
    ReplayPages,
    RenamingPages,
    AttachingPages,
    ImportingPages,
    ConditionPages,
    PreviewPages,
    PaperPages,
):
    """Drafts of policies: every change is one small operation, saved at once."""

    group = "policy"
    icon = "pen"
    menu_entry = "policies"

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Every policy with the version in force and the draft that waits."""
        return self.render("admin/designer/index.html", rows=all_policies())

    @expose("/new", methods=("GET", "POST"))
    def new(self) -> ResponseReturnValue:
        """A policy from nothing."""
        form = NewPolicyForm(request.form)
        keep_form(self, "admin/designer/new.html", form=form, packs=packs())
        if request.method == "POST" and form.validate():
            draft = founded(form)
            return redirect(self.get_url(".overview", policy=draft.policy))
        status = 200 if request.method == "GET" else 422
        return self.render("admin/designer/new.html", form=form, packs=packs()), status

    @expose("/new/pack", methods=("POST",))
    def from_pack(self) -> ResponseReturnValue:
        """A policy that begins as a copy of a shipped one."""
        keep_form(self, "admin/designer/new.html", form=NewPolicyForm(), packs=packs())
        draft = found_from_pack(request.form.get("pack", ""))
        return redirect(self.get_url(".overview", policy=draft.policy))

    @expose("/<policy>/start", methods=("POST",))
    def start(self, policy: str) -> ResponseReturnValue:
        """Begin to change a published policy."""
        try:
            drafting.start(policy, actor=me().id, now=now())
        except PolicyInvalid:
            abort(404)
        wanted = request.form.get("next", "")
        inside = is_own(wanted) and wanted.startswith(self.get_url(".index"))
        return redirect(wanted if inside else self.get_url(".overview", policy=policy))

    @expose("/<policy>/")
    def overview(self, policy: str) -> ResponseReturnValue:
        """What the draft holds, what is wrong with it, and who did what."""
        draft = Draft.open_of(policy)
        if draft is None:
            return self._without_draft(policy)
        bench = Bench(draft, SECTIONS["policy"], "policy")
        counts = Counter(str(one.element).partition(".")[0].partition("[")[0] for one in bench.known.troubles)
        return self.render(
            "admin/designer/overview.html",
            bench=bench,
            draft=draft,
            counts=counts,
            said_pair=spoken,
            past=past_edits(draft, edits_of(draft, most=30)),
            behind=drafting.behind(draft),
            steps=[] if draft.base_version else first_steps(bench.definition),
            **strip(draft),
        )

    def _without_draft(self, policy: str) -> ResponseReturnValue:
        published: Policy | None = Policy.objects(key=policy, state="published").order_by("-version").first()
        discarded = Draft.objects(policy=policy, state="discarded").order_by("-started_at").first()
        if published is None and discarded is None:
            abort(404)
        return self.render(
            "admin/designer/no_draft.html", policy=policy, published=published, discarded=discarded
        )

    @expose("/<policy>/discard", methods=("POST",))
    def discard(self, policy: str) -> ResponseReturnValue:
        """Put the draft aside."""
        words = _("放弃这份草稿？发布的版本不受影响，放弃后还可以恢复。")
        asked = confirmation(self, words, _("放弃草稿"))
        if asked:
            return asked
        drafting.discard(policy, actor=me().id, now=now())
        flash(_("草稿已放弃。需要时可以在这里恢复。"), "good")
        return redirect(self.get_url(".overview", policy=policy))

    @expose("/<policy>/restore", methods=("POST",))
    def restore(self, policy: str) -> ResponseReturnValue:
        """Bring the discarded draft back."""
        drafting.restore(policy, actor=me().id, now=now())
        return redirect(self.get_url(".overview", policy=policy))

    @expose("/<policy>/rebase", methods=("POST",))
    def rebase(self, policy: str) -> ResponseReturnValue:
        """Put the draft onto the version that was published meanwhile."""
        _draft, clashes = drafting.rebase(policy, actor=me().id, now=now())
        if clashes:
            left = _("；").join(str(operation.get("path")) for operation, _code in clashes[:8])
            flash(_("草稿已更新。以下几处与新版本冲突，保留了新版本的内容：%(left)s", left=left), "warning")
        else:
            flash(_("草稿已更新到最新版本，您的修改都在。"), "good")
        return redirect(self.get_url(".overview", policy=policy))

    @expose("/<policy>/<section>")
    def section(self, policy: str, section: str) -> ResponseReturnValue:
        """The first element of a section, or how to add one."""
        return self._shown(policy, section, "")

    @expose("/<policy>/<section>/<element>")
    def element(self, policy: str, section: str, element: str) -> ResponseReturnValue:
        """One element on the canvas, with its properties."""
        return self._shown(policy, section, element)

    def _shown(self, policy: str, section: str, element: str) -> ResponseReturnValue:
        wants_parts = request.accept_mimetypes.best == "application/json"
        if section not in SECTIONS:
            abort(404)
        draft = Draft.open_of(policy)
        if draft is None:
            if wants_parts:
                raise RuleBroken("no_draft", policy=policy)
            return redirect(self.get_url(".overview", policy=policy))
        try:
            bench = bench_at(draft, section, element, request.args.get("at", ""))
        except RuleBroken as error:
            if wants_parts or error.code not in ("no_such_element", "bad_path"):
                raise
            abort(404)
        if wants_parts:
            return jsonify(drawn(bench, tuple(request.args.getlist("part")) or PARTS))
        return self.render("admin/designer/element.html", **given(bench))


def all_policies() -> list[dict[str, Any]]:
    """Each policy with its newest version and its draft."""
    drafts = {one.policy: one for one in Draft.objects(state="open")}
    keys = sorted({*Policy.objects(state="published").distinct("key"), *drafts})
    known = names({one.changed_by or one.started_by for one in drafts.values()})
    rows = []
    for key in keys:
        published: Policy | None = Policy.objects(key=key, state="published").order_by("-version").first()
        draft = drafts.get(key)
        head = (draft or published).definition["policy"]  # type: ignore[union-attr]  # one of them is there
        rows.append(
            {
                "key": key,
                "title": said(head.get("title")) or key,
                "number": head.get("document_number"),
                "published": published,
                "draft": draft,
                "by": known.get(draft.changed_by or draft.started_by, "") if draft else "",
                "problems": len(known_of(draft).troubles) if draft else 0,
            }
        )
    return rows
