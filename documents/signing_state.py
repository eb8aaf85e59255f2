"""With what this house signed last 签名现状: whoever signs knows the certificate, pages only read this."""

from __future__ import annotations

from mongoengine import BooleanField, DateTimeField, StringField

from documents.database import Stored

HOUSE = "house"


class SigningState(Stored):
    """The newest signature of the house; one row."""

    id = StringField(primary_key=True, default=HOUSE)
    subject = StringField(required=True)
    fingerprint = StringField(required=True)
    not_after = DateTimeField(required=True)
    level = StringField(required=True)
    authority = StringField()
    test = BooleanField(default=False)
    signed_at = DateTimeField(required=True)

    meta = {"collection": "signing_state"}


def signing_state() -> SigningState | None:
    """The newest signature, if there is one."""
    found: SigningState | None = SigningState.objects(id=HOUSE).first()
    return found
