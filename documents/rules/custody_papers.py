"""Papers of what comes after sealing 保管文书, as plain values: certificates, and copies to be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from documents.rules.papers import FormField


@dataclass(frozen=True)
class Signatory:
    """Who signs a certificate 签字人, in which part, and when the portal had the person's word."""

    part: str
    name: str
    when: datetime | None = None  # None: signs by hand only


@dataclass(frozen=True)
class DestructionPaper:
    """The certificate 电子档案销毁证明 with its list 销毁清册."""

    title: str
    organisation: str
    number: str
    paragraphs: tuple[str, ...]
    facts: tuple[FormField, ...]
    signatories: tuple[Signatory, ...]
    columns: tuple[tuple[str, int], ...]  # heading and relative width
    rows: tuple[tuple[str, ...], ...]
    made_at: datetime


@dataclass(frozen=True)
class ReadingCopy:
    """A copy to be read 阅览件: a rendered file of covered contents, and what stands across every page."""

    content: bytes
    marks: tuple[str, ...]  # the lines of the watermark 水印
    title: str
    made_at: datetime
