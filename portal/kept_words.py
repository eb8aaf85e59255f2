"""What was typed when something broke 出错时已填内容: it stands on the error page, to be sent again."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import current_app, g, request, session
from flask_login import AnonymousUserMixin
from flask_wtf.csrf import validate_csrf
from wtforms.validators import ValidationError

SECRET = ("password", "code", "token", "secret")
CHOSEN = re.compile(r"^[a-z][a-z0-9_]{0,39}$")  # the key of an option, which nobody typed
TYPED = "q_"  # what the fields of a policy's forms are called


@dataclass(frozen=True)
class KeptWords:
    """The sent form, field by field; files cannot be kept on a page and must be chosen again."""

    fields: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str], ...]

    @property
    def words(self) -> list[str]:
        """What a person recognises as his own."""
        typed = [value.strip() for name, value in self.fields if name.startswith(TYPED)]
        return [value for value in typed if value and not CHOSEN.match(value)]

    @property
    def acts_once(self) -> bool:
        """Whether the form has its own key, so that sending it twice saves it once."""
        return any(name == "submission" for name, _value in self.fields)


def kept_words() -> KeptWords | None:
    """What was sent with this request; nothing when another site sent it, or when it holds a password."""
    if request.method != "POST" or _is_open() or not _is_ours():
        return None
    named = [*request.form, *request.files]
    if any(secret in name.lower() for name in named for secret in SECRET if name != "csrf_token"):
        return None
    fields = [pair for pair in request.form.items(multi=True) if pair[0] != "csrf_token"]
    files = [(name, file.filename) for name, file in request.files.items(multi=True) if file.filename]
    return KeptWords(tuple(fields), tuple(files))


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
