"""What we install is pinned by its hash, and asked about; where nobody answers, that is said."""

from __future__ import annotations

import json
import threading
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests import dependencies
from tests.dependencies import LOCKS, PROJECT, accepted, pins


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_with_hashes(lock: str) -> None:
    blocks = (PROJECT / lock).read_text().split("\n")
    heads = [number for number, line in enumerate(blocks) if line and line[0] not in " #-"]
    assert len(heads) == len(pins("\n".join(blocks)))
    assert [blocks[one] for one in heads if "--hash=sha256:" not in blocks[one + 1]] == []


def test_nothing_is_installed_without_its_hash() -> None:
    install = (PROJECT / "portal" / "setup" / "install").read_text()
    lines = [line for line in install.splitlines() if "pip install" in line and "-e ." not in line]
    assert "--require-hashes" in install
    assert lines


def test_a_judgement_has_a_reason_and_an_end() -> None:
    told = "# x\nPYSEC-1 until 2026-12-31: only on Windows\nPYSEC-2 until 2026-01-01: over\n"
    assert accepted(told, date(2026, 6, 1)) == {"PYSEC-1"}
    with pytest.raises(ValueError, match="reason"):
        accepted("PYSEC-3", date(2026, 6, 1))


def test_silence_is_said_loudly_and_does_not_fail(capsys: pytest.CaptureFixture[str]) -> None:
    assert dependencies.main("http://127.0.0.1:9/querybatch") == 0
    assert "NOT AUDITED" in capsys.readouterr().out


class Osv(BaseHTTPRequestHandler):
    """Says of the first package that it is vulnerable."""

    def do_POST(self) -> None:
        """Answer a batch."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
        rows: list[dict[str, object]] = [{} for _ in asked]
        rows[0] = {"vulns": [{"id": "PYSEC-0"}]}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"results": rows}).encode())

    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_what_is_known_fails(capsys: pytest.CaptureFixture[str]) -> None:
    with HTTPServer(("127.0.0.1", 0), Osv) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        assert dependencies.main(f"http://127.0.0.1:{server.server_port}/") == 1
    assert "PYSEC-0" in capsys.readouterr().out
