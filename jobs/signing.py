"""Signing in the job 系统签名: never in the child that renders, and never silently left out.

Where the key cannot be used or the time-stamp authority is silent, the volume waits and is tried again.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import gridfs

from documents import files, server_clock
from documents.actions import certifying, signing
from documents.destruction import Destruction
from documents.rules.broken import RuleBroken
from documents.rules.signatures import TEST, SignatureCheck, SignatureFacts, SigningOrder
from documents.rules.volume import RenderedVolume
from documents.rules.ways_out import Request
from documents.trusted_certificate import SIGNER, STAMPER, trusted_for
from documents.volume import Volume
from jobs.making import PaperUnfit
from jobs.outward import Unreachable, ask
from jobs.surroundings import current
from pdf import signatories, signatures, signing_keys
from pdf.signature_checks import Expected, Roots, look
from pdf.signatures import Signatory, SigningFailed
from pdf.signing_keys import Certificate, KeyUnfit

SECONDS_PAUSED = 30.0  # after a failure; until then nothing is rendered only to wait again
QUERY = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}

_paused: dict[SigningOrder, tuple[float, str]] = {}


class SigningWaits(Exception):
    """A paper cannot be signed now 等待签名; the message says why, in words for the archivist."""

    def __init__(self, reason: str, *, begun: bool) -> None:
        super().__init__(reason)
        self.begun = begun  # whether the volume was rendered for nothing


def check_ready() -> None:
    """Raise SigningWaits while it is known that nothing can be signed."""
    until, reason = _paused.get(current().signing, (0.0, ""))
    if time.monotonic() < until:
        raise SigningWaits(reason, begun=False)


def signed(rendered: RenderedVolume) -> RenderedVolume:
    """The volume with its signature; as it is where this house signs nothing. Raises like `signed_paper`."""
    content, facts = signed_paper(rendered.content)
    if facts is None:
        return rendered
    return replace(rendered, content=content, sha256=sha256(content).hexdigest(), signature=facts)


def signed_paper(pdf: bytes) -> tuple[bytes, SignatureFacts | None]:
    """A paper with its signature, and how it was signed; as it is where this house signs nothing.

    Raises SigningWaits when nothing can be signed now, PaperUnfit when this file cannot.
    """
    order = current().signing
    if not order.signs:
        return pdf, None
    try:
        return _signed(pdf, order)
    except SigningFailed as error:
        raise PaperUnfit(str(error)) from error
    except (KeyUnfit, Unreachable, OSError) as error:
        reason = str(error) if isinstance(error, KeyUnfit) else _silent(order, error)
        _paused[order] = time.monotonic() + SECONDS_PAUSED, reason
        _signatory.cache_clear()  # the key may be replaced while this process runs
        raise SigningWaits(reason, begun=True) from error


def _silent(order: SigningOrder, error: Exception) -> str:
    host = urlsplit(order.authority).hostname or order.authority
    return f"时间戳机构 {host} 没有给出时间戳（{error}）"


def _signed(pdf: bytes, order: SigningOrder) -> tuple[bytes, SignatureFacts]:
    who = _signatory(order)
    signing_keys.usable(signatures.certificate_of(who.signer), server_clock.now())
    content = signatures.sign(pdf, who)
    facts = signatures.facts_of(content, pdf, order, who.roots)
    _trust(who, facts.anchors, order)
    signing.note_signed(facts)
    return content, facts


@lru_cache(maxsize=4)
def _signatory(order: SigningOrder) -> Signatory:
    return signatories.signatory(order, lambda query: _post(order.authority, query))


def _post(url: str, query: bytes) -> bytes:
    """Ask the authority; its answer is signed, so plain http is as good as https."""
    host = (urlsplit(url).hostname or "").lower()
    try:
        answer = ask(Request("POST", url, QUERY, query), plain_hosts=frozenset({host}))
    except RuleBroken as refused:
        raise Unreachable(f"{url}: {refused.code}") from refused
    if answer.status != 200:
        raise Unreachable(f"HTTP {answer.status}")
    return answer.body


def _trust(who: Signatory, anchors: tuple[str, ...], order: SigningOrder) -> None:
    """Keep the roots that this signature needs, for the day when the key is another one."""
    for purpose, roots, test in (
        (SIGNER, who.roots.signers, order.key == TEST),
        (STAMPER, who.roots.stampers, order.authority == TEST),
    ):
        for root in roots:
            if signing_keys.fingerprint(root) in anchors:
                signing.trust(_row(root, test), purpose, now=server_clock.now())


def _row(root: Certificate, test: bool) -> dict[str, Any]:
    return {
        "id": signing_keys.fingerprint(root),
        "subject": signing_keys.name_of(root.subject),
        "pem": signing_keys.pem(root),
        "test": test,
        "not_after": root.not_valid_after_utc,
    }


def recheck(number: str, now: str) -> str:
    """Check the signature of a volume anew (验签) and keep what was found. Safe to run twice."""
    volume = Volume.get(number)
    if not volume.signature:
        return "sealed without a signature"
    content = _left(volume.file_id)
    found = check(content, volume.signature)
    signing.keep_check(number, sha256(content).hexdigest(), found, now=datetime.fromisoformat(now))
    return "holds" if found.ok else found.words


def recheck_certificate(list_id: str, now: str) -> str:
    """Check the signature of a certificate of destruction anew (验签). Safe to run twice."""
    kept = Destruction.get(list_id).certificate
    if kept is None or not kept.signature:
        return "made without a signature"
    content = _left(kept.file_id)
    found, moment = check(content, kept.signature), datetime.fromisoformat(now)
    certifying.keep_check(list_id, signing.check_row(sha256(content).hexdigest(), found, moment))
    return "holds" if found.ok else found.words


def _left(file_id: str) -> bytes:
    """The bytes, or what is left of them where the file is damaged or lost: then no signature holds."""
    try:
        return files.read_or_left(file_id)
    except gridfs.NoFile:
        return b""


def check(content: bytes, facts: Mapping[str, Any]) -> SignatureCheck:
    """Check the signature of a volume against the trust store of the house and what was kept of it."""
    expected = Expected(
        facts["unsigned_size"],
        facts["unsigned_sha256"],
        stamped=facts["level"] == "PAdES-B-T",
        fingerprint=facts["fingerprint"],
    )
    return look(content, Roots(_kept(SIGNER), _kept(STAMPER)), expected).check


def _kept(purpose: str) -> tuple[Certificate, ...]:
    return tuple(signing_keys.from_pem(one.pem) for one in trusted_for(purpose))
