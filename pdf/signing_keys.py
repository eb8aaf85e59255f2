"""The key of the system signature 签名密钥 and its certificates, read from files; needs no PDF library.

Keys are used in the job process only. The child that renders never sees them: it is not told where they lie.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from documents.rules.signatures import PKCS12_ENDINGS, TEST, SigningOrder
from pdf import trial_authority

Certificate = x509.Certificate


class KeyUnfit(Exception):
    """The key cannot be used now; the message says why, in words for the administrator."""


@dataclass(frozen=True)
class SigningKey:
    """A private key with its certificate and the issuers above it, the nearest first."""

    certificate: Certificate
    chain: tuple[Certificate, ...]
    private: PrivateKeyTypes = field(repr=False)

    @property
    def anchor(self) -> Certificate:
        """The topmost certificate that came with the key: who holds the key trusts it."""
        return top_of(self.certificate, self.chain)


def load(order: SigningOrder) -> SigningKey:
    """The key of a PKCS#12 file, of a PEM pair or of the test authority; raises KeyUnfit."""
    try:
        if order.key == TEST:
            return _from_pem(trial_authority.ensure(order.folder).signer)
        if order.key.lower().endswith(PKCS12_ENDINGS):
            return _from_pkcs12(Path(order.key), order.password)
        return _from_pem((Path(order.key), Path(order.certificate or order.key)), order.password)
    except (OSError, ValueError, TypeError) as error:
        raise KeyUnfit(f"签名密钥无法读取：{error}") from error


def _from_pkcs12(path: Path, password: str) -> SigningKey:
    key, certificate, others = pkcs12.load_key_and_certificates(
        path.read_bytes(), password.encode() if password else None
    )
    if key is None or certificate is None:
        raise ValueError("文件里没有私钥或证书")
    return SigningKey(certificate, ordered(certificate, others), key)


def _from_pem(pair: tuple[Path, Path], password: str = "") -> SigningKey:
    key = serialization.load_pem_private_key(pair[0].read_bytes(), password.encode() if password else None)
    first, *others = x509.load_pem_x509_certificates(pair[1].read_bytes())
    if _public(first.public_key()) != _public(key.public_key()):
        raise ValueError("私钥与证书不是一对")
    return SigningKey(first, ordered(first, others), key)


def _public(key: object) -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_bytes(serialization.Encoding.DER, form)  # type: ignore[attr-defined]


def ordered(certificate: Certificate, others: list[Certificate]) -> tuple[Certificate, ...]:
    """The issuers from the certificate upwards; what does not belong to it is left out."""
    chain, below = [], certificate
    while below.issuer != below.subject:
        above = next((one for one in others if one.subject == below.issuer), None)
        if above is None or above in chain:
            break
        chain.append(above)
        below = above
    return tuple(chain)


def top_of(certificate: Certificate, chain: tuple[Certificate, ...]) -> Certificate:
    """The last of the chain, or the certificate itself when it stands alone."""
    return chain[-1] if chain else certificate


def usable(certificate: Certificate, now: datetime) -> None:
    """Refuse a certificate whose time has not come or is over."""
    if now < certificate.not_valid_before_utc:
        raise KeyUnfit(f"签名证书自 {certificate.not_valid_before_utc:%Y-%m-%d} 起才有效")
    if now > certificate.not_valid_after_utc:
        raise KeyUnfit(f"签名证书已于 {certificate.not_valid_after_utc:%Y-%m-%d} 到期，请更换")


def trusted_file(path: str) -> tuple[Certificate, ...]:
    """The roots of a PEM file; raises KeyUnfit."""
    if not path:
        return ()
    try:
        return tuple(x509.load_pem_x509_certificates(Path(path).read_bytes()))
    except (OSError, ValueError) as error:
        raise KeyUnfit(f"信任证书文件无法读取：{error}") from error


def pem(certificate: Certificate) -> str:
    """The certificate as text."""
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def from_pem(text: str) -> Certificate:
    """A certificate from its text."""
    return x509.load_pem_x509_certificate(text.encode())


def fingerprint(certificate: Certificate) -> str:
    """The SHA-256 of a certificate 指纹."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def name_of(name: x509.Name) -> str:
    """What a certificate calls somebody: the common name, else the whole name."""
    common = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(common[0].value) if common else name.rfc4514_string()
