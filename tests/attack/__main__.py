"""`python -m tests.attack`: the whole attack, on applications that are started for it, over HTTP."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from portal.servers import scratch_servers
from tests.attack.sides import Asked, attacked


def main() -> int:
    """Attack and print; 1 when anything was not as expected."""
    parser = argparse.ArgumentParser(prog="python -m tests.attack", description=__doc__)
    parser.add_argument("--ids", type=int, default=4, help="real ids of each kind for an address")
    parser.add_argument(
        "--every", type=int, default=1, help="so manieth address for each, others for the next"
    )
    parser.add_argument("--only", default="", help="addresses of views whose names begin so")
    parser.add_argument("--sides", type=int, default=2, help="attackers at a time")
    asked = parser.parse_args()
    begun = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="juanzong-attack-") as name,
        scratch_servers(Path(name)) as servers,
    ):
        report = attacked(servers, Asked(asked.ids, asked.every, asked.only), asked.sides)
    print("\n".join([*report.table(), *report.surprises]))
    print(f"minutes: {(time.monotonic() - begun) / 60:.0f}")
    return 1 if report.surprises else 0


if __name__ == "__main__":
    sys.exit(main())
