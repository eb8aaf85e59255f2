"""Plain text: cleaned for keeping, cut into pieces for searching."""

from __future__ import annotations

import re
import unicodedata

_SPACES = re.compile(r"[ \t  　]+")
# The categories Cc and Cs, but for a tab, and for the end of a line where lines are kept.
_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\ud800-\udfff]")
_CONTROL_IN_LINES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_UNKEPT = re.compile("[\x00\ud800-\udfff]")
_PIECES = re.compile(r"[0-9a-z]+|[^\W0-9a-z_]+")
# Bidirectional overrides and zero-width characters change what a reader sees; they are never kept.
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def tidy(text: str, *, keep_lines: bool = False) -> str:
    """The text in NFC without control characters, its white space folded."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = (_CONTROL_IN_LINES if keep_lines else _CONTROL).sub(" ", text)
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(lines).strip()


def can_be_kept(text: str) -> bool:
    """Whether it is text all through: JSON may bring NUL, and halves of characters that nothing can write."""
    return _UNKEPT.search(text) is None


def grams(*texts: str) -> list[str]:
    """The search pieces of the texts: pairs of Chinese characters, whole Latin words and numbers."""
    found: dict[str, None] = {}
    for text in texts:
        for piece in _PIECES.findall(unicodedata.normalize("NFKC", text).lower()):
            found.update(dict.fromkeys(_cut(piece)))
    return list(found)


def whole_grams(text: str, *, least: bool = False) -> list[str]:
    """The search pieces of a text, and every three Chinese characters that stand together.

    With `least` only those by which the text is found: what three say, their pairs need not say again.
    """
    found: dict[str, None] = {}
    for piece in _PIECES.findall(unicodedata.normalize("NFKC", text).lower()):
        threes = [] if piece.isascii() else [piece[index : index + 3] for index in range(len(piece) - 2)]
        found.update(dict.fromkeys(threes if least and threes else [*_cut(piece), *threes]))
    return list(found)


def single_characters(text: str) -> set[str]:
    """The characters by which a subject is found when somebody types but one: of a Latin word its first."""
    return {character for piece in grams(text) for character in (piece[:1] if piece.isascii() else piece)}


def _cut(piece: str) -> list[str]:
    if piece.isascii() or len(piece) < 2:
        return [piece]
    return [piece[index : index + 2] for index in range(len(piece) - 1)]
