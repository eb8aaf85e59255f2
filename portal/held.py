"""What was typed while the sign-in had expired 登录过期时已填内容: kept as a draft, shown again later."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import current_app, flash
from flask_babel import lazy_gettext as _l
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.datastructures import MultiDict

from documents.person import Person
from documents.rules.text import can_be_kept
from documents.rules.whole_numbers import number_or_none
from documents.upload import Draft
from portal.clock import now
from portal.forms.compile import PREFIX, from_draft, marked
from portal.kept_words import UNTYPED, KeptWords, holds_secret, to_send_again

MOST = 400_000
Typed = Mapping[str, Sequence[str]]


def signer() -> URLSafeSerializer:
    """Signs who a form was opened by."""
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="form owner")


def owner_mark(person: Person, address: str) -> str:
    """The hidden field of every form: whose it is and where it belongs."""
    return str(signer().dumps([person.id, address]))


def owner_of(mark: str) -> tuple[str, str] | None:
    """The person and the address of a form, or None when the mark is not ours."""
    try:
        person, address = signer().loads(mark)
    except (BadSignature, ValueError, TypeError):
        return None
    return str(person), str(address)


def draft_id(person: str, address: str) -> str:
    """One draft for each person and form page."""
    return f"{person}:{address}"


def keep_draft(person: str, address: str, typed: Typed) -> None:
    """Save what was typed; a later visit to the page shows it again."""
    values: dict[str, object] = {
        name: list(values) for name, values in typed.items() if name.startswith("q_")
    }
    version = version_of(str((typed.get("policy_version") or [""])[0]))
    if covered := marked(values):
        values = {**_set_aside(draft_for(person, address), version, covered), **values}
    submission = (typed.get("submission") or [""])[0][:64]
    kept: dict[str, Any] = {"version": version, "submission": submission or None}
    Draft.keep(draft_id(person, address), by=person, form=address, values=values, now=now(), **kept)


def _set_aside(draft: Draft | None, version: int | None, covered: set[str]) -> dict[str, object]:
    """What the draft says in fields that are under their mask now 遮盖栏目: it is there again once they are
    revealed."""
    if draft is None or draft.version != version:
        return {}
    return {name: value for name, value in draft.values.items() if name.partition("-")[0] in covered}


def version_of(shown: str) -> int | None:
    """The version of a policy that a page names."""
    return number_or_none(shown)


def draft_for(person: str, address: str) -> Draft | None:
    """The draft of this person for this page."""
    found: Draft | None = Draft.objects(id=draft_id(person, address), by=person).first()
    return found


def typed_in(draft: Draft, values: Typed) -> MultiDict[str, str]:
    """The fields of a draft as its form sends them; it stays the form it was, so that it acts once."""
    fields = from_draft(values)
    if draft.submission:
        fields["submission"] = draft.submission
    return fields


def forget_draft(person: str, address: str) -> None:
    """The form was sent: its draft has done its work."""
    Draft.objects(id=draft_id(person, address), by=person).delete()


def becomes_draft(typed: Typed) -> bool:
    """Whether it is the form of a policy, which can be opened with its draft; any other is sent again."""
    answers = {name for name in typed if name.startswith(PREFIX)}
    # A form of our own may have files under such a name, beside fields of other names.
    return "policy_version" in typed or (bool(answers) and typed.keys() <= answers | UNTYPED)


def can_be_held(typed: Typed) -> bool:
    """Whether a form can be given back after a new sign-in: it says whose it is, and holds no password."""
    return owner_of(_mark(typed)) is not None and not holds_secret(typed)


def hand_over_typed_words(person: Person, address: str, held: str) -> KeptWords | None:
    """Give the words back to who typed them, and to nobody else: as a draft, or to be sent again."""
    typed = _read(held)
    if not typed:
        return None
    owner = owner_of(_mark(typed))
    if owner is not None and owner[0] == person.id and not becomes_draft(typed):
        return to_send_again(typed)
    if owner != (person.id, address):
        flash(_l("登录过期前填写的内容属于另一位人员，没有恢复。"), "warning")
        return None
    keep_draft(person.id, address, typed)
    flash(_l("已恢复您在登录过期前填写的内容，请核对后重新提交。"), "good")
    return None


def keep_for_owner(address: str, typed: Typed) -> None:
    """Keep the words as a draft of who opened the form: signing in leads over another server 统一登录."""
    owner = owner_of(_mark(typed))
    if owner is not None and owner[1] == address:
        keep_draft(owner[0], address, typed)


def _mark(typed: Typed) -> str:
    return (typed.get("form_owner") or [""])[0]


def _read(held: str) -> dict[str, list[str]]:
    if not held or len(held) > MOST:
        return {}
    try:
        typed = json.loads(held)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(typed, dict):
        return {}
    return {
        str(name): [str(value) for value in values if can_be_kept(str(value))]
        for name, values in typed.items()
        if isinstance(values, list) and can_be_kept(str(name))
    }
