"""The due list 到期鉴定: whose term has run out, by year, term and unit, and what keeps each volume."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.archive_scope import Scope, scope, scope_or_404
from admin_views.base import keep_form
from admin_views.destructions import in_sight
from admin_views.disposal_pages import DisposalPage
from admin_views.disposal_words import blocker_words
from admin_views.standing import me, note_listed, now, said, today
from admin_views.titles import shown_title
from documents import due_volumes
from documents.actions import disposing
from documents.destruction import DRAFT, MOST_LINES, Destruction, listed
from documents.disposal import standings
from documents.due_volumes import Wanted
from documents.rules.retention import COUNTED_FROM, RetentionRule
from documents.rules.whole_numbers import whole
from documents.unit import names_of

DRAFTS_SHOWN = 20


@dataclass(frozen=True)
class Place:
    """Which volumes are looked at 所看案卷: a year to come, or by default everything that is due by now."""

    year: int
    term: int | None
    unit: str

    @classmethod
    def asked(cls) -> Place:
        """What the address says."""
        year = request.args.get("due", type=whole) or today().year
        inside = today().year <= year <= today().year + due_volumes.YEARS_AHEAD
        return cls(
            year if inside else today().year,
            request.args.get("term", type=whole),
            request.args.get("shelf_unit", "")[:40],
        )

    def wanted(self, here: Scope) -> Wanted:
        """The same for the database; this year holds what fell due before, too."""
        first = None if self.year == today().year else self.year
        return Wanted(here.unit.id, first, self.year, self.term, self.unit)


class DueView(DisposalPage):
    """到期鉴定."""

    part = "due"

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The years, and the volumes of the chosen one with what keeps them."""
        here = scope()
        if here is None:
            return self.render("admin/archive/none.html")
        return self.render("admin/archive/due.html", here=here, shown_title=shown_title, **self._shown(here))

    def _shown(self, here: Scope) -> dict[str, Any]:
        place, known = Place.asked(), due_volumes.rules()
        wanted = place.wanted(here)
        volumes, more = due_volumes.page(wanted, request.args.get("after", "")[:120])
        note_listed("due", (one.id for one in volumes))
        units = due_volumes.units_of(wanted)
        return {
            "place": place,
            "years": due_volumes.by_year(here.unit.id, today()),
            "rows": standings(volumes, today=today()),
            "listed": listed([one.id for one in volumes]),
            "more": more,
            "units": units,
            "unit_names": {code: said(name) for code, name in names_of(sorted(units)).items()},
            "words": blocker_words,
            "capped": due_volumes.MOST_COUNTED,
            "rule": said_rule(known.get(here.view.key, RetentionRule())),
            "stated": (here.view.definition["archive"].get("counted_from") is not None),
            "drafts": drafts(here.unit.id),
            "most": MOST_LINES,
        }

    @expose("/list", methods=("POST",))
    def put_on_list(self) -> ResponseReturnValue:
        """Put the chosen volumes on a list, a new one or one that is not submitted yet."""
        here = scope_or_404()
        keep_form(self, "admin/archive/due.html", here=here, shown_title=shown_title, **self._shown(here))
        chosen, known = request.form.getlist("volume")[:MOST_LINES], request.form.get("list", "")
        if known:
            found = disposing.add(known, chosen, actor=me(), now=now(), today=today())
        else:
            unit, who = here.unit.id, me()
            found = disposing.begin(here.policy, unit, chosen, actor=who, now=now(), today=today())
        flash(_("已列入清册 %(number)s，请逐卷鉴定。", number=found.number), "good")
        return redirect(self.get_url("destructions.show", list_id=found.id))


def said_rule(rule: RetentionRule) -> str:
    """From which year terms count, in words."""
    zh, en = COUNTED_FROM.get(rule.counted_from, COUNTED_FROM["closing_year"])
    return said({"zh": zh, "en": en})


def drafts(owner: str) -> list[Destruction]:
    """The lists on which more volumes can be put."""
    return in_sight(Destruction.objects(owner=owner, state=DRAFT).order_by("-made_at").limit(DRAFTS_SHOWN))
