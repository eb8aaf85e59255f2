"""Shipped policies 制度包: a folder of YAML 1.2 files becomes one definition."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from documents.rules.broken import PolicyInvalid

PACKS = Path(__file__).parent / "packs"
POLICY_FILES = ("policy", "lists", "forms", "workflow", "limits", "letters", "yearly", "scenarios")
OPTIONAL_FILES = frozenset({"scenarios"})


def packs() -> list[str]:
    """The keys of the shipped packs."""
    return sorted(folder.name for folder in PACKS.iterdir() if (folder / "policy.yaml").exists())


def definition(pack: str) -> dict[str, Any]:
    """The definition of a pack; raises PolicyInvalid naming the file that cannot be read."""
    merged: dict[str, Any] = {}
    for name in POLICY_FILES:
        if name in OPTIONAL_FILES and not (PACKS / pack / f"{name}.yaml").exists():
            continue
        for key, part in read(pack, name).items():
            if key in merged:
                raise PolicyInvalid("section_twice", file=f"{name}.yaml", section=key)
            merged[key] = _as_written(part)
    return merged


def _as_written(part: Any) -> Any:
    """A definition is kept as JSON: a bare date of YAML stays the text that somebody wrote."""
    if isinstance(part, date):
        return part.isoformat(" ") if isinstance(part, datetime) else part.isoformat()
    if isinstance(part, dict):
        return {key: _as_written(value) for key, value in part.items()}
    return [_as_written(one) for one in part] if isinstance(part, list) else part


def read(pack: str, name: str) -> dict[str, Any]:
    """One file of a pack."""
    path = PACKS / pack / f"{name}.yaml"
    try:
        found = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except (YAMLError, OSError) as error:
        raise PolicyInvalid("file_not_readable", file=f"{pack}/{name}.yaml", problem=str(error)) from error
    return dict(found)
