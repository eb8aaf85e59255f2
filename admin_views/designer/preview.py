"""The preview of a form 预览: a real form to try, as a role sees it at a step, in a language, on a phone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import force_locale
from flask_babel import gettext as _

from admin_views.base import Page
from admin_views.designer.bench import Bench
from admin_views.designer.form_canvas import form_page
from admin_views.designer.words import name_of
from admin_views.standing import said
from documents.draft import Draft
from documents.rules.fields import fields_of
from documents.rules.form_drawing import drawable
from documents.rules.grammar import SECTIONS
from documents.rules.keyed_paths import Key, parse
from documents.rules.masks import masked
from documents.rules.policy_problems import as_list, elements, table

Definition = Mapping[str, Any]
LANGUAGES = {"zh": "zh_Hans_CN", "en": "en"}


@dataclass(frozen=True)
class Step:
    """Where a form is filled in 填写的步骤: a registration or a step of a workflow."""

    key: str
    label: str
    case_type: str
    stage: str


class PreviewPages(Page):
    """Trying a form of a draft; nothing is stored."""

    @expose("/<policy>/preview/<form>")
    def preview(self, policy: str, form: str) -> ResponseReturnValue:
        """The form with its four axes: role, step, language, width."""
        bench = Bench(Draft.of(policy), SECTIONS["forms"], f"forms[{form}]")
        definition = bench.value
        if not isinstance(definition, Mapping):
            abort(404)
        steps = list(steps_with(bench.definition, form))
        step = next(
            (one for one in steps if one.key == request.args.get("step")), steps[0] if steps else None
        )
        role = _role(bench, request.args.get("role", ""))
        language = request.args.get("language", "")
        hidden = hidden_from(definition, role)
        made = without(_trusted(bench, definition), {str(one.get("key")) for one in hidden})
        return self.render(
            "admin/designer/preview.html",
            bench=bench,
            draft=bench.draft,
            form=definition,
            steps=steps,
            step=step,
            role=role,
            hidden=[hidden_words(one) for one in hidden],
            kinds=elements(bench.definition, "unit_kinds"),
            body=self._body(bench, made, facts_of(step), language),
        )

    def _body(self, bench: Bench, form: Definition, facts: Mapping[str, Any], language: str) -> str:
        """The form itself, in the language that was asked for."""
        spoken = str(current_app.jinja_env.globals["language"]())  # type: ignore[operator]
        chosen = language if language in LANGUAGES else spoken
        g.language = chosen
        with force_locale(LANGUAGES[chosen]):
            body = self.render("admin/designer/preview_form.html", page=form_page(bench.view, form, facts))
        g.language = spoken
        return body


def _trusted(bench: Bench, form: Definition) -> dict[str, Any]:
    """The form with everything that works; a field with a problem is drawn without what may be wrong."""
    place = bench.element
    doubtful = {
        step.key
        for one in bench.troubles_in(place)
        for step in parse(one.element)[2:]
        if isinstance(step, Key)
    }
    return drawable(form, bench.definition, live=True, doubtful=doubtful)


def _role(bench: Bench, key: str) -> Definition | None:
    return next((one for one in elements(bench.definition, "roles") if one.get("key") == key), None)


def hidden_words(one: Definition) -> str:
    """A field that the role does not read: its name, with how its mask looks."""
    sample = masked(one, SAMPLES.get(str(one.get("mask"))))
    return f"{name_of(one)} {sample}".strip()


# What the masks cover in the preview; nobody's own.
SAMPLES = {
    "phone": "13812345678",
    "id_number": "11010519491231002X",
    "account": "6222021234561111",
    "email": "li@example.cn",
    "name": "张三",
    "address": "福建省福州市鼓楼区东街 1 号",
}


def hidden_from(form: Definition, role: Definition | None) -> list[Definition]:
    """The fields whose class the role does not read."""
    if role is None:
        return []
    reads = {"public", *map(str, as_list(role.get("reads")))}
    return [one for one in fields_of(form) if str(one.get("class", "public")) not in reads]


def without(form: dict[str, Any], keys: set[str]) -> dict[str, Any]:
    """The form without some of its fields."""

    def kept(box: Definition) -> list[Definition]:
        return [
            {**one, "fields": kept(one)} if one.get("type") == "group" else one
            for one in box["fields"]
            if one["key"] not in keys
        ]

    return {**form, "sections": [{**section, "fields": kept(section)} for section in form["sections"]]}


def steps_with(definition: Definition, form: str) -> Iterator[Step]:
    """Every registration and step that asks for the form."""
    for kind in elements(definition, "case_types"):
        if table(kind.get("register")).get("form") == form:
            words = f"{said(kind.get('label'))} · {_('登记')}"
            yield Step(f"register/{kind.get('key')}", words, str(kind.get("key")), "")
    for flow in elements(definition, "workflows"):
        kinds = [
            str(one.get("key"))
            for one in elements(definition, "case_types")
            if one.get("workflow") == flow.get("key")
        ]
        for one in elements(flow, "transitions"):
            if one.get("form") == form:
                stage = next((str(each) for each in as_list(one.get("from")) if each != "any_open"), "")
                yield Step(
                    f"{flow.get('key')}/{one.get('key')}", name_of(one), kinds[0] if kinds else "", stage
                )


def facts_of(step: Step | None) -> dict[str, Any]:
    """What conditions read of the case at this step, and the kind of unit that was chosen."""
    facts: dict[str, Any] = {"flags": [], "attachments": 0, "extensions": 0, "extension_waits": False}
    facts["clock_paused"] = facts["statement_waits"] = False
    if step is not None:
        facts |= {"case_type": step.case_type, "stage": step.stage, "has_handler": bool(step.stage)}
    if request.args.get("kind"):
        facts["received_kind"] = request.args["kind"]
    return facts
