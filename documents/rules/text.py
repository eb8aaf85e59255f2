"""Plain text: cleaned for keeping, cut into pieces for searching."""

from __future__ import annotations

import re
import unicodedata

_SPACES = re.compile(r"[ \t  　]+")
_PIECES = re.compile(r"[0-9a-z]+|[^\W0-9a-z_]+")
# Bidirectional overrides and zero-width characters change what a reader sees; they are never kept.
_INVISIBLE = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF])


def tidy(text: str, *, keep_lines: bool = False) -> str:
    """The text in NFC without control characters, its white space folded."""
    text = unicodedata.normalize("NFC", text).translate(_INVISIBLE)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    allowed = "\n\t" if keep_lines else "\t"
    text = "".join(" " if _is_control(char, allowed) else char for char in text)
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(lines).strip()


def _is_control(char: str, allowed: str) -> bool:
    return char not in allowed and unicodedata.category(char) in ("Cc", "Cs")


def grams(*texts: str) -> list[str]:
    """The search pieces of the texts: pairs of Chinese characters, whole Latin words and numbers."""
    found: dict[str, None] = {}
    for text in texts:
        for piece in _PIECES.findall(unicodedata.normalize("NFKC", text).lower()):
            found.update(dict.fromkeys(_cut(piece)))
    return list(found)


def _cut(piece: str) -> list[str]:
    if piece.isascii() or len(piece) < 2:
        return [piece]
    return [piece[index : index + 2] for index in range(len(piece) - 1)]
