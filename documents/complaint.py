"""Cases 投诉案件: one document holds the complaint, its answers, clocks, letters and events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from bson import Decimal128
from mongoengine import (
    BooleanField,
    DateTimeField,
    DynamicField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    QuerySet,
    StringField,
)

from documents.database import Stored
from documents.fast_fields import DictField, EmbeddedDocumentListField, ListField
from documents.policy import identity_between
from documents.rules.access import CaseScope
from documents.rules.broken import RuleBroken
from documents.rules.expression_values import at_home
from documents.rules.lookups import fact
from documents.rules.workflow import CaseState
from documents.severity import Severity


class AnswerSet(EmbeddedDocument):
    """A form as it was filled 已填表单, with the version it was filled under."""

    form = StringField(required=True)
    seq = IntField(required=True)
    transition = StringField(required=True)
    by = StringField(required=True)
    by_name = StringField()
    unit = StringField()
    at = DateTimeField(required=True)
    policy_version = IntField(required=True)
    values = DictField()

    def facts(self) -> dict[str, Any]:
        """The values as conditions read them; a filled form never changes, so they are read once."""
        if "_facts" not in self.__dict__:
            self._facts = {key: fact(plain_value(value)) for key, value in self.values.items()}
        return self._facts


class Attachment(EmbeddedDocument):
    """A file of the case 附件; the original is kept byte-exact."""

    file_id = StringField(required=True)
    name = StringField(required=True)
    size = IntField(required=True)
    sha256 = StringField(required=True)
    media_type = StringField(required=True)
    form = StringField()
    field = StringField()
    by = StringField(required=True)
    at = DateTimeField(required=True)


class ClockPause(EmbeddedDocument):
    """A pause 暂停 of a clock: a dated interval with its reason; without an end it lasts."""

    since = DateTimeField(required=True)
    until = DateTimeField()
    reason = StringField()
    by = StringField(required=True)
    ended_by = StringField()


class Clock(EmbeddedDocument):
    """A running time limit 时限 with its deadline 期限 and the explanation of that date.

    While it is `paused` its deadline is the one as if the pause had not begun; resuming gives the real one.
    """

    limit = StringField(required=True)
    round = IntField(default=1)
    started_at = DateTimeField(required=True)
    due_at = DateTimeField(required=True)
    original_due_at = DateTimeField(required=True)
    state = StringField(default="running", choices=("running", "paused", "met", "stopped"))
    met_at = DateTimeField()
    agreed = DateTimeField()  # the moment that took the limit's place, when somebody set one
    pauses = EmbeddedDocumentListField(ClockPause)
    explanation = ListField(DictField())
    certain = BooleanField(default=True)
    overridden_by = StringField()  # the limit that takes precedence 优先 while it runs
    calendar = StringField()  # in which it is counted; without it, in the policy's
    calendar_version = IntField()  # without it, in the first
    calendar_unit = StringField()  # the unit whose calendar that is; none: the policy's

    def is_late(self, now: datetime) -> bool:
        """Whether the limit was missed, or is overdue at the moment; not while it is paused."""
        return self.state != "paused" and bool((self.met_at or now) > self.due_at)

    @property
    def intervals(self) -> list[tuple[datetime, datetime | None]]:
        """The pauses as the deadline rules take them."""
        return [(one.since, one.until) for one in self.pauses]


class Extension(EmbeddedDocument):
    """An extension 延期: asked for by one person, decided by another."""

    limit = StringField(required=True)
    reason = StringField()
    until = StringField(required=True)
    requested_by = StringField(required=True)
    requested_at = DateTimeField(required=True)
    decision = StringField(choices=("approved", "refused"))
    decided_by = StringField()
    decided_at = DateTimeField()
    note = StringField()
    old_due = DateTimeField(required=True)
    new_due = DateTimeField()


class Event(EmbeddedDocument):
    """Something that happened 经过; each carries the hash of the one before."""

    seq = IntField(required=True)
    at = DateTimeField(required=True)
    by = StringField(required=True)
    by_name = StringField()
    unit = StringField()
    verb = StringField(required=True)
    label = DictField()
    from_stage = StringField()
    to_stage = StringField()
    note = StringField()
    submission = StringField()
    facts = DictField()
    hash = StringField()


class Letter(EmbeddedDocument):
    """A letter 函件; planned in the transaction, its PDF follows."""

    seq = IntField(required=True)
    key = StringField(required=True)
    number = StringField()
    title = DictField()
    at = DateTimeField(required=True)
    by = StringField()
    values = DictField()
    file_id = StringField()
    sha256 = StringField()
    pages = IntField()
    attempts = IntField(default=0)
    problem = StringField()
    policy_version = IntField()  # under which it was planned; None: the case's own


class SealedVolume(EmbeddedDocument):
    """The sealed case file 案卷 of this case."""

    number = StringField(required=True)
    sequence = IntField()
    sha256 = StringField()
    pages = IntField()
    size = IntField()
    file_id = StringField()
    retention = DictField()
    fonds = StringField()
    year = IntField()
    submitted_by = StringField()
    submitted_at = DateTimeField()
    sealed_at = DateTimeField()
    attempts = IntField(default=0)
    problem = StringField()


# Which cases the indexes of levels 等级 hold.
LEVELLED = {"severity.rank": {"$gte": 0}}
UNCERTAIN = {"status": "open", "clocks.certain": False}
COUNTED = {"severity.type": {"$exists": True}}
WAITING = {"severity.waits": True}


class CaseQuerySet(QuerySet):
    """Named queries over cases."""

    def visible_to(self, keys: list[str], person: str) -> CaseQuerySet:
        """The cases that scope keys open to a person."""
        return self.filter(scope__in=keys, recused__ne=person)


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
    flags = ListField(StringField())
    outcome = StringField()
    answers = EmbeddedDocumentListField(AnswerSet)
    attachments = EmbeddedDocumentListField(Attachment)
    clocks = EmbeddedDocumentListField(Clock)
    extensions = EmbeddedDocumentListField(Extension)
    events = EmbeddedDocumentListField(Event)
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
    grams = ListField(StringField())
    texts = ListField(StringField())  # the answers that are searched by words, so that a phrase is found
    volume = EmbeddedDocumentField(SealedVolume)
    moves = ListField(DictField())  # {seq, version, workflow}: what held up to the event that moved it

    meta = {
        "collection": "complaints",
        "queryset_class": CaseQuerySet,
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
        ],
    }

    @classmethod
    def get(cls, number: str) -> Complaint:
        """The case with this number; raises RuleBroken("unknown_case")."""
        found: Complaint | None = cls.objects(number=number).first()
        if found is None:
            raise RuleBroken("unknown_case", number=number)
        return found

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
            has_handler=bool(self.handler),
            received_kind=self.received_kind,
            **{f"unit_{slot}": unit for slot, unit in self.units.items()},
            **level,
        )

    def state(self, facts: Mapping[str, Any] | None = None) -> CaseState:
        """What the workflow rules read of this case; `facts` when they are at hand."""
        return CaseState(
            stage=self.stage,
            open=self.status == "open",
            units=dict(self.units),
            handler=self.handler,
            registrar=self.registrar,
            recused=frozenset(self.recused),
            performed={self.step_of(event): frozenset({event.by}) for event in self.events},
            facts=self.facts() if facts is None else facts,
        )

    def step_of(self, event: Event) -> str:
        """What the step of an event is called in the version that the case has now."""
        moved = next((one for one in self.moves if event.seq <= one["seq"]), None)
        if moved is None:
            return str(event.verb)
        way = identity_between(self.policy, moved["version"], self.policy_version)
        return way.key("step", event.verb, moved["workflow"])

    def case_scope(self) -> CaseScope:
        """What the permission function reads of this case."""
        return CaseScope(frozenset(self.scope), frozenset(self.recused))


def plain_value(value: Any) -> Any:
    """A stored value in plain Python types."""
    if isinstance(value, Decimal128):
        return value.to_decimal()
    if isinstance(value, list):
        return [plain_value(item) for item in value]
    if isinstance(value, Mapping):
        return {key: plain_value(item) for key, item in value.items()}
    return value


def stored_value(value: Any) -> Any:
    """A checked value as MongoDB keeps it: a date as ISO text, a decimal as Decimal128."""
    if isinstance(value, Decimal):
        return Decimal128(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list):
        return [stored_value(item) for item in value]
    if isinstance(value, Mapping):
        return {key: stored_value(item) for key, item in value.items()}
    return value
