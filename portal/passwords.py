"""Passwords 密码 at the edge: checked with argon2, and as long for nobody as for somebody."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from documents.person import Person

passwords = PasswordHasher()
# Checked when the account does not exist, so that the answer takes as long as for one that does.
NOBODY = passwords.hash("a password that nobody has")


def password_fits(person: Person | None, password: str) -> bool:
    """Whether the password is the person's; takes as long for nobody."""
    try:
        passwords.verify((person and person.password_hash) or NOBODY, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return person is not None and bool(person.password_hash)
