"""Which volumes the yearly sample 年度抽检 takes: the same ones whoever counts again."""

from __future__ import annotations

from hashlib import sha256

WHOLE = 1 << 64


def is_chosen(year: int, number: str, percent: float) -> bool:
    """Whether a volume is in the sample of a year: its digest with the year falls below the share."""
    drawn = int.from_bytes(sha256(f"{year}:{number}".encode()).digest()[:8], "big")
    return drawn < WHOLE * min(max(percent, 0.0), 100.0) / 100
