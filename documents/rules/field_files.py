"""What a field for files 附件 takes: how large each, how large together, of which types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from documents.rules.fields import Definition, fields_of
from documents.rules.forms import Problem

MEGABYTE = 1024 * 1024


class FileFacts(NamedTuple):
    """What the field asks of a file."""

    name: str
    size: int


def wrong_files(
    form: Definition, values: Mapping[str, Any], files: Mapping[str, FileFacts]
) -> Iterator[Problem]:
    """What is wrong with the files that the form names, as far as they are known."""
    for one in fields_of(form):
        if one["type"] == "files":
            known = [files[key] for key in values.get(one["key"], ()) if key in files]
            yield from _of_field(one, known)


def _of_field(one: Definition, known: Iterable[FileFacts]) -> Iterator[Problem]:
    total, most, key = 0, one.get("max_mb"), one["key"]
    accept = extensions(one)
    for file in known:
        total += file.size
        if most is not None and file.size > most * MEGABYTE:
            yield Problem(key, "file_larger", {"name": file.name, "size": _rounded(file.size), "most": most})
        if accept and not file.name.lower().endswith(accept):
            yield Problem(key, "file_extension", {"name": file.name, "accept": "、".join(accept)})
    whole = one.get("total_mb")
    if whole is not None and total > whole * MEGABYTE:
        yield Problem(key, "files_too_large", {"total": _rounded(total), "most": whole})


def extensions(one: Definition) -> tuple[str, ...]:
    """The endings that the field takes, each with its dot; none when it takes all."""
    written = one.get("accept") or ()
    named = written.split(",") if isinstance(written, str) else written
    return tuple(f".{name.strip().lower().removeprefix('.')}" for name in named if "/" not in name)


def _rounded(size: int) -> str:
    return f"{size / MEGABYTE:.1f}"
