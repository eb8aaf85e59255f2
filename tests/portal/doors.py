"""Letting people in without the door: a sign-in as it is kept, and the browser that holds its token."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from flask.testing import FlaskClient

from documents.sign_in import SignIn, hash_of


def let_in(client: FlaskClient, person: str, now: datetime, **more: Any) -> str:
    """Sign the person in there, for longer than any test plays; the id of the sign-in."""
    token = secrets.token_urlsafe(32)
    held = {"since": now, "seen": now, "idle": 10**6, "ends": now + timedelta(days=900), **more}
    SignIn(id=hash_of(token), person=person, **held).save(force_insert=True)
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = token, True
    return hash_of(token)
