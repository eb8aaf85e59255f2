"""Reads finished files the way others would: with poppler and pikepdf, not with what made them."""

from __future__ import annotations

import subprocess
from pathlib import Path


def text_pages(content: bytes, folder: Path) -> list[str]:
    """The text of each page without any white space."""
    path = folder / "read.pdf"
    path.write_bytes(content)
    text = subprocess.run(["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True).stdout
    return ["".join(page.split()) for page in text.decode().split("\f")[:-1]]


def whole_text(content: bytes, folder: Path) -> str:
    """All pages as one text without white space."""
    return "".join(text_pages(content, folder))
