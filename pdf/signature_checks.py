"""Checking a system signature 验签 with pyHanko: intact, by whom, trusted under which root, stamped when.

A certificate may end after it signed: what counts is the moment that the time stamp proves.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import EmbeddedPdfSignature, KeyUsageConstraints, validate_pdf_signature
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.pdf_embedded import SignatureCoverageLevel
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureStatus
from pyhanko_certvalidator import ValidationContext

from documents.rules.signatures import SignatureCheck
from pdf.signing_keys import fingerprint, name_of

# What a damaged file may make the reader raise; it is a finding and no fault of ours.
DAMAGE = (PdfError, SigningError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError)
USAGES = KeyUsageConstraints(key_usage={"non_repudiation", "digital_signature"})


@dataclass(frozen=True)
class Roots:
    """The trust store 信任清单: under which roots signers and time-stamp authorities are trusted."""

    signers: tuple[x509.Certificate, ...] = ()
    stampers: tuple[x509.Certificate, ...] = ()


@dataclass(frozen=True)
class Expected:
    """What is known of a volume from the day it was sealed."""

    unsigned_size: int
    unsigned_sha256: str
    stamped: bool = True
    fingerprint: str = ""


@dataclass(frozen=True)
class Seen:
    """What was found in a signed file."""

    check: SignatureCheck
    certificate: x509.Certificate | None = None
    algorithm: str = ""
    anchors: tuple[str, ...] = ()


def look(content: bytes, roots: Roots, expected: Expected) -> Seen:
    """Check the newest system signature of a file against the trust store and what is known of it."""
    try:
        found = PdfFileReader(io.BytesIO(content), strict=False).embedded_regular_signatures
        if not found:
            return Seen(SignatureCheck(("missing", *_prefix(content, expected))))
        return _judged(found[-1], content, roots, expected)
    except DAMAGE:
        return Seen(SignatureCheck(("unreadable", *_prefix(content, expected))))


def _judged(one: EmbeddedPdfSignature, content: bytes, roots: Roots, expected: Expected) -> Seen:
    stamped_at = _stamped_at(one)
    moment = stamped_at or one.self_reported_timestamp or datetime.now(UTC)
    status = validate_pdf_signature(
        one,
        signer_validation_context=_context(roots.signers, moment),
        ts_validation_context=_context(roots.stampers, moment),
        key_usage_settings=USAGES,
        skip_diff=True,  # nothing at all may follow the signature
    )
    certificate = from_asn1(status.signing_cert)
    stamp = status.timestamp_validity
    problems = (*_problems(status, stamp, expected), *_others(certificate, content, expected))
    check = SignatureCheck(
        problems=tuple(dict.fromkeys(problems)),
        root=_root(status),
        signed_at=moment,
        authority=name_of(from_asn1(stamp.signing_cert).subject) if stamp else "",
    )
    anchors = tuple(_anchor(each) for each in (status, stamp) if each is not None and each.trusted)
    return Seen(check, certificate, _algorithm(certificate, status.md_algorithm), anchors)


def _stamped_at(one: EmbeddedPdfSignature) -> datetime | None:
    """The moment that the time stamp names, before anybody trusts it."""
    for token in extract_tst_data_iter(one.signer_info, signed=False):
        moment: datetime = token["encap_content_info"]["content"].parsed["gen_time"].native
        return moment
    return None


def _context(roots: tuple[x509.Certificate, ...], moment: datetime) -> ValidationContext:
    loaded = [to_asn1(root) for root in roots]
    return ValidationContext(trust_roots=loaded, moment=moment, allow_fetching=False)


def _problems(status: PdfSignatureStatus, stamp: SignatureStatus | None, expected: Expected) -> Iterator[str]:
    if not status.intact:
        yield "changed"
    elif not status.valid:
        yield "forged"
    if status.coverage is not SignatureCoverageLevel.ENTIRE_FILE:
        yield "uncovered"
    if status.intact and status.valid and not status.trusted:
        yield "untrusted"
    if stamp is None:
        if expected.stamped:
            yield "unstamped"
    elif not (stamp.intact and stamp.valid):
        yield "stamp_wrong"
    elif not stamp.trusted:
        yield "stamp_untrusted"


def _others(certificate: x509.Certificate, content: bytes, expected: Expected) -> Iterator[str]:
    if expected.fingerprint and fingerprint(certificate) != expected.fingerprint:
        yield "other_signer"
    yield from _prefix(content, expected)


def _prefix(content: bytes, expected: Expected) -> Iterator[str]:
    """Whether the file still begins with the bytes that were rendered."""
    if sha256(memoryview(content)[: expected.unsigned_size]).hexdigest() != expected.unsigned_sha256:
        yield "prefix"


def _root(status: SignatureStatus) -> str:
    """The name of the root under which the signer is trusted."""
    if not status.trusted or status.validation_path is None:
        return ""
    return name_of(from_asn1(status.validation_path.first).subject)


def _anchor(status: SignatureStatus) -> str:
    return fingerprint(from_asn1(status.validation_path.first)) if status.validation_path else ""


def from_asn1(certificate: Certificate) -> x509.Certificate:
    """A certificate of pyHanko as ours."""
    return x509.load_der_x509_certificate(certificate.dump())


def to_asn1(certificate: x509.Certificate) -> Certificate:
    """One of ours as pyHanko takes it."""
    return Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _algorithm(certificate: x509.Certificate, digest: str) -> str:
    key = certificate.public_key()
    kind = f"RSA-{key.key_size}" if isinstance(key, rsa.RSAPublicKey) else type(key).__name__
    return f"{kind} / {digest.upper().replace('SHA', 'SHA-')}"
