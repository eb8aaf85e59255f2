"""Policy 设计: one page for each kind of element, and the few edits that make a new version."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.base import Page, keep_form
from admin_views.flow_pictures import draw
from admin_views.history import names, past_of
from admin_views.policy_inputs import limit_changes, list_edit, rung_changes
from admin_views.policy_words import CLASSES, COUNTED, OPERATIONS, STATUSES, STEPS, PolicyWords
from admin_views.specimens import specimen_form
from admin_views.standing import me, now, said, today, zone
from admin_views.time_lines import time_line
from documents.actions import policies
from documents.person import Person
from documents.policy import Policy
from documents.rules.broken import RuleBroken
from documents.rules.merging import FIELD
from documents.rules.policy_checking import problems
from documents.rules.policy_differences import differences
from documents.rules.policy_editing import with_limit, with_list, with_rung
from documents.rules.policy_fields import all_fields
from documents.rules.policy_flows import first_stages
from documents.work_calendar import WorkCalendarRecord

Definition = Mapping[str, Any]
Edit = Callable[[Definition], dict[str, Any]]


class PoliciesView(Page):
    """The policies, version by version."""

    group = "policy"
    icon = "sheet"
    menu_entry = "policies"

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """All policies; the only one opens at once."""
        keys = sorted(Policy.objects(state="published").distinct("key"))
        if len(keys) == 1:
            return redirect(self.get_url(".overview", key=keys[0], version=Policy.current(keys[0]).version))
        found = [Policy.current(key) for key in keys]
        return self.render("admin/policies/index.html", found=found)

    @expose("/<key>/<int:version>/")
    def overview(self, key: str, version: int) -> ResponseReturnValue:
        """What a version holds, and what is wrong with it."""
        policy = version_or_404(key, version)
        counts = {
            name: len(part) for name, part in policy.definition.items() if isinstance(part, list | dict)
        }
        return self._part("overview", policy, counts=counts, problems=problems(policy.definition))

    @expose("/<key>/<int:version>/forms")
    @expose("/<key>/<int:version>/forms/<form>")
    def forms(self, key: str, version: int, form: str = "") -> ResponseReturnValue:
        """A form as it looks when it is filled in."""
        policy = version_or_404(key, version)
        chosen = one_of(policy.definition["forms"], form)
        shown = specimen_form(policy.view(), chosen, now().astimezone(zone()))
        return self._part(
            "forms", policy, chosen=chosen, sections=shown, used=uses_of_form(policy, chosen["key"])
        )

    @expose("/<key>/<int:version>/lists")
    @expose("/<key>/<int:version>/lists/<listed>", methods=("GET", "POST"))
    def lists(self, key: str, version: int, listed: str = "") -> ResponseReturnValue:
        """An option list or a category tree; sending it makes a new version."""
        policy = version_or_404(key, version)
        name = listed or next(iter(policy.definition["lists"]))
        if name not in policy.definition["lists"]:
            abort(404)
        listed_words = [(key, (uses_of_list(policy, key) or [key])[0]) for key in policy.definition["lists"]]
        used = uses_of_list(policy, name)
        given = self._given("lists", policy, name=name, used=used, listed=listed_words)
        keep_form(self, "admin/policies/lists.html", **given)
        if request.method == "GET":
            return self.render("admin/policies/lists.html", **given)
        edit = list_edit(request.form)
        return self._propose(policy, lambda definition: with_list(definition, name, edit, today=today()))

    @expose("/<key>/<int:version>/workflows")
    @expose("/<key>/<int:version>/workflows/<workflow>")
    def workflows(self, key: str, version: int, workflow: str = "") -> ResponseReturnValue:
        """A workflow as a picture and as a table."""
        policy = version_or_404(key, version)
        chosen = one_of(policy.definition["workflows"], workflow)
        starts = sorted(first_stages(chosen, policy.definition))
        types = [one for one in policy.definition["case_types"] if one["workflow"] == chosen["key"]]
        picture = draw(chosen, starts, said)
        return self._part(
            "workflows", policy, chosen=chosen, picture=picture, types=types, leaving=leaving(chosen)
        )

    @expose("/<key>/<int:version>/limits")
    @expose("/<key>/<int:version>/limits/<limit>", methods=("GET", "POST"))
    def limits(self, key: str, version: int, limit: str = "") -> ResponseReturnValue:
        """Limits and ladders, with the time line of an example; sending a limit makes a new version."""
        policy = version_or_404(key, version)
        chosen = one_of(policy.definition["limits"], limit)
        given = self._given("limits", policy, chosen=chosen, **example(policy, chosen))
        keep_form(self, "admin/policies/limits.html", **given)
        if request.method == "GET":
            return self.render("admin/policies/limits.html", **given)
        changes = limit_changes(request.form, chosen)
        return self._propose(policy, lambda definition: with_limit(definition, chosen["key"], changes))

    @expose("/<key>/<int:version>/ladders/<ladder>/<rung>", methods=("POST",))
    def rung(self, key: str, version: int, ladder: str, rung: str) -> ResponseReturnValue:
        """Change when a rung fires; makes a new version."""
        policy = version_or_404(key, version)
        one_of(one_of(policy.definition["ladders"], ladder)["rungs"], rung)
        changes = rung_changes(request.form)
        return self._propose(policy, lambda definition: with_rung(definition, ladder, rung, changes))

    @expose("/<key>/<int:version>/letters")
    @expose("/<key>/<int:version>/letters/<letter>")
    def letters(self, key: str, version: int, letter: str = "") -> ResponseReturnValue:
        """A letter with its merge fields."""
        policy = version_or_404(key, version)
        chosen = one_of(policy.definition["letters"], letter)
        return self._part(
            "letters", policy, chosen=chosen, fields=merged_fields(policy, chosen), split=FIELD.split
        )

    @expose("/<key>/<int:version>/roles")
    def roles(self, key: str, version: int) -> ResponseReturnValue:
        """Who reaches how far, reads what, and may do what."""
        policy = version_or_404(key, version)
        held = {
            one["key"]: Person.objects(active=True, posts__role=one["key"]).count()
            for one in policy.definition["roles"]
        }
        return self._part("roles", policy, held=held)

    @expose("/<key>/<int:version>/more")
    def more(self, key: str, version: int) -> ResponseReturnValue:
        """Case types, numbers, duties, reports and the archive."""
        return self._part("more", version_or_404(key, version))

    @expose("/<key>/<int:version>/versions")
    def versions(self, key: str, version: int) -> ResponseReturnValue:
        """Every version: when, by whom, its digest, its cases, and what it changed."""
        policy = version_or_404(key, version)
        found = list(Policy.objects(key=key).order_by("-version"))
        older = next((one for one in found if one.version == version - 1), None)
        changed = differences(older.definition, policy.definition) if older else []
        people = names(one.published_by for one in found)
        return self._part(
            "versions",
            policy,
            found=found,
            older=older,
            changed=changed,
            people=people,
            uses=policies.uses(key),
        )

    def _part(self, part: str, policy: Policy, **given: Any) -> str:
        return self.render(f"admin/policies/{part}.html", **self._given(part, policy, **given))

    def _given(self, part: str, policy: Policy, **given: Any) -> dict[str, Any]:
        newest = Policy.current(policy.key).version
        shared = {
            "part": part,
            "policy": policy,
            "definition": policy.definition,
            "view": policy.view(),
            "words": PolicyWords(policy.view()),
            "newest": newest,
            "editable": policy.version == newest,
            "classes": CLASSES,
            "counted": COUNTED,
            "operations": OPERATIONS,
            "statuses": STATUSES,
            "steps": STEPS,
            "past": past_of(f"policy:{policy.key}", 6),
        }
        return {**shared, **given}

    def _propose(self, policy: Policy, edit: Edit) -> ResponseReturnValue:
        """Show what would change and what is wrong with it; publish once that was confirmed."""
        newest = Policy.current(policy.key).version
        if policy.version != newest:
            raise RuleBroken("policy_changed_meanwhile", version=newest)
        definition = edit(policy.definition)
        if request.form.get("confirmed") == "yes":
            done = policies.publish_checked(definition, seen=policy.version, actor=me().id, now=now())
            flash(
                _(
                    "已发布第 %(version)s 版。在办投诉仍按原版本办理，新登记的投诉按新版本办理。",
                    version=done.version,
                ),
                "good",
            )
            return redirect(self.get_url(".versions", key=policy.key, version=done.version))
        proposal = policies.propose(policy.key, definition)
        if not proposal.differences:
            raise RuleBroken("nothing_changed")
        sent = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
        shown = self._given("proposal", policy, proposal=proposal, sent=sent, back=request.referrer)
        return self.render("admin/policies/proposal.html", **shown), 422 if proposal.problems else 200


def version_or_404(key: str, version: int) -> Policy:
    """The version of an address."""
    found: Policy | None = Policy.objects(key=key, version=version).first()
    return found if found is not None else abort(404)


def one_of(elements: list[Definition], key: str) -> Definition:
    """The element with this key, the first when none is asked for."""
    found = next((element for element in elements if key in ("", element["key"])), None)
    return found if found is not None else abort(404)


def leaving(workflow: Definition) -> Callable[[str], list[Definition]]:
    """The steps that lead on from a stage, without those that start anywhere."""
    named = [one for one in workflow["transitions"] if one["from"] != "any_open"]
    return lambda stage: [one for one in named if stage in one["from"]]


def uses_of_form(policy: Policy, form: str) -> list[str]:
    """Which steps and registrations ask for a form."""
    definition = policy.definition
    registers = [one["label"] for one in definition["case_types"] if one["register"]["form"] == form]
    steps = [
        one["label"]
        for flow in definition["workflows"]
        for one in flow["transitions"]
        if one.get("form") == form
    ]
    return list(dict.fromkeys([*(f"{said(label)} · {_('登记')}" for label in registers), *map(said, steps)]))


def uses_of_list(policy: Policy, name: str) -> list[str]:
    """Which fields offer a list."""
    fields = all_fields(policy.definition).values()
    flat = [*fields, *(column for one in fields for column in one.get("fields", ()))]
    return list(dict.fromkeys(said(one["label"]) for one in flat if one.get("options") == name))


def merged_fields(policy: Policy, letter: Definition) -> list[tuple[str, str]]:
    """Each merge field of a letter with where it comes from."""
    texts = [str(letter.get("addressee", "")), said(letter.get("appeal_path"))]
    texts += [said(one) for one in letter["paragraphs"]]
    words = PolicyWords(policy.view())
    found = dict.fromkeys(name for text in texts for name in FIELD.findall(text))
    return [(name, words.merge_field(name)) for name in found]


def example(policy: Policy, limit: Definition) -> dict[str, Any]:
    """The time line of an example that starts when it was asked for, or now."""
    try:
        start = datetime.fromisoformat(request.args.get("start", "")).replace(tzinfo=zone())
    except ValueError:
        start = now().astimezone(zone()).replace(second=0, microsecond=0)
    record = WorkCalendarRecord.get(policy.definition["policy"]["calendar"])
    ladder = limit.get("ladder")
    return {
        "start": start,
        "line": time_line(policy.view(), limit, start, record.calendar()),
        "ladder": policy.view().ladder(ladder) if ladder else None,
    }
