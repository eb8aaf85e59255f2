"""The journal 流水账 of a package: which files were written whole, so that the next run need not read them.

It lies beside the package, never in it, and is written last. A file is trusted while its size, times and
inode are the ones that were written down; whoever wants every byte read again asks for a recheck.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

HEAD = "juanzong-journal 1"
FIELDS = 8


@dataclass(frozen=True)
class Line:
    """One file as it was when it was whole."""

    sha256: str
    sm3: str
    key: str  # what it was made from, for files that are made and not copied
    size: int
    mtime: int
    ctime: int
    inode: int

    def is_still(self, found: os.stat_result) -> bool:
        """Whether nothing has touched the file since."""
        then = (self.size, self.mtime, self.ctime, self.inode)
        return then == (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


@dataclass
class Journal:
    """What the last run left behind, and what this one will leave."""

    path: Path
    before: dict[str, Line] = field(default_factory=dict)  # by path below the folder of the journal
    lines: dict[str, Line] = field(default_factory=dict)  # of this run
    parts: dict[str, int] = field(default_factory=dict)  # where each volume lay
    split: str = ""  # how it was split
    made: tuple[str, str] = ("", "")  # a digest of what was written, without its moment, and this moment
    trusting: bool = True

    @classmethod
    def beside(cls, out: Path, name: str, *, recheck: bool = False) -> Journal:
        """The journal of a package; an unreadable one is as good as none."""
        journal = cls(out / f".{name}.journal", trusting=not recheck)
        if journal.path.is_file():
            journal._read(journal.path.read_text(encoding="utf-8", errors="replace").split("\n"))
        return journal

    def _read(self, rows: list[str]) -> None:
        if rows[0] != HEAD:
            return
        for row in rows[1:]:
            parts = row.split("\t")
            if parts[0] == "split" and len(parts) == 2:
                self.split = parts[1]
            elif parts[0] == "made" and len(parts) == 3:
                self.made = (parts[1], parts[2])
            elif parts[0] == "volume" and len(parts) == 3:
                self.parts[parts[2]] = int(parts[1])
            elif len(parts) == FIELDS:
                sha256, sm3, key, *numbers, path = parts
                self.before[path] = Line(sha256, sm3, key, *map(int, numbers))

    def known(self, name: str) -> Line | None:
        """What is known of a file that nothing has touched since; by its path below our folder."""
        line = self.before.get(name) if self.trusting else None
        if line is None:
            return None
        try:
            found = os.lstat(f"{self.path.parent}/{name}")
        except FileNotFoundError:
            return None
        return line if line.is_still(found) else None

    def keep(self, name: str, sha256: str, sm3: str = "", key: str = "") -> None:
        """Note a file that is whole now."""
        found = os.lstat(f"{self.path.parent}/{name}")
        stamps = (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
        self.lines[name] = Line(sha256, sm3, key, *stamps)

    def carry(self, name: str, line: Line) -> None:
        """Note a file that is what it was."""
        self.lines[name] = line

    def write(self, *, whole: bool = True) -> None:
        """Write the journal down, only after everything it speaks of is on the disk.

        While not all parts are written, what is known of the others from the last run is kept.
        """
        rows = [
            HEAD,
            f"split\t{self.split}",
            "\t".join(("made", *self.made)),
            *(f"volume\t{part}\t{one}" for one, part in self.parts.items()),
        ]
        lines = self.lines if whole else {**self.before, **self.lines}
        for path, one in lines.items():
            numbers = f"{one.size}\t{one.mtime}\t{one.ctime}\t{one.inode}"
            rows.append(f"{one.sha256}\t{one.sm3}\t{one.key}\t{numbers}\t{path}")
        content = "\n".join([*rows, ""]).encode()
        if self.path.is_file() and self.path.read_bytes() == content:
            return
        draft = self.path.with_name(self.path.name + ".part")
        draft.write_bytes(content)
        draft.replace(self.path)
