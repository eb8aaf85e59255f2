"""Passwords 密码 at the edge: checked with argon2, and as long for nobody as for somebody."""

from __future__ import annotations

import secrets
from base64 import b64encode

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from argon2.low_level import ARGON2_VERSION

from documents.person import Person

passwords = PasswordHasher()


def _drawn(length: int) -> str:
    return b64encode(secrets.token_bytes(length)).decode().rstrip("=")


# Checked when the account does not exist, so that the answer takes as long as for one that does. It is drawn
# and not computed, which would take every process a fifth of a second to start with.
NOBODY = (
    f"$argon2id$v={ARGON2_VERSION}$m={passwords.memory_cost},t={passwords.time_cost},p={passwords.parallelism}"
    f"${_drawn(passwords.salt_len)}${_drawn(passwords.hash_len)}"
)


def password_fits(person: Person | None, password: str) -> bool:
    """Whether the password is the person's; takes as long for nobody."""
    try:
        passwords.verify((person and person.password_hash) or NOBODY, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return person is not None and bool(person.password_hash)
