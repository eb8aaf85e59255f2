"""Which file of a bundle holds which sections 文件划分, and how much a bundle may hold."""

from __future__ import annotations

from collections.abc import Mapping

from documents.rules.grammar import SECTIONS

FORMAT = 1
MANIFEST = "bundle.yaml"

# The order of the files, and of the sections in them, in what is written.
FILES: Mapping[str, tuple[str, ...]] = {
    f"{file}.yaml": tuple(one.name for one in SECTIONS.values() if one.file == file)
    for file in dict.fromkeys(one.file for one in SECTIONS.values())
}

# What may lie beside a policy without being part of it: the demo's people and cases, notes for readers.
BESIDE = frozenset(
    {"demo.yaml", "organisation.yaml", "simulation.yaml", "README.md", "README.txt", ".DS_Store", "Thumbs.db"}
)

MAX_FILE = 1_000_000
MAX_BUNDLE = 2_000_000
MAX_ZIP = 2_000_000
MAX_ENTRIES = 40


def file_of(section: str) -> str:
    """The file that holds a section; what no file claims goes to the first."""
    return f"{SECTIONS[section].file}.yaml" if section in SECTIONS else next(iter(FILES))
