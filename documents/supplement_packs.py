"""Shipped supplements 随附的附加制度, and what comes of attaching them to the process they are shown on."""

from __future__ import annotations

import hashlib
from typing import Any

from documents.pack_files import definition, supplements
from documents.policy import canonical
from documents.rules.edits import Definition, Operation, apply
from documents.rules.supplements import Choices, attached, suggested


def operations_of(supplement: Definition, host: Definition, choices: Choices) -> list[Operation]:
    """The edit that attaches a supplement to a host."""
    digest = hashlib.sha256(canonical(supplement)).hexdigest()
    return attached(host, supplement, choices, digest=digest)


def composed(pack: str) -> dict[str, Any]:
    """A shipped supplement on its own host, with the choices that it suggests and its own scenarios.

    The host's scenarios say what happens without it: a further required field makes them fail.
    """
    supplement = definition(pack)
    host = definition(str(supplement["policy"]["host"]))
    done = apply(host, operations_of(supplement, host, suggested(supplement, host))).definition
    return {**done, "scenarios": supplement.get("scenarios", [])}


def runnable(pack: str) -> dict[str, Any]:
    """The definition of a shipped pack that cases can run under: a supplement comes on its own host."""
    return composed(pack) if pack in supplements() else definition(pack)
