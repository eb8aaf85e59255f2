"""How much the tests of faults and of load play: the small size, or the large one of `./check --long`.

Only where the count itself is not the point: a test finds the same faults in either size.
"""

from __future__ import annotations

import os
from typing import TypeVar

LONG = os.environ.get("JUANZONG_LONG") == "1"
Size = TypeVar("Size", int, float)


def long(small: Size, large: Size) -> Size:
    """The size to take in this run."""
    return large if LONG else small
