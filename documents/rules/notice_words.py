"""The words of reminders and escalations (提醒与升级的文字), in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from documents.rules.explanations import moment_en, moment_zh
from documents.rules.merging import MISSING, merged
from documents.rules.recipients import REASONS, Addressee

Text = Mapping[str, str]
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Occasion:
    """What a rung speaks about (催办事由); a duty has no number."""

    number: str
    subject: Text
    rung: Text
    level: int
    due: datetime
    zone: str

    @property
    def about(self) -> dict[str, str]:
        """The number and the name of what is due."""
        return {language: f"{self.number} {self.subject[language]}".strip() for language in ("zh", "en")}


def kind(level: int) -> str:
    """A rung of level 0 reminds (提醒); a higher one escalates (升级)."""
    return "escalation" if level > 0 else "reminder"


def title(occasion: Occasion) -> dict[str, str]:
    """The title of a notice, which is also the subject of its mail."""
    return {
        "zh": f"【{occasion.rung['zh']}】{occasion.about['zh']}",
        "en": f"[{occasion.rung['en']}] {occasion.about['en']}",
    }


def body(occasion: Occasion, addressee: Addressee, now: datetime) -> dict[str, str]:
    """What is due, since when or until when, and why this person hears of it."""
    due = occasion.due.astimezone(ZoneInfo(occasion.zone))
    left = remaining(occasion.due - now)
    text = {
        "zh": f"“{occasion.about['zh']}”的期限为 {moment_zh(due)}，{left['zh']}。",
        "en": f"“{occasion.about['en']}” is due {moment_en(due)}; {left['en']}.",
    }
    if addressee.why is None:
        return text
    why = REASONS[addressee.why]
    return {
        "zh": f"{text['zh']}\n通知您的原因：{why['zh']}。",
        "en": f"{text['en']}\nWhy you are told: {why['en']}.",
    }


BRIEF: Text = {
    "zh": "【{{ rung }}】{{ number }} {{ limit }}，期限 {{ due }}，{{ left }}",
    "en": "[{{ rung }}] {{ number }} {{ limit }}, due {{ due }}, {{ left }}",
}


def brief(occasion: Occasion, template: Text, now: datetime) -> dict[str, str]:
    """What leaves by robots and short messages (简短文字): nothing of the complaint itself."""
    due = occasion.due.astimezone(ZoneInfo(occasion.zone))
    left = remaining(occasion.due - now)
    moments = {"zh": moment_zh(due), "en": moment_en(due)}
    return {
        language: merged(
            template.get(language) or BRIEF[language],
            {
                "number": occasion.number or occasion.subject[language],
                "limit": occasion.subject[language] if occasion.number else "",
                "due": moments[language],
                "left": left[language],
                "rung": occasion.rung[language],
                "level": str(occasion.level),
            },
        ).replace(MISSING, "")
        for language in ("zh", "en")
    }


def remaining(left: timedelta) -> dict[str, str]:
    """The time left, or the time by which the deadline was missed, in days and hours."""
    amount = _amount(abs(left))
    if left > timedelta(0):
        return {"zh": f"尚余{amount['zh']}", "en": f"{amount['en']} left"}
    if -left < MINUTE:
        return {"zh": "期限已到", "en": "the time is up"}
    return {"zh": f"已超期{amount['zh']}", "en": f"overdue by {amount['en']}"}


def _amount(span: timedelta) -> dict[str, str]:
    days, hours, minutes = span.days, span.seconds // 3600, span.seconds % 3600 // 60
    if days:
        parts = [(days, "天", "day"), (hours, "小时", "hour")]
    else:
        parts = [(hours, "小时", "hour"), (minutes, "分钟", "minute")]
    shown = [part for part in parts if part[0]] or [(1, "分钟", "minute")]
    return {
        "zh": "".join(f"{count}{word}" for count, word, _ in shown),
        "en": " ".join(f"{count} {word}{'s' if count > 1 else ''}" for count, _, word in shown),
    }
