"""The level of a case 等级 as it is kept with it: what it is, since when, by whom, and what may change it."""

from __future__ import annotations

from mongoengine import BooleanField, DateTimeField, EmbeddedDocument, IntField, StringField

from documents.fast_fields import DictField, ListField
from documents.rules.severity import Standing


class Severity(EmbeddedDocument):
    """等级: by the rules of the policy, or set by a person with a reason."""

    level = StringField(required=True)
    rank = IntField(default=0)  # how high it stands, for lists
    since = DateTimeField(required=True)
    by = StringField(required=True)
    by_name = StringField()
    reason = StringField()
    source = StringField()  # the field in which the reason was written; it is as closed as that
    raised_by = ListField(StringField())  # the rules that raised it
    rules = ListField(StringField())  # every rule that holds
    passed_over = ListField(StringField())  # those that a person knew who set the level
    similar = DictField()  # rule → how many of the same type
    next_at = DateTimeField()
    next_level = StringField()
    next_rule = StringField()
    round = IntField(default=0)  # of the timer for `next_at`
    counts = IntField(default=0)  # how often it was counted anew
    type = StringField()  # what it is counted under
    who = StringField()  # a digest of who complains
    waits = BooleanField()  # whether one more of its type could raise it

    def standing(self) -> Standing:
        """What the rules read of it."""
        return Standing(self.level, frozenset(self.rules), frozenset(self.passed_over))
