"""What complainants write (投诉内容): from a JSON Lines file, or from the pack's own few sentences."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

LONGEST_TITLE, LONGEST_TEXT = 60, 4_000


@dataclass(frozen=True)
class Texts:
    """Pairs of a subject and what happened; empty when only the pack's sentences are used."""

    pairs: Sequence[tuple[str, str]] = ()

    @classmethod
    def read(cls, path: Path | None) -> Texts:
        """The rows of a file with `title` and `text`; rows without them are left out."""
        if path is None:
            return cls()
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        return cls([_pair(row) for row in rows if row.get("title") and row.get("text")])

    def values(self, luck: Random) -> dict[str, str]:
        """The two fields of one complaint."""
        if not self.pairs:
            return {}
        title, facts = luck.choice(self.pairs)
        return {"title": title, "facts": facts}


def _pair(row: Mapping[str, str]) -> tuple[str, str]:
    return row["title"][:LONGEST_TITLE].ljust(2, "。"), row["text"][:LONGEST_TEXT]
