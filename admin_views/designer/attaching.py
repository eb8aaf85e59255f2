"""Attaching supplements 附加制度: choose where each part goes, see what it changes, attach it as one edit."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.base import keep_form
from admin_views.designer.bench import Bench
from admin_views.designer.edits import EditPages
from admin_views.designer.words import name_of, spoken
from admin_views.phrases import noted
from admin_views.standing import me, now, said
from documents import pack_files, trial
from documents.actions import drafting
from documents.attaching import Attachment, look
from documents.draft import Draft
from documents.draft_insight import insight
from documents.rules.calendars import WorkCalendar
from documents.rules.edits import Definition
from documents.rules.grammar import SECTIONS, SHAPES
from documents.rules.keyed_paths import look_up, parse
from documents.rules.policy_differences import differences
from documents.rules.policy_fields import all_fields
from documents.rules.supplements import hooks, offered, suggested
from documents.rules.whole_numbers import whole
from documents.work_calendar import WorkCalendarRecord


@cache
def shipped(key: str) -> Definition:
    """A shipped supplement; it does not change while the portal runs."""
    return pack_files.definition(key)


def choices_for(hook: Definition, host: Definition) -> list[tuple[str, str]]:
    """What a hook may be, with its name."""
    return [(one, noted(_label(str(hook["of"]), one, host), one)) for one in offered(hook, host)]


def _label(kind: str, choice: str, host: Definition) -> str:
    """What a choice is called."""
    if kind == "fields":
        return said(all_fields(host)[choice].get("label"))
    if kind == "slots":
        return said(host.get("slot_labels", {}).get(choice)) or choice
    if kind in ("transitions", "stages"):
        flow, _mark, key = choice.partition("/")
        return name_of(look_up(host, parse(f"workflows[{flow}].{kind}[{key}]")))
    return choice if kind == "lists" else name_of(look_up(host, parse(f"{kind}[{choice}]")))


class AttachingPages(EditPages):
    """The shipped supplements, and the page on which one is attached."""

    @expose("/<policy>/attach")
    def supplements(self, policy: str) -> ResponseReturnValue:
        """Which supplements there are, and which are attached already."""
        draft = Draft.of(policy)
        present = {one["key"] for one in draft.definition["policy"].get("supplements", ())}
        found = [shipped(key)["policy"] for key in pack_files.supplements()]
        bench = Bench(draft, SECTIONS["policy"], "policy")
        return self.render(
            "admin/designer/tools/supplements.html", bench=bench, draft=draft, found=found, present=present
        )

    @expose("/<policy>/attach/<key>", methods=("GET", "POST"))
    def attach(self, policy: str, key: str) -> ResponseReturnValue:
        """Where each part of a supplement goes; first what it changes, then the edit."""
        if key not in pack_files.supplements():
            abort(404)
        draft, supplement = Draft.of(policy), shipped(key)
        host = insight(draft).definition
        chosen = {**suggested(supplement, host), **_sent(supplement)}
        shown: dict[str, Any] = {
            "bench": Bench(draft, SECTIONS["policy"], "policy"),
            "draft": draft,
            "supplement": supplement,
            "hooks": [(one, choices_for(one, host), chosen.get(one["key"], "")) for one in hooks(supplement)],
            "kinds": {name: spoken(words) for name, words in SHAPES["hook"].attribute("of").choices.items()},
            "changes": None,
            "found": None,
            "moved": False,
        }
        keep_form(self, "admin/designer/tools/attach.html", **shown)
        if request.method == "GET":
            return self.render("admin/designer/tools/attach.html", **shown)
        found = look(host, supplement, chosen, _calendar(host))
        seen = request.form.get("revision", 0, type=whole)
        if request.form.get("confirmed") != "yes" or seen != draft.revision:
            changes = differences(host, found.definition)
            labels = {name: said(one.get("label")) for name, one in all_fields(found.definition).items()}
            given = {**shown, "changes": changes, "found": found, "moved": bool(seen), "labels": labels}
            return self.render("admin/designer/tools/attach.html", **given)
        drafting.edit(policy, found.whole, actor=me().id, now=now(), about=f"attach:{key}")
        flash(*_attached(found))
        return redirect(self.get_url(".overview", policy=policy))


def _calendar(host: Definition) -> WorkCalendar:
    """The calendar that the policy names; the shipped one while the house has none of that name."""
    record = WorkCalendarRecord.objects(id=host["policy"]["calendar"]).first()
    return record.calendar() if record else trial.calendar_for(host)


def _attached(found: Attachment) -> tuple[str, str]:
    """What came of attaching, and how good that is."""
    title = said(found.supplement["policy"]["title"])
    left = sum(bool(one.left) for one in found.scenarios)
    if found.problems:
        words = _("已附加“%(title)s”，可以撤销。草稿还有问题，改正后请试行案例。", title=title)
        return words, "warning"
    if left:
        words = _("已附加“%(title)s”，可以撤销。还有 %(count)s 个案例要由您改。", title=title, count=left)
        return words, "warning"
    count = len(found.scenarios)
    words = _("已附加“%(title)s”，%(count)s 个案例的应有结果一并更新，可以撤销。", title=title, count=count)
    return words, "good"


def _sent(supplement: Definition) -> dict[str, str]:
    keys = [str(one["key"]) for one in hooks(supplement)]
    return {key: request.form[f"hook_{key}"] for key in keys if request.form.get(f"hook_{key}")}
