"""Large forms against plain WTForms: `python -m tests.benchmarks.bench_forms [ROUNDS]`.

A form of 200 fields of all kinds, a quarter of them with conditions, is opened, sent with a mistake and
sent for good; a table of 50 rows and 20 columns with conditions, checks and a unique column is sent. The
other side, in turns in the same run, is what one writes first: a WTForms class of as many StringFields with
`DataRequired`, rendered by a loop in Jinja and validated. It has no types, conditions, labels in two
languages, rights, case, transaction or audit; the ratio says what these cost.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask, render_template_string
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from wtforms import Form, StringField
from wtforms.validators import DataRequired

from documents import database
from documents.actions import organising, registration
from documents.person import Person
from documents.policy import Policy, publish
from portal.application import assemble
from portal.servers import scratch_servers
from portal.settings import Settings
from tests import everything
from tests.portal.doors import let_in
from tests.portal.samples import COMPLAINT, hidden

FIELDS, ROWS, COLUMNS = 200, 50, 20
ROUNDS = 15
MOST_MS = 300
NOW = datetime(2026, 2, 24, 1, 2, tzinfo=UTC)
WORDS = {"zh": "栏目", "en": "Field"}
KINDS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("text", "文字", {"max": 80, "search": "exact"}),
    ("number", "12", {"min": 0}),
    ("money", "1,200.50", {}),
    ("percent", "12.5", {}),
    ("date", "2026-02-04", {"max": "today"}),
    ("time", "09:30", {}),
    ("duration", "1小时30分", {}),
    ("choice", "phone", {"options": "channels"}),
    ("tree", "violation_fees", {"options": "categories"}),
    ("phone", "020-88880123", {}),
)
PLAIN_PAGE = (
    "{% for field in form %}<div>{{ field.label }}{{ field }}{{ field.errors | join }}</div>{% endfor %}"
)


def wide() -> dict[str, Any]:
    """The form of 200 fields: every fourth shows by what stands before it, every fifth is required by it."""
    fields = []
    for place in range(FIELDS):
        kind, _, more = KINDS[place % len(KINDS)]
        one = {"key": f"f{place}", "type": kind, "label": WORDS, "basis": "ours", **more}
        if place % 4 == 3:
            one["visible"] = f"not empty(f{place - 1})"
        if place % 5 == 4:
            one["required"] = f"not empty(f{place - 1})"
        fields.append(one)
    sections = [
        {"key": f"s{start}", "title": WORDS, "fields": fields[start : start + 20]}
        for start in range(0, FIELDS, 20)
    ]
    return {"key": "wide", "title": WORDS, "basis": "ours", "sections": sections}


def nested() -> dict[str, Any]:
    """The table of 20 columns: a third of them with conditions, some calculated, checked or unique."""
    check = {"that": "row.c2 >= 0", "message": WORDS}
    columns = []
    for place in range(COLUMNS):
        kind, _, more = KINDS[place % len(KINDS)]
        more = {name: value for name, value in more.items() if name != "search"}
        one = {"key": f"c{place}", "type": kind, "label": WORDS, **more}
        if place % 3 == 2:
            one["visible"] = f"not empty(c{place - 1})"
        columns.append(one)
    columns[0]["unique"], columns[2]["check"] = True, [check]
    table = {"key": "lines", "type": "table", "label": WORDS, "rows": {"max": ROWS}, "fields": columns}
    total = {"key": "lines_total", "type": "computed", "label": WORDS, "value": "sum(lines.c2)"}
    section = {"key": "s", "title": WORDS, "fields": [table, total]}
    return {"key": "nested", "title": WORDS, "basis": "ours", "sections": [section]}


def definition() -> dict[str, Any]:
    """The policy of the tests with the two forms and a step for each."""
    made = everything.definition()
    steps = next(one for one in made["workflows"] if one["key"] == "complaint")["transitions"]
    pattern = next(one for one in steps if one["key"] == everything.STEP)
    for form in (wide(), nested()):
        made["forms"].append(form)
        steps.append({**pattern, "key": f"fill_{form['key']}", "form": form["key"], "effects": []})
    return made


def typed_wide() -> dict[str, str]:
    """What is typed into the form of 200 fields."""
    return {f"q_f{place}": KINDS[place % len(KINDS)][1] for place in range(FIELDS)}


def typed_nested() -> dict[str, str]:
    """What is typed into the 50 rows."""
    return {
        f"q_lines-{row}-c{place}": f"文字{row}" if place == 0 else KINDS[place % len(KINDS)][1]
        for row in range(ROWS)
        for place in range(COLUMNS)
    }


@dataclass
class Measured:
    """The milliseconds of one side of one thing."""

    name: str
    ours: list[float]
    plain: list[float]
    bounded: bool = True

    def line(self) -> str:
        """One line of the table."""
        mine, other = median(self.ours), median(self.plain)
        verdict = "ok" if mine <= MOST_MS else "TOO SLOW" if self.bounded else ""
        return f"{self.name:44}{mine:8.1f} ms  plain {other:7.1f} ms  {mine / other:6.2f} ×  {verdict}"


def timed(act: Callable[[], object]) -> float:
    """The milliseconds that something takes."""
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1000


class Desk:
    """A clerk at a case, with both sides of the comparison."""

    def __init__(self, app: Flask, client: FlaskClient, case: str) -> None:
        self.app, self.client, self.case = app, client, case

    def open(self, form: str) -> str:
        """The page of a form."""
        answer = self.client.get(f"/cases/{self.case}/steps/fill_{form}")
        assert answer.status_code == 200, answer.text
        return answer.text

    def ready(self, form: str, typed: dict[str, str]) -> dict[str, str]:
        """The filled form, ready to be sent."""
        page = self.open(form)
        return {name: hidden(page, name) for name in ("form_owner", "submission", "turn", "seen")} | typed

    def send(self, form: str, sent: dict[str, str], status: int) -> None:
        """Send the form; the answer must be the expected one."""
        answer = self.client.post(f"/cases/{self.case}/steps/fill_{form}", data=sent)
        assert answer.status_code == status, answer.text

    def plain(self, count: int, sent: bool) -> None:
        """The plain side: a class of so many text fields, rendered, and validated when it was sent."""
        names = [f"f{place}" for place in range(count)]
        made = type("Plain", (Form,), {name: StringField(name, [DataRequired()]) for name in names})
        with self.app.test_request_context("/"):
            form = made(MultiDict(dict.fromkeys(names, "文字")) if sent else None)
            assert not sent or form.validate()
            render_template_string(PLAIN_PAGE, form=form)


def measure(desks: Iterator[Desk], rounds: int) -> list[Measured]:
    """Both sides in turns, each round with a case of its own."""
    wrong = {**typed_wide(), "q_f1": "zwölf"}
    found = [
        Measured(f"open a form of {FIELDS} fields", [], []),
        Measured("submit it with a mistake (page comes back)", [], []),
        Measured("submit it", [], []),
        Measured(f"submit a table of {ROWS} × {COLUMNS} with conditions", [], []),
        Measured("open the form with that table filled in", [], [], bounded=False),
    ]
    for number, desk in zip(range(rounds + 1), desks, strict=False):  # the first round warms both sides up
        mine = [timed(partial(desk.open, "wide"))]
        for form, typed, status in (
            ("wide", wrong, 422),
            ("wide", typed_wide(), 302),
            ("nested", typed_nested(), 302),
        ):
            sent = desk.ready(form, typed)
            mine.append(timed(partial(desk.send, form, sent, status)))
        mine.append(timed(partial(desk.open, "nested")))
        for one, spent in zip(found, mine, strict=True):
            size = FIELDS if "table" not in one.name else ROWS * COLUMNS
            other = timed(partial(desk.plain, size, "submit" in one.name))
            if number:
                one.ours.append(spent)
                one.plain.append(other)
    return found


def _case(policy: Policy, clerk: Person, number: int) -> str:
    case = registration.register(
        policy, "complaint", COMPLAINT, actor=clerk, now=NOW, submission=f"case-{number}"
    )
    return case.number


def main(rounds: int) -> int:
    """Print the table; the exit status says whether everything kept to its bound."""
    with tempfile.TemporaryDirectory() as folder, scratch_servers(Path(folder)) as addresses:
        database.connect(addresses.mongodb_uri, "bench")
        database.ensure_indexes()
        organising.set_up("p01", password="juanzong", now=NOW)
        policy = publish(definition(), by="setup", now=NOW)
        clerk = Person.get("cd_clerk")
        settings = Settings(
            mongodb_uri=addresses.mongodb_uri,
            redis_url=addresses.redis_url,
            secret_key="for the benchmark only",
            data_folder=Path(folder),
            database_name="bench",
        )
        app = assemble(settings)
        app.config.update(CLOCK=lambda: NOW, WTF_CSRF_ENABLED=False)
        client = app.test_client()
        let_in(client, clerk.id, NOW)
        found = measure((Desk(app, client, _case(policy, clerk, number)) for number in count()), rounds)
        database.disconnect()
    for one in found:
        print(one.line())
    return int(any(median(one.ours) > MOST_MS for one in found if one.bounded))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
