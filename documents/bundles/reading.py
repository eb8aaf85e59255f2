"""A bundle as one definition 读取文件包: read strictly, every part with its place."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from documents.bundles.found import BundleRefused, Found, refusal
from documents.bundles.layout import FILES, FORMAT, MANIFEST
from documents.bundles.nodes import Budget, Part, read_text, read_yaml
from documents.bundles.places import Place
from documents.bundles.sources import from_path, from_zip


@dataclass(frozen=True)
class Bundle:
    """A definition with the places of its parts, and the manifest that came with it."""

    definition: dict[str, Any]
    places: Place
    manifest: Mapping[str, Any] = field(default_factory=dict)
    edited: tuple[str, ...] = ()  # files that differ from what the manifest says


def read_path(path: Path) -> Bundle:
    """The bundle in a folder or a ZIP; raises BundleRefused with all that is wrong."""
    return read_files(from_path(path))


def read_zip(raw: bytes, name: str = "bundle.zip") -> Bundle:
    """The bundle in the bytes of a ZIP; raises BundleRefused."""
    return read_files(from_zip(raw, name))


def read_files(files: Mapping[str, bytes]) -> Bundle:
    """The bundle in files by name; raises BundleRefused."""
    found: list[Found] = []
    budget = Budget()
    manifest = _manifest(files, budget, found)
    parts: dict[str, Part] = {}
    for name in sorted(set(files) - {MANIFEST}, key=list(FILES).index):
        try:
            parts[name] = _sections(files[name], name, budget)
        except BundleRefused as refused:
            found.extend(refused.found)
    definition, places = _merged(parts, found)
    if found:
        raise BundleRefused(found)
    return Bundle(definition, places, manifest, _edited(files, manifest))


def _sections(raw: bytes, name: str, budget: Budget) -> Part:
    part = read_yaml(read_text(raw, name), name, budget)
    if part.value is None:
        part.value = {}
    if not isinstance(part.value, dict):
        raise BundleRefused([refusal("not_a_table", name, part.place.line)])
    return part


def _merged(parts: Mapping[str, Part], found: list[Found]) -> tuple[dict[str, Any], Place]:
    definition: dict[str, Any] = {}
    places = Place("policy.yaml", 0)
    for name, part in parts.items():
        for section, value in part.value.items():
            place = part.place.members[section]
            if section in definition:
                other = places.members[section].file
                found.append(
                    refusal("section_twice", name, place.line, section, section=section, other=other)
                )
                continue
            definition[section] = value
            places.members[section] = place
    return definition, places


def _manifest(files: Mapping[str, bytes], budget: Budget, found: list[Found]) -> dict[str, Any]:
    """What bundle.yaml says; a newer format is refused before anything else is looked at."""
    if MANIFEST not in files:
        return {}
    try:
        part = _sections(files[MANIFEST], MANIFEST, budget)
    except BundleRefused as refused:
        found.extend(refused.found)
        return {}
    manifest: dict[str, Any] = part.value
    given = manifest.get("format")
    place = part.place.members.get("format", part.place)
    if isinstance(given, int) and not isinstance(given, bool) and given > FORMAT:
        facts = {"format": given, "ours": FORMAT, "product": str(manifest.get("product", "?"))[:40]}
        raise BundleRefused([refusal("newer_format", MANIFEST, place.line, "format", **facts)])
    if given != FORMAT or isinstance(given, bool):
        found.append(
            refusal("bad_format", MANIFEST, place.line, "format", format=str(given)[:40], ours=FORMAT)
        )
    found.extend(refusal("file_missing", one) for one in _listed(manifest) if one not in files)
    return manifest


def _listed(manifest: Mapping[str, Any]) -> dict[str, str]:
    """The files that the manifest lists, with their digests."""
    listed = manifest.get("files")
    rows = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return {str(one.get("file")): str(one.get("sha256")) for one in rows}


def _edited(files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> tuple[str, ...]:
    listed = _listed(manifest)
    others = {name for name in files if name != MANIFEST}
    digests = {name: hashlib.sha256(files[name]).hexdigest() for name in others}
    return tuple(sorted(name for name in others if listed and listed.get(name) != digests[name]))
