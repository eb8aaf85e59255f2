"""Uploads as pages 附件翻印页, as plain values: what is shown of a file, and what is told."""

from __future__ import annotations

from dataclasses import dataclass, field

from documents.rules.papers import PaperTable


@dataclass(frozen=True)
class Picture:
    """A page as a JPEG."""

    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Sheet:
    """One page of a rendition 翻印页: a picture, text, a table, or the reason for none."""

    picture: Picture | None = None
    title: str = ""  # what the page belongs to, within a mail: 邮件附件 2　回单.pdf
    facts: tuple[tuple[str, str], ...] = ()  # the head of a mail 邮件头, or what a file is
    lines: tuple[str, ...] = ()
    table: PaperTable | None = None  # what lies in an archive, or is attached to a mail
    reason: str = ""  # why only the original is kept 仅存原件
    notes: tuple[str, ...] = ()  # what the reader must know before he reads, such as a signature


@dataclass(frozen=True)
class Rendition:
    """The pages made from one upload 附件翻印, and what the archivist should know about them."""

    sheets: tuple[Sheet, ...]
    warnings: tuple[str, ...] = ()

    @property
    def is_original_only(self) -> bool:
        """Whether there is nothing to read but the reason 仅存原件."""
        return bool(self.sheets[0].reason)


def original_only(
    reason: str, *, facts: tuple[tuple[str, str], ...] = (), table: PaperTable | None = None
) -> Rendition:
    """The one page that stands for a file which cannot be shown."""
    return Rendition((Sheet(reason=reason, facts=facts, table=table),), (f"仅存原件：{reason}",))
