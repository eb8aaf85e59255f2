"""Published policies 制度查阅: one page for each kind of element; editing happens in the designer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import abort, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.base import Page
from admin_views.designer.bench import address
from admin_views.flow_pictures import draw
from admin_views.history import names, past_of
from admin_views.policy_words import CLASSES, COUNTED, OPERATIONS, STATUSES, STEPS, PolicyWords
from admin_views.specimens import specimen_form
from admin_views.standing import now, said, zone
from documents.actions import policies
from documents.named_contact import NamedContact
from documents.person import Person
from documents.policy import Policy
from documents.rules.durations import written_moment
from documents.rules.merging import FIELD
from documents.rules.policy_checking import problems
from documents.rules.policy_differences import differences
from documents.rules.policy_fields import all_fields
from documents.rules.policy_flows import first_stages
from documents.rules.time_lines import time_line
from documents.work_calendar import WorkCalendarRecord

Definition = Mapping[str, Any]
# Where the designer edits what a page shows, when the page shows more than one element.
PLACES = {"roles": "roles", "more": "duties"}


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
        used = uses_of_form(policy, chosen["key"])
        place = f"forms[{chosen['key']}]"
        return self._part("forms", policy, place=place, chosen=chosen, sections=shown, used=used)

    @expose("/<key>/<int:version>/lists")
    @expose("/<key>/<int:version>/lists/<listed>")
    def lists(self, key: str, version: int, listed: str = "") -> ResponseReturnValue:
        """An option list or a category tree."""
        policy = version_or_404(key, version)
        name = listed or next(iter(policy.definition["lists"]))
        if name not in policy.definition["lists"]:
            abort(404)
        listed_words = [(key, (uses_of_list(policy, key) or [key])[0]) for key in policy.definition["lists"]]
        used = uses_of_list(policy, name)
        return self._part("lists", policy, place=f"lists.{name}", name=name, used=used, listed=listed_words)

    @expose("/<key>/<int:version>/workflows")
    @expose("/<key>/<int:version>/workflows/<workflow>")
    def workflows(self, key: str, version: int, workflow: str = "") -> ResponseReturnValue:
        """A workflow as a picture and as a table."""
        policy = version_or_404(key, version)
        chosen = one_of(policy.definition["workflows"], workflow)
        starts = sorted(first_stages(chosen, policy.definition))
        types = [one for one in policy.definition["case_types"] if one["workflow"] == chosen["key"]]
        picture = draw(chosen, starts, said)
        drawn = {"picture": picture, "types": types, "leaving": leaving(chosen)}
        return self._part("workflows", policy, place=f"workflows[{chosen['key']}]", chosen=chosen, **drawn)

    @expose("/<key>/<int:version>/limits")
    @expose("/<key>/<int:version>/limits/<limit>")
    def limits(self, key: str, version: int, limit: str = "") -> ResponseReturnValue:
        """Limits and ladders, with the time line of an example."""
        policy = version_or_404(key, version)
        chosen = one_of(policy.definition["limits"], limit)
        place = f"limits[{chosen['key']}]"
        return self._part("limits", policy, place=place, chosen=chosen, **example(policy, chosen))

    @expose("/<key>/<int:version>/letters")
    @expose("/<key>/<int:version>/letters/<letter>")
    def letters(self, key: str, version: int, letter: str = "") -> ResponseReturnValue:
        """A letter with its merge fields."""
        policy = version_or_404(key, version)
        chosen = one_of(policy.definition["letters"], letter)
        merged = {"fields": merged_fields(policy, chosen), "split": FIELD.split}
        return self._part("letters", policy, place=f"letters[{chosen['key']}]", chosen=chosen, **merged)

    @expose("/<key>/<int:version>/roles")
    def roles(self, key: str, version: int) -> ResponseReturnValue:
        """Who reaches how far, reads what, and may do what."""
        policy = version_or_404(key, version)
        held = {
            one["key"]: Person.objects(active=True, posts__role=one["key"]).count()
            for one in policy.definition["roles"]
        }
        chosen = NamedContact.chosen(key)
        called = names(chosen.values())
        persons = {contact: called.get(person, person) for contact, person in chosen.items()}
        return self._part("roles", policy, held=held, chosen=persons)

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

    def _part(self, part: str, policy: Policy, *, place: str = "", **given: Any) -> str:
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
        edited = address(policy.key, place or PLACES.get(part, ""))
        return self.render(f"admin/policies/{part}.html", edited=edited, **{**shared, **given})


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
    asked = written_moment(request.args.get("start", ""))
    start = (asked or now().astimezone(zone()).replace(second=0, microsecond=0)).replace(tzinfo=zone())
    record = WorkCalendarRecord.get(policy.definition["policy"]["calendar"])
    ladder = limit.get("ladder")
    return {
        "start": start,
        "line": time_line(policy.view(), limit, start, record.calendar()),
        "ladder": policy.view().ladder(ladder) if ladder else None,
    }
