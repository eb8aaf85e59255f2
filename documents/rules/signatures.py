"""System signatures 系统签名 as plain values: with what is signed, what was signed, what a check found.

A system signature says that this system sealed these bytes at this time. It is not an electronic seal
电子印章: the law asks more of those than a key on a server can give.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

NONE, TEST = "none", "test"
PKCS12_ENDINGS = (".p12", ".pfx")


@dataclass(frozen=True)
class SigningOrder:
    """With what this house signs 签名设置; no key means that volumes are sealed without a signature."""

    key: str = NONE  # none, test, the path of a PKCS#12 or PEM file, or a plug-in as module:function
    certificate: str = ""  # PEM of the certificate and its issuers, when the key is a PEM file
    password: str = field(default="", repr=False)
    authority: str = NONE  # none, test, or the address of a time-stamp authority (RFC 3161)
    trust: str = ""  # PEM file with roots that are trusted besides the one of the own key
    folder: Path = Path("var")  # below it lie the keys of the test authority

    @property
    def signs(self) -> bool:
        """Whether volumes are signed at all."""
        return self.key != NONE

    @property
    def is_plugin(self) -> bool:
        """Whether the key is reached through a plug-in."""
        module, _, name = self.key.partition(":")
        return name.isidentifier() and all(part.isidentifier() for part in module.split("."))


@dataclass(frozen=True)
class SignatureFacts:
    """How a volume was signed 签名信息, as it is kept with the volume."""

    subject: str
    issuer: str
    serial: str
    fingerprint: str  # SHA-256 of the certificate
    algorithm: str
    level: str  # PAdES-B-T, or PAdES-B-B without a time stamp
    signed_at: datetime  # from the time stamp; without one, by the clock of this system
    not_after: datetime  # when the certificate ends
    unsigned_sha256: str  # of the rendered bytes, which stay the beginning of the file
    unsigned_size: int
    root: str = ""  # under which the signer is trusted
    authority: str = ""  # who stamped the time
    test: bool = False  # signed with the key of the test authority
    test_authority: bool = False  # stamped by the test authority
    anchors: tuple[str, ...] = ()  # fingerprints of the roots under which it was checked

    def as_row(self) -> dict[str, Any]:
        """The facts as a document keeps them."""
        return {**asdict(self), "anchors": list(self.anchors)}


@dataclass(frozen=True)
class SignatureCheck:
    """What a check of a signature found 验签结果; no problems means that it holds."""

    problems: tuple[str, ...]
    root: str = ""  # under which the signer is trusted
    signed_at: datetime | None = None
    authority: str = ""

    @property
    def ok(self) -> bool:
        """Whether the signature holds."""
        return not self.problems

    @property
    def words(self) -> str:
        """The problems as one sentence, for paper and for the archivist's list."""
        return "；".join(PROBLEMS[code] for code in PROBLEMS if code in self.problems)


# In the order in which they are told; the words for pages stand in admin_views, these are for paper.
PROBLEMS: Mapping[str, str] = {
    "unreadable": "文件无法作为 PDF 读取",
    "missing": "文件中没有系统签名",
    "changed": "签名之后文件内容被改动",
    "forged": "签名值与证书的公钥不符",
    "uncovered": "签名之后又追加了内容",
    "untrusted": "签名证书不在信任清单之内，或在签名时无效",
    "unstamped": "没有时间戳，签名时间只依据本系统时钟",
    "stamp_wrong": "时间戳与签名不符",
    "stamp_untrusted": "时间戳机构的证书不在信任清单之内，或在加盖时无效",
    "other_signer": "签名证书与封存时登记的不同",
    "prefix": "文件开头与封存时生成的案卷不同",
}
