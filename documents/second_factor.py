"""The second factor 两步验证: time-based codes (RFC 6238) of an authenticator, and recovery codes 恢复码.

The secret is encrypted with the keys of the data, recovery codes are kept as keyed digests: the database
alone gives neither.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import b32encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from mongoengine import BinaryField, DateTimeField, DictField, IntField, ListField, StringField

from documents.database import Stored
from documents.keyring import ring
from documents.rules.broken import RuleBroken

ISSUER = "卷宗"
STEP = 30  # seconds for which a code stands
DRIFT = 1  # steps that a clock may be early or late
SECRET_BYTES = 20  # as RFC 4226 asks for with SHA-1, which is what authenticators know
NONCE_BYTES = 12
CODES = 10
# Nothing that reads like something else: no 0 o, 1 l i.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class SecondFactor(Stored):
    """The authenticator of one person."""

    id = StringField(primary_key=True)  # the person
    secret = BinaryField()
    since = DateTimeField()
    step = IntField(default=0)  # the newest code that was used: neither it nor an older one counts again
    codes = ListField(DictField())  # {digest, used: moment or None}
    misses = IntField(default=0)  # wrong codes in a row
    waiting = BinaryField()  # the secret that is being set up
    waiting_in = StringField()  # and the sign-in in which that is done
    earlier = BinaryField()  # the key of these codes, where they are from before the keys of the data

    meta = {"collection": "second_factors", "encrypted": {"secret": (), "waiting": (), "earlier": ()}}

    @property
    def left(self) -> int:
        """How many recovery codes are left."""
        return sum(not one["used"] for one in self.codes)


def has_factor(person: str) -> bool:
    """Whether the person shows a second factor when signing in."""
    return (
        SecondFactor.collection().find_one({"_id": person, "secret": {"$ne": None}}, {"_id": 1}) is not None
    )


def with_factor(people: Iterable[str]) -> set[str]:
    """Who of these people has one."""
    return {one.id for one in SecondFactor.objects(id__in=list(people), secret__ne=None).only("id")}


@dataclass(frozen=True)
class EarlierKeys:
    """The keys 密钥 of before, derived from the secret of the house, which signs cookies and may change."""

    sealing: bytes
    digesting: bytes

    @classmethod
    def of(cls, secret: str) -> EarlierKeys:
        """Both keys."""
        derived = HKDF(SHA256(), 64, salt=None, info=b"juanzong second factor").derive(secret.encode())
        return cls(derived[:32], derived[32:])

    def opened(self, person: str, kept: bytes) -> bytes:
        """A secret that was sealed; raises RuleBroken("factor_unreadable") where another key sealed it."""
        try:
            return AESGCM(self.sealing).decrypt(kept[:NONCE_BYTES], kept[NONCE_BYTES:], person.encode())
        except InvalidTag as error:
            raise RuleBroken("factor_unreadable") from error


_earlier: list[EarlierKeys] = []


def know_earlier(secret: str) -> None:
    """The secret of the house, for what was sealed with it and could not be migrated yet."""
    _earlier[:] = [EarlierKeys.of(secret)] if secret else []


def is_sealed(kept: bytes) -> bool:
    """Whether a secret is still as it was kept before the keys of the data."""
    return len(kept) != SECRET_BYTES


def secret_of(person: str, kept: bytes) -> bytes:
    """The secret of an authenticator; raises RuleBroken("factor_unreadable")."""
    if not is_sealed(kept):
        return kept
    if not _earlier:
        raise RuleBroken("factor_unreadable")
    return _earlier[0].opened(person, kept)


def digest_of(person: str, code: str, key: bytes | None = None) -> str:
    """What is kept of a recovery code, however it was typed; with the key that never changes, or this one."""
    plain = "".join(one for one in code.lower() if one.isalnum())
    return hmac.new(key or ring().lasting.codes, f"{person}:{plain}".encode(), "sha256").hexdigest()


def moved(row: Mapping[str, Any]) -> dict[str, bytes]:
    """What is to be written of a row from before the keys of the data; nothing where it does not open."""
    sealed = {name: row[name] for name in ("secret", "waiting") if row.get(name) and is_sealed(row[name])}
    if not sealed or not _earlier:
        return {}
    try:
        found = {name: _earlier[0].opened(row["_id"], bytes(kept)) for name, kept in sealed.items()}
    except RuleBroken:
        return {}
    return {**found, "earlier": _earlier[0].digesting}


def new_secret() -> bytes:
    """A secret for an authenticator."""
    return secrets.token_bytes(SECRET_BYTES)


def new_codes() -> list[str]:
    """恢复码: each opens the door once."""
    return [
        "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3)) for _ in range(CODES)
    ]


def typed_key(secret: bytes) -> str:
    """The secret for typing, in groups of four."""
    text = b32encode(secret).decode()
    return " ".join(text[first : first + 4] for first in range(0, len(text), 4))


def address_of(secret: bytes, login: str) -> str:
    """The otpauth address that authenticators read from a QR code."""
    return _totp(secret).get_provisioning_uri(login, ISSUER)


def code_at(secret: bytes, moment: datetime) -> str:
    """The code of a moment."""
    return _totp(secret).generate(int(moment.timestamp())).decode()


def step_of(secret: bytes, code: str, now: datetime) -> int | None:
    """The step that a code belongs to, if it is one of now, just before or just after."""
    present, found = int(now.timestamp()) // STEP, None
    for step in range(present - DRIFT, present + DRIFT + 1):
        if hmac.compare_digest(_totp(secret).generate(step * STEP), code.encode()):
            found = step
    return found


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, 6, SHA1(), STEP)  # what authenticators reckon with; the use in HMAC is sound  # noqa: S303
