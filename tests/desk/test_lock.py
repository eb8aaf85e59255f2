"""The lock says exactly what is asked for, and nothing about where it was made."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent.parent
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    found = PIN.findall((PROJECT / name).read_text())
    return {package.lower().replace("_", "-").replace(".", "-"): version for package, version in found}


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_the_lock_holds_what_is_asked_for(name: str) -> None:
    asked, locked = pins(f"{name}.in"), pins(f"{name}.txt")
    assert asked
    assert {package: locked.get(package) for package in asked} == asked, "run .ci/lock"


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_package_is_pinned_by_hash_and_no_host_is_named(name: str) -> None:
    text = (PROJECT / name).read_text()
    entries = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert len(entries) == len(pins(name))
    assert [entry.split("==")[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert not re.search(r"://|index-url|find-links|file:", text)
