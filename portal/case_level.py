"""The level of a case 等级 on its page and in lists: what it is, why, and what may change it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from documents.actions.steps import Choice
from documents.complaint import Complaint
from documents.rules import severity
from documents.rules.expressions import names_in
from documents.rules.fields import fields_of
from documents.rules.policy import PolicyView
from documents.rules.severity import Observed
from documents.rules.severity_scale import Rule, Scale
from documents.rules.severity_words import moment_words
from portal.case_retold import reason_of_level
from portal.clock import now
from portal.language import said
from portal.standing import may_on

Definition = Mapping[str, Any]


@dataclass(frozen=True)
class Level:
    """A level as a badge shows it 等级标识."""

    key: str
    name: str
    tone: str
    raised: bool = True  # above the lowest


@dataclass(frozen=True)
class RuleLine:
    """One rule held against the case 逐条说明."""

    rule: str
    text: str
    holds: bool
    passed_over: bool


@dataclass(frozen=True)
class WhyLevel:
    """Why a case has its level 定级说明, and what comes next."""

    level: Level
    since: datetime
    by: str  # empty: the rules themselves
    reason: str
    rules: Sequence[RuleLine]
    coming: str
    setters: Sequence[Choice]


def level_of(view: PolicyView, row: Mapping[str, Any]) -> Level | None:
    """The level of a row of a list; None where its policy has no levels."""
    key = (row.get("severity") or {}).get("level")
    scale = view.scale(row["case_type"]) if key else None
    if scale is None:
        return None
    name = said(scale.label(str(key)))
    return Level(str(key), name, view.tone(str(key)), raised=scale.rank(str(key)) > 0)


def why(case: Complaint, view: PolicyView, choices: Sequence[Choice]) -> WhyLevel | None:
    """Why the case has its level; None where its policy has no levels."""
    scale = view.scale(case.case_type)
    if scale is None or case.severity is None:
        return None
    kept = case.severity
    observed = Observed(case.facts(scale.zone), case.received_at, case.status == "open", dict(kept.similar))
    found = severity.weigh(scale, kept.standing(), observed, now())
    return WhyLevel(
        level=Level(kept.level, said(scale.label(kept.level)), view.tone(kept.level)),
        since=kept.since,
        by=kept.by_name or kept.by if kept.reason else "",
        reason=reason_of_level(case),
        rules=list(_lines(case, view, scale, found)),
        coming=_coming(scale, found),
        setters=[one for one in choices if _sets_level(one)],
    )


def _lines(case: Complaint, view: PolicyView, scale: Scale, found: severity.Weighed) -> Iterator[RuleLine]:
    """Each rule of which the viewer may read every field, those that hold first."""
    secret = {one["key"]: one for form in view.forms() for one in fields_of(form)}
    rules = {rule.key: rule for rule in scale.rules}
    for one in sorted(found.reasons, key=lambda one: (not one.holds, -scale.rank(one.level))):
        if _may_know(case, rules[one.rule], secret):
            line = said({"zh": one.line.zh, "en": one.line.en})
            yield RuleLine(one.rule, line, one.holds, one.passed_over)


def _may_know(case: Complaint, rule: Rule, fields: Mapping[str, Definition]) -> bool:
    named = (fields.get(name.partition(".")[0]) for name in names_in(rule.when))
    return all(bool(may_on(case, field=field)) for field in named if field is not None)


def _coming(scale: Scale, found: severity.Weighed) -> str:
    if found.coming is None:
        return ""
    return _(
        "若仍未解决，%(moment)s 起自动升为%(level)s。",
        moment=moment_words(found.coming.at, scale.zone),
        level=said(scale.label(found.coming.level)),
    )


def _sets_level(choice: Choice) -> bool:
    return any("set_severity" in one for one in choice.transition.get("effects", ()))
