"""Failing records 不符合新要求的记录: what open cases answered, held against the fields that are stricter.

Conditions of a draft are no questions about what somebody wrote: of answers only what a replay plays is held
against them, and confidential cases are not asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from documents.case_parts import plain_value
from documents.policy import view_of
from documents.rules.consequence_words import Consequence, Words
from documents.rules.fields import fields_of
from documents.rules.identity import Identity, Name, identity, names
from documents.rules.impact import Impact, Tightened
from documents.rules.replayed_answers import PlayedAnswers, tells, told_under

Row = Mapping[str, Any]
SAMPLES = 10
FACTS = ("number", "case_type", "stage", "outcome", "flags", "received_kind")


class Failing:
    """Asks the newest answers to each form whether the new version would take them."""

    def __init__(self, policy: str, impact: Impact, versions: Sequence[int], now: datetime) -> None:
        self.impact = impact
        self.forms = {one.key: one for one in impact.tightened}
        self.today = now.astimezone(ZoneInfo(str(impact.new["policy"]["zone"]))).date()
        self.ways = {one: identity(view_of(policy, one).definition, impact.new) for one in versions}
        self.failed: Counter[tuple[str, str]] = Counter()
        self.lacking: Counter[tuple[str, str]] = Counter()
        self._policy = policy
        self._played: dict[int, PlayedAnswers] = {}
        asked = [(self._answers(one), way) for one, way in self.ways.items()] if self.forms else []
        self._told = told_under(impact.new, asked)
        self.records: set[str] = set()
        self.samples: dict[tuple[str, str], list[str]] = {}
        self.reads: Sequence[str] = tuple(self._columns()) if self.forms else ()
        self._names: dict[tuple[int, str], dict[str, str]] = {}

    def _columns(self) -> Iterator[str]:
        yield from ("policy_version", "known_to", *FACTS, "answers.form", "answers.policy_version")
        wanted = {name for form in self.forms.values() for name in form.reads}
        if any(name.startswith("unit_") for name in wanted):
            yield "units"
        for way in self.ways.values():
            for name in sorted(wanted):
                for former in sorted(way.former("field", name)):
                    yield f"answers.values.{former}"

    def ask(self, row: Row) -> None:
        """Take one open case into account."""
        if row.get("known_to"):
            return
        newest: dict[str, dict[str, Any]] = {}
        facts: dict[str, Any] = {name: row.get(name) for name in FACTS}
        facts |= {f"unit_{slot}": unit for slot, unit in row.get("units", {}).items()}
        for answers in row.get("answers", ()):
            form, values = self._renamed(answers.get("policy_version") or row["policy_version"], answers)
            newest[form] = values
            facts.update(values)
        for form, values in newest.items():
            if form in self.forms:
                self._take(self.forms[form], values, facts, row["number"])

    def _answers(self, version: int) -> PlayedAnswers:
        if version not in self._played:
            self._played[version] = PlayedAnswers(view_of(self._policy, version).definition)
        return self._played[version]

    def _renamed(self, version: int, answers: Row) -> tuple[str, dict[str, Any]]:
        given = {key: plain_value(value) for key, value in answers.get("values", {}).items()}
        way, values = (
            self.ways.get(version) or Identity(),
            self._answers(version).values(answers["form"], given),
        )
        if not way.moves:
            return answers["form"], values
        form = way.key("form", answers["form"])
        return form, {way.key("field", key, answers["form"]): value for key, value in values.items()}

    def _take(
        self, form: Tightened, values: Mapping[str, Any], facts: Mapping[str, Any], number: str
    ) -> None:
        lists = self.impact.new["lists"]
        wrong = form.failing(values, facts, lists, self.today)
        for field in {problem.field for problem in wrong if tells(self._told, problem)}:
            key = form.key, field
            if field in form.fresh and field not in values:
                self.lacking[key] += 1
                continue
            self.failed[key] += 1
            self.records.add(number)
            if len(self.samples.setdefault(key, [])) < SAMPLES:
                self.samples[key].append(number)

    def lines(self) -> Iterator[Consequence]:
        """Each field that records fail, the most frequent first, and what they lack."""
        for key, count in self.failed.most_common():
            yield Consequence("would_fail", count, self._label(key), tuple(self.samples[key]))
        for key, count in self.lacking.most_common():
            yield Consequence("lacking", count, self._label(key))

    def _label(self, key: tuple[str, str]) -> Words:
        form = next(one for one in self.impact.new["forms"] if one["key"] == key[0])
        field = next(one for one in fields_of(form) if one["key"] == key[1])
        return f"“{field['label']['zh']}”", f"“{field['label']['en']}”"


def label_of(impact: Impact, name: Name) -> Words:
    """What a thing of the old version is called."""
    one = names(impact.old).get(name, {})
    text = one.get("label") or one.get("title") or {}
    return f"“{text.get('zh', name.key)}”", f"“{text.get('en', name.key)}”"
