"""The trust store 信任清单 of the house: the roots under which its signatures hold, kept for good.

A certificate that signed is replaced one day; the root under which older volumes were signed stays here.
"""

from __future__ import annotations

from mongoengine import BooleanField, DateTimeField, ListField, StringField

from documents.database import Stored

SIGNER, STAMPER = "signer", "stamper"


class TrustedCertificate(Stored):
    """A root that is trusted 信任证书; the id is the SHA-256 of the certificate."""

    id = StringField(primary_key=True)
    subject = StringField(required=True)
    pem = StringField(required=True)
    purposes = ListField(StringField(choices=(SIGNER, STAMPER)))
    test = BooleanField(default=False)  # of the test authority: proves nothing to anybody outside
    not_after = DateTimeField(required=True)
    since = DateTimeField(required=True)

    meta = {"collection": "trusted_certificates"}


def trusted_for(purpose: str) -> list[TrustedCertificate]:
    """The roots for signers, or for time-stamp authorities."""
    return list(TrustedCertificate.objects(purposes=purpose).order_by("since", "id"))
