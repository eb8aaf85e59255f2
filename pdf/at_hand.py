"""WeasyPrint, loaded without a search 共享库直接装入.

It asks for its shared libraries by the names that they have elsewhere first, and for each of those the search
of Python starts the compiler and the linker of the machine: a hundred processes before the first paper.
"""

from __future__ import annotations

import ctypes.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress


def _not_searched(name: str) -> str | None:
    del name
    return None


@contextmanager
def _by_name_only() -> Iterator[None]:
    """Only the loader of the system looks, which knows the name that is right on Linux."""
    search = ctypes.util.find_library
    ctypes.util.find_library = _not_searched
    try:
        yield
    finally:
        ctypes.util.find_library = search


if sys.platform == "linux":
    with _by_name_only(), suppress(OSError):  # where it fails, whoever needs it searches
        import weasyprint.text.ffi  # noqa: F401 - that it is loaded is the point
