"""Edits that a page of the designer sends 修改请求: JSON in, fresh parts of the page out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin_views.base import Page, refused
from admin_views.designer.bench import Bench, address
from admin_views.designer.fragments import bench_at, drawn
from admin_views.designer.words import edited_words, place_words, without_last
from admin_views.standing import me, now
from admin_views.standing import said as spoken_text
from admin_views.words import refusal
from documents.actions import designing, drafting
from documents.draft import Draft, DraftEdit
from documents.rules.broken import RuleBroken
from documents.rules.edits import Operation
from documents.rules.keyed_paths import Key, parse, written
from documents.rules.mentions import Mention
from documents.rules.whole_numbers import whole

MOST_TOLD = 30


class EditPages(Page):
    """What a page of the designer asks in the background."""

    def create_blueprint(self, admin: Any) -> Any:
        """The page's addresses; what a script asks is refused in JSON."""
        blueprint: Blueprint = super().create_blueprint(admin)
        blueprint.register_error_handler(RuleBroken, told_refusal)
        return blueprint

    @expose("/<policy>/edit", methods=("POST",))
    def edit(self, policy: str) -> ResponseReturnValue:
        """Apply operations to the draft, and send the changed parts of the page back."""
        sent = sent_json()
        draft, done = designing.design(
            policy, sent.get("operations"), actor=me().id, now=now(), about=str(sent.get("about", ""))
        )
        bench = opened(draft, sent)
        follow(bench, done, sent)
        return jsonify(drawn(bench) | {"keys": new_places(done)})

    @expose("/<policy>/undo", methods=("POST",))
    def undo(self, policy: str) -> ResponseReturnValue:
        """Take this person's newest edit back."""
        draft = drafting.undo(policy, actor=me().id, now=now())
        return jsonify(drawn(opened(draft, sent_json())))

    @expose("/<policy>/redo", methods=("POST",))
    def redo(self, policy: str) -> ResponseReturnValue:
        """Make the edit again that was taken back last."""
        draft = drafting.redo(policy, actor=me().id, now=now())
        return jsonify(drawn(opened(draft, sent_json())))

    @expose("/<policy>/revision")
    def revision(self, policy: str) -> ResponseReturnValue:
        """Whether somebody else changed the draft since."""
        draft = Draft.open_of(policy)
        if draft is None:
            raise RuleBroken("no_draft", policy=policy)
        since = request.args.get("since", type=whole) or 0
        foreign = DraftEdit.collection().find_one(
            {"draft": draft.id, "revision": {"$gt": since}, "by": {"$ne": me().id}}, {"_id": 1}
        )
        return jsonify({"revision": draft.revision, "foreign": foreign is not None})


def told_refusal(error: RuleBroken) -> ResponseReturnValue:
    """A refusal: as JSON where a script asked, with both values of a clash, or where something is used."""
    if request.accept_mimetypes.best != "application/json":
        return refused(error)
    said = refusal(_in_words(error))
    uses = error.facts.get("uses")
    told: dict[str, Any] = {"error": error.code, "message": said.message}
    if error.code == "edited_meanwhile":
        told |= {name: error.facts.get(name) for name in ("path", "theirs", "yours")}
    if isinstance(uses, Sequence):
        told["uses"] = _told_uses(uses)
    return jsonify(told), said.status


def _in_words(error: RuleBroken) -> RuleBroken:
    """The refusal with its place, and with the other person's value, as people call them."""
    facts = dict(error.facts)
    draft = Draft.open_of(str((request.view_args or {}).get("policy", "")))
    if draft is not None and isinstance(facts.get("path"), str) and error.code != "bad_path":
        facts["path"] = edited_words(draft.definition, str(facts["path"]))
    theirs = facts.get("theirs")
    if isinstance(theirs, Mapping):
        facts["theirs"] = spoken_text(theirs) if set(theirs) & {"zh", "en"} else "…"
    return RuleBroken(error.code, **facts)


def _told_uses(uses: Sequence[Mention]) -> list[dict[str, str]]:
    policy = str((request.view_args or {}).get("policy", ""))
    definition = Draft.of(policy).definition
    pairs = dict.fromkeys((place_words(definition, one.path, one.attribute), one.path) for one in uses)
    return [{"words": words, "address": address(policy, path)} for words, path in list(pairs)[:MOST_TOLD]]


def sent_json() -> Mapping[str, Any]:
    """What the script sent; raises RuleBroken("bad_operation")."""
    sent = _json()
    if not isinstance(sent, Mapping) or not _can_be_said(sent):
        raise RuleBroken("bad_operation", reason="JSON")
    return sent


def _json() -> Any:
    try:
        return request.get_json(silent=True)
    except RecursionError:  # thousands of brackets
        return None


def _can_be_said(sent: Mapping[str, Any]) -> bool:
    """Whether an answer can repeat it all: halves of characters have no bytes."""
    try:
        return bool(json.dumps(sent, ensure_ascii=False).encode())
    except (UnicodeEncodeError, RecursionError):
        return False


def opened(draft: Draft, sent: Mapping[str, Any]) -> Bench:
    """The bench that the page shows; another element when its own is gone."""
    section, element, at = (str(sent.get(name) or "") for name in ("section", "element", "at"))
    try:
        return bench_at(draft, section, element, at)
    except RuleBroken as error:
        if error.code != "no_such_element":
            raise
        return bench_at(draft, section)


def follow(bench: Bench, done: Sequence[Operation], sent: Mapping[str, Any]) -> None:
    """Choose what was added, unless the page wants to stay where it is."""
    added = new_places(done)
    if added and not sent.get("stay"):
        whole = added[-1]
        opens = written(parse(whole)[:2]) if bench.section.written != "table" else bench.element
        if whole.startswith(bench.section.name):
            bench.element = opens
            bench.at = whole if whole != opens else ""
            bench.__dict__.pop("value", None)
    renamed = next((one for one in done if one["do"] == "set" and str(one["path"]).endswith("].key")), None)
    if renamed is not None:
        _follow_key(bench, renamed)


def _follow_key(bench: Bench, renamed: Operation) -> None:
    """Stay with an element whose key was changed."""
    before = without_last(str(renamed["path"]))
    after = written((*parse(before)[:-1], Key(str(renamed["value"]))))
    wanted = str(request.get_json().get("at") or before)
    place = after + wanted[len(before) :] if wanted.startswith(before) else wanted
    if bench.section.written == "list" and len(parse(before)) == 2:
        bench.element = after
    bench.at = place if place != bench.element else ""
    bench.__dict__.pop("value", None)


def new_places(done: Sequence[Operation]) -> list[str]:
    """The paths of what was added or moved, to choose it."""
    found = []
    for one in done:
        value = one.get("value")
        if one["do"] == "add" and isinstance(value, Mapping) and value.get("key"):
            found.append(written((*parse(str(one["path"])), Key(str(value["key"])))))
        elif one["do"] == "move":
            path = parse(str(one["path"]))
            goal = parse(str(one["to"])) if one.get("to") else path[:-1]
            if isinstance(path[-1], Key):
                found.append(written((*goal, path[-1])))
        elif one["do"] == "set" and one.get("was", "") is None and len(parse(str(one["path"]))) == 2:
            found.append(str(one["path"]))
    return found
