"""File names that every system accepts 安全文件名, whatever an upload was called."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

FORBIDDEN = re.compile(r'[\\/:*?"<>|%]')  # % because BagIt gives it a meaning
RESERVED = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
)
MAX_BYTES = 120  # paths of a package stay below the 260 characters of Windows


def safe(name: str, *, instead: str = "未命名") -> str:
    """The name without separators, controls, tricks of direction, and ends that Windows drops."""
    plain = unicodedata.normalize("NFC", name)
    plain = "".join(
        character
        for character in plain
        if unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    )
    plain = FORBIDDEN.sub("_", plain).strip().rstrip(". ").lstrip(".")
    if plain.split(".")[0].lower() in RESERVED:
        plain = f"_{plain}"
    return _shortened(plain) or instead


def numbered(names: Iterable[str]) -> list[str]:
    """Safe names with a running number in front, so that no two are equal and their order is kept."""
    return [f"{number:03}-{safe(name)}" for number, name in enumerate(names, start=1)]


def _shortened(name: str) -> str:
    """Cut the stem, keep the ending: 长名….pdf."""
    if len(name.encode()) <= MAX_BYTES:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending.encode()) > 12:
        stem, ending = name, ""
    room = MAX_BYTES - len((dot + ending).encode() if ending else b"")
    cut = stem.encode()[:room].decode("utf-8", "ignore").rstrip(". ")
    return f"{cut}.{ending}" if ending else cut
