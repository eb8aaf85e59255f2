"""A drawn signature is a small whole PNG in which something is drawn, and nothing else."""

from __future__ import annotations

import pytest

from documents.rules.drawings import MOST_BYTES, NoDrawing, read_drawing
from tests.drawing import MAGIC, blank, chunk, png, strokes

GOOD = strokes()
BAD = {
    "nothing": b"",
    "another kind": b"\xff\xd8\xff\xe0 no PNG",
    "no chunk": MAGIC,
    "cut": GOOD[:-20],
    "a byte changed": GOOD[:60] + bytes([GOOD[60] ^ 1]) + GOOD[61:],
    "blank": blank(),
    "too large": GOOD + b"\x00" * MOST_BYTES,
    "something behind": GOOD + b"<script>",
    "too wide": png(5_000, 1, b"\x00" + b"\x01" * 20_000),
    "a bomb": png(2_000, 1_000, b"\x00" * 20_000_000),
    "too few rows": png(120, 36, b"\x00\x01"),
    "sixteen bits": png(2, 1, b"\x00" + b"\x01" * 16, depth=16),
    "a palette": png(2, 1, b"\x00\x01\x01", colours=3),
    "an unknown filter": png(2, 1, b"\x09" + b"\x01" * 8),
    "no end": MAGIC + chunk(b"IHDR", GOOD[16:29]),
}


def test_a_drawing_is_read_with_its_size() -> None:
    assert read_drawing(GOOD) == (120, 36)


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_anything_else_is_refused(bad: bytes) -> None:
    with pytest.raises(NoDrawing):
        read_drawing(bad)
