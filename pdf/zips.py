"""The ZIP of a bag 传输用 ZIP: stored and not compressed, the same bytes each time."""

from __future__ import annotations

import os
import shutil
import zipfile
from datetime import datetime
from pathlib import Path

from pdf.bags import PART, digest_of, make_durable, settle
from pdf.journal import Journal
from pdf.verifier import CHUNK, TAGMANIFEST
from pdf.wording import beijing


def pack(folder: Path, made_at: datetime, journal: Journal) -> tuple[Path, str]:
    """The ZIP beside the folder, with its digest in a .sha256 file."""
    target = folder.with_name(folder.name + ".zip")
    beside = target.with_name(target.name + ".sha256")
    bag = digest_of(folder / TAGMANIFEST)
    digest = _known_digest(target, beside, bag, journal)
    if not digest:
        beside.unlink(missing_ok=True)
        _write(target, folder, made_at)
        digest = digest_of(target)
        settle(beside, f"{digest}  {target.name}\n".encode())
    journal.keep(target.name, digest, key=bag)
    return target, digest


def _write(target: Path, folder: Path, made_at: datetime) -> None:
    draft = target.with_name(target.name + PART)
    stamp = beijing(made_at).timetuple()[:6]
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(_names(folder)):
            _store(archive, folder / name, name=f"{folder.name}/{name}", stamp=stamp)
    make_durable(draft, target)


def _names(folder: Path) -> list[str]:
    return [
        (Path(root) / name).relative_to(folder).as_posix()
        for root, _folders, names in os.walk(folder)
        for name in names
    ]


def _known_digest(target: Path, beside: Path, bag: str, journal: Journal) -> str:
    """The digest of a ZIP that already holds this very bag, or nothing."""
    if not (target.is_file() and beside.is_file()):
        return ""
    line = journal.known(target.name)
    digest = line.sha256 if line else digest_of(target)
    if beside.read_text(encoding="utf-8") != f"{digest}  {target.name}\n":
        return ""
    if line:
        return digest if line.key == bag else ""
    with zipfile.ZipFile(target) as archive:
        inside = archive.read(f"{target.stem}/{TAGMANIFEST}")
    same = inside == (target.with_suffix("") / TAGMANIFEST).read_bytes()
    return digest if same else ""


def _store(archive: zipfile.ZipFile, path: Path, *, name: str, stamp: tuple[int, ...]) -> None:
    entry = zipfile.ZipInfo(name, stamp)  # type: ignore[arg-type]
    entry.external_attr = 0o644 << 16
    entry.create_system = 3
    entry.file_size = path.stat().st_size
    with path.open("rb") as source, archive.open(entry, "w") as target:
        shutil.copyfileobj(source, target, CHUNK)
