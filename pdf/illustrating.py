"""The pages of all uploads of a volume 附件翻印, made one by one before the volume is laid out.

An upload that cannot be drawn within its limits costs its own pages and not the case: the volume then holds
the page that only the original is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from documents.rules.rendition import Rendition, original_only
from documents.rules.volume import Enclosure, VolumeContent
from pdf.failures import RenderFailed
from pdf.renditions.limits import MAX_PAGES, Allowance

MOST_SHEETS = 400  # of a case: at 135 KB a page, what a child can hold beside its layout


@dataclass(frozen=True)
class RenditionOrder:
    """One upload to be drawn, and how much of it."""

    enclosure: Enclosure
    allowance: Allowance


Draw = Callable[[RenditionOrder], Rendition]


def illustrate(content: VolumeContent, draw: Draw) -> VolumeContent:
    """The same volume with the pages of its uploads in it."""
    left, enclosures = MOST_SHEETS, []
    for enclosure in content.enclosures:
        # Always one page at least, so that no upload is missing from the paper.
        order = RenditionOrder(enclosure, Allowance(pages=max(1, min(MAX_PAGES, left))))
        found = _drawn(order, draw)
        left -= len(found.sheets)
        enclosures.append(replace(enclosure, rendition=found))
    parts = tuple(illustrate(part, draw) for part in content.parts)
    return replace(content, enclosures=tuple(enclosures), parts=parts)


def _drawn(order: RenditionOrder, draw: Draw) -> Rendition:
    """The pages; a mail whose attachments are too much still shows itself."""
    simple = replace(order, allowance=replace(order.allowance, depth=0))
    reason = ""
    for attempt in (order, simple) if _says_it_is_mail(order.enclosure) else (order,):
        try:
            return _patiently(attempt, draw)
        except RenderFailed as error:
            reason = reason or error.reason
    return original_only(f"翻印未能完成：{reason}")


def _patiently(order: RenditionOrder, draw: Draw) -> Rendition:
    """A child that was killed may have been killed by something else: once more, then no more."""
    try:
        return draw(order)
    except RenderFailed as error:
        if not error.retryable:
            raise
    return draw(order)


def _says_it_is_mail(enclosure: Enclosure) -> bool:
    return enclosure.name.lower().endswith(".eml") or enclosure.media_type == "message/rfc822"
