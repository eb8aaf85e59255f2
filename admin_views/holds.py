"""Holds 冻结（诉讼保全）: what is frozen, why, until when it is looked at again, and what was lifted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin_views.archive_scope import Scope, scope
from admin_views.base import Unfinished, keep_form
from admin_views.disposal_pages import DisposalPage, day_of, typed
from admin_views.standing import in_sight, me, note_listed, now, said, today
from documents.actions import holding
from documents.actions.holding import HoldAsked
from documents.complaint import Complaint, kept_from
from documents.hold import Hold
from documents.volume import HIDDEN

SHOWN = 200
CASES_SHOWN = 300
SEPARATORS = re.compile(r"[\s,，、;；]+")
FIELDS = ("name", "numbers", "reason", "basis", "since", "review_on")
USUAL_REVIEW = timedelta(days=182)
SAID_OF_ALL = ("verb", "name", "at", "review_on")  # of a turn; its note is for who may know of each case


class HoldsView(DisposalPage):
    """冻结."""

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The holds that last, then those that were lifted."""
        here = scope()
        if here is None:
            return self.render("admin/archive/none.html")
        kept = Hold.objects(units=here.unit.id)
        return self.render(
            "admin/archive/holds.html",
            here=here,
            lasting=_in_sight(kept.filter(lifted_at=None).order_by("review_on").limit(SHOWN)),
            lifted=_in_sight(kept.filter(lifted_at__ne=None).order_by("-lifted_at").limit(SHOWN)),
            most=SHOWN,
        )

    @expose("/new", methods=("GET", "POST"))
    def new(self) -> ResponseReturnValue:
        """Freeze cases or volumes."""
        here = scope()
        if here is None:
            return self.render("admin/archive/none.html")
        if request.method == "GET":
            given = {**dict.fromkeys(FIELDS, ""), "numbers": request.args.get("numbers", "")[:2000]}
            given |= {"since": today().isoformat(), "review_on": (today() + USUAL_REVIEW).isoformat()}
            return self.render("admin/archive/hold_new.html", here=here, typed=given)
        return self._place(here)

    def _place(self, here: Scope) -> ResponseReturnValue:
        given = typed([name for name in FIELDS if name != "numbers"])
        given["numbers"] = request.form.get("numbers", "")[:60_000]
        keep_form(self, "admin/archive/hold_new.html", here=here, typed=given)
        asked = HoldAsked(
            name=given["name"],
            numbers=numbers_in(given["numbers"]),
            reason=given["reason"],
            basis=given["basis"],
            since=day_of(given["since"]),
            review_on=day_of(given["review_on"]),
        )
        hold = holding.place(asked, actor=me(), now=now(), today=today())
        flash(_("已冻结 %(count)s 件，解除之前不能销毁。", count=len(hold.cases)), "good")
        return redirect(self.get_url(".show", hold_id=hold.id))

    @expose("/<hold_id>")
    def show(self, hold_id: str) -> ResponseReturnValue:
        """One hold with its cases and its history."""
        return self._page(hold_for_me(hold_id)).shown()

    def _page(self, hold: Hold) -> Unfinished:
        rows = list(
            Complaint.collection()
            .find(_inside(hold), ["number", "title", "volume.number"])
            .sort("number", 1)
            .limit(CASES_SHOWN)
        )
        note_listed("hold", (row["number"] for row in rows), hold=str(hold.id))
        seen = Complaint.collection().count_documents(_inside(hold))
        given = {"hold": hold, "rows": rows, "seen": seen, "late": is_late(hold)}
        return keep_form(self, "admin/archive/hold.html", **given)

    @expose("/<hold_id>/review", methods=("POST",))
    def review(self, hold_id: str) -> ResponseReturnValue:
        """The reason lasts: look again later."""
        hold = hold_for_me(hold_id)
        self._page(hold)
        given = typed(("review_on", "note"))
        day = day_of(given["review_on"])
        holding.review(str(hold.id), day, given["note"], actor=me(), now=now(), today=today())
        flash(_("已复核，继续冻结。"), "good")
        return redirect(self.get_url(".show", hold_id=hold.id))

    @expose("/<hold_id>/lift", methods=("POST",))
    def lift(self, hold_id: str) -> ResponseReturnValue:
        """Lift a hold, with its reason."""
        hold = hold_for_me(hold_id)
        self._page(hold)
        holding.lift(str(hold.id), typed(("reason",))["reason"], actor=me(), now=now())
        flash(_("已解除冻结。"), "good")
        return redirect(self.get_url(".show", hold_id=hold.id))


def numbers_in(text: str) -> Sequence[str]:
    """The case and archive numbers of a text, one a line or with signs between them."""
    return [one for one in SEPARATORS.split(text) if one]


def _in_sight(holds: Iterable[Hold]) -> list[Hold]:
    """The holds of which a case is in sight; the name of another may tell of what is kept from the person."""
    found = list(holds)
    inside = {"$and": [{"number": {"$in": [case for one in found for case in one.cases]}}, in_sight()]}
    seen = set(Complaint.collection().distinct("number", inside))
    return _worded(one for one in found if seen.intersection(one.cases))


def _worded(holds: Iterable[Hold]) -> list[Hold]:
    """As the person may read them: the words of one that is about a hidden case, too, may tell of it."""
    found = list(holds)
    hidden = kept_from(me().id, (case for one in found for case in one.cases))
    for one in found:
        if hidden.intersection(one.cases):
            one.name = one.basis = one.reason = one.lifted_reason = said(HIDDEN)
            one.history = [{name: each[name] for name in SAID_OF_ALL if name in each} for each in one.history]
    return found


def is_late(hold: Hold) -> bool:
    """Whether the day has come on which it should be looked at again."""
    return bool(hold.lasts and hold.review_on <= today().isoformat())


def hold_for_me(hold_id: str) -> Hold:
    """The hold; one without a case in sight looks like none."""
    hold = Hold.get(hold_id)
    seen = Complaint.collection().find_one(_inside(hold), {"_id": 1})
    return _worded([hold])[0] if seen else abort(404)


def _inside(hold: Hold) -> dict[str, Any]:
    """The cases of the hold that the person may see."""
    return {"$and": [{"number": {"$in": hold.cases}}, in_sight()]}
