"""Which file of a bundle holds which sections 文件划分, and how much a bundle may hold."""

from __future__ import annotations

from collections.abc import Mapping

FORMAT = 1
MANIFEST = "bundle.yaml"

# The order of the files, and of the sections in them, in what is written.
FILES: Mapping[str, tuple[str, ...]] = {
    "policy.yaml": ("policy", "unit_kinds", "slots", "slot_labels", "roles"),
    "lists.yaml": ("lists",),
    "forms.yaml": ("forms",),
    "workflow.yaml": ("case_types", "workflows"),
    "limits.yaml": ("limits", "ladders"),
    "letters.yaml": ("numbering", "letters"),
    "yearly.yaml": ("duties", "reports", "archive"),
    "scenarios.yaml": ("example", "scenarios"),
}
FILE_OF = {section: file for file, sections in FILES.items() for section in sections}

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
    return FILE_OF.get(section, "policy.yaml")
