"""A definition as a bundle 导出: its files with a manifest, in a folder or a ZIP, byte for byte the same."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from documents.bundles.found import BundleRefused, refusal
from documents.bundles.layout import FILES, FORMAT, MANIFEST
from documents.bundles.reading import read_files
from documents.bundles.scalars_out import text
from documents.bundles.writing import written
from documents.policy import canonical

EPOCH = (1980, 1, 1, 0, 0, 0)  # the oldest day that a ZIP can say: equal bundles are equal bytes
PLAIN_FILE = 0o100644 << 16


def bundle_files(definition: Mapping[str, Any]) -> dict[str, bytes]:
    """The files of a bundle by name, the manifest last; raises BundleRefused when it could not be read again.

    The version is not in it: versions are counted by each house, a bundle is the same everywhere.
    """
    files = {name: content.encode() for name, content in written(definition).items()}
    files[MANIFEST] = _manifest(definition, files).encode()
    _refuse_unreadable(definition, files)
    return files


def _manifest(definition: Mapping[str, Any], files: Mapping[str, bytes]) -> str:
    head = definition.get("policy")
    key = str(head.get("key", "")) if isinstance(head, Mapping) else ""
    lines = [
        f"format: {FORMAT}",
        f"product: {text(product_version())}",
        f"key: {text(key)}",
        f"sha256: {text(digest(definition))}",
        "files:",
        *(f"  - {{file: {name}, sha256: {text(_sha256(content))}}}" for name, content in files.items()),
    ]
    return "\n".join(lines) + "\n"


def digest(definition: Mapping[str, Any]) -> str:
    """The digest of a definition, as its published version carries it."""
    return _sha256(canonical(definition))


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def product_version() -> str:
    """The version of this product."""
    try:
        return version("juanzong")
    except PackageNotFoundError:  # run from a folder that was never installed
        return "0"


def _refuse_unreadable(definition: Mapping[str, Any], files: Mapping[str, bytes]) -> None:
    """What was written must read as what it was: a bundle is of no use otherwise."""
    if canonical(read_files(files).definition) != canonical(definition):
        raise BundleRefused([refusal("not_writable", MANIFEST)])


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put a bundle into a folder, in place of one that lay there."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        fresh = folder / f".{name}.new"
        fresh.write_bytes(content)
        fresh.replace(folder / name)
    for name in set(FILES) - set(files):
        (folder / name).unlink(missing_ok=True)


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    """A bundle as a ZIP; not compressed, so that its bytes depend on nothing but its content."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, date_time=EPOCH)
            entry.external_attr, entry.create_system = PLAIN_FILE, 3
            archive.writestr(entry, content)
    return target.getvalue()
