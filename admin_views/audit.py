"""The audit trail 审计: who did what to which case, person or policy, and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import g, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from mongoengine import QuerySet

from admin_views.base import DayFilter, ListFilter, RecordList
from admin_views.history import SYSTEM, VERBS, acting_words, actors, names, verb_words
from admin_views.phrases import listed
from admin_views.standing import me, my_reach, newest_policies, note_opened, now, said, spoken
from admin_views.trail_words import fact_words, know_subjects, subject_words, value_words
from admin_views.veils import kept, veil, veil_all
from documents.audit import AuditEntry
from documents.checkpoint import Checkpoint
from documents.complaint import Complaint
from documents.kept_back import Facts, Telling, telling
from documents.person import Person
from documents.rules.access import Reach
from documents.rules.trail import UNREADABLE

STALE = timedelta(hours=1)  # a checkpoint is written every ten minutes
PAGES = {"unit": ("units.show", "code"), "person": ("people.show", "person_id")}


def verb_choices() -> list[tuple[str, str]]:
    """Everything that may have been done: our verbs and the steps of the policies."""
    steps = {
        one["key"]: said(one["label"])
        for view in newest_policies()
        for flow in view.definition.get("workflows", ())
        for one in flow["transitions"]
    }
    return sorted(
        {**steps, **{key: str(word) for key, word in VERBS.items()}}.items(), key=lambda pair: pair[1]
    )


def people_choices() -> list[tuple[str, str]]:
    """Everybody who may have acted."""
    people = [(one.id, one.name) for one in Person.objects.order_by("name").only("id", "name").limit(2_000)]
    return [*people, *((key, str(word)) for key, word in SYSTEM.items())]


def who_acted(entries: Iterable[Any]) -> dict[str, str]:
    """The names of those who acted, read once for a page."""
    if "audit_names" not in g:
        g.audit_names = names(who for one in entries for who in actors(one.by, one.facts))
    known: dict[str, str] = g.audit_names
    return known


def who_words(entry: Any) -> str:
    """Who acted, and for whom 代办."""
    return acting_words(who_acted([entry]), entry.by, entry.facts.get("instead_of"))


def told(entries: Iterable[Any], reach: Reach | None = None) -> Telling:
    """What the entries of a page may tell the person, asked once for all of them."""
    if "audit_told" not in g:
        rows = [{"subject": one.subject, "facts": one.facts} for one in entries]
        g.audit_told = telling(rows, me().id, reach)
    found: Telling = g.audit_told
    return found


def facts_of(entry: Any) -> Facts:
    """What an entry remembers, as far as the person may know it."""
    facts = told([entry], my_reach()).facts({"subject": entry.subject, "facts": entry.facts})
    if facts is None:
        return {str(_("内容")): _("不可查看")}
    if UNREADABLE in facts:
        return {str(_("内容")): _("内容不能核验")}
    return {name: value for name, value in facts.items() if name != "instead_of"}  # said beside who acted


def facts_in_words(facts: Facts) -> Markup:
    """What an entry remembers, a line each."""
    told = {name: value for name, value in facts.items() if value not in ("", None, [], {})}
    lines = [Markup("<b>{}</b> {}").format(fact_words(name), _told(name, told[name])) for name in told]
    return Markup("<br>").join(lines)


def _told(name: str, value: Any) -> str:
    return _value(value_words(name, value))


def _value(value: Any) -> str:
    if isinstance(value, datetime):
        return spoken(value)
    if isinstance(value, list | tuple):
        if all(isinstance(one, str) for one in value) and (told := veil_all(value)) != list(value):
            return listed(told)
        pair = len(value) == 2 and not any(isinstance(one, dict) for one in value)
        return " → ".join(_value(one) for one in value) if pair else listed(map(_value, value))
    if isinstance(value, dict) and value.keys() == {"path", "old", "new"}:
        return f"{value['path']}: {_right(value['old'])} → {_right(value['new'])}"
    if isinstance(value, dict):
        return veil(str(value.get("zh") or value))
    return "—" if value is None else veil(str(value))


def _right(value: Any) -> str:
    return listed(map(str, value)) if isinstance(value, list | tuple) else _value(value)


class SubjectFilter(ListFilter):
    """By the number of a case, or what else an entry is about; who may not know of a case finds nothing."""

    def apply(self, query: QuerySet, value: Any) -> QuerySet:
        """Narrow the list to this subject."""
        return query.none() if str(value) in kept() else super().apply(query, value)


class AuditView(RecordList):
    """All entries, newest first."""

    icon = "eye"
    can_export = can_view_details = True
    list_template = "admin/audit.html"
    details_template = "admin/audit_entry.html"
    column_list = ("verb", "subject", "by", "at")
    column_labels = {
        "verb": _l("操作"),
        "subject": _l("对象"),
        "by": _l("操作人"),
        "at": _l("时间"),
        "facts": _l("内容"),
        "lane": _l("审计链与序号"),
        "hash": _l("摘要"),
        "id": _l("标识"),
    }
    column_details_list = ("verb", "subject", "by", "at", "facts", "lane", "hash", "id")
    column_export_list = ("at", "by", "verb", "subject", "facts")
    column_sortable_list = ("at",)
    column_default_sort = ("at", True)
    column_filters = (
        SubjectFilter("subject", _l("投诉编号或对象")),
        ListFilter("by", _l("操作人"), people_choices),
        ListFilter("verb", _l("操作"), verb_choices),
        DayFilter("at__gte", _l("自")),
        DayFilter("at__lt", _l("至")),
    )
    column_formatters = column_formatters_detail = {
        "verb": lambda _view, _context, one, _name: verb_words(one.verb),
        "subject": lambda _view, _context, one, _name: subject_words(one.subject),
        "by": lambda _view, _context, one, _name: who_words(one),
        "at": lambda _view, _context, one, _name: spoken(one.at),
        "facts": lambda _view, _context, one, _name: facts_in_words(facts_of(one)),
        "lane": lambda _view, _context, one, _name: "—" if one.lane is None else f"{one.lane} · {one.seq}",
        "hash": lambda _view, _context, one, _name: one.hash.hex() if one.hash else "—",
    }
    column_formatters_export = {
        "verb": lambda _view, _context, one, _name: verb_words(one.verb),
        "subject": lambda _view, _context, one, _name: veil(one.subject),
        "by": lambda _view, _context, one, _name: who_words(one),
        "at": lambda _view, _context, one, _name: one.at.isoformat(),
        "facts": lambda _view, _context, one, _name: _("；").join(
            f"{fact_words(key)}={_told(key, value)}" for key, value in facts_of(one).items()
        ),
    }

    def trail_state(self) -> Mapping[str, Any]:
        """How the trail stands 审计链状态: its newest checkpoint, and the newest alarm."""
        newest = Checkpoint.objects.order_by("-id").only("id", "at").first()
        stale = newest is None or now() - newest.at > STALE
        broken = AuditEntry.objects(verb="trail_broken").order_by("-at").only("at").first()
        return {"newest": newest, "stale": stale, "broken": broken}

    def get_list(self, *args: Any, **kwargs: Any) -> tuple[int, QuerySet]:
        """One page, with the names on it read at once."""
        count, found = super().get_list(*args, **kwargs)
        rows = list(found)
        who_acted(rows)
        know_subjects(one.subject for one in rows)
        return count, rows

    def _export_data(self) -> Any:
        count, rows = super()._export_data()
        told(rows)
        return count, rows

    def note_list(self, records: Sequence[Any]) -> None:
        """Looking at the trail stands in it, with typed words only where the trail has them already."""
        chosen = {name: value for name, value in request.args.items() if name.startswith("flt") and value}
        told = chosen if records else sorted(chosen)
        note_opened("audit", "audit", "read_list", filters=told, rows=len(records))

    def note_details(self, record: Any) -> None:
        """So does opening an entry."""
        note_opened(f"entry:{record.id}", "audit")

    def details_title(self, record: Any) -> str:
        """What was done."""
        return verb_words(record.verb)

    def link_of(self, record: Any) -> str:
        """Where the subject of an entry can be looked at."""
        kind, _, key = record.subject.partition(":")
        if key and kind in PAGES:
            endpoint, argument = PAGES[kind]
            return url_for(endpoint, **{argument: key})
        if record.subject in kept():
            return ""
        known = not key and Complaint.objects(number=record.subject).only("id").first()
        return url_for("cases.case", number=record.subject) if known else ""
