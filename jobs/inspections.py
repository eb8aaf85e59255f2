"""四性检测 in the job: what is looked at is gathered, checked, kept – at sealing, on request, by sampling."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from zoneinfo import ZoneInfo

import gridfs
from gridfs.errors import CorruptGridFile

from documents import files, inspection_facts
from documents.actions import inspecting, signing
from documents.inspection import Inspection, inspection_rules
from documents.inspection_paper import inspection_paper
from documents.policy import view_in_force
from documents.rules.check_items import VOLUME_ITEMS
from documents.rules.four_checks import FILING, KEEPING, VOLUME, Inspected, run
from documents.rules.signatures import SignatureCheck
from documents.rules.volume_checks import CHECKS
from documents.rules.volume_facts import FileFacts, VolumeFacts
from documents.virus_scans import Named, scan
from documents.volume import Volume
from jobs import signing as signatures
from jobs.making import PDF, PaperUnfit, kept, made, store
from jobs.surroundings import current
from pdf import sandbox, verapdf
from pdf.inspections import look_into
from pdf.renditions.kinds import recognised
from pdf.renditions.limits import Upload
from pdf.verapdf import ValidatorFailed, VeraPdf

HEAD = 64 * 1024
ONLY_ORIGINAL = "仅存原件"
LOCKED_PDF, LOCKED_OFFICE = b"/Encrypt", "EncryptedPackage".encode("utf-16-le")
SEAM = 64
Row = Mapping[str, Any]


def of_new_volume(row: Row, content: bytes, *, now: datetime) -> Inspected:
    """The inspection of a volume that is about to be sealed; its signature was checked when it was made."""
    check = SignatureCheck((), **_signed(row)) if row.get("signature") else None
    facts = replace(_facts(row, content, now=now), signature=check, being_sealed=True)
    return _inspected(facts, FILING, now)


def _signed(row: Row) -> dict[str, Any]:
    facts = row["signature"]
    return {"root": facts["root"], "signed_at": facts["signed_at"], "authority": facts["authority"]}


def inspect_volume(
    number: str, now: str, by: str = "system", stage: str = KEEPING, sampled: int | None = None
) -> str:
    """Inspect a sealed volume (案卷检测) and keep the report; a failure is told to who keeps the archive."""
    volume, moment = Volume.get(number), datetime.fromisoformat(now)
    row = volume.to_mongo().to_dict()
    content = _stored(volume.file_id)
    facts = _facts(row, content, now=moment)
    digest = facts.file.found_sha256
    if row.get("signature"):
        check = signatures.check(content, row["signature"])
        signing.keep_check(number, digest, check, now=moment)
        facts = replace(facts, signature=check)
    inspected = _inspected(facts, stage, moment)
    kept = inspecting.keep(inspected, owner=volume.owner, sha256=digest, by=by, sampled=sampled)
    inspecting.alarm(kept, now=moment)
    return "passed" if kept.ok else "failed"


def print_report(inspection: str, _now: str) -> str:
    """Print a report (检测报告). Safe to run twice: the first file stays."""
    found = Inspection.get(inspection)
    if found.file_id:
        return "printed before"
    try:
        tries = inspecting.begin_print(inspection)
        content = made(lambda: sandbox.shared().paper(inspection_paper(found)), tries=tries)
    except PaperUnfit as unfit:
        inspecting.set_aside(found, str(unfit))
        return "set aside"
    stored = store(content, f"{found.number}-四性检测报告-{inspection}.pdf")
    return kept(stored, inspecting.fill(found, stored))


def _inspected(facts: VolumeFacts, stage: str, now: datetime) -> Inspected:
    findings = run(VOLUME_ITEMS, CHECKS, facts, inspection_rules().off)
    return Inspected(VOLUME, facts.row["_id"], facts.row["title"], stage, now, findings)


# --- what is looked at ---------------------------------------------------------------------------------


def _facts(row: Row, content: bytes, *, now: datetime) -> VolumeFacts:
    zone = ZoneInfo(view_in_force(row["policy"]).zone)
    originals = tuple(_original(one, row) for one in row.get("originals", ()))
    return VolumeFacts(
        row=row,
        file=_volume_file(row, content),
        pdf=look_into(content),
        cases=tuple(inspection_facts.case_facts(row)),
        originals=originals,
        number=inspection_facts.number_facts(row),
        retention_codes=inspection_facts.retention_codes(row["policy"]),
        today=now.astimezone(zone).date(),
        **_vera(content),
        scan=scan(current().clamd, _scanned(row, content, originals)),
        sealed_in_audit=inspection_facts.sealed_in_audit(row),
    )


def _stored(file_id: str) -> bytes:
    """The bytes, or what is left of them where the file is lost or damaged: then every check of it fails."""
    try:
        return files.read_or_left(file_id)
    except gridfs.NoFile:
        return b""


def _volume_file(row: Row, content: bytes) -> FileFacts:
    return FileFacts(
        name=row["_id"],
        media_type=PDF,
        size=row["size"],
        sha256=row["sha256"],
        found_size=len(content) or None,
        found_sha256=hashlib.sha256(content).hexdigest() if content else "",
        kind="PDF" if content.startswith(b"%PDF-") else "",
    )


def _original(one: Row, row: Row) -> FileFacts:
    """An original as it lies in the store, read once."""
    facts = FileFacts(one["name"], one["media_type"], one["size"], one["sha256"], None, "")
    digest, size, head, locked, seam = hashlib.sha256(), 0, b"", False, b""
    try:
        for block in files.blocks(one["file_id"]):
            digest.update(block)
            size += len(block)
            head = head or block[:HEAD]
            looked = seam + block
            locked = locked or LOCKED_OFFICE in looked or (head.startswith(b"%PDF-") and LOCKED_PDF in looked)
            seam = block[-SEAM:]
    except (gridfs.NoFile, CorruptGridFile):
        return facts
    label, program = _kind(one, head)
    return replace(
        facts,
        found_size=size,
        found_sha256=digest.hexdigest(),
        kind=label,
        program=program,
        locked=locked,
        opens_alone=not _only_original(one["name"], row),
    )


def _kind(one: Row, head: bytes) -> tuple[str, bool]:
    """What the first bytes say; archives are not opened here."""
    if head.startswith(b"PK"):
        return "ZIP 或 Office 文件", False
    kind = recognised(Upload(one["name"], one["media_type"], head))
    return kind.label, "程序" in kind.label


def _only_original(name: str, row: Row) -> bool:
    return any(
        name in entry.get("title", "") and ONLY_ORIGINAL in (entry.get("note") or "")
        for entry in row["contents"]
    )


def _scanned(row: Row, content: bytes, originals: tuple[FileFacts, ...]) -> Iterator[Named]:
    yield row["_id"], [content[at : at + files.CHUNK] for at in range(0, len(content), files.CHUNK)]
    for one, facts in zip(row.get("originals", ()), originals, strict=True):
        if facts.found_size is not None:
            yield one["name"], files.blocks(one["file_id"])


def _vera(content: bytes) -> dict[str, Any]:
    """What veraPDF says, where there is one; when it fails the built-in checks have the say."""
    jar = verapdf.available(current().verapdf)
    if jar is None:
        return {}
    with NamedTemporaryFile(prefix="juanzong-vera-", suffix=".pdf") as copy:
        copy.write(content)
        copy.flush()
        try:
            return {"vera": _machine(jar).failures(Path(copy.name))}
        except ValidatorFailed as failed:
            return {"vera_problem": str(failed)}


@cache
def _machine(jar: Path) -> VeraPdf:
    return VeraPdf(jar)
