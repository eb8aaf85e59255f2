"""BagIt 1.0 folders: written once, resumable, the same bytes each time."""

from __future__ import annotations

import ctypes
import hashlib
import io
import os
import stat
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from documents.rules.broken import RuleBroken
from pdf.journal import Journal
from pdf.verifier import BAGIT, CHUNK, MANIFEST, MANIFEST_SM3, TAGMANIFEST, TAGMANIFEST_SM3

PART = ".part"
LIBC = ctypes.CDLL(None, use_errno=True)  # for syncfs, which Python does not have
Opener = Callable[[], BinaryIO]
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Wanted:
    """A payload file as it shall be."""

    path: str  # below the bag, with data/ in front
    size: int
    sha256: str
    open: Opener
    key: str = ""  # what it is made from, when it is made and not copied


@dataclass(frozen=True)
class Made:
    """A payload file that is made when it is not there yet; the same key gives the same bytes."""

    path: str
    key: str
    make: Callable[[], bytes]


@dataclass
class Bag:
    """A bag being written 封装中的信息包."""

    folder: Path
    journal: Journal
    sm3: bool = False
    written: int = 0
    digests: dict[str, str] = field(default_factory=dict)  # SM3 of the payload by path
    folders: set[str] = field(default_factory=set)  # that are known to be there

    def fill(
        self, entries: Sequence[Wanted | Made], on_progress: Progress, *, done: int, total: int
    ) -> tuple[Wanted, ...]:
        """Bring the payload to what is wanted; right files stay untouched, others come one by one."""
        _claim(self.folder)
        there = {one.path: self._as_it_lies(one) for one in entries}
        pending = [one for one in entries if there[one.path] is None]
        strays, hollow = _beyond(self.folder, set(there))
        if pending or strays:
            # From here until the last line is written again, nobody may take this folder for a whole package.
            (self.folder / TAGMANIFEST).unlink(missing_ok=True)
        for stray in strays:
            stray.unlink()
        if strays or hollow:
            _prune(self.folder / "data")
        done += len(entries) - len(pending)
        for one in pending:
            there[one.path] = self._bring(one)
            done += 1
            on_progress(done, total, one.path)
        return tuple(one for one in there.values() if one is not None)

    def _as_it_lies(self, one: Wanted | Made) -> Wanted | None:
        """What a file is, when it is there and right; nothing, when it must be brought."""
        if isinstance(one, Wanted):
            return one if self._is_right(one) else None
        name = self._name(one.path)
        line = self.journal.known(name)
        if line is None or line.key != one.key or (self.sm3 and not line.sm3):
            return None
        self.digests[one.path] = line.sm3
        self.journal.carry(name, line)
        return Wanted(one.path, line.size, line.sha256, lambda: io.BytesIO(one.make()), one.key)

    def _bring(self, one: Wanted | Made) -> Wanted:
        """Copy a file, or make it now: what was made is on the disk before the next is made."""
        if isinstance(one, Wanted):
            self._copy(one)
            self.written += 1
            return one
        content = one.make()
        wanted = Wanted(one.path, len(content), _sha256(content), lambda: io.BytesIO(content), one.key)
        if not self._is_right(wanted):
            self._copy(wanted)
            self.written += 1
        return replace(wanted, open=lambda: io.BytesIO(one.make()))  # its bytes need not stay in memory

    def _is_right(self, wanted: Wanted) -> bool:
        """Whether a file is there with the right bytes; its SM3 is read off on the way."""
        name = self._name(wanted.path)
        line = self.journal.known(name)
        if line and line.sha256 == wanted.sha256 and (line.sm3 or not self.sm3):
            self.digests[wanted.path] = line.sm3
            self.journal.carry(name, replace(line, key=wanted.key))
            return True
        path = self._path(wanted.path)
        if _size_of(path) != wanted.size:
            return False
        with Path(path).open("rb") as stream:
            size, sha256, sm3 = drain(stream, self.sm3)
        if (size, sha256) != (wanted.size, wanted.sha256):
            return False
        self._keep(wanted, sm3)
        return True

    def _copy(self, wanted: Wanted) -> None:
        """Copy one file and hash it on the way; what differs from its record never takes its place."""
        path = self._path(wanted.path)
        self._make_room(path.rpartition("/")[0])
        draft = Path(path + PART)
        with closing(wanted.open()) as source, draft.open("wb", buffering=0) as target:
            size, sha256, sm3 = drain(source, self.sm3, target)
        if (size, sha256) != (wanted.size, wanted.sha256):
            draft.unlink()
            raise RuleBroken("stored_file_damaged", path=wanted.path, expected=wanted.sha256, found=sha256)
        draft.replace(path)
        self._keep(wanted, sm3)

    def _make_room(self, folder: str) -> None:
        if folder not in self.folders:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.folders.add(folder)

    def _keep(self, wanted: Wanted, sm3: str) -> None:
        self.digests[wanted.path] = sm3
        self.journal.keep(self._name(wanted.path), wanted.sha256, sm3, wanted.key)

    def _name(self, path: str) -> str:
        return f"{self.folder.name}/{path}"

    def _path(self, path: str) -> str:
        # Plain text: for fifty thousand files, paths as objects cost more than looking at them.
        return f"{self.folder}/{path}"

    def finish(
        self, wanted: tuple[Wanted, ...], *, about: Mapping[str, str], tags: Mapping[str, bytes]
    ) -> None:
        """Write the tag files; the tag manifest comes last and makes the bag whole."""
        ordered = sorted(wanted, key=lambda one: one.path)
        oxum = f"{sum(one.size for one in wanted)}.{len(wanted)}"
        info = "".join(f"{name}: {value}\n" for name, value in {**about, "Payload-Oxum": oxum}.items())
        files = {**tags, "bagit.txt": BAGIT, "bag-info.txt": info.encode()}
        files[MANIFEST] = "".join(f"{one.sha256}  {one.path}\n" for one in ordered).encode()
        if self.sm3:
            files[MANIFEST_SM3] = "".join(
                f"{self.digests[one.path]}  {one.path}\n" for one in ordered
            ).encode()
        self._drop_others(frozenset(files) | {TAGMANIFEST} | ({TAGMANIFEST_SM3} if self.sm3 else set()))
        for name, content in files.items():
            settle(self.folder / name, content)
        if self.sm3:
            settle(self.folder / TAGMANIFEST_SM3, _tag_lines(files, "sm3"))
        last, lines = self.folder / TAGMANIFEST, _tag_lines(files, "sha256")
        if not (last.is_file() and last.read_bytes() == lines):
            keep_all(self.folder)  # once: fifty thousand files one by one take the disk minutes
            settle(last, lines)

    def _drop_others(self, names: frozenset[str]) -> None:
        for path in self.folder.iterdir():
            if not path.is_dir() and path.name not in names:
                path.unlink()


def _size_of(path: str) -> int:
    """The size of a file that is a file; -1 for anything else."""
    try:
        found = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return -1
    return found.st_size if stat.S_ISREG(found.st_mode) else -1


def keep_all(folder: Path) -> None:
    """Wait until the file system of a folder has everything on the disk; raises OSError when it could not."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        if LIBC.syncfs(handle):
            raise OSError(ctypes.get_errno(), "syncfs", str(folder))
    finally:
        os.close(handle)


def drain(source: BinaryIO, sm3: bool, target: BinaryIO | None = None) -> tuple[int, str, str]:
    """Read to the end, once: how much it was, its SHA-256, and its SM3 when it is wanted."""
    digests = [hashlib.sha256(), *([hashlib.new("sm3")] if sm3 else [])]
    size = 0
    while chunk := source.read(CHUNK):
        for digest in digests:
            digest.update(chunk)
        size += len(chunk)
        if target is not None:
            target.write(chunk)
    return size, digests[0].hexdigest(), digests[1].hexdigest() if sm3 else ""


def digest_of(path: Path) -> str:
    """The SHA-256 of a file on disk."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def settle(path: Path, content: bytes) -> None:
    """Write a small file unless it is there already with these bytes."""
    if path.is_file() and path.read_bytes() == content:
        return
    draft = path.with_name(path.name + PART)
    draft.write_bytes(content)
    make_durable(draft, path)


def make_durable(draft: Path, path: Path) -> None:
    """A file takes its place only when it is on the disk."""
    with draft.open("rb") as stream:
        os.fsync(stream.fileno())
    draft.replace(path)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _tag_lines(files: Mapping[str, bytes], algorithm: str) -> bytes:
    lines = (
        f"{hashlib.new(algorithm, content).hexdigest()}  {name}\n" for name, content in sorted(files.items())
    )
    return "".join(lines).encode()


def _claim(folder: Path) -> None:
    """Only an empty folder or an earlier bag of ours may be written to: strays in it will be deleted."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()) and not (folder / "bagit.txt").is_file():
        raise RuleBroken("folder_in_use", folder=str(folder))
    settle(folder / "bagit.txt", BAGIT)


def _beyond(folder: Path, wanted: set[str]) -> tuple[list[Path], bool]:
    """The files that nobody wants, and whether there are empty folders."""
    strays = [path for path in folder.iterdir() if path.suffix == PART]
    hollow, start = False, len(str(folder)) + 1
    for root, folders, names in os.walk(folder / "data"):
        here = root[start:]
        links = [name for name in folders if Path(root, name).is_symlink()]
        strays += [Path(root, name) for name in (*names, *links) if f"{here}/{name}" not in wanted]
        hollow = hollow or not (folders or names or here == "data")
    return strays, hollow


def _prune(folder: Path) -> None:
    """Remove folders that hold nothing, innermost first."""
    for root, _folders, _names in os.walk(folder, topdown=False):
        if root != str(folder) and not any(Path(root).iterdir()):
            Path(root).rmdir()
