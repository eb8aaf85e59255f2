"""Sides 两路: the attackers of `python -m tests.attack`, shared out to processes that disturb nobody.

Each side has a database and an application of its own, so that it can hold the database against itself after
a few requests. Whoever may change something finds the house as it was furnished; the others share one.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from documents import database
from documents.actions import organising
from documents.person import Person
from portal.application import assemble
from portal.servers import Addresses, free_port, leashed, stop
from portal.settings import Settings
from tests.attack import classes
from tests.attack.browsers import Outside, sign_in, token
from tests.attack.engine import Attack, Report
from tests.attack.house import ATTACKERS, PASSWORD, TRICKED, Attacker, House, furnish, settle
from tests.attack.ids import Ids
from tests.conftest import FOUNDED, Beginning
from tests.portal import leaking

PROJECT = Path(__file__).resolve().parents[2]
NAME, SECRET = "juanzong_attacked", "for the attack only"
BEGINNING: Beginning[House] = Beginning()
Group = list[tuple[Attacker, bool]]  # who attacks, and whether with a token of his own


@dataclass(frozen=True)
class Asked:
    """How much is attacked 攻击规模."""

    most: int  # real ids of each kind for an address
    share: int  # every so manieth address for each, others for the next
    only: str = ""  # addresses of views whose names begin so


def attacked(servers: Addresses, asked: Asked, sides: int) -> Report:
    """All attackers, those who ask most first; what came of it in the order in which they stand."""
    with ProcessPoolExecutor(sides, get_context("spawn"), _open, (servers,)) as pool:
        running = [pool.submit(attack_as, one, asked) for one in groups()]
        found = [one.result() for one in running]
    together = Report(surprises=[line for one in found for line in one.surprises])
    outcomes = sum((one.outcomes for one in found), Counter())
    place = {name: number for number, name in enumerate(names())}
    for name, status in sorted(outcomes, key=lambda one: place[one[0]]):
        together.outcomes[name, status] = outcomes[name, status]
    return together


def groups() -> Iterator[Group]:
    """Who changes nothing shares a house with others, everybody else has one of his own."""
    away = [one for one in ATTACKERS if not one.person or one.gone or one.owes]
    yield from ([(one, True)] for one in ATTACKERS if one not in away)
    yield [(one, True) for one in away[:3]]
    yield [(one, True) for one in away[3:]]
    yield [(one, False) for one in TRICKED]


def names() -> list[str]:
    """As the table names them, in its order."""
    return [*(one.name for one in ATTACKERS), *(f"{one.name}, tricked" for one in TRICKED)]


_servers: list[Addresses] = []


def _open(servers: Addresses) -> None:
    """A process begins: its own database on the database server that all share."""
    _servers.append(servers)
    database.connect(servers.mongodb_uri, f"{NAME}_{os.getpid()}")
    database.ensure_indexes()


def attack_as(group: Group, asked: Asked) -> Report:
    """Some of them, on a furnished house and an application that was started for them."""
    house = BEGINNING.of(database.database(), _furnished)
    with tempfile.TemporaryDirectory(prefix="juanzong-attack-") as name, _started(Path(name)) as base:
        app = assemble(_settings(Path(name)))
        assert classes.unclassified(app) == [], classes.unclassified(app)
        extra = {"number": (house.number,), "seq": (str(house.letter),), "key": (leaking.STEP,)}
        ids = Ids(database.database(), extra, asked.most)
        attack = Attack(app.url_map, house, ids, database.database(), share=asked.share)
        attack.only = asked.only
        for attacker, with_token in group:
            begun, before = time.monotonic(), sum(attack.report.outcomes.values())
            browser = entered(base, attacker)
            attack.run(attacker, browser, token(browser, "/profile"), with_token=with_token)
            count, seconds = sum(attack.report.outcomes.values()) - before, time.monotonic() - begun
            _show([f"{attacker.name}: {count} in {seconds:.0f} s", *attack.report.surprises])
    return attack.report


def _furnished() -> House:
    organising.set_up("p01", password=PASSWORD, now=FOUNDED)
    return furnish()


def entered(base: str, attacker: Attacker) -> Outside:
    """His browser."""
    browser = Outside(base)
    if attacker.person:
        sign_in(browser, Person.get(attacker.person).login, PASSWORD)
    settle(attacker)
    return browser


def _settings(folder: Path) -> Settings:
    """As the started application has them."""
    uri, url = _servers[0].mongodb_uri, _servers[0].redis_url
    found = Settings(uri, url, secret_key=SECRET, data_folder=folder, smtp_url="smtp://127.0.0.1:9")
    return replace(found, database_name=database.database().name)


@contextmanager
def _started(folder: Path) -> Iterator[str]:
    """The application behind gunicorn; its log is shown when it does not answer or broke."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    known = _settings(folder)
    told = {"MONGODB_URI": known.mongodb_uri, "REDIS_URL": known.redis_url, "JUANZONG_DEMO": "no"}
    told |= {"JUANZONG_DATABASE": known.database_name, "JUANZONG_SECRET": SECRET}
    # Nobody is turned away for his haste, and mail leaves, so that every page is there.
    told |= {"JUANZONG_REQUESTS_A_MINUTE": "0", "JUANZONG_SMTP_URL": known.smtp_url}
    told |= {"JUANZONG_FOLDER": str(folder), "JUANZONG_BASE_URL": base}
    command = (sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{port}", "--workers", "1")
    log = folder / "web.log"
    with log.open("wb") as told_of:
        web = subprocess.Popen(
            leashed(command), cwd=PROJECT, env={**os.environ, **told}, stdout=told_of, stderr=told_of
        )
    try:
        until = time.monotonic() + 120
        while not _answers(base):
            assert web.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.3)
        yield base
    finally:
        stop([web])
        if insides := [line for line in log.read_text().splitlines() if "unexpected error" in line]:
            _show(insides)


def _answers(base: str) -> bool:
    """Whether somebody is there."""
    try:
        with urlopen(f"{base}/healthz", timeout=10) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _show(lines: Sequence[str]) -> None:
    """As it comes: the table is there at the end only."""
    print("\n".join(lines[:20]), flush=True)
