"""What is looked at when a volume is inspected 检测素材, as plain values: the row, the file, the cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from documents.rules.signatures import SignatureCheck


@dataclass(frozen=True)
class PdfFacts:
    """What a PDF file is like inside; without a page it could not be read, and says why."""

    pages: int = 0
    unreadable: str = ""
    version: str = ""
    claim: str = ""  # such as 2U, from its XMP
    title: str = ""
    author: str = ""
    subject: str = ""
    bookmarks: tuple[str, ...] = ()
    archival: tuple[str, ...] = ()  # what breaks PDF/A
    fonts: int = 0
    font_problems: tuple[str, ...] = ()
    active: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()  # encryption, private compression, external streams
    trailing: int = 0  # bytes behind the end
    blank: tuple[str, ...] = ()  # sheets that could not be drawn or have no text
    heads: tuple[str, ...] = ()  # the hashes of last events that are printed at its end


@dataclass(frozen=True)
class FileFacts:
    """A stored file as it is registered and as it was found."""

    name: str
    media_type: str
    size: int
    sha256: str
    found_size: int | None  # None: there is no such file
    found_sha256: str
    kind: str = ""  # what its bytes say it is
    opens_alone: bool = True  # whether it became pages, so that nobody needs its program
    program: bool = False
    locked: bool = False

    @property
    def agrees(self) -> bool:
        """Whether the bytes are those that were registered."""
        return (self.found_size, self.found_sha256) == (self.size, self.sha256)


@dataclass(frozen=True)
class CaseFacts:
    """What a case in the volume has, as far as it went into this volume."""

    number: str
    events: int
    broken_at: int | None
    head: str  # hash of the last event that the volume tells
    first_verb: str
    closed: bool
    forms: int
    letters: int
    attachments: int


@dataclass(frozen=True)
class NumberFacts:
    """The archive number against its rule and against the others of its series."""

    expected: str  # made anew by the rule; empty when the rule is not known any more
    twins: tuple[str, ...] = ()
    unaccounted: tuple[str, ...] = ()  # earlier numbers of the series that are nowhere


@dataclass(frozen=True)
class ScanFacts:
    """What the virus scanner said; without a version it could not be asked."""

    version: str = ""
    problem: str = ""
    scanned: int = 0
    infected: tuple[str, ...] = ()


@dataclass(frozen=True)
class VolumeFacts:
    """Everything about a volume that the checks look at."""

    row: Mapping[str, Any]
    file: FileFacts
    pdf: PdfFacts
    cases: tuple[CaseFacts, ...]
    originals: tuple[FileFacts, ...]
    number: NumberFacts
    retention_codes: tuple[str, ...]
    today: date
    signature: SignatureCheck | None = None
    vera: tuple[str, ...] | None = None  # failed rules; None: there is no veraPDF here, or
    vera_problem: str = ""  # it gave no answer
    scan: ScanFacts | None = None  # None: no scanner is configured
    sealed_in_audit: tuple[str, ...] = ()  # digests that the audit trail knows; before sealing none
    being_sealed: bool = False
