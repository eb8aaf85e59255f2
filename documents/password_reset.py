"""Forgotten passwords 忘记密码: what was asked for, and the link that was mailed to one person last."""

from __future__ import annotations

import hashlib

from mongoengine import DateTimeField, StringField

from documents.database import Stored
from documents.person import Person


class ResetRequest(Stored):
    """Somebody asks for a link 重设请求; a worker looks whose name or mail it was, so no answer tells."""

    id = StringField(primary_key=True)
    asked = StringField(required=True)  # as it was typed
    digest = StringField(required=True)  # what the trail may keep of it
    address = StringField()
    at = DateTimeField(required=True)

    meta = {"collection": "reset_requests", "encrypted": {"asked": ()}}


class PasswordReset(Stored):
    """The newest link 重设链接 of a person; here is only the hash of its token."""

    id = StringField(primary_key=True)  # the person
    token = StringField(required=True)
    account = StringField(required=True)  # the print of the account as it was: password and mail address
    ends = DateTimeField(required=True)

    meta = {"collection": "password_resets", "indexes": ["token"]}


def account_print(person: Person) -> str:
    """By what one knows that password and mail address are still the same 账号指纹."""
    return hashlib.sha256(f"{print_of(person)} {person.email or ''}".encode()).hexdigest()[:32]


def print_of(person: Person) -> str:
    """By what one knows that the password is still the same 密码指纹."""
    return hashlib.sha256((person.password_hash or "").encode()).hexdigest()[:16]
