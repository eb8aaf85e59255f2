"""What was typed when something broke 出错时已填内容: it stands on the error page, to be sent again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import current_app, g, request, session
from flask_login import AnonymousUserMixin
from flask_wtf.csrf import validate_csrf
from wtforms.validators import ValidationError

SECRET = ("password", "code", "token", "secret")
PASSWORDS = frozenset({"old", "new", "again"})  # as the forms call them that change one
CHOSEN = re.compile(r"^[a-z][a-z0-9_]{0,39}$")  # the key of an option, which nobody typed
TYPED = "q_"  # what the fields of a policy's forms are called
UNTYPED = frozenset(
    {
        *("csrf_token", "form_owner", "submission", "policy_version", "turn", "seen"),
        *("next", "back", "field", "revision"),
    }
)
UPLOADS = "q_files"  # what waits for a form of our own, by its ids


@dataclass(frozen=True)
class KeptWords:
    """The sent form, field by field; files cannot be kept on a page and must be chosen again."""

    fields: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str], ...]

    @property
    def words(self) -> list[str]:
        """What a person recognises as his own."""
        typed = [value.strip() for name, value in self.fields if name not in {*UNTYPED, UPLOADS}]
        return [value for value in typed if value and not CHOSEN.match(value)]

    @property
    def acts_once(self) -> bool:
        """Whether the form has its own key, so that sending it twice saves it once."""
        return any(name == "submission" for name, _value in self.fields)


def kept_words() -> KeptWords | None:
    """What was sent with this request; nothing when another site sent it, or when it holds a password."""
    if request.method != "POST" or _is_open() or not _is_ours():
        return None
    if holds_secret([*request.form, *request.files]):
        return None
    fields = [pair for pair in request.form.items(multi=True) if pair[0] != "csrf_token"]
    files = [(name, file.filename) for name, file in request.files.items(multi=True) if file.filename]
    return KeptWords(tuple(fields), tuple(files))


def holds_secret(names: Iterable[str]) -> bool:
    """Whether a form asks for a password or a code 密码、验证码; answers to a policy's form are neither."""
    asked = [name.lower() for name in names if name != "csrf_token" and not name.startswith(TYPED)]
    return any(name in PASSWORDS or any(secret in name for secret in SECRET) for name in asked)


def to_send_again(typed: Mapping[str, Sequence[str]]) -> KeptWords | None:
    """A form of a sign-in that is over, for another press of the button; none that holds a password."""
    if holds_secret(typed):
        return None
    fields = [(name, value) for name, values in typed.items() for value in values if name != "csrf_token"]
    return KeptWords(tuple(fields), ())


def _is_open() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, "open_to_strangers", False))


def _is_ours() -> bool:
    """The database fails before anybody has looked at the token of the form."""
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return False
    return True


def forget_the_person() -> None:
    """Draw the rest of this answer without the database: no menu, no bell, the language if it is known."""
    g.nobody = True
    if "_login_user" not in g:  # where Flask-Login keeps who it has found, and else goes to look
        g._login_user = AnonymousUserMixin()
        g.setdefault("language", session.get("language", "zh"))
