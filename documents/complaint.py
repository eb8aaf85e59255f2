"""Cases 投诉案件: one document holds the complaint, its answers, clocks, letters and events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import Any

from mongoengine import (
    BooleanField,
    DateTimeField,
    DynamicField,
    EmbeddedDocumentField,
    IntField,
    StringField,
)

from documents.case_parts import AnswerSet, Attachment, Clock, Event, Extension, Hearing, Letter, SealedVolume
from documents.database import Stored
from documents.fast_fields import DictField, EmbeddedDocumentListField, ListField, WholeListField
from documents.policy import identity_between
from documents.rules.access import QUESTION, CaseScope
from documents.rules.broken import RuleBroken
from documents.rules.expression_values import at_home
from documents.rules.hearing import ASKED, ENDED
from documents.rules.workflow import CaseState
from documents.severity import Severity

# Which cases the indexes of levels 等级 hold.
LEVELLED = {"severity.rank": {"$gte": 0}}
UNCERTAIN = {"status": "open", "clocks.certain": False}
COUNTED = {"severity.type": {"$exists": True}}
WAITING = {"severity.waits": True}
LATER = {"later": True}
CONFIDENTIAL = {"known_to.0": {"$exists": True}}
RECUSING = {"recused.0": {"$exists": True}}
READ_AT_ONCE = 50


def not_hidden_from(person: str) -> dict[str, Any]:
    """The cases from which a person is not recused 回避, and that are not kept from the person 保密."""
    return {"recused": {"$ne": person}, "known_to": {"$in": [None, [], person]}}


def hidden_from(person: str) -> dict[str, Any]:
    """The cases that are not there for a person 保密或回避; each side leads through an index of its own."""
    return {"$or": [{**CONFIDENTIAL, "known_to": {"$ne": person}}, {**RECUSING, "recused": person}]}


def any_confidential(numbers: Iterable[str]) -> bool:
    """Whether one of these cases is confidential: then no words about it go into messages and mails."""
    wanted = {"number": {"$in": sorted(set(numbers))}, **CONFIDENTIAL}
    return Complaint.collection().find_one(wanted, {"_id": 1}) is not None


def kept_from(person: str, numbers: Iterable[str]) -> set[str]:
    """Which of these cases are not there for a person 保密或回避, wherever their number stands."""
    return among(numbers, {"$nor": [not_hidden_from(person)]})


def among(numbers: Iterable[str], condition: Mapping[str, Any]) -> set[str]:
    """Which of these numbers belong to cases that meet the condition."""
    asked = sorted(set(numbers))
    wanted = {"$and": [{"number": {"$in": asked}}, condition]}
    return {row["number"] for row in Complaint.collection().find(wanted, {"number": 1})} if asked else set()


def hidden_numbers(person: str) -> set[str]:
    """The numbers of all cases that are not there for a person 保密或回避."""
    found = Complaint.collection().find(hidden_from(person), {"number": 1, "_id": 0})
    return {row["number"] for row in found}


class Complaint(Stored):
    """A case 投诉案件 (also suggestions, opinions, appeals). Only actions change it."""

    number = StringField(required=True, unique=True)
    series = StringField()
    policy = StringField(required=True)
    policy_version = IntField(required=True)
    case_type = StringField(required=True)
    stage = StringField(required=True)
    status = StringField(default="open", choices=("open", "closed", "archived"))
    turn = IntField(default=1)
    revision = IntField(default=1)
    submission = StringField()
    title = StringField(required=True)
    summary = StringField()
    category = StringField()
    channel = StringField()
    received_at = DateTimeField(required=True)
    registered_at = DateTimeField(required=True)
    closed_at = DateTimeField()
    received_kind = StringField()
    units = DictField()
    handler = StringField()
    registrar = StringField()
    scope = ListField(StringField())
    recused = ListField(StringField())
    recused_unsaid = ListField(
        StringField()
    )  # those of them of whom only a case tells that is kept from others
    known_to = ListField(StringField())  # 知悉名单: who may know of a confidential case; empty when it is not
    stand_ins = ListField(DictField())  # 代行 {role, unit, person}: where all holders of a post step aside
    flags = ListField(StringField())
    outcome = StringField()
    answers = EmbeddedDocumentListField(AnswerSet)
    attachments = EmbeddedDocumentListField(Attachment)
    clocks = EmbeddedDocumentListField(Clock)
    extensions = EmbeddedDocumentListField(Extension)
    events = EmbeddedDocumentListField(Event)
    hearings = EmbeddedDocumentListField(Hearing)  # 听取申辩: who was asked for a statement
    letters = EmbeddedDocumentListField(Letter)
    papers = ListField(StringField())  # what waits to be rendered: "letter:1", "volume"
    links = ListField(DictField())
    numbers = DictField()
    next_due = DateTimeField()
    next_limit = StringField()
    next_calendar = StringField()
    next_uncertain = BooleanField()  # it was counted into a year whose holidays are not known
    paused = BooleanField()  # nothing is due, because what would be is paused
    escalation = IntField(default=0)
    severity = EmbeddedDocumentField(Severity)
    attrs = ListField(DynamicField())
    grams = WholeListField()  # 盲索引: digests of the words by which it is found
    texts = ListField(StringField())  # empty since words are kept as digests
    volume = EmbeddedDocumentField(SealedVolume)
    supplements = EmbeddedDocumentListField(SealedVolume)
    later = BooleanField()  # papers came in after the last volume was handed over
    destroyed_at = DateTimeField()  # 已销毁: what is left is the tombstone
    destroyed_by = StringField()  # the list 销毁清册 by which it went
    moves = ListField(DictField())  # {seq, version, workflow}: what held up to the event that moved it

    meta = {
        "collection": "complaints",
        "encrypted": {
            "title": (),
            "summary": (),
            "answers.values.*": (),
            "attachments.name": (),
            "clocks.pauses.reason": (),
            "extensions.reason": (),
            "extensions.note": (),
            "hearings.question": (),
            "hearings.shown.*": (),
            "events.note": (),
            "events.facts.witnesses": (),
            "letters.problem": (),
            "letters.values.*": (),
            "severity.reason": (),
            "volume.appraisal.reason": (),
            "volume.remarks": (),
            "volume.problem": (),
            "supplements.appraisal.reason": (),
            "supplements.remarks": (),
            "supplements.problem": (),
        },
        "indexes": [
            "number",
            {"fields": ["submission"], "unique": True, "sparse": True},
            # Each list starts from one of these; the scope of a person with many units is checked on the row.
            ("scope", "-received_at", "-_id"),
            ("scope", "status", "-received_at", "-_id"),
            ("scope", "status", "next_due", "_id"),
            ("scope", "stage", "-received_at", "-_id"),
            ("scope", "stage", "next_due", "_id"),
            ("channel", "-received_at", "-_id"),
            ("category", "-received_at", "-_id"),
            ("outcome", "-received_at", "-_id"),
            ("flags", "-received_at", "-_id"),
            ("case_type", "-received_at", "-_id"),
            ("grams", "-received_at", "-_id"),
            ("attrs.k", "attrs.v", "-received_at", "-_id"),
            ("attrs.v", "-received_at", "-_id"),
            ("handler", "stage", "next_due", "_id"),
            ("policy", "status", "received_at"),
            ("policy", "-_id"),  # the newest cases of a policy, for a replay
            # The whole index answers how many cases of a version stand where, without reading a case.
            ("policy", "policy_version", "status", "case_type", "stage"),
            ("volume.fonds", "volume.year"),
            # The open cases with a date that nobody can be sure of; of others it holds none.
            {"fields": ["clocks.certain", "-_id"], "partialFilterExpression": UNCERTAIN},
            # Only cases of a policy with levels stand in these.
            {"fields": ["scope", "-severity.rank", "-_id"], "partialFilterExpression": LEVELLED},
            {"fields": ["severity.level", "-received_at", "-_id"], "partialFilterExpression": LEVELLED},
            {
                "fields": ["severity.type", "received_at", "severity.who", "closed_at"],
                "partialFilterExpression": COUNTED,
            },
            {"fields": ["severity.who", "severity.type"], "partialFilterExpression": COUNTED},
            {
                "fields": ["severity.type", "received_at"],
                "name": "severity_waiting",
                "partialFilterExpression": WAITING,
            },
            {"fields": ["papers"], "sparse": True},
            {"fields": ["stand_ins.person"], "sparse": True},
            {"fields": ["hearings.person", "-hearings.at"], "sparse": True},
            {"fields": ["hearings.id"], "sparse": True},
            {"fields": ["known_to"], "partialFilterExpression": CONFIDENTIAL},
            {"fields": ["recused"], "partialFilterExpression": RECUSING},
            {"fields": ["scope", "_id"], "name": "later_papers", "partialFilterExpression": LATER},
        ],
    }

    @classmethod
    def get(cls, number: str) -> Complaint:
        """The case with this number; raises RuleBroken("unknown_case")."""
        found: Complaint | None = cls.objects(number=number).first()
        if found is None:
            raise RuleBroken("unknown_case", number=number)
        return found

    @classmethod
    def stands_in(cls, person: str) -> bool:
        """Whether a person stands in 代行 on any case."""
        return cls.collection().find_one({"stand_ins.person": person}, {"_id": 1}) is not None

    @classmethod
    def in_turn(cls, numbers: Sequence[str]) -> Iterator[tuple[str, Complaint | None]]:
        """Each number with its case, if there is one, in this order; some are read at a time."""
        for start in range(0, len(numbers), READ_AT_ONCE):
            some = numbers[start : start + READ_AT_ONCE]
            found = {case.number: case for case in cls.objects(number__in=some)}
            yield from ((number, found.get(number)) for number in some)

    def running(self, limit: str) -> Clock | None:
        """The running clock of a limit."""
        return next(
            (clock for clock in self.clocks if clock.limit == limit and clock.state == "running"), None
        )

    def unended(self, limit: str) -> Clock | None:
        """The clock of a limit that is running or paused."""
        found = (clock for clock in self.clocks if clock.limit == limit)
        return next((clock for clock in found if clock.state in ("running", "paused")), None)

    def waiting_extension(self) -> Extension | None:
        """The extension that waits for a decision."""
        return next((extension for extension in self.extensions if extension.decision is None), None)

    def facts(self, zone: tzinfo | None = None) -> dict[str, Any]:
        """The newest answers and the case's own facts, flat, for conditions and letters."""
        return {**self.answered(zone), **self.own_facts()}

    def answered(self, zone: tzinfo | None = None) -> dict[str, Any]:
        """The newest answers, flat; with a zone, moments stand on its clocks and have its days."""
        merged: dict[str, Any] = {}
        for answers in self.answers:
            way = identity_between(self.policy, answers.policy_version, self.policy_version)
            known = answers.facts()
            if way.moves:
                known = {way.key("field", key, answers.form): value for key, value in known.items()}
            merged |= known
        return at_home(merged, zone) if zone else merged

    def own_facts(self) -> dict[str, Any]:
        """What the case knows of itself beside its answers."""
        asked = list(self.extensions)
        level = {"severity": self.severity.level} if self.severity else {}
        return dict(
            number=self.number,
            case_type=self.case_type,
            stage=self.stage,
            outcome=self.outcome,
            flags=list(self.flags),
            attachments=len(self.attachments),
            extension_waits=any(one.decision is None for one in asked),
            extensions=len([one for one in asked if one.decision == "approved"]),
            clock_paused=any(clock.state == "paused" for clock in self.clocks),
            statement_waits=any(one.state == ASKED for one in self.hearings),
            has_handler=bool(self.handler),
            received_kind=self.received_kind,
            **{f"unit_{slot}": unit for slot, unit in self.units.items()},
            **level,
        )

    @property
    def volumes(self) -> list[SealedVolume]:
        """The case file 案卷 and its supplements 补充卷, in their order."""
        return [*([self.volume] if self.volume else []), *self.supplements]

    @property
    def in_the_making(self) -> SealedVolume | None:
        """The volume that was handed over and is not sealed yet: meanwhile nothing of the case may change."""
        return next((one for one in self.volumes if one.sealed_at is None), None)

    def state(
        self, facts: Mapping[str, Any] | None = None, *, filers: frozenset[str] = frozenset()
    ) -> CaseState:
        """What the workflow rules read of this case; `facts` when they are at hand, and who filed it."""
        return CaseState(
            stage=self.stage,
            open=self.status == "open",
            units=dict(self.units),
            handler=self.handler,
            registrar=self.registrar,
            filers=filers,
            locked=self.in_the_making is not None,
            recused=frozenset(self.recused),
            known_to=frozenset(self.known_to),
            stand_ins=frozenset((one["role"], one["unit"], one["person"]) for one in self.stand_ins),
            performed={
                self.step_of(event): frozenset({event.by, event.instead_of or event.by})
                for event in self.events
            },
            facts=self.facts() if facts is None else facts,
        )

    def step_of(self, event: Event) -> str:
        """What the step of an event is called in the version that the case has now."""
        moved = next((one for one in self.moves if event.seq <= one["seq"]), None)
        if moved is None:
            return str(event.verb)
        way = identity_between(self.policy, moved["version"], self.policy_version)
        return way.key("step", event.verb, moved["workflow"])

    def workers(self) -> list[str]:
        """Everybody who worked on the case so far 原办人员, and who is recused from it."""
        acted = [one for event in self.events for one in (event.by, event.instead_of) if one]
        acted = [one for one in acted if one != "system"]
        return list(dict.fromkeys([*acted, *([self.handler] if self.handler else []), *self.recused]))

    def case_scope(self) -> CaseScope:
        """What the permission function reads of this case."""
        scope = (frozenset(self.scope), frozenset(self.recused), frozenset(self.known_to))
        instead = frozenset((one["role"], one["person"]) for one in self.stand_ins)
        return CaseScope(*scope, frozenset(self._asked()), instead)

    def _asked(self) -> Iterator[tuple[str, str]]:
        """Who was asked for a statement; what is opened for it is closed again with the answer."""
        for one in self.hearings:
            if one.state != ENDED:
                yield one.person, QUESTION
            if one.state == ASKED:
                yield from ((one.person, key) for key in one.shown)

    def hearing(self, key: str) -> Hearing | None:
        """One asking for a statement."""
        return next((one for one in self.hearings if one.id == key), None)
