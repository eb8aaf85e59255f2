"""The parts of a case 投诉案件: answers, files, clocks, letters and events, as they lie in its document."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from bson import Decimal128
from mongoengine import (
    BooleanField,
    DateTimeField,
    EmbeddedDocument,
    EmbeddedDocumentField,
    IntField,
    StringField,
)

from documents.fast_fields import DictField, EmbeddedDocumentListField, ListField
from documents.rules.lookups import fact


class AnswerSet(EmbeddedDocument):
    """A form as it was filled 已填表单, with the version it was filled under."""

    form = StringField(required=True)
    seq = IntField(required=True)
    transition = StringField(required=True)
    by = StringField(required=True)
    by_name = StringField()
    acting = DictField()  # for whom 代办, or for which post 代行, in words
    unit = StringField()
    at = DateTimeField(required=True)
    policy_version = IntField(required=True)
    values = DictField()
    readable = ListField(StringField())  # the fields whose values the database may read

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
    source = StringField()  # the field in which the reason was written; it is as closed as that
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
    requested_for = StringField()  # 代办: the absent person for whom it was asked
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
    instead_of = StringField()  # 代办: the absent person for whom it was done
    acting = DictField()  # for whom 代办, or for which post 代行, in words
    unit = StringField()
    verb = StringField(required=True)
    label = DictField()
    from_stage = StringField()
    to_stage = StringField()
    note = StringField()
    submission = StringField()
    facts = DictField()
    hash = StringField()
    redacted = BooleanField()  # 已销毁: what it said is gone, its hash stays a link of the chain


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


class Hearing(EmbeddedDocument):
    """Somebody complained about was asked for a statement 听取申辩: what, by whom, and what came of it.

    What is opened is kept as it was then: it was looked through for whatever identifies the complainant.
    """

    id = StringField(required=True)  # in the address of the page, and not to be guessed
    person = StringField(required=True)
    person_name = StringField()
    source = StringField()  # the field that names the person
    by = StringField(required=True)
    by_name = StringField()
    at = DateTimeField(required=True)
    form = StringField(required=True)
    question = StringField(required=True)
    shown = DictField()  # of the fields that the policy opens: what they said
    withheld = ListField(StringField())  # those that would have named the complainant
    limit = StringField()
    due_at = DateTimeField()
    policy_version = IntField(required=True)
    state = StringField(default="asked", choices=("asked", "answered", "ended"))
    ended_at = DateTimeField()
    answer = IntField()  # the number of the filled form
    submission = StringField()


class Appraisal(EmbeddedDocument):
    """An appraisal 鉴定: for how long the case is kept, what the rules proposed, and who decided why."""

    code = StringField(required=True)
    label = DictField(required=True)
    years = IntField()  # none: for ever 永久
    proposed = StringField(required=True)  # the code that the rules give
    reason = StringField()  # why it is another one
    by = StringField(required=True)  # 立卷人
    by_name = StringField()
    at = DateTimeField(required=True)


class SealedVolume(EmbeddedDocument):
    """The sealed case file 案卷 of this case, or one of its supplement volumes 补充卷."""

    number = StringField(required=True)
    sequence = IntField()
    sha256 = StringField()
    pages = IntField()
    size = IntField()
    file_id = StringField()
    retention = DictField()
    fonds = StringField()
    year = IntField()
    unit_code = StringField()
    holds = DictField()  # how many answers, letters, attachments the case had by then
    appraisal = EmbeddedDocumentField(Appraisal)
    remarks = ListField(StringField())  # what stood against it when it was filed, for the 备考表
    submitted_by = StringField()  # 检查人
    submitted_at = DateTimeField()
    sealed_at = DateTimeField()
    problem = StringField()  # why it was left out, in words for the archivist


def acted_by(one: AnswerSet | Event, name: str) -> str:
    """Who did it, as paper says it: with the person for whom 代办 or the post for which 代行 it was done."""
    return f"{name}（{one.acting['zh']}）" if one.acting else name


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
