"""How people are told 通知方式: which ways out a message takes, when, and why it takes one not.

In the portal everybody is told at once. What leaves the house – mail, short messages, robots – may be
switched off, wait for the end of quiet hours, or be collected into one message a day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from documents.rules.durations import parse_clock
from documents.rules.policy_problems import as_list
from documents.rules.quiet_hours import Quiet, first_loud, next_at
from documents.rules.recipients import OTHERWISE, WATCHING

Definition = Mapping[str, Any]
Text = Mapping[str, str]

MAIL, SMS, WEBHOOK = "mail", "sms", "webhook"
CHANNELS: Final = (MAIL, SMS, WEBHOOK)
NONE: Final = "none"  # the portal only
# The ways that lead to one person; a webhook leads to a group or a system.
PERSONAL: Final = (MAIL, SMS)
# What a brief text may say; nothing of the complaint itself.
BRIEF_FACTS: Final = frozenset({"number", "limit", "due", "left", "rung", "level"})
DIGEST_AT: Final = time(8, 30)
HOME: Final = "Asia/Shanghai"  # whose clocks count where no policy says

REASONS: Final[Mapping[str, Text]] = {
    "no_mail": {"zh": "未登记电子邮箱", "en": "no e-mail address on record"},
    "no_sms": {"zh": "未登记手机号码", "en": "no mobile number on record"},
    "switched_off": {"zh": "本人已关闭此途径", "en": "the person has switched this way off"},
    "not_configured": {"zh": "没有配置这一途径", "en": "this way out is not configured"},
    "no_target": {"zh": "没有群机器人或系统接收此类通知", "en": "no robot or system takes such a notice"},
    "quiet": {"zh": "处于免打扰时段，结束后发出", "en": "quiet hours; it leaves at their end"},
    "digest": {"zh": "并入每日汇总", "en": "collected into the daily digest"},
}


def channels_of(told: Definition, usual: tuple[str, ...]) -> tuple[str, ...]:
    """The ways out that something asks for beside the portal, the usual ones where it names none."""
    named = as_list(told.get("channels"))
    return tuple(one for one in named if one != NONE) if named else usual


@dataclass(frozen=True)
class Telling:
    """How a policy tells people 通知方式."""

    channels: tuple[str, ...] = (MAIL,)
    quiet: Quiet | None = None
    digest_at: time = DIGEST_AT
    digest_roles: frozenset[str] = frozenset()
    announced: bool = True
    watching: tuple[str, ...] = WATCHING
    otherwise: Sequence[Definition] = OTHERWISE
    brief: Text = field(default_factory=dict)
    zone: str = HOME

    @classmethod
    def of(cls, definition: Definition) -> Telling:
        """As the policy's definition says, the defaults where it says nothing."""
        policy = definition.get("policy") or {}
        said = policy.get("telling") or {}
        return cls(
            channels=channels_of(said, (MAIL,)),
            quiet=Quiet.from_definition(said.get("quiet")),
            digest_at=parse_clock(said["digest_at"]) if said.get("digest_at") else DIGEST_AT,
            digest_roles=frozenset(as_list(said.get("digest_roles"))),
            announced=not said.get("unannounced"),
            watching=tuple(as_list(said.get("watching"))) or WATCHING,
            otherwise=tuple(as_list(said.get("otherwise"))) or OTHERWISE,
            brief=said.get("brief") or {},
            zone=str(policy.get("zone") or HOME),
        )


@dataclass(frozen=True)
class Asked:
    """What is to be sent 待发: over which channels, how urgently, about what deadline."""

    channels: tuple[str, ...]
    level: int = 0
    digest: bool | None = None  # None: as the person has it
    through_quiet: bool = False
    due: datetime | None = None

    @classmethod
    def by_rung(cls, rung: Definition, telling: Telling, due: datetime | None = None) -> Asked:
        """What a rung asks for."""
        return cls(
            channels=channels_of(rung, telling.channels),
            level=int(rung.get("level") or 0),
            digest=rung.get("digest"),
            through_quiet=rung.get("quiet") == "send",
            due=due,
        )


@dataclass(frozen=True)
class Habits:
    """How one person wants to be told 个人通知设置, and where they can be reached."""

    addresses: Mapping[str, str] = field(default_factory=dict)  # channel → address
    off: frozenset[str] = frozenset()
    quiet: Quiet | None = None
    digest_at: time | None = None
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Going:
    """One way out of one message 途径: when it leaves, or why it does not."""

    channel: str
    at: datetime | None  # None: it does not go
    reason: str | None = None
    digest: bool = False


def going(
    channel: str, asked: Asked, habits: Habits, telling: Telling, *, now: datetime, ready: bool = True
) -> Going:
    """When a message leaves for a person over a channel; `ready` says whether the channel is there."""
    if not ready:
        return Going(channel, None, "not_configured")
    if not habits.addresses.get(channel):
        return Going(channel, None, f"no_{channel}")
    if channel in habits.off:
        return Going(channel, None, "switched_off")
    quiet = () if asked.through_quiet else (telling.quiet, habits.quiet)
    zone = ZoneInfo(telling.zone)
    collected = _digest(asked, habits, telling, now)
    if collected is not None:
        moment = first_loud(next_at(collected, now, zone), quiet, zone)
        if asked.due is None or moment < asked.due:
            return Going(channel, moment, "digest", digest=True)
    moment = first_loud(now, quiet, zone)
    return Going(channel, moment, "quiet" if moment > now else None)


def group_going(asked: Asked, telling: Telling, now: datetime) -> datetime:
    """When a message leaves for a robot or a system: at once, or at the end of the policy's quiet hours."""
    if asked.through_quiet:
        return now
    return first_loud(now, (telling.quiet,), ZoneInfo(telling.zone))


def _digest(asked: Asked, habits: Habits, telling: Telling, now: datetime) -> time | None:
    """At what time the person's digest leaves; None when this message is not for it.

    Escalations never wait, nor does a reminder whose deadline has come.
    """
    late = asked.due is not None and asked.due <= now
    if asked.level > 0 or asked.digest is False or late:
        return None
    if habits.digest_at is not None:
        return habits.digest_at
    return telling.digest_at if asked.digest or habits.roles & telling.digest_roles else None
