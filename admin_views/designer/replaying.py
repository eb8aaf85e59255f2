"""Replaying real cases 回放: the last of them under the draft, in the background, and what would differ.

Administrators do not read cases: shown are their numbers, dates, and the names of stages and fields, and to
each only what came of the replays that he asked for himself, which left out the cases kept from him.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.designer.bench import Bench
from admin_views.designer.edits import EditPages
from admin_views.designer.fragments import strip
from admin_views.standing import me, now
from documents.actions import replaying
from documents.complaint import Complaint, not_hidden_from
from documents.draft import Draft
from documents.draft_insight import insight
from documents.replay_order import ReplayOrder
from documents.rules.broken import RuleBroken
from documents.rules.grammar import SECTIONS
from documents.rules.replaying import KINDS
from documents.rules.whole_numbers import whole
from jobs import queues

HOW_MANY = (100, 1_000, 10_000)
UNDER_WAY = ("waiting", "running")
# What one should look at first, and what is only worth knowing.
GRAVE = frozenset({"gone", "refused", "form", "overdue"})
Definition = Mapping[str, Any]


class ReplayPages(EditPages):
    """Choosing how many, watching how far it is, and reading what would differ."""

    @expose("/<policy>/replay")
    def replay(self, policy: str) -> ResponseReturnValue:
        """The newest replay that the person asked for, the one under way, and a new one."""
        draft = Draft.of(policy)
        latest = ReplayOrder.latest(policy)
        going = latest is not None and latest.state in UNDER_WAY
        order = latest if going else ReplayOrder.latest_of(policy, me().id)
        return self.render(
            "admin/designer/tools/replay.html",
            bench=Bench(draft, SECTIONS["policy"], "policy"),
            draft=draft,
            order=order,
            stale=bool(order and draft.changed_at and draft.changed_at > order.at),
            there=_cases_of(policy),
            refusing=sum(one.severity == "refuse" for one in insight(draft).problems),
            how_many=HOW_MANY,
            kinds=kinds_of(order),
            grave=GRAVE,
            **strip(draft),
        )

    @expose("/<policy>/replay", methods=("POST",))
    def start_replay(self, policy: str) -> ResponseReturnValue:
        """Begin one, unless one is under way."""
        draft, latest = Draft.of(policy), ReplayOrder.latest(policy)
        cases = request.form.get("cases", type=whole) or 0
        if cases not in HOW_MANY:
            raise RuleBroken("bad_operation", reason="cases")
        if latest is None or latest.state not in UNDER_WAY:
            order = replaying.order(insight(draft).definition, cases=cases, actor=me(), now=now())
            queues.replay_cases(str(order.id), now=now())
        return redirect(self.get_url(".replay", policy=policy))

    @expose("/<policy>/replay/<order>/progress")
    def replay_progress(self, policy: str, order: str) -> ResponseReturnValue:
        """How far it is."""
        return render_template("admin/designer/tools/replay_progress.html", order=_of(policy, order))

    @expose("/<policy>/replay/<order>/stop", methods=("POST",))
    def stop_replay(self, policy: str, order: str) -> ResponseReturnValue:
        """Stop it; what was found so far is kept."""
        replaying.stop(str(_of(policy, order).id), actor=me())
        return redirect(self.get_url(".replay", policy=policy))


def _of(policy: str, order: str) -> ReplayOrder:
    found = ReplayOrder.get(order)
    if found.policy != policy:
        abort(404)
    return found


def kinds_of(order: ReplayOrder | None) -> list[tuple[str, Any, int, list[Definition]]]:
    """The differences by kind: how many cases, and the groups of those that differ alike."""
    result = order.result if order is not None and order.finished_at else {}
    groups: list[Definition] = list(result.get("groups") or ())
    counts = result.get("kinds") or {}
    return [
        (kind, words, int(counts[kind]), [one for one in groups if one["kind"] == kind])
        for kind, words in KINDS.items()
        if counts.get(kind)
    ]


def _cases_of(policy: str) -> int:
    """How many cases there are to replay, but for those kept from the person; no further than is offered."""
    known = {"policy": policy, **not_hidden_from(me().id)}
    return int(Complaint.collection().count_documents(known, limit=HOW_MANY[-1]))
