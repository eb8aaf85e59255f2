"""The test authority 测试机构 of the demo: a root, a signing certificate and a time stamp of its own.

It proves nothing to anybody outside, and says so in the names of its certificates.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

FOLDER = "test-authority"
ROOT = "卷宗测试根证书 TEST ROOT"
SIGNER = "卷宗测试系统签名 TEST SIGNATURE"
STAMPER = "卷宗测试时间戳 TEST TIME STAMP"
YEARS = timedelta(days=3 * 365)
RENEWED = timedelta(days=30)  # before its end a test certificate gives way to a new one

Pair = tuple[Path, Path]  # private key, certificate with its issuer


@dataclass(frozen=True)
class TrialAuthority:
    """Where the keys of the test authority lie."""

    folder: Path

    @property
    def signer(self) -> Pair:
        """What signs."""
        return self.folder / "signer.key", self.folder / "signer.pem"

    @property
    def stamper(self) -> Pair:
        """What stamps the time."""
        return self.folder / "stamper.key", self.folder / "stamper.pem"


def ensure(folder: Path, now: datetime | None = None) -> TrialAuthority:
    """The test authority below a folder, made on the first call; of two that make it at once one wins."""
    moment = now or datetime.now(UTC)
    home = folder / FOLDER
    current = sorted(path for path in home.glob("2*") if path.is_dir()) if home.is_dir() else []
    if current and _lasts(current[-1], moment):
        return TrialAuthority(current[-1])
    target = home / f"{moment:%Y-%m-%d}"
    draft = home / f".{os.getpid()}"
    draft.mkdir(parents=True, mode=0o700)
    try:
        _make(draft, moment)
        draft.rename(target)  # a folder that holds something is never replaced
    except OSError:
        if not target.is_dir():
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return TrialAuthority(target)


def _lasts(folder: Path, now: datetime) -> bool:
    certificate = x509.load_pem_x509_certificates((folder / "signer.pem").read_bytes())[0]
    return now + RENEWED < certificate.not_valid_after_utc


def _make(folder: Path, now: datetime) -> None:
    root_key = _key()
    root = _issue(_named(ROOT), root_key.public_key(), by=(_named(ROOT), root_key), now=now, ca=True)
    _write(folder / "root.pem", _pem(root))
    for name, subject, usage in (
        ("signer", SIGNER, None),
        ("stamper", STAMPER, ExtendedKeyUsageOID.TIME_STAMPING),
    ):
        key = _key()
        issued = _issue(_named(subject), key.public_key(), by=(root.subject, root_key), now=now, usage=usage)
        plain = serialization.NoEncryption()
        form = serialization.PrivateFormat.PKCS8
        _write(folder / f"{name}.key", key.private_bytes(serialization.Encoding.PEM, form, plain))
        _write(folder / f"{name}.pem", _pem(issued) + _pem(root))


def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _named(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "卷宗演示 仅供测试 TEST ONLY"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _issue(
    subject: x509.Name,
    public: rsa.RSAPublicKey,
    *,
    by: tuple[x509.Name, rsa.RSAPrivateKey],
    now: datetime,
    ca: bool = False,
    usage: x509.ObjectIdentifier | None = None,
) -> x509.Certificate:
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by[0])
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=10))
        .not_valid_after(now + (10 * YEARS if ca else YEARS))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=0 if ca else None), critical=True)
        .add_extension(_key_usage(ca), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by[1].public_key()), critical=False)
    )
    if usage is not None:
        made = made.add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
    return made.sign(by[1], hashes.SHA256())


def _key_usage(ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=not ca,
        key_cert_sign=ca,
        crl_sign=ca,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _write(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)
