"""`python -m tests.attack`: the whole attack, on an application that was started for it, over HTTP."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from documents import database
from documents.actions import organising
from documents.person import Person
from portal.application import assemble
from portal.servers import Addresses, free_port, leashed, scratch_servers, stop
from portal.settings import Settings
from tests.attack import classes
from tests.attack.browsers import Outside, sign_in, token
from tests.attack.engine import Attack
from tests.attack.house import ATTACKERS, PASSWORD, TRICKED, Attacker, House, furnish, settle
from tests.attack.ids import Ids
from tests.conftest import FOUNDED
from tests.portal import leaking

PROJECT = Path(__file__).resolve().parents[2]
NAME, SECRET = "juanzong_attacked", "for the attack only"


def main() -> int:
    """Attack and print; 1 when anything was not as expected."""
    parser = argparse.ArgumentParser(prog="python -m tests.attack", description=__doc__)
    parser.add_argument("--ids", type=int, default=4, help="real ids of each kind for an address")
    parser.add_argument(
        "--every", type=int, default=1, help="so manieth address for each, others for the next"
    )
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="juanzong-attack-") as name,
        scratch_servers(Path(name)) as servers,
    ):
        database.connect(servers.mongodb_uri, NAME)
        database.ensure_indexes()
        organising.set_up("p01", password=PASSWORD, now=FOUNDED)
        house = furnish()
        with started(servers, Path(name)) as base:
            return attacked(base, settings(servers, Path(name)), house, asked)


def settings(servers: Addresses, folder: Path) -> Settings:
    """As the started application has them."""
    uri, url = servers.mongodb_uri, servers.redis_url
    return Settings(uri, url, secret_key=SECRET, data_folder=folder, database_name=NAME)


@contextmanager
def started(servers: Addresses, folder: Path) -> Iterator[str]:
    """The application behind gunicorn; its log is shown when it does not answer."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    told = {"MONGODB_URI": servers.mongodb_uri, "REDIS_URL": servers.redis_url, "JUANZONG_DATABASE": NAME}
    told |= {"JUANZONG_SECRET": SECRET, "JUANZONG_FOLDER": str(folder), "JUANZONG_BASE_URL": base}
    told |= {"JUANZONG_DEMO": "no"}
    command = (sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{port}", "--workers", "2")
    with (folder / "web.log").open("wb") as log:
        web = subprocess.Popen(
            leashed(command), cwd=PROJECT, env={**os.environ, **told}, stdout=log, stderr=log
        )
    try:
        until = time.monotonic() + 120
        while not answers(base):
            assert web.poll() is None, (folder / "web.log").read_text()
            assert time.monotonic() < until, (folder / "web.log").read_text()
            time.sleep(0.3)
        yield base
    finally:
        stop([web])
        insides = [
            line for line in (folder / "web.log").read_text().splitlines() if "unexpected error" in line
        ]
        print("\n".join(insides[:20]))


def answers(base: str) -> bool:
    """Whether somebody is there."""
    try:
        with urlopen(f"{base}/healthz", timeout=10) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def attacked(base: str, known: Settings, house: House, asked: argparse.Namespace) -> int:
    """Everybody, one after the other."""
    app = assemble(known)
    assert classes.unclassified(app) == [], classes.unclassified(app)
    extra = {"number": (house.number,), "seq": (str(house.letter),), "key": (leaking.STEP,)}
    ids = Ids(database.database(), extra, asked.ids)
    attack = Attack(app.url_map, house, ids, database.database(), share=asked.every)
    for attacker, with_token in [*((one, True) for one in ATTACKERS), *((one, False) for one in TRICKED)]:
        browser = entered(base, attacker)
        begun = time.monotonic()
        attack.run(attacker, browser, token(browser, "/profile"), with_token=with_token)
        print(f"{attacker.name}: {time.monotonic() - begun:.0f} s", flush=True)
    print("\n".join([*attack.report.table(), *attack.report.surprises]))
    return 1 if attack.report.surprises else 0


def entered(base: str, attacker: Attacker) -> Outside:
    """His browser."""
    browser = Outside(base)
    if attacker.person:
        sign_in(browser, Person.get(attacker.person).login, PASSWORD)
    settle(attacker)
    return browser


if __name__ == "__main__":
    sys.exit(main())
