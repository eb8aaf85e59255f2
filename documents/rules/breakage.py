"""Where something broke 出错位置, as a log may say it: no words of the error, which may quote a complaint."""

from __future__ import annotations

import traceback

from documents.rules.broken import PolicyInvalid, RuleBroken

MOST_FRAMES, MOST_LINES = 15, 60


def places(error: BaseException) -> str:
    """The class of the error and of each that led to it, with their places (file:line), a line each."""
    lines: list[str] = []
    one: BaseException | None = error
    while one is not None and len(lines) < MOST_LINES:
        frames = traceback.extract_tb(one.__traceback__)[-MOST_FRAMES:]
        lines.append(named(one))
        lines += [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        one = one.__cause__ or one.__context__
    return "\n".join(lines)


def named(error: BaseException) -> str:
    """The class of an error, with what of its words is of a fixed vocabulary."""
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    if isinstance(error, RuleBroken | PolicyInvalid):
        return f"{name} {error.code}"
    if isinstance(error, OSError) and error.errno is not None:
        return f"{name} {error.errno}"
    if isinstance(error, ImportError):
        return f"{name} {error.name}"
    return name


def in_one_line(written: str) -> str:
    """What `places` wrote, in short: the error and the place where it was raised."""
    first, *rest = written.strip().splitlines() or [""]
    if first.startswith("Traceback"):  # written before, by others, with its words
        return rest[-1].partition(":")[0] if rest else ""
    own = []
    for line in rest:
        if not line.startswith("  "):
            break
        own.append(line.strip())
    return f"{first} · {own[-1]}" if own else first
