"""Where a bundle comes from 来源: a folder or a ZIP, as bytes by file name, bounded and without tricks."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from documents.bundles.found import BundleRefused, Found, refusal
from documents.bundles.layout import BESIDE, FILES, MANIFEST, MAX_BUNDLE, MAX_ENTRIES, MAX_FILE, MAX_ZIP

KNOWN = (*FILES, MANIFEST)
UNIX = 3
ENCRYPTED = 0x1


def from_path(path: Path) -> dict[str, bytes]:
    """The files of a folder or a ZIP; raises BundleRefused."""
    try:
        if path.is_dir():
            return from_folder(path)
        if not path.is_file():
            raise BundleRefused([refusal("not_there", path.name or str(path))])
        size = path.stat().st_size
        if size > MAX_ZIP:
            raise BundleRefused([refusal("file_too_large", path.name, size=size, limit=MAX_ZIP)])
        return from_zip(path.read_bytes(), path.name)
    except OSError as error:
        raise BundleRefused([refusal("not_readable", path.name, problem=error.strerror)]) from error


def from_folder(folder: Path) -> dict[str, bytes]:
    """The policy files of a folder; whatever else lies there is refused."""
    found: list[Found] = []
    files: dict[str, bytes] = {}
    for path in sorted(folder.iterdir()):
        if path.name in BESIDE:
            continue
        mode, size = path.lstat().st_mode, path.lstat().st_size
        problem = _wrong(path.name, size, plain=stat.S_ISREG(mode))
        if problem:
            found.append(problem)
        else:
            files[path.name] = path.read_bytes()
    return _whole(files, found, folder.name)


def from_zip(raw: bytes, name: str = "bundle.zip") -> dict[str, bytes]:
    """The policy files of a ZIP, which may lie in one folder inside it; raises BundleRefused."""
    if len(raw) > MAX_ZIP:
        raise BundleRefused([refusal("file_too_large", name, size=len(raw), limit=MAX_ZIP)])
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return _unpacked(archive, name)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError, ValueError) as error:
        raise BundleRefused([refusal("zip_bad", name, problem=str(error)[:120])]) from error
    except OSError as error:
        raise BundleRefused([refusal("zip_bad", name, problem=str(error)[:120])]) from error


def _unpacked(archive: zipfile.ZipFile, name: str) -> dict[str, bytes]:
    entries = [one for one in archive.infolist() if not _ignored(one)]
    if len(entries) > MAX_ENTRIES:
        raise BundleRefused([refusal("zip_many", name, limit=MAX_ENTRIES)])
    found = [refusal("zip_path", name, name=one.filename[:80]) for one in entries if not _safe(one.filename)]
    if found or len({PurePosixPath(one.filename).parent for one in entries}) > 1:
        deep = [one for one in entries if len(PurePosixPath(one.filename).parts) > 1]
        found = found or [refusal("zip_path", name, name=one.filename[:80]) for one in deep]
        raise BundleRefused(found)
    files: dict[str, bytes] = {}
    left = MAX_BUNDLE
    for one in entries:
        base = PurePosixPath(one.filename).name
        problem = _wrong(base, one.file_size, plain=not _is_link(one))
        if base in files:
            problem = refusal("zip_twice", name, name=base)
        if problem:
            found.append(problem)
            continue
        files[base] = _read(archive, one, min(left, MAX_FILE))
        left -= len(files[base])
    return _whole(files, found, name)


def _ignored(entry: zipfile.ZipInfo) -> bool:
    """Folders themselves, what macOS adds, and what may lie beside a policy."""
    path = PurePosixPath(entry.filename)
    folder = entry.filename.endswith("/")  # `is_dir` falls over an entry without a name
    return folder or path.parts[:1] == ("__MACOSX",) or (path.name in BESIDE and _safe(entry.filename))


def _safe(name: str) -> bool:
    parts = PurePosixPath(name).parts
    windows = "\\" in name or ":" in name
    return not name.startswith("/") and ".." not in parts and not windows and len(parts) in (1, 2)


def _is_link(entry: zipfile.ZipInfo) -> bool:
    mode = entry.external_attr >> 16
    return entry.create_system == UNIX and mode != 0 and not stat.S_ISREG(mode) and stat.S_IFMT(mode) != 0


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int) -> bytes:
    """At most `limit` bytes are unpacked, whatever the entry says about its size."""
    if entry.flag_bits & ENCRYPTED:
        raise BundleRefused([refusal("zip_bad", entry.filename, problem="password")])
    with archive.open(entry) as stream:
        raw = stream.read(limit + 1)
    if len(raw) > limit:
        raise BundleRefused([refusal("bundle_too_large", entry.filename, limit=MAX_BUNDLE)])
    return raw


def _wrong(name: str, size: int, *, plain: bool) -> Found | None:
    if not plain:
        return refusal("not_a_file", name)
    if name not in KNOWN:
        return refusal("unknown_file", name, known="、".join(KNOWN))
    if size > MAX_FILE:
        return refusal("file_too_large", name, size=size, limit=MAX_FILE)
    return None


def _whole(files: Mapping[str, bytes], found: list[Found], name: str) -> dict[str, bytes]:
    if sum(map(len, files.values())) > MAX_BUNDLE:
        found.append(refusal("bundle_too_large", name, limit=MAX_BUNDLE))
    if not found and not set(files) - {MANIFEST}:
        found.append(refusal("empty", name))
    if found:
        raise BundleRefused(found)
    return dict(files)
