"""The keys of the data 数据密钥: in the database, wrapped by the master key 主密钥, which is never there.

Each data key has a number that stands in everything encrypted with it. The newest encrypts; older ones stay
until nothing needs them (`documents.actions.renewing`). See docs/decisions/017.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

COLLECTION = "data_keys"
LENGTH = 32
NONCE = 12
LASTING = 0
FRESH = 30.0  # seconds after which a process asks whether there is a newer key

Where = Callable[[], Database[dict[str, Any]]]


class KeyUnfit(Exception):
    """No data can be encrypted or read 数据密钥不可用: missing, malformed, wrong or lost."""


@dataclass(frozen=True)
class DataKey:
    """One data key 数据密钥; each purpose has a key of its own, derived from it."""

    number: int
    secret: bytes

    @cached_property
    def values(self) -> AESGCMSIV:
        """Encrypts values of documents."""
        return AESGCMSIV(self._derived(b"values"))

    @cached_property
    def blind(self) -> bytes:
        """Keys the blind index 盲索引."""
        return self._derived(b"blind index")

    @cached_property
    def codes(self) -> bytes:
        """Keys the digests of recovery codes 恢复码."""
        return self._derived(b"recovery codes")

    @cached_property
    def searched(self) -> str:
        """Keys the digests of searched words 检索词 in the audit trail."""
        return self._derived(b"searched words").hex()

    @cached_property
    def trail(self) -> bytes:
        """Keys the seals of the audit trail 审计封印."""
        return self._derived(b"audit trail")

    def _derived(self, purpose: bytes) -> bytes:
        return HKDF(SHA256(), LENGTH, None, b"juanzong " + purpose).derive(self.secret)


def master_from(text: str) -> bytes:
    """A master key as it is written: 32 bytes in Base64; raises KeyUnfit("malformed")."""
    try:
        found = base64.b64decode(text.strip(), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise KeyUnfit("malformed") from error
    if len(found) != LENGTH:
        raise KeyUnfit("malformed")
    return found


def new_master() -> str:
    """A fresh master key, as it is written."""
    return base64.urlsafe_b64encode(os.urandom(LENGTH)).decode()


def fingerprint(master: bytes) -> str:
    """What a master key is called; it does not give the key away."""
    return hmac.digest(master, b"juanzong master key", "sha256")[:6].hex()


class Ring:
    """The data keys of one database, unwrapped in the memory of this process."""

    def __init__(self, master: bytes | None, where: Where) -> None:
        self._master, self._where = master, where
        self._keys: dict[int, DataKey] = {}
        self._read_at = -FRESH

    @property
    def current(self) -> DataKey:
        """The key that encrypts what is written now."""
        keys = self._known()
        return keys[max(keys)]

    @property
    def all(self) -> list[DataKey]:
        """Every key that something may still be written with, the newest first."""
        keys = self._known()
        return [keys[number] for number in sorted(keys, reverse=True) if number != LASTING]

    @property
    def lasting(self) -> DataKey:
        """The key that never changes, of digests that are compared over years."""
        return self._known()[LASTING]

    def numbered(self, number: int) -> DataKey:
        """The key of this number; raises KeyUnfit("lost")."""
        if number not in self._keys:
            self.refresh()
        if number not in self._keys:
            raise KeyUnfit("lost")
        return self._keys[number]

    def rotate(self) -> DataKey:
        """Make a new key for everything that is written from now on 轮换."""
        self.refresh()
        self._make(max(self._keys) + 1)
        self.refresh()
        return self.current

    def retire(self, number: int) -> None:
        """Forget a key that nothing is encrypted with any more; never the newest."""
        if LASTING < number < self.current.number:
            self._rows().delete_one({"_id": number})
            self.refresh()

    def rewrap(self, master: bytes) -> None:
        """Wrap every key with another master key 更换主密钥; the old one opens nothing any more."""
        self.refresh()
        for number, key in self._keys.items():
            changed = {"wrapped": wrapped(master, _named(number), key.secret), "master": fingerprint(master)}
            self._rows().update_one({"_id": number}, {"$set": changed})
        self._master = master

    def refresh(self) -> None:
        """Read the keys; where there are none, make the first. Raises KeyUnfit."""
        if self._master is None:
            raise KeyUnfit("missing")
        rows = list(self._rows().find())
        if not rows:
            self._make(LASTING)
            self._make(1)
            rows = list(self._rows().find())
        self._keys = {row["_id"]: self._keys.get(row["_id"]) or self._opened(row) for row in rows}
        self._read_at = time.monotonic()

    def _known(self) -> dict[int, DataKey]:
        if time.monotonic() - self._read_at > FRESH:
            self.refresh()
        return self._keys

    def _rows(self) -> Any:
        return self._where()[COLLECTION]

    def _make(self, number: int) -> None:
        master = self._master or b""
        row = {"_id": number, "wrapped": wrapped(master, _named(number), os.urandom(LENGTH))}
        with suppress(DuplicateKeyError):  # another process was faster: its key counts
            self._rows().insert_one({**row, "master": fingerprint(master), "made_at": datetime.now(UTC)})

    def _opened(self, row: dict[str, Any]) -> DataKey:
        return DataKey(row["_id"], unwrapped(self._master or b"", _named(row["_id"]), bytes(row["wrapped"])))


def wrapped(master: bytes, purpose: bytes, secret: bytes) -> bytes:
    """A key, or something as small, that the master key alone opens again, for this purpose."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCMSIV(master).encrypt(nonce, secret, purpose)


def unwrapped(master: bytes, purpose: bytes, kept: bytes) -> bytes:
    """What was wrapped; raises KeyUnfit("wrong")."""
    try:
        return AESGCMSIV(master).decrypt(kept[:NONCE], kept[NONCE:], purpose)
    except InvalidTag as error:
        raise KeyUnfit("wrong") from error


def _named(number: int) -> bytes:
    return f"juanzong data key {number}".encode()


def _nowhere() -> Database[dict[str, Any]]:
    raise KeyUnfit("missing")


_open: list[Ring] = [Ring(None, _nowhere)]
_master: list[bytes | None] = [None]


def use(master: bytes | None, where: Where) -> None:
    """Use the keys of another database; without a master key, the one that was given last."""
    _master[0] = master or _master[0]
    _open[0] = Ring(_master[0], where)


def master() -> bytes | None:
    """The master key 主密钥 that this process was given."""
    return _master[0]


def ring() -> Ring:
    """The keys of the database that is connected."""
    return _open[0]
