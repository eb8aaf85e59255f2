"""System signatures 系统签名 of sealed volumes: PAdES-B-T by pyHanko, added behind the rendered bytes.

The rendered bytes stay the beginning of the file, so that "rendered twice, the same bytes" can be shown.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from asn1crypto.keys import PrivateKeyInfo
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer, SimpleSigner
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from documents.rules.signatures import NONE, TEST, SignatureFacts, SigningOrder
from pdf.signature_checks import Expected, Roots, from_asn1, look, to_asn1
from pdf.signing_keys import KeyUnfit, SigningKey, fingerprint, name_of

FIELD = "SystemSignature"
UNTRUSTED = {"untrusted", "stamp_untrusted"}
REASON = "案卷封存 Sealed case file"


class SigningFailed(Exception):
    """The volume could not be signed 未能签名; the message says why, in words for the archivist."""


@dataclass(frozen=True)
class Signatory:
    """Who signs 签名者: a key behind pyHanko's interface, what stamps the time, the roots to check by."""

    signer: Signer
    stamper: TimeStamper | None
    roots: Roots


def simple_signer(key: SigningKey) -> Signer:
    """A key that lies in a file."""
    der = key.private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return SimpleSigner(
        signing_cert=to_asn1(key.certificate),
        signing_key=PrivateKeyInfo.load(der),
        cert_registry=SimpleCertificateStore.from_certs([to_asn1(one) for one in key.chain]),
    )


def certificate_of(signer: Signer) -> x509.Certificate:
    """The certificate of whatever signs; raises KeyUnfit."""
    if signer.signing_cert is None:
        raise KeyUnfit("签名插件没有给出证书")
    return from_asn1(signer.signing_cert)


def sign(content: bytes, who: Signatory) -> bytes:
    """The PDF with its signature behind it; raises SigningFailed, or OSError when no time stamp came."""
    metadata = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        reason=REASON,
        certify=True,  # nothing may be added but what keeps the signature itself alive
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(content))
        signed: io.BytesIO = PdfSigner(metadata, who.signer, timestamper=who.stamper).sign_pdf(writer)
    except (PdfError, ValueError) as error:
        raise SigningFailed(f"签名未能写入：{error}") from error
    return signed.getvalue()


def facts_of(signed: bytes, unsigned: bytes, order: SigningOrder, roots: Roots) -> SignatureFacts:
    """Check what was just signed and describe it; raises KeyUnfit for a root that nobody trusts.

    Raises SigningFailed when the signature does not hold.
    """
    digest = sha256(unsigned).hexdigest()
    seen = look(signed, roots, Expected(len(unsigned), digest, stamped=order.authority != NONE))
    if seen.check.problems and set(seen.check.problems) <= UNTRUSTED:
        raise KeyUnfit(f"{seen.check.words}（信任清单由 JUANZONG_TRUST 补充）")
    if not seen.check.ok or seen.certificate is None:
        raise SigningFailed(f"签名后验证不通过：{seen.check.words}")
    certificate = seen.certificate
    return SignatureFacts(
        subject=name_of(certificate.subject),
        issuer=name_of(certificate.issuer),
        serial=f"{certificate.serial_number:X}",
        fingerprint=fingerprint(certificate),
        algorithm=seen.algorithm,
        level="PAdES-B-T" if seen.check.authority else "PAdES-B-B",
        signed_at=seen.check.signed_at or datetime.now(UTC),
        not_after=certificate.not_valid_after_utc,
        unsigned_sha256=digest,
        unsigned_size=len(unsigned),
        root=seen.check.root,
        authority=seen.check.authority,
        test=order.key == TEST,
        test_authority=order.authority == TEST,
        anchors=seen.anchors,
    )
