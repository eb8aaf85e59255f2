"""What belongs to a house and is no document 本单位密钥: its secret, its keys, its checkpoints."""

from __future__ import annotations

import os
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from documents import backup
from portal.settings import DATA_KEY, Settings

HOUSE = "house"
KEYS = ("secret", DATA_KEY, "audit.key")
PIECES = (*KEYS, "checkpoints")


def pack(settings: Settings, out: tarfile.TarFile, pieces: Sequence[str]) -> None:
    """Put these pieces of the data folder into a backup."""
    for path in _found(settings, pieces):
        name = path.relative_to(settings.data_folder).as_posix()
        backup.add(out, f"{HOUSE}/{name}", path.read_bytes())


def _found(settings: Settings, pieces: Sequence[str]) -> Iterator[Path]:
    for name in pieces:
        found = settings.data_folder / name
        inside = sorted(found.rglob("*")) if found.is_dir() else [found]
        yield from (one for one in inside if one.is_file())


class Unpacking:
    """Puts the pieces of a house back where they are missing; what is there stays, and is named.

    Missing is what is not there when this begins: the settings make a secret as soon as they are read.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder, self.put, self.kept = folder, list[str](), list[str]()
        self.data_key = ""  # the master key 主密钥 that came with the backup
        self.found = frozenset(folder.rglob("*")) if folder else frozenset[Path]()

    def take(self, name: str, content: bytes) -> None:
        """One member of a backup that is no document."""
        path = PurePosixPath(name)
        if path.parts == (HOUSE, DATA_KEY):
            self.data_key = content.decode().strip()
        if self.folder is None or path.parts[:1] != (HOUSE,) or ".." in path.parts:
            return
        place = self.folder.joinpath(*path.parts[1:])
        if place in self.found:
            if place.read_bytes() != content and place.name not in self.kept:
                self.kept.append(place.name)
            return
        place.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        if place.name not in self.put:
            self.put.append(place.name)
