"""`python -m tests.dependencies`: whether a package that we pin is known to be vulnerable 依赖审计.

One question to the advisory database of OSV for all of them. Where it cannot be reached, that is said loudly
and nothing fails: a check must run without a network. What is known fails, unless `known-vulnerabilities.txt`
gives a reason and the day until which it is good enough.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

PROJECT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.txt", "requirements-dev.txt")
ACCEPTED = PROJECT / "tests" / "known-vulnerabilities.txt"
SERVICE = "https://api.osv.dev/v1/querybatch"
SECONDS = 8
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)(?: ;[^\\]*)? \\$", re.MULTILINE)
LINE = re.compile(r"^(\S+) until (\d{4}-\d\d-\d\d): (\S.*)$")


def pins(text: str) -> dict[str, str]:
    """The versions that a lock file pins."""
    return dict(PIN.findall(text))


def accepted(text: str, today: date) -> set[str]:
    """Advisories that somebody judged, with a reason, and whose day is not over."""
    found = set()
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            parts = LINE.match(line)
            if parts is None:
                raise ValueError(f"{ACCEPTED.name}: write `ID until YYYY-MM-DD: reason`, not {line!r}")
            if date.fromisoformat(parts[2]) >= today:
                found.add(parts[1])
    return found


def vulnerable(wanted: Sequence[tuple[str, str]], answer: Mapping[str, Any], good: set[str]) -> Iterator[str]:
    """A line for each advisory that nobody judged."""
    for (name, version), row in zip(wanted, answer["results"], strict=True):
        for one in row.get("vulns", ()):
            if one["id"] not in good:
                yield f"{name} {version}: {one['id']} https://osv.dev/{one['id']}"


def asked(wanted: Sequence[tuple[str, str]], service: str) -> Mapping[str, Any]:
    """What the advisory database says."""
    rows = [{"package": {"ecosystem": "PyPI", "name": name}, "version": version} for name, version in wanted]
    body = json.dumps({"queries": rows}).encode()
    sent = Request(service, body, {"Content-Type": "application/json"})
    with urlopen(sent, timeout=SECONDS) as answer:
        found: Mapping[str, Any] = json.loads(answer.read())
    return found


def main(service: str = SERVICE) -> int:
    """Ask and print; 1 when something is vulnerable."""
    locked = {name: version for lock in LOCKS for name, version in pins((PROJECT / lock).read_text()).items()}
    wanted = sorted(locked.items())
    good = accepted(ACCEPTED.read_text(), datetime.now(UTC).date())
    try:
        found = list(vulnerable(wanted, asked(wanted, service), good))
    except (OSError, HTTPException, ValueError, KeyError) as error:
        print(f"!!! 未作依赖审计 DEPENDENCIES NOT AUDITED: {service} 无法访问 cannot be reached ({error})")
        return 0
    print("\n".join([*found, f"{len(wanted)} packages, {len(found)} vulnerable"]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
