"""People who work while the house burns: they register, attach, take steps, close, file – and press again."""

from __future__ import annotations

import hashlib
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import CONFLICT, FOUND, OK, UNAUTHORIZED
from typing import Any
from urllib.parse import quote

from tests.faults.browser import Answer, Browser, Fields, NoAnswer
from tests.portal.samples import COMPLAINT, TREATED, typed

REGISTER = "/register/p01/complaint"
REGISTERED = "register"
CLERKS = ("chengdong", "hekou", "shiping", "yingye")
CLERK, INTAKE, ARCHIVE = "clerk", "shouli", "dangan"
GIVES_UP_AND_COMES_BACK = 0.3
STEPS = (("solve", CLERK), ("pass_filing", INTAKE), ("archive", ARCHIVE))
AHEAD = timedelta(hours=8)  # of UTC, where the house stands


@dataclass(frozen=True)
class Done:
    """Something that the portal said it had saved."""

    what: str
    number: str
    words: str
    sha256: str
    fault: str


@dataclass
class Journal:
    """What all people saw, kept beside the portal."""

    fault: str = "none"
    done: list[Done] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    forgotten: list[str] = field(default_factory=list)  # pages that neither said saved nor kept the words
    stop: threading.Event = field(default_factory=threading.Event)
    began: datetime | None = None  # by the time of the database


class Stopped(Exception):
    """The storm is over; this person has nothing half done."""


@dataclass
class Form:
    """A form as it lies before the person, with the words that must not be lost."""

    address: str
    words: str
    fields: Fields
    mine: Fields
    drafted: bool = False


Stands = Callable[[Form], str]  # the number of the case that holds what a form says, "" for none


class Person:
    """One person at three desks; the words of each complaint are found in no other."""

    filing = True  # whether they go as far as to file what is closed

    def __init__(self, login: str, port: int, journal: Journal, *, seed: int, stands: Stands) -> None:
        self.name, self.journal, self.stands = f"{login}-{seed}", journal, stands
        self.chance = random.Random(self.name)
        self.desks = {one: Browser(port, one) for one in (INTAKE, ARCHIVE)}
        self.desks[CLERK] = Browser(port, login)
        self.turn = 0

    def work(self) -> None:
        """Tell one complaint after the other until the storm is over."""
        try:
            for browser in self.desks.values():
                self._until(browser.sign_in)
            while not self.journal.stop.is_set():
                self.turn += 1
                self._story(f"{self.name}-{self.turn}")
                if self.chance.random() < 0.2:
                    self._until(self.desks[CLERK].sign_in)
        except Stopped:
            pass

    def _story(self, words: str) -> None:
        """A complaint with a file; most are solved, some closed and filed as well."""
        number = self._register(words)
        far = self.chance.choice((0, 1, 2, 3, 3))
        for key, login in STEPS[: far if self.filing else min(far, 2)]:
            self._step(number, key, login, words)

    def _register(self, words: str) -> str:
        browser, content = self.desks[CLERK], f"回单 {words} ".encode() * self.chance.randrange(1, 6_000)
        page = self._open(browser, REGISTER)
        upload = self._upload(browser, page.hidden()["csrf_token"], content)
        received = f"{datetime.now(UTC) + AHEAD - timedelta(days=4):%Y-%m-%dT%H:%M}"
        told = {**COMPLAINT, "title": words, "received_at": received, "facts": f"手续费不符。{words}"}
        mine = {**typed(told), "q_papers": upload}
        number = self._press(browser, Form(REGISTER, words, {**page.hidden(), **mine}, mine))
        self._note(REGISTERED, number, words, content)
        return number

    def _step(self, number: str, key: str, login: str, words: str) -> None:
        browser, address = self.desks[login], f"/cases/{quote(number)}/steps/{key}"
        page = self._open(browser, address)
        said = f"{key} {words}"
        moment = f"{datetime.now(UTC) + AHEAD:%Y-%m-%dT%H:%M}"
        mine, content = self._typed(key, said, moment), b""
        if key == "solve":
            content = f"收据 {said}".encode()
            mine["q_treatment_papers"] = self._upload(browser, page.hidden()["csrf_token"], content)
        self._press(browser, Form(address, said, {**page.hidden(), **mine}, mine))
        self._note(key, number, words, content)

    @staticmethod
    def _typed(key: str, said: str, moment: str) -> Fields:
        fields: dict[str, dict[str, Any]] = {
            "solve": {**TREATED, "treatment_result": said, "replied_at": moment},
            "pass_filing": {"review_opinion": said},
            "archive": {"archive_note": said},
        }
        return typed(fields[key])

    def _note(self, what: str, number: str, words: str, content: bytes) -> None:
        sha256 = hashlib.sha256(content).hexdigest() if content else ""
        self.journal.done.append(Done(what, number, words, sha256, self.journal.fault))

    def _press(self, browser: Browser, form: Form) -> str:
        """Press until the portal says saved; the number of the case."""
        self._draft(browser, form)
        while True:
            try:
                answer = browser.post(form.address, form.fields)
            except NoAnswer as error:
                self.journal.seen[str(error)] += 1
                self._pause()
                if form.drafted and self.chance.random() < GIVES_UP_AND_COMES_BACK:
                    found = self._come_back(browser, form)
                    if found:
                        return found
                continue
            if answer.status == FOUND and answer.location.startswith("/cases/"):
                return answer.location.split("/")[2]
            self._look(browser, form, answer)

    def _look(self, browser: Browser, form: Form, answer: Answer) -> None:
        """A page that is not the one hoped for: are the words still there?"""
        self.journal.seen[str(answer.status)] += 1
        if not answer.shows(form.words):
            where = f"{answer.status} {answer.location} {form.address}: {answer.text[:2000]}"
            self.journal.forgotten.append(where)
        self._pause()
        if answer.status == UNAUTHORIZED:
            self._until(browser.sign_in)
        elif answer.hidden():
            form.fields.update(answer.hidden())

    def _draft(self, browser: Browser, form: Form) -> None:
        """What the page's script does while one types."""
        try:
            form.drafted = browser.post("/drafts", form.fields).status == OK
        except NoAnswer:
            form.drafted = False

    def _come_back(self, browser: Browser, form: Form) -> str:
        """The browser was closed: open the form again, where the draft is, unless it was sent after all."""
        self.journal.seen["came back"] += 1
        page = self._open(browser, form.address, also=(FOUND, CONFLICT))
        if page.status == OK and page.shows(form.words) and "submission" in page.hidden():
            form.fields = {**form.fields, **page.hidden(), **form.mine}
            return ""
        number = self.stands(form)
        if not number:
            self.journal.forgotten.append(f"draft gone: {form.address} {page.status} {page.text[:1500]}")
        return number

    def _upload(self, browser: Browser, token: str, content: bytes) -> str:
        found: list[str] = []

        def take() -> bool:
            answer = browser.upload(token, "回单.txt", content)
            if answer.status == OK:
                found.append(json.loads(answer.text)["id"])
            else:
                self.journal.seen[f"{answer.status} (uploading)"] += 1
            return answer.status == OK

        self._until(take)
        return found[0]

    def _open(self, browser: Browser, address: str, also: tuple[int, ...] = ()) -> Answer:
        """Open a page, as often as it takes."""
        found: list[Answer] = []

        def look() -> bool:
            page = browser.get(address)
            if page.status == FOUND and "/sign-in" in page.location:
                return browser.sign_in() and False
            found.append(page)
            if page.status not in (OK, FOUND):
                self.journal.seen[f"{page.status} (reading)"] += 1
            return page.status in (OK, *also)

        self._until(look)
        return found[-1]

    def _until(self, well: Callable[[], bool]) -> None:
        while True:
            try:
                if well():
                    return
            except NoAnswer as error:
                self.journal.seen[f"{error} (reading)"] += 1
            self._pause()
            if self.journal.stop.is_set():
                raise Stopped

    def _pause(self) -> None:
        time.sleep(self.chance.uniform(0.2, 0.6))
