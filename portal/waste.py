"""Waste 垃圾回收: what a process has loaded stays, and nobody looks through it for waste again and again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def unsearched() -> Iterator[None]:
    """Load something: a thousand modules leave no waste, and looking for it takes an eighth of their time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def spare_what_is_loaded() -> None:
    """Look for waste once, and from then on only among what is made later: a tenth of all computing."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
