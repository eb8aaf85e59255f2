"""Paper (文书): letters, case files and year-end packages, rendered by id."""

from __future__ import annotations


def find_waiting(now: str) -> int:
    """Queue again what was planned and never rendered. Safe to run twice."""
    return 0
