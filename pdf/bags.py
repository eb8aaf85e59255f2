"""BagIt 1.0 folders and their ZIP: written once, resumable, the same bytes each time."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import zipfile
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from documents.rules.broken import RuleBroken
from pdf.verifier import BAGIT, CHUNK, MANIFEST, TAGMANIFEST
from pdf.wording import beijing

PART = ".part"
TAG_NAMES = frozenset({"bagit.txt", "bag-info.txt", MANIFEST, TAGMANIFEST})
Opener = Callable[[], BinaryIO]


@dataclass(frozen=True)
class Wanted:
    """A payload file as it shall be."""

    path: str  # below the bag, with data/ in front
    size: int
    sha256: str
    open: Opener


Progress = Callable[[int, int, str], None]


def fill(folder: Path, wanted: tuple[Wanted, ...], on_progress: Progress) -> int:
    """Bring the payload to what is wanted and return how many files were written; right ones stay."""
    _claim(folder)
    pending = [one for one in wanted if not _is_right(folder / one.path, one)]
    strays = _strays(folder, {one.path for one in wanted})
    if pending or strays:
        # From here until the last line is written again, nobody may take this folder for a whole package.
        (folder / TAGMANIFEST).unlink(missing_ok=True)
    for stray in strays:
        stray.unlink()
    _prune(folder / "data")
    done = len(wanted) - len(pending)
    for one in pending:
        _copy(folder / one.path, one)
        done += 1
        on_progress(done, len(wanted), one.path)
    return len(pending)


def finish(
    folder: Path, wanted: tuple[Wanted, ...], *, about: Mapping[str, str], tags: Mapping[str, bytes]
) -> None:
    """Write the tag files; the tag manifest comes last and makes the bag whole."""
    payload = "".join(f"{one.sha256}  {one.path}\n" for one in sorted(wanted, key=lambda one: one.path))
    oxum = f"{sum(one.size for one in wanted)}.{len(wanted)}"
    info = "".join(f"{name}: {value}\n" for name, value in {**about, "Payload-Oxum": oxum}.items())
    for stray in (
        path for path in folder.iterdir() if path.is_file() and path.name not in TAG_NAMES | tags.keys()
    ):
        stray.unlink()
    files = {**tags, "bagit.txt": BAGIT, "bag-info.txt": info.encode(), MANIFEST: payload.encode()}
    for name, content in files.items():
        _settle(folder / name, content)
    lines = (f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items()))
    _settle(folder / TAGMANIFEST, "".join(lines).encode())


def pack(folder: Path, made_at: datetime) -> tuple[Path, str]:
    """The ZIP beside the folder, stored and not compressed, with its digest in a .sha256 file."""
    target = folder.with_name(folder.name + ".zip")
    beside = target.with_name(target.name + ".sha256")
    known = _known_digest(target, beside, folder)
    if known:
        return target, known
    beside.unlink(missing_ok=True)
    draft = target.with_name(target.name + PART)
    stamp = beijing(made_at).timetuple()[:6]
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as archive:
        for path in _files(folder):
            _store(archive, path, name=f"{folder.name}/{path.relative_to(folder).as_posix()}", stamp=stamp)
    _make_durable(draft, target)
    digest = digest_of(target)
    _settle(beside, f"{digest}  {target.name}\n".encode())
    return target, digest


def digest_of(path: Path) -> str:
    """The SHA-256 of a file on disk."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def from_bytes(path: str, content: bytes) -> Wanted:
    """A payload file whose bytes are at hand."""
    return Wanted(path, len(content), hashlib.sha256(content).hexdigest(), lambda: io.BytesIO(content))


def _claim(folder: Path) -> None:
    """Only an empty folder or an earlier bag of ours may be written to: strays in it will be deleted."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()) and not (folder / "bagit.txt").is_file():
        raise RuleBroken("folder_in_use", folder=str(folder))
    _settle(folder / "bagit.txt", BAGIT)


def _is_right(path: Path, wanted: Wanted) -> bool:
    return path.is_file() and path.stat().st_size == wanted.size and digest_of(path) == wanted.sha256


def _files(folder: Path) -> list[Path]:
    return sorted((path for path in folder.rglob("*") if not path.is_dir()), key=lambda path: path.as_posix())


def _strays(folder: Path, wanted: set[str]) -> list[Path]:
    data = _files(folder / "data") if (folder / "data").is_dir() else []
    drafts = [path for path in folder.iterdir() if path.suffix == PART]
    return [path for path in data if path.relative_to(folder).as_posix() not in wanted] + drafts


def _prune(folder: Path) -> None:
    """Remove folders that hold nothing, innermost first."""
    if not folder.is_dir():
        return
    for path in sorted((path for path in folder.rglob("*") if path.is_dir()), reverse=True):
        if not any(path.iterdir()):
            path.rmdir()


def _copy(path: Path, wanted: Wanted) -> None:
    """Copy one file and hash it on the way; what differs from its record never takes its place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + PART)
    digest, size = hashlib.sha256(), 0
    with closing(wanted.open()) as source, draft.open("wb") as target:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            target.write(chunk)
    if (size, digest.hexdigest()) != (wanted.size, wanted.sha256):
        draft.unlink()
        raise RuleBroken(
            "stored_file_damaged", path=wanted.path, expected=wanted.sha256, found=digest.hexdigest()
        )
    _make_durable(draft, path)


def _settle(path: Path, content: bytes) -> None:
    """Write a small file unless it is there already with these bytes."""
    if path.is_file() and path.read_bytes() == content:
        return
    draft = path.with_name(path.name + PART)
    draft.write_bytes(content)
    _make_durable(draft, path)


def _make_durable(draft: Path, path: Path) -> None:
    with draft.open("rb") as stream:
        os.fsync(stream.fileno())
    draft.replace(path)


def _known_digest(target: Path, beside: Path, folder: Path) -> str:
    """The digest of a ZIP that already holds this very bag, or nothing."""
    if not (target.is_file() and beside.is_file()):
        return ""
    digest = digest_of(target)
    if beside.read_text(encoding="utf-8") != f"{digest}  {target.name}\n":
        return ""
    with zipfile.ZipFile(target) as archive:
        inside = archive.read(f"{folder.name}/{TAGMANIFEST}")
    return digest if inside == (folder / TAGMANIFEST).read_bytes() else ""


def _store(archive: zipfile.ZipFile, path: Path, *, name: str, stamp: tuple[int, ...]) -> None:
    entry = zipfile.ZipInfo(name, stamp)  # type: ignore[arg-type]
    entry.external_attr = 0o644 << 16
    entry.create_system = 3
    entry.file_size = path.stat().st_size
    with path.open("rb") as source, archive.open(entry, "w") as target:
        shutil.copyfileobj(source, target, CHUNK)
