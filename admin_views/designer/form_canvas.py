"""The canvas of forms 表单画布: the real form, each field in a frame that can be chosen and moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from admin_views.designer.bench import Bench
from admin_views.designer.canvases import Canvas
from admin_views.designer.words import name_of, spoken
from admin_views.standing import said
from documents.rules.fields import GROUP, members
from documents.rules.form_drawing import drawable
from documents.rules.grammar.forms import CLASSES, FIELD_TYPES
from documents.rules.grammar_paths import steps
from documents.rules.keyed_paths import parse, written
from documents.rules.policy import PolicyView
from documents.rules.policy_forms import TYPES

Definition = Mapping[str, Any]
# How the portal draws a form; it lays the function there, for these pages do not know its widgets.
DrawForm = Callable[[PolicyView, Definition, Mapping[str, Any]], Any]
PALETTE: Final[tuple[tuple[Any, tuple[str, ...]], ...]] = (
    (_l("文字"), ("text", "longtext", "phone", "email", "id_number", "address")),
    (_l("数值"), ("number", "money", "percent", "computed")),
    (_l("时间"), ("date", "time", "datetime", "duration")),
    (_l("选择"), ("choice", "choices", "tree", "bool", "consent")),
    (_l("对象"), ("person", "unit", "case", "lookup", "series")),
    (_l("附件与签字"), ("files", "signature")),
    (_l("结构"), ("group", "table", "note")),
)
ICONS: Final[Mapping[str, str]] = {
    **{"text": "type-text", "longtext": "type-lines", "phone": "type-phone", "email": "letter"},
    **{"id_number": "type-card", "address": "type-pin", "number": "type-number", "money": "type-money"},
    **{"percent": "type-percent", "computed": "type-sum", "date": "type-day", "time": "clock"},
    **{"datetime": "type-moment", "duration": "type-span", "choice": "type-radio", "choices": "type-checks"},
    **{"tree": "type-tree", "bool": "type-switch", "consent": "check", "person": "person", "unit": "unit"},
    **{"case": "link", "lookup": "search", "series": "type-series", "files": "clip", "signature": "pen"},
    **{"group": "type-group", "table": "sheet", "note": "info"},
}


@dataclass(frozen=True)
class Slot:
    """A field in its frame 画布上的字段."""

    place: str
    box: str  # the list in which it stands
    key: str
    kind: str
    name: str
    said: str  # what a screen reader says of it
    definition: Definition
    drawn: Definition
    shown: Any
    badges: tuple[str, ...]
    slots: tuple[Slot, ...] = ()
    wrong: int = 0


@dataclass(frozen=True)
class Part:
    """A section of the form with its slots."""

    place: str
    key: str
    definition: Definition
    slots: tuple[Slot, ...]


def draw(bench: Bench) -> dict[str, Any]:
    """The form as it will look, and what the palette offers."""
    form = bench.value if isinstance(bench.value, Mapping) else {}
    made = drawable(form, bench.definition, live=False)
    page = form_page(bench.view, made, {})
    shown = {one.key: one for _section, fields in page.form.sections() for one in flat(fields)}
    drawer = _Drawer(bench, shown)
    pairs = zip(steps(form.get("sections")), made["sections"], strict=True)
    path = parse(bench.element)
    parts = tuple(
        drawer.part(written((*path, "sections", *step)), section, drawn) for (step, section), drawn in pairs
    )
    return {
        "form": form,
        "page": page,
        "form_parts": parts,
        "palette_groups": palette(),
        **others(bench, form),
    }


def form_page(view: PolicyView, form: Definition, facts: Mapping[str, Any]) -> Any:
    """A form drawn by the portal."""
    draw_form: DrawForm = current_app.extensions["form_page"]
    return draw_form(view, form, facts)


def flat(fields: list[Any]) -> Iterator[Any]:
    """Every shown field, those inside groups too."""
    for one in fields:
        if one.kind == GROUP:
            yield from flat(one.fields)
        else:
            yield one


class _Drawer:
    def __init__(self, bench: Bench, shown: Mapping[str, Any]) -> None:
        self.bench, self.shown = bench, shown

    def part(self, place: str, section: Definition, drawn: Definition) -> Part:
        return Part(
            place, str(section.get("key", "")), section, self._slots(f"{place}.fields", section, drawn)
        )

    def _slots(self, box: str, owner: Definition, drawn: Definition) -> tuple[Slot, ...]:
        found = list(steps(owner.get("fields")))
        path = parse(box)
        return tuple(
            self._slot(written((*path, *step)), box, one, made, (index, len(found)))
            for index, ((step, one), made) in enumerate(
                zip(found, members(drawn, "fields"), strict=True), start=1
            )
        )

    def _slot(self, place: str, box: str, one: Definition, drawn: Definition, at: tuple[int, int]) -> Slot:
        kind, name = str(one.get("type", "")), name_of(one)
        inside = self._slots(f"{place}.fields", one, drawn) if kind in (GROUP, "table") else ()
        words = spoken(FIELD_TYPES.get(kind)) or kind
        wrong = len(self.bench.troubles_in(place))
        told = _(
            "%(name)s，%(kind)s，第 %(at)s 个，共 %(all)s 个", name=name, kind=words, at=at[0], all=at[1]
        )
        if wrong:
            told = f"{told}，{_('%(count)s 个问题', count=wrong)}"
        shown = self.shown.get(str(drawn["key"]))
        return Slot(
            place,
            box,
            str(one.get("key", "")),
            kind,
            name,
            told,
            one,
            drawn,
            shown,
            badges(one),
            inside,
            wrong,
        )


def badges(one: Definition) -> tuple[str, ...]:
    """What cannot be seen of the field itself: when it shows, who may read it, whether it is retired."""
    found = []
    if isinstance(one.get("visible"), str):
        found.append(_("条件显示"))
    if isinstance(one.get("required"), str):
        found.append(_("条件必填"))
    if one.get("class") in ("personal", "restricted"):
        found.append(spoken(CLASSES[one["class"]]))
    if one.get("search"):
        found.append(_("可检索"))
    if one.get("retired"):
        found.append(_("已停用"))
    return tuple(found)


def palette() -> list[tuple[str, list[dict[str, Any]]]]:
    """The types of fields in their groups, each with its icon."""
    return [
        (
            str(title),
            [
                {"type": one, "name": spoken(FIELD_TYPES[one]), "icon": ICONS[one], "value": {"type": one}}
                for one in kinds
                if one in TYPES
            ],
        )
        for title, kinds in PALETTE
    ]


def others(bench: Bench, form: Definition) -> dict[str, Any]:
    """The fields of other forms, which can be taken over with their keys."""
    own = {one["key"] for one in _fields(form)}
    found = []
    for step, other in steps(bench.definition.get("forms")):
        if other.get("key") == form.get("key"):
            continue
        path = ("forms", *step)
        rows = [
            {
                "path": place,
                "name": name_of(one),
                "key": one["key"],
                "kind": spoken(FIELD_TYPES.get(str(one.get("type")))),
            }
            for place, one in _placed(other, written(path))
            if one["key"] not in own
        ]
        if rows:
            found.append((said(other.get("title")) or str(other.get("key")), rows))
    return {"other_forms": found}


def _fields(form: Definition) -> list[Definition]:
    return [one for _place, one in _placed(form, "forms[x]")]


def _placed(form: Definition, place: str) -> list[tuple[str, Definition]]:
    """Every field that stands in a section itself, with its path."""
    return [
        (f"{place}.sections{written(section_step)}.fields{written(step)}", one)
        for section_step, section in steps(form.get("sections"))
        for step, one in steps(section.get("fields"))
        if one.get("key") and one.get("type") != GROUP
    ]


FORM_CANVAS: Final = Canvas(
    "admin/designer/canvases/form.html",
    draw,
    palette="admin/designer/palettes/form.html",
    scripts=("designer-form.js",),
)
