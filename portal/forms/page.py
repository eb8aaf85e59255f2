"""A form on a page 表单页: its fields, what they offer, and the marks that say where each comes from."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from documents.actions.filling import Filling
from documents.actions.surroundings import STORED
from documents.complaint import Complaint
from documents.rules import numbering
from documents.rules.broken import RuleBroken
from documents.rules.expressions import as_json, holds
from documents.rules.field_reading import is_empty
from documents.rules.fields import fields_of, members
from documents.rules.forms import Checked, known_in
from documents.rules.masks import masked
from documents.rules.policy import PolicyView
from documents.rules.revealing import veiled
from documents.unread import kept_among
from documents.upload import Upload
from portal.clock import now, today
from portal.forms import options as choosing
from portal.forms.answers import COVERED, Shown
from portal.forms.compile import PREFIX, PolicyForm, compile_form, form_class, from_values
from portal.forms.conditions import Told, Twin, attributes, secrets_of, twin_of, within_row
from portal.forms.covering import Cover, note_shown
from portal.forms.earlier import Earlier, of_case
from portal.forms.options import Option
from portal.forms.values import typed
from portal.forms.widgets import default_value
from portal.language import said
from portal.messages import what_happened
from portal.reading import note_looked_up, shown_field
from portal.revealing import veil
from portal.signing_in import me
from portal.standing import is_hidden_case

Definition = Mapping[str, Any]
MOST_PILLS = 6


@dataclass(frozen=True)
class Around:
    """What a form stands in: the policy version, and the case or the facts before there is one."""

    view: PolicyView
    version: int
    case: Complaint | None = None
    opening: Mapping[str, Any] = field(default_factory=dict)
    earlier: Earlier | None = None  # answers that are opened again without being those of one case

    @property
    def facts(self) -> Mapping[str, Any]:
        """What conditions may read besides the form itself."""
        return self.case.facts(ZoneInfo(self.view.zone)) if self.case else self.opening


def _columns_of(definition: Definition) -> list[str]:
    return [str(one["type"]) for one in members(definition, "fields")]


def _names_hidden(value: Any) -> bool:
    """Whether an answer, or a cell of its rows, is the number of a case that is not there for the person."""
    if isinstance(value, list):
        return any(is_hidden_case(cell) for row in value for cell in row.values() if isinstance(cell, str))
    return isinstance(value, str) and is_hidden_case(value)


@dataclass
class FormPage:
    """A form with everything its template asks for."""

    definition: Definition
    form: PolicyForm
    around: Around
    submission: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    cover: Cover = field(default_factory=Cover)
    _checked: Checked | None = None
    _lists: dict[tuple[str, tuple[str, ...]], list[Option]] = field(default_factory=dict)
    _known: dict[str, Any] = field(default_factory=dict)

    @property
    def case(self) -> Complaint | None:
        """The case, once there is one."""
        return self.around.case

    @property
    def facts(self) -> Mapping[str, Any]:
        """What conditions may read besides this form."""
        return self.around.facts

    @cached_property
    def kept(self) -> dict[str, Any]:
        """Earlier answers that the person does not see: they stay where nothing new is typed."""
        if self.earlier is None:
            return {}
        return kept_among(self.earlier.answers, self.definition, self.may_read, self.covered_keys)

    @cached_property
    def covered_keys(self) -> frozenset[str]:
        """Fields whose earlier answers stay as they are: under a mask, or naming a case that is hidden."""
        named = [one for one in fields_of(self.definition) if "case" in (one["type"], *_columns_of(one))]
        known = (self.earlier.answers() if self.earlier and named else None) or {}
        hidden = (str(one["key"]) for one in named if _names_hidden(known.get(one["key"])))
        return frozenset({*self.cover.covered, *hidden})

    @cached_property
    def earlier(self) -> Earlier | None:
        """What was answered to the form before."""
        known = of_case(self.case, str(self.definition["key"])) if self.case else None
        return self.around.earlier or known

    def may_read(self, definition: Definition) -> bool:
        """Whether the person may read a field."""
        return self.earlier is None or bool(self.earlier.may_read(definition))

    def note_shown(self) -> None:
        """Remember which earlier answers stand in the inputs."""
        if self.earlier is not None:
            note_shown(self.earlier, self.form, self.kept)

    def kept_mask(self, definition: Definition) -> str:
        """What the person sees of such an answer."""
        return masked(definition, self.kept[definition["key"]])

    def covered(self, definition: Definition) -> Shown | None:
        """An earlier answer that stays under its mask here; the mask in words."""
        key = definition["key"]
        if self.earlier is None or key not in self.cover.covered or key not in self.kept:
            return None
        return self.earlier.shown(definition, self.kept[key])

    def reveal_address(self, definition: Definition) -> str:
        """Where such an answer is shown in full, for a reason."""
        return self.earlier.address(str(definition["key"])) if self.earlier else ""

    def beside(self, case: Complaint) -> FormPage:
        """The same form beside the case as it is now."""
        found = replace(self, around=replace(self.around, case=case))
        found.refresh()
        return found

    def checked(self) -> Checked:
        """The clean values and the problems of what was typed; checked once, as the action will check it."""
        if self._checked is None:
            filling = Filling(self.around.view, me(), now(), self.facts, STORED, self.kept, self.case)
            self._checked = filling.checked(self.definition, self.form.submitted())
        return self._checked

    def is_complete(self, refused_files: Iterable[tuple[str, RuleBroken]] = ()) -> bool:
        """Whether the form can be sent on; what is wrong is said at the fields."""
        self.form.show_problems(self.checked().problems)
        for name, refusal in refused_files:
            self.form[name].errors.append(what_happened(refusal))
        for key in self.cover.aside:
            words = _("查看已到期，改动还没有提交，已留在草稿中。请再次查看完整内容后提交。")
            self.form[f"{PREFIX}{key}"].errors.append(words)
        return not self.form.wrong_fields()

    def refresh(self) -> None:
        """Evaluate once what the fields show now, for conditions."""
        self._checked = None
        self._known = self._known_with(self.checked().values)

    def options(self, shown: Any) -> list[Option]:
        """What a choice field offers."""
        chosen = shown.data if isinstance(shown.data, list) else [shown.data]
        return self.offered(shown.definition, chosen)

    def offered(self, definition: Definition, chosen: Any = ()) -> list[Option]:
        """What a definition offers, units and people included."""
        if definition["type"] == "unit":
            return choosing.units(definition, self.case, [chosen] if isinstance(chosen, str) else ())
        if definition["type"] == "person":
            return choosing.people(definition, self.case)
        return self._listed(definition["options"], tuple(one for one in chosen or () if one))

    def _listed(self, name: str, chosen: tuple[str, ...]) -> list[Option]:
        """The options of a list, put together once for all cells that offer them alike."""
        if (name, chosen) not in self._lists:
            self._lists[(name, chosen)] = choosing.listed(self.around.view.lists, name, chosen)
        return self._lists[(name, chosen)]

    def as_pills(self, shown: Any) -> bool:
        """Whether the choice is small enough to lie open."""
        offered = self.options(shown)
        return len(offered) <= MOST_PILLS and sum(len(one.label) for one in offered) <= 48

    def is_visible(self, definition: Definition) -> bool:
        """Whether the field shows at the moment."""
        return holds(definition.get("visible"), self._known)

    def is_required(self, definition: Definition) -> bool:
        """Whether the field must be filled at the moment; what stays filled need not."""
        return definition["key"] not in self.kept and holds(definition.get("required", False), self._known)

    def computed(self, definition: Definition) -> Any:
        """The present value of a computed field."""
        key = definition["key"]
        value = self._known.get(key) if self.may_read(definition) else None
        if key in self._twin.behind and as_json(value) != as_json(self._twin.known.get(key)):
            return veiled(definition, value) or COVERED
        self._note(definition, value)
        if isinstance(value, bool):
            return _("是") if value else _("否")
        return "" if value is None else typed(definition, value)

    def is_shut(self, definition: Definition) -> bool:
        """Whether the page cannot work out a computed field, because it is not told what that reads."""
        return definition["key"] in self._twin.shut

    def _note(self, definition: Definition, value: Any) -> None:
        if self.earlier is not None and not is_empty(value):
            shown_field(definition)

    def number_to_come(self, definition: Definition) -> str:
        """What the next number of a series field may look like."""
        opening = {"received": str(self.facts.get("unit_received", "…"))}
        parts = dict(self.case.units) if self.case else opening
        return numbering.example(self.around.view.numbering(definition["numbering"]), today(), parts)

    def lookup_words(self, definition: Definition) -> str:
        """What a lookup says at the moment, or its mask."""
        found = self.checked().values.get(definition["key"]) if self.may_read(definition) else None
        if not found:
            return ""
        under = self._masks.get(definition["key"])
        if under is None:
            self._note(definition, found)
            note_looked_up(definition, found)
        return said(found["words"]) if under is None else under

    def lookup_value(self, definition: Definition) -> str:
        """The value of a lookup for the conditions of the page, as JSON; its mask, where it has one."""
        value = self._twin.known.get(definition["key"]) if self.may_read(definition) else None
        return json.dumps(as_json(value), ensure_ascii=False)

    @cached_property
    def _masks(self) -> dict[str, str]:
        """What the person sees of the lookups that lie under a mask."""
        number = self.earlier.mark if self.earlier else ""
        lookups = [one for one in fields_of(self.definition) if one["type"] == "lookup"]
        found = self.checked().values if lookups else {}
        masks = {one["key"]: veil(number, one, found[one["key"]]) for one in lookups if found.get(one["key"])}
        return {key: text for key, text in masks.items() if text}

    def lookup_address(self, definition: Definition) -> str:
        """Where the page asks again when the source changes; nothing for a source outside this form."""
        source = definition["lookup"]["of"]
        if not any(one["key"] == source for one in fields_of(self.definition)):
            return ""
        form, view = self.definition["key"], self.around.view
        place = {"policy": view.key, "version": self.around.version, "form": form, "field": definition["key"]}
        return url_for("lookups.value", **place)

    def places_address(self, definition: Definition) -> str:
        """Where the page asks what the house has written in the parts of an address before."""
        return url_for("lookups.places", policy=self.around.view.key, field=definition["key"])

    def uploads(self, shown: Any) -> list[Upload]:
        """The files that already lie in a file field."""
        return list(Upload.objects(id__in=shown.data or [], by=me().id))

    def conditions(self, definition: Definition, table: Definition | None = None) -> Markup:
        """What the page evaluates for a field, or for a column of a table, as attributes of its element."""
        if table is None and definition["key"] in self.kept:
            definition = {**definition, "required": False}
        outside = self._twin.outside
        return attributes(definition, within_row(outside, table) if table else outside)

    @cached_property
    def _twin(self) -> Twin:
        own = [one["key"] for one in fields_of(self.definition) if one["key"] not in self.kept]
        known = self.earlier.revealed if self.earlier else {}
        secret = secrets_of(self.around.view, self.may_read, known) if self.earlier else frozenset()
        told = Told(own, self._known_with(self.kept), secret, self._masks)
        return twin_of(self.definition, self._known, told)

    def _known_with(self, values: Mapping[str, Any]) -> dict[str, Any]:
        day = now().astimezone(ZoneInfo(self.around.view.zone)).date()
        return known_in(self.definition, values, facts=self.facts, today=day)


def blank_page(around: Around, form_key: str, *, values: Mapping[str, Any]) -> FormPage:
    """The form as it opens: empty but for proposed values and the definition's defaults."""
    definition = around.view.form(form_key)
    proposed = {
        **defaults_of(definition),
        **{key: value for key, value in values.items() if value is not None},
    }
    return opened_page(form_class(around.view.key, around.version, definition), around, proposed)


def opened_page(compiled: type[PolicyForm], around: Around, proposed: Mapping[str, Any]) -> FormPage:
    """A form as it opens with these values, but for those that stay."""
    definition = compiled.definition
    page = FormPage(definition, compiled(), around)
    page.cover = Cover.of(page.earlier, definition)
    shown = {key: value for key, value in proposed.items() if key not in page.kept}
    page.form = compiled(data=from_values(definition, shown))
    page.cover.note_opened(page.form)
    page.refresh()
    page.note_shown()
    return page


def draft_page(view: PolicyView, form: Definition, facts: Mapping[str, Any]) -> FormPage:
    """A form of a draft as it would open: compiled afresh, for a draft changes with every edit."""
    compiled = compile_form(form)
    page = FormPage(form, compiled(data=from_values(form, defaults_of(form))), Around(view, 0, opening=facts))
    page.refresh()
    return page


def sent_page(around: Around, form_key: str, sent: MultiDict[str, str]) -> FormPage:
    """The form as it was sent, or as a draft keeps it."""
    definition = around.view.form(form_key)
    return filled_page(form_class(around.view.key, around.version, definition), around, sent)


def filled_page(compiled: type[PolicyForm], around: Around, sent: MultiDict[str, str]) -> FormPage:
    """A form as it was filled in."""
    form = compiled(formdata=sent)
    page = FormPage(compiled.definition, form, around)
    if sent.get("submission"):
        page.submission = sent["submission"][:64]
    page.cover = Cover.of(page.earlier, page.definition)
    page.cover.settle(form, sent)
    page.refresh()
    page.note_shown()
    return page


def defaults_of(definition: Definition) -> dict[str, Any]:
    """What the definition proposes for its fields."""
    return {one["key"]: default_value(one) for one in fields_of(definition) if "default" in one}
