"""The attack itself 攻击过程: each answer against what is expected, the database against itself."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, unquote_to_bytes
from zipfile import BadZipFile

from openpyxl import load_workbook
from pymongo.database import Database
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import Map, MapAdapter, RequestRedirect

from tests.attack.browsers import Answer, Browser
from tests.attack.classes import BEFORE, CASE, OPEN, OWN, class_of
from tests.attack.house import Attacker, House
from tests.attack.ids import Ids

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
MARKER = re.compile(r"z[qs]\d{3}x")
INSIDES = re.compile(
    r"Traceback \(most recent|werkzeug\.debug|pymongo\.errors|File \"/|mongodb://|site-packages"
)
# What may change while somebody is turned away: the trail, and the beats of processes.
FREE = frozenset({"audit", "heartbeats", "checkpoints", "sign_ins"})
# What a form of any page may hold, so that nothing is refused for want of it.
BODY = {
    **{"confirmed": "yes", "unit": "QH", "year": "2026", "reason": "因为", "note": "说明", "policy": "leaks"},
    **{
        "volume": "0128-TS·2026-D10-0001",
        "number": "0128-TS·2026-D10-0001",
        "revision": "1",
        "decision": "destroy",
    },
    **{"post_role": "administrator", "post_unit": "QH", "name": "新名", "name_zh": "新名", "code": "QH-XX"},
    **{
        "purpose": "查阅",
        "until": "2026-03-10",
        "part": "forms",
        "kind": "webhook",
        "parent": "QH",
        "day": "2026-03-04",
    },
    **{"e0": "x", "q_e0": "x", "turn": "1", "submission": "attack", "successor": "QH-HK", "key": "attack"},
}
SEEING = (200, 302, 303, 403, 404, 409)  # of a case that one sees, and may do nothing about
REFUSED = (403, 404)
READING = ("GET", "HEAD", "OPTIONS", "TRACE")
TOGETHER = 25  # requests that are turned away between two digests of the database
# Pages of the archive room that are told in their form, and not in their address, what they are about.
TOLD = frozenset(
    {
        *("disposal.put_on_list", "holds.new", "filing.prepare", "filing.retry", "transfers.hand_over"),
        *("receiving.opine", "receiving.keep_back", "receiving.accept_rest"),
    }
)
ARCHIVE = "archive"
# What no browser may open by itself; papers of our own making and looked-through pictures it shows.
TO_BE_SAVED = ("application/octet-stream", "application/zip", "application/vnd.", "text/csv", "text/calendar")
# Who may not register is told why; another's notice leads to one's own, another's sign-in is none.
ALSO = {"intake": (409,), "notices": (302,), "profile": (409,)}
UNKEPT = (400, 403, 404, 405, 409, 413, 414, 415, 422, 429, 431, 501)


@dataclass(frozen=True)
class Shot:
    """One request 一次攻击, and what it should come to."""

    attacker: Attacker
    method: str
    path: str
    endpoint: str
    expected: tuple[int, ...]  # () means anything but a crash
    unchanged: bool
    with_token: bool = True


@dataclass
class Report:
    """What came of it 结果."""

    outcomes: Counter[tuple[str, int]] = field(default_factory=Counter)
    surprises: list[str] = field(default_factory=list)

    def note(self, shot: Shot, answer: Answer) -> None:
        """Count an answer."""
        name = shot.attacker.name + ("" if shot.with_token else ", tricked")
        self.outcomes[name, answer.status] += 1

    def table(self) -> Iterator[str]:
        """Attackers by outcomes."""
        statuses = sorted({status for _name, status in self.outcomes})
        yield f"{'':<26}" + "".join(f"{status:>8}" for status in statuses) + f"{'together':>10}"
        for name in dict.fromkeys(name for name, _status in self.outcomes):
            counts = [self.outcomes[name, status] for status in statuses]
            yield f"{name:<26}" + "".join(f"{count:>8}" for count in counts) + f"{sum(counts):>10}"
        yield f"requests: {sum(self.outcomes.values())}   surprises: {len(self.surprises)}"


@dataclass
class Attack:
    """One house under attack."""

    map: Map
    house: House
    ids: Ids
    database: Database[dict[str, Any]]
    report: Report = field(default_factory=Report)
    share: int = 1  # every so manieth address for each attacker, another for the next
    small: bool = False  # a few ids, own methods, and nothing that takes long
    only: str = ""  # addresses of views whose names begin so

    def run(self, attacker: Attacker, browser: Browser, token: str, *, with_token: bool = True) -> None:
        """Every address with every method and every id, as this one."""
        before: Mapping[str, str] | None = self.state()
        turned_away: list[Shot] = []
        for shot in self.shots(attacker, with_token=with_token):
            if turned_away and (len(turned_away) == TOGETHER or not shot.unchanged):
                before = self._compared(before, turned_away)
                turned_away = []
            if shot.unchanged:
                before = before or self.state()
                turned_away.append(shot)
            else:
                before = None  # what he may change; looked at again when he is turned away
            self._shoot(shot, browser, token)
        if turned_away:
            self._compared(before, turned_away)

    def _shoot(self, shot: Shot, browser: Browser, token: str) -> None:
        form = None if shot.method in READING else self._form(shot)
        if form is not None and shot.with_token:
            form["csrf_token"] = token
        # Half of the time as a script of ours, which is refused in JSON.
        answer = browser.ask(shot.method, shot.path, form, script=len(shot.path) % 2 == 1)
        self.report.note(shot, answer)
        self.report.surprises += [f"{self._name(shot)}: {one}" for one in self._wrong(shot, answer)]

    def _form(self, shot: Shot) -> dict[str, str]:
        """What is sent; to a page that is told there what it is about, that it is about the case."""
        if shot.endpoint not in TOLD:
            return dict(BODY)
        days = {"since": "2026-02-24", "review_on": "2026-08-24", "basis": "通知"}
        return {**BODY, **days, "number": self.house.number, "numbers": self.house.number}

    def _compared(self, before: Mapping[str, str] | None, shots: Sequence[Shot]) -> Mapping[str, str]:
        """The digest after these requests, each of which must change nothing; all are named if one did."""
        after = self.state()
        if before is not None and after != before:
            names = "\n    ".join(self._name(one) for one in shots)
            self.report.surprises.append(f"one of these changed {_differ(before, after)}:\n    {names}")
        return after

    def state(self) -> Mapping[str, str]:
        """The digest of every collection, but for the trail."""
        found: Mapping[str, str] = self.database.command("dbHash")["collections"]
        # Of the sign-ins the moment of the last request changes; nobody ends or begins one.
        signed_in = str(sorted(str(row["_id"]) for row in self.database["sign_ins"].find({}, {"_id": 1})))
        return {**{name: digest for name, digest in found.items() if name not in FREE}, "sign_ins": signed_in}

    def shots(self, attacker: Attacker, *, with_token: bool) -> Iterator[Shot]:
        """Everything to be asked; each address once, wherever it leads."""
        adapter = self.map.bind("127.0.0.1")
        asked: set[tuple[str, str]] = set()
        turn = len(attacker.name)
        for place, rule in enumerate(self.map.iter_rules()):
            if (place + turn) % self.share or not rule.endpoint.startswith(self.only):
                continue
            own = sorted((rule.methods or set()) & {"GET", "POST"})
            # Who is not let in at all is not asked about ids; nonsense is for those who are.
            whole = not self.small and bool(attacker.person) and not attacker.gone and not attacker.owes
            for number, path in enumerate(self.ids.paths(rule, whole=whole and with_token)):
                for method in METHODS if number == 0 and not self.small else own:
                    if (method, path) in asked or (not with_token and method != "POST"):
                        continue
                    asked.add((method, path))
                    shot = self._shot(adapter, attacker, (method, path), with_token=with_token)
                    # Signing out would end the attack; what is open to him others test, and it takes long.
                    allowed = (
                        self.small and not shot.expected and not {OPEN, OWN} & {*class_of(shot.endpoint)}
                    )
                    if path != "/sign-out" and not allowed:
                        yield shot

    def _shot(
        self, adapter: MapAdapter, attacker: Attacker, asked: tuple[str, str], *, with_token: bool
    ) -> Shot:
        method, path = asked
        endpoint, missed = _leads_to(adapter, method, path)
        if missed:
            return Shot(attacker, method, path, endpoint, missed, True, with_token)
        if not with_token:
            return Shot(attacker, method, path, endpoint, (400,), True, with_token)
        expected, unchanged = self._expected(attacker, method, endpoint, path)
        if method == "OPTIONS" and expected:
            expected = (*expected, 200)  # which methods there are, and nothing of what is there
        return Shot(attacker, method, path, endpoint, expected, unchanged)

    def _expected(
        self, attacker: Attacker, method: str, endpoint: str, path: str
    ) -> tuple[tuple[int, ...], bool]:
        needed = class_of(endpoint)
        reads = method in ("GET", "HEAD")
        if OPEN in needed:
            return (), False
        if attacker.gone or not attacker.person:
            return ((302, 401) if reads else (401,)), True
        if attacker.owes and endpoint not in BEFORE[attacker.owes]:
            return (302, 403), True
        asked = attacker.is_asked and endpoint.startswith("statements.")  # an empty answer is sent back
        if asked or (CASE in needed and attacker.sees_the_case and self.house.number in path):
            # Checking a form shows nothing new and keeps nothing.
            return (SEEING if reads else (*UNKEPT, 200)), not reads
        if attacker.kept_away and ARCHIVE in needed and self._is_about_the_case(path):
            return REFUSED, True
        return self._by_rights(attacker, endpoint, reads=reads)

    def _by_rights(self, attacker: Attacker, endpoint: str, *, reads: bool) -> tuple[tuple[int, ...], bool]:
        """What is expected where nothing but his operations has a say, and what a form is about."""
        needed = class_of(endpoint)
        if attacker.kept_away and endpoint in TOLD and not reads:
            return (*UNKEPT, 200, 302), True  # where he keeps no archive he is told so
        if OWN in needed or attacker.may & set(needed):
            return (), False
        return (*REFUSED, *ALSO.get(endpoint.partition(".")[0], ())), True

    def _is_about_the_case(self, path: str) -> bool:
        """Whether the address names the case, or what there is about it in the archive room."""
        plain = unquote(path)
        return any(one in plain for one in self.house.things)

    def _wrong(self, shot: Shot, answer: Answer) -> Iterator[str]:
        if answer.status >= 500 and answer.status != 501:
            yield f"{answer.status}"
        elif shot.expected and answer.status not in shot.expected:
            yield f"{answer.status}, not {' '.join(map(str, shot.expected))}"
        if answer.status == 302 and shot.attacker.gone and not answer.place.startswith("/sign-in"):
            yield f"leads to {answer.place}"
        text = _text(answer)
        shown = set(MARKER.findall(text)) - set(MARKER.findall(unquote(shot.path)))
        leaked = shown - self.house.marks[shot.attacker.name]
        if leaked:
            yield f"shows {' '.join(sorted(leaked))}"
        inside = INSIDES.search(text)
        if inside:
            yield f"says {inside[0]!r}"
        if answer.headers.get("X-Content-Type-Options") != "nosniff" and answer.status != 501:
            yield "no nosniff"
        saved = answer.kind.startswith(TO_BE_SAVED) and answer.status == 200
        if saved and not answer.headers.get("Content-Disposition", "").startswith("attachment"):
            yield f"{answer.kind} that a browser may open"

    def _name(self, shot: Shot) -> str:
        token = "" if shot.with_token else " (no token)"
        return f"{shot.attacker.name}{token} {shot.method} {shot.path[:120]} [{shot.endpoint}]"


def _leads_to(adapter: MapAdapter, method: str, path: str) -> tuple[str, tuple[int, ...]]:
    """The address of the application that is meant, or what somebody gets who means none."""
    plain = unquote_to_bytes(path).decode("utf-8", "replace")
    try:
        endpoint, _arguments = adapter.match(plain, method=method)
    except RequestRedirect:
        return "-", (301, 302, 308, 400, 404)
    except NotFound:
        return "-", UNKEPT
    except MethodNotAllowed:
        return "-", UNKEPT if method != "OPTIONS" else (*UNKEPT, 200, 302, 401)
    except HTTPException:
        return "-", UNKEPT
    return str(endpoint), ()


def _text(answer: Answer) -> str:
    if "spreadsheet" in answer.kind:
        try:
            book = load_workbook(io.BytesIO(answer.body))
        except (BadZipFile, ValueError, KeyError):
            return ""
        return "\n".join(
            str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row
        )
    return answer.body.decode("utf-8", "ignore")


def _differ(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    return " ".join(sorted(name for name in {*before, *after} if before.get(name) != after.get(name)))
