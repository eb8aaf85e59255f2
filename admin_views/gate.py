"""The gate 发布: what a draft changes, what comes of it, and the one button that makes it a version."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from redis.exceptions import RedisError

from admin_views.base import Page, confirmation
from admin_views.designer.bench import address
from admin_views.gate_words import ICONS, KINDS, OBSTACLES, TONES, case_list, figures, stage_rows
from admin_views.history import names
from admin_views.standing import me, now, zone
from documents import draft_shifts, gate_count
from documents.actions import moving, policies, publishing
from documents.actions.publishing import OpenCases
from documents.case_move import CaseMove, running_move
from documents.draft import Draft
from documents.examination import Examination, examine
from documents.gate_count import GateCount
from documents.policy import Policy, in_force
from documents.rules.broken import RuleBroken
from documents.rules.change_classes import classified
from documents.rules.durations import day_start, written_day
from documents.rules.moving import REASONS
from documents.rules.whole_numbers import whole
from documents.standing_cases import standing
from jobs import queues

MAP = "map-"
AT_ONCE = 20_000  # more open cases are counted by a job
MORE_REASONS = {"acted_on_since": ("迁移之后又办理过", "somebody acted on it since")}


def follow_soon() -> None:
    """Let the duties follow the new version; without Valkey the clock does it within six hours."""
    with suppress(RedisError):
        queues.enqueue(queues.DEFAULT, queues.PLAN_DUTIES, now().isoformat())


class GateView(Page):
    """One draft before it is published, and the versions that were."""

    group = "policy"
    icon = "flag"
    menu_entry = "policies"

    def is_visible(self) -> bool:
        """Reached from a policy, not from the side menu."""
        return False

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The gate stands before one policy."""
        return redirect(self.get_url("policies.index"))

    @expose("/<policy>/")
    def examine(self, policy: str) -> ResponseReturnValue:
        """Everything to know before publishing."""
        if Draft.open_of(policy) is None:
            return redirect(self.get_url(".versions", policy=policy))
        return self.render("admin/designer/gate.html", **self._given(policy))

    @expose("/<policy>/count")
    def count(self, policy: str) -> ResponseReturnValue:
        """How far the counting is."""
        draft, base = Draft.open_of(policy), in_force(policy)
        found = GateCount.of(policy, draft.revision, base.version) if draft and base else None
        return render_template("admin/designer/gate_count.html", count=found)

    @expose("/<policy>/publish", methods=("POST",))
    def publish(self, policy: str) -> ResponseReturnValue:
        """Publish what was examined."""
        open_cases = asked_for_open_cases(policy)
        words = self._asked(policy, open_cases)
        asked = confirmation(self, words, _("发布"))
        if asked is not None:
            return asked
        seen = request.form.get("revision", 0, type=whole)
        done, move = publishing.publish_draft(
            policy, actor=me().id, now=now(), seen=seen, open_cases=open_cases
        )
        follow_soon()
        if move is not None:
            queues.move_cases(str(move.id), now=now())
            flash(_("已发布第 %(version)s 版，正在迁移在办案件。", version=done.version), "good")
            return redirect(self.get_url(".move", policy=policy, move=str(move.id)))
        flash(_("已发布第 %(version)s 版。在办案件仍按原版本办理。", version=done.version), "good")
        return redirect(self.get_url(".versions", policy=policy))

    @expose("/<policy>/shifts")
    def shifts(self, policy: str) -> ResponseReturnValue:
        """Every deadline that the draft would move, old and new, on pages and as a spreadsheet."""
        found = draft_shifts.forecast_of(policy, actor=me().id, now=now())
        if found.state != "done" and found.total > AT_ONCE:
            queues.count_what_if(str(found.id), now=now())
        elif found.state != "done":
            draft_shifts.count(found, now=now())
        return redirect(self.get_url("what_ifs.show", what_if=str(found.id)))

    @expose("/<policy>/versions")
    def versions(self, policy: str) -> ResponseReturnValue:
        """Every version, what differs between any two, and the way back."""
        found = list(Policy.objects(key=policy).order_by("-version"))
        if not found:
            return abort(404)
        known = {one.version: one for one in found}
        new = known.get(request.args.get("new", 0, type=whole), found[0])
        before = known.get(new.version - 1, new)
        old = known.get(request.args.get("old", 0, type=whole), before)
        return self.render(
            "admin/designer/versions.html",
            policy=policy,
            found=found,
            old=old,
            new=new,
            changes=classified(old.definition, new.definition),
            people=names(one.published_by for one in found),
            uses=policies.uses(policy),
            moves=list(CaseMove.objects(policy=policy).order_by("-at").limit(20)),
            draft=Draft.open_of(policy),
            **words(),
        )

    @expose("/<policy>/versions/<int:version>/back", methods=("POST",))
    def back(self, policy: str, version: int) -> ResponseReturnValue:
        """Make the draft equal to an old version; it goes through the gate like any other."""
        if Policy.objects(key=policy, version=version).first() is None:
            return abort(404)
        publishing.go_back(policy, version, actor=me().id, now=now())
        flash(_("草稿已改为第 %(version)s 版的内容，请核对后发布。", version=version), "good")
        return redirect(self.get_url(".examine", policy=policy))

    @expose("/<policy>/moves/<move>")
    def move(self, policy: str, move: str) -> ResponseReturnValue:
        """How far a move of open cases is, and what did not fit."""
        return self.render("admin/designer/move.html", **self._move(policy, move))

    @expose("/<policy>/moves/<move>/progress")
    def progress(self, policy: str, move: str) -> ResponseReturnValue:
        """The part of the page that changes while cases move."""
        return render_template("admin/designer/move_progress.html", **self._move(policy, move))

    @expose("/<policy>/moves/<move>/undo", methods=("POST",))
    def undo(self, policy: str, move: str) -> ResponseReturnValue:
        """Take a move back."""
        begun = moving.undo(move, actor=me().id, now=now())
        queues.move_cases(str(begun.id), now=now())
        return redirect(self.get_url(".move", policy=policy, move=str(begun.id)))

    def _move(self, policy: str, move: str) -> dict[str, Any]:
        found = CaseMove.get(move)
        if found.policy != policy:
            raise RuleBroken("unknown_move", move=move)
        who = names([found.by]).get(found.by, found.by)
        return {"policy": policy, "move": found, "who": who, "reasons": {**REASONS, **MORE_REASONS}}

    def _asked(self, policy: str, open_cases: OpenCases) -> str:
        number = sum(one.count for one in standing(policy))
        if open_cases.received_from is not None:
            day = open_cases.received_from.astimezone(zone()).date().isoformat()
            return str(_("发布新版本，并把 %(day)s 起收到的在办案件移到新版本？", day=day))
        if open_cases.move and number:
            return str(_("发布新版本，并把 %(count)s 件在办案件移到新版本？", count=number))
        return str(_("发布新版本？%(count)s 件在办案件仍按原版本办理。", count=number))

    def _given(self, policy: str) -> dict[str, Any]:
        where = standing(policy)
        many = sum(one.count for one in where) > AT_ONCE
        found = examine(policy, now=now(), counting=not many)
        count = counted_apart(found) if many and found.base and not found.problems else None
        lines = found.counted.lines if found.counted else count.found if count else []
        rows = stage_rows(found, where, mapped()) if found.base and not found.problems else []
        return {
            "policy": policy,
            "found": found,
            "draft": Draft.of(policy),
            "count": count,
            "lines": [one for one in lines if one.code != "open"],
            "figures": figures(lines),
            "rows": rows,
            "open_cases": sum(one.count for one in where),
            "publishable": publishable(found),
            "second": needs_other(policy),
            "moving": running_move(policy),
            "case_list": case_list,
            "address": lambda path: address(policy, path),
            **words(),
        }


def asked_for_open_cases(policy: str) -> OpenCases:
    """What the page says is to become of the open cases; raises RuleBroken("scope_without_day")."""
    chosen = request.form.get("open_cases")
    if chosen != "from":
        return OpenCases(chosen == "move", mapped())
    day = written_day(request.form.get("received_from"))
    if day is None:
        raise RuleBroken("scope_without_day")
    home = ZoneInfo(Draft.of(policy).definition["policy"]["zone"])
    return OpenCases(True, mapped(), day_start(day, home))


def words() -> dict[str, Any]:
    """What the templates of the gate say."""
    return {"kinds": KINDS, "tones": TONES, "obstacles": OBSTACLES, "icons": ICONS}


def mapped() -> Mapping[str, str]:
    """The stages that were mapped on the page."""
    return {
        name.removeprefix(MAP): goal for name, goal in request.form.items() if name.startswith(MAP) and goal
    }


def publishable(found: Examination) -> bool:
    """Whether the button may be pressed: stages that are gone can still be mapped on the page."""
    if found.obstacle is None:
        return True
    return found.obstacle == "changes_refused" and {one.code for one in found.refused} == {"stage_gone"}


def needs_other(policy: str) -> bool:
    """Whether somebody else has to publish."""
    draft = Draft.of(policy)
    return publishing.needs_second(draft) and (draft.changed_by or draft.started_by) == me().id


def counted_apart(found: Examination) -> GateCount | None:
    """What a job counted, or is counting; begun when nobody is at it."""
    if gate_count.begin(found.policy, found.revision, found.base, now=now()):
        queues.count_for_gate(found.policy, found.revision, found.base, now=now())
    return GateCount.of(found.policy, found.revision, found.base)
