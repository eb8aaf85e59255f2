"""Keys of test authorities, made once, and volumes signed with them."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from documents.rules.signatures import SigningOrder
from pdf import signatures, signing_keys, time_stamps, trial_authority
from pdf.signature_checks import Expected, Roots
from pdf.signatures import Signatory
from pdf.signing_keys import SigningKey


@dataclass(frozen=True)
class House:
    """A house that signs: its order, its key, who signs for it."""

    order: SigningOrder
    key: SigningKey
    who: Signatory
    home: tempfile.TemporaryDirectory[str]  # gone with the process

    @property
    def roots(self) -> Roots:
        return self.who.roots


@cache
def house(name: str) -> House:
    """A house with a test authority of its own; two names, two houses."""
    home = tempfile.TemporaryDirectory(prefix=f"juanzong-signing-{name}-")
    folder = Path(home.name)
    order = SigningOrder(key="test", authority="test", folder=folder)
    key = signing_keys.load(order)
    stamper = time_stamps.trial_stamper(trial_authority.ensure(folder))
    roots = Roots((key.anchor,), (key.anchor,))
    return House(order, key, Signatory(signatures.simple_signer(key), stamper, roots), home)


@cache
def signed(content: bytes, name: str = "one") -> bytes:
    """The content with the signature of a house."""
    return signatures.sign(content, house(name).who)


def expected(content: bytes) -> Expected:
    """What is known of the rendered bytes."""
    return Expected(len(content), sha256(content).hexdigest())
