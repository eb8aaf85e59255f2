"""The sealed volume 案卷: cover, contents, papers, history, attachments, closing note – one PDF/A file."""

from __future__ import annotations

import io
from hashlib import sha256

import pikepdf

from documents.rules.volume import RenderedVolume, VolumeContent
from pdf import fronts, joined
from pdf.embedding import Originals, chosen, embed
from pdf.engine import seal
from pdf.filed import CasePapers, body, entries, papers
from pdf.fronts import Facts, Group
from pdf.glyphs import Ledger
from pdf.imprints import ArchiveFacts, imprint_of
from pdf.saving import saved


def render(content: VolumeContent, *, pdf_flavour: str = "") -> RenderedVolume:
    """Render the volume; the same content gives the same bytes, whenever and wherever it is done."""
    flavour = pdf_flavour or f"pdf/a-{content.flavour}"
    if content.parts:
        return joined.render(content, content.parts, pdf_flavour=flavour)
    ledger = Ledger()
    case = papers(content, ledger)
    document = body(case)
    originals = chosen(case.originals, flavour)
    facts = _facts(case, Group(entries(case, document)), ledger=ledger, originals=originals)
    front = fronts.front(case.shown, facts)
    pages = [*front.before, *document.pages, *front.closing, *front.spine]
    data = seal(
        document.copy(pages),
        imprint_of(content, _archive_facts(content, ledger)),
        flavour=flavour,
        page_labels=front.labels([("", 1, facts.pages)]),
    )
    if originals.inside:
        data = _with_originals(data, originals, content)
    return RenderedVolume(
        content=data,
        sha256=sha256(data).hexdigest(),
        pages=facts.pages,
        sheets=len(pages),
        contents=facts.entries,
        replacements=facts.replacements,
        warnings=facts.warnings,
    )


def _facts(case: CasePapers, group: Group, *, ledger: Ledger, originals: Originals) -> Facts:
    return Facts(
        groups=(group,),
        pages=group.pages,
        replacements=ledger.rows(),
        warnings=case.warnings,
        policies=(case.policy,),
        originals=len(case.originals),
        inside=len(originals.inside),
        beside=tuple(one.enclosure.name for one in originals.beside),
    )


def _archive_facts(content: VolumeContent, ledger: Ledger) -> ArchiveFacts:
    chain = f"{content.case_number} {len(content.events)} {content.events_head}"
    return ArchiveFacts(
        archive_number=content.volume_number,
        cases=(content.case_number,),
        event_chains=(chain,) if content.events_head else (),
        original_characters=ledger.originals(),
    )


def _with_originals(data: bytes, originals: Originals, content: VolumeContent) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as whole:
        embed(whole, originals.inside, content.sealed_at)
        return saved(whole)
