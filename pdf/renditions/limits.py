"""How much of an upload is shown 翻印限度, and how to say that it cannot be."""

from __future__ import annotations

from dataclasses import dataclass, field

MAX_PAGES = 60
MAX_BYTES = 64 * 1024 * 1024


class Unreadable(Exception):
    """This file cannot be shown as pages; the message says why, in words for the archive."""


@dataclass(frozen=True)
class Allowance:
    """What one upload may take: so many pages, and so many mails within each other."""

    pages: int = MAX_PAGES
    depth: int = 3  # without depth, a mail is shown and what is attached to it only named


@dataclass(frozen=True)
class Upload:
    """A file that nobody here trusts: its bytes say what it is; its name and declared type only claim it."""

    name: str
    media_type: str
    data: bytes = field(repr=False)
