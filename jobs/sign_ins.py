"""Sweeping sign-ins that are over (清理过期登录); safe to run twice."""

from __future__ import annotations

from datetime import datetime

from documents.actions import entering


def sweep(now: str) -> int:
    """Take away what no browser can use any more; how many."""
    return entering.sweep(now=datetime.fromisoformat(now))
