"""Shipped policies 制度包: bundles in folders of this product, with a demo beside some of them."""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path
from typing import Any

from documents.bundles.found import BundleRefused, refusal
from documents.bundles.nodes import read_text, read_yaml
from documents.bundles.reading import Bundle, read_path

PACKS = Path(__file__).parent / "packs"


def packs() -> list[str]:
    """The keys of the shipped policies that run by themselves."""
    return [key for key in _folders() if not (PACKS / key / "hooks.yaml").exists()]


def supplements() -> list[str]:
    """The keys of the shipped supplements 附加制度, which attach to a running policy."""
    return [key for key in _folders() if (PACKS / key / "hooks.yaml").exists()]


def _folders() -> list[str]:
    return sorted(folder.name for folder in PACKS.iterdir() if (folder / "policy.yaml").exists())


def bundle(pack: str) -> Bundle:
    """A pack with the places of its parts; raises BundleRefused naming files and lines."""
    return read_path(PACKS / pack)


def definition(pack: str) -> dict[str, Any]:
    """The definition of a pack, the caller's own; raises BundleRefused naming files and lines."""
    return copy.deepcopy(_definition(pack))


@cache
def _definition(pack: str) -> dict[str, Any]:
    """Read once: a shipped pack does not change while a process runs."""
    return bundle(pack).definition


def read(pack: str, name: str) -> dict[str, Any]:
    """One file that lies beside a pack, such as its demo; raises BundleRefused."""
    path = PACKS / pack / f"{name}.yaml"
    file = f"{pack}/{path.name}"
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BundleRefused([refusal("not_readable", file, problem=error.strerror)]) from error
    return dict(read_yaml(read_text(raw, file), file).value or {})
