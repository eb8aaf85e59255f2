"""How long a sign-in 登录 lasts, whom the house asks for a second factor, and what a browser is called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from documents.rules.broken import RuleBroken

Role = Mapping[str, Any]
TOUCHED_EVERY: Final = timedelta(minutes=1)
# Whoever administers the house or keeps its archive is asked for more, unless the house says otherwise.
WATCHED_OPERATIONS: Final = frozenset({"administer", "archive"})
SHORTEST_IDLE, LONGEST_IDLE = 5, 24 * 60  # minutes
SHORTEST_MOST, LONGEST_MOST = 1, 7 * 24  # hours


@dataclass(frozen=True)
class Length:
    """登录时长: minutes without use, and hours altogether."""

    idle: int
    most: int

    def ends(self, since: datetime) -> datetime:
        """When a sign-in of this moment ends in any case."""
        return since + timedelta(hours=self.most)


USUAL: Final = Length(idle=120, most=10)
WATCHED: Final = Length(idle=60, most=10)


@dataclass(frozen=True)
class RoleRule:
    """What the house asks of a role 岗位的登录要求."""

    length: Length
    factor: bool


def usual_rule(role: Role) -> RoleRule:
    """What counts for a role of which the house has said nothing."""
    watched = bool(WATCHED_OPERATIONS & set(role.get("may", ())))
    return RoleRule(WATCHED if watched else USUAL, watched)


def checked(role: str, length: Length) -> Length:
    """The length; raises RuleBroken("bad_idle") or ("bad_most")."""
    if not SHORTEST_IDLE <= length.idle <= LONGEST_IDLE:
        raise RuleBroken("bad_idle", role=role, least=SHORTEST_IDLE, most=LONGEST_IDLE)
    if not SHORTEST_MOST <= length.most <= LONGEST_MOST:
        raise RuleBroken("bad_most", role=role, least=SHORTEST_MOST, most=LONGEST_MOST)
    return length


def together(rules: Iterable[RoleRule]) -> RoleRule:
    """What counts for several roles: the shortest of each, and the factor if one asks for it."""
    found = list(rules) or [RoleRule(USUAL, False)]
    idle, most = min(one.length.idle for one in found), min(one.length.most for one in found)
    return RoleRule(Length(idle, most), any(one.factor for one in found))


def is_over(seen: datetime, idle: int, ends: datetime, now: datetime) -> bool:
    """Whether a sign-in has ended by itself 登录过期: unused for too long, or at the end of its time."""
    return now >= ends or now - seen > timedelta(minutes=idle)


# The first that is found counts: most browsers name others too.
BROWSERS: Final = (
    (("MicroMessenger",), "微信"),
    (("DingTalk",), "钉钉"),
    (("Lark", "Feishu"), "飞书"),
    (("Edg",), "Edge"),
    (("OPR", "Opera"), "Opera"),
    (("Firefox", "FxiOS"), "Firefox"),
    (("Chrome", "Chromium", "CriOS"), "Chrome"),
    (("Safari",), "Safari"),
)
SYSTEMS: Final = (
    (("iPhone",), "iPhone"),
    (("iPad",), "iPad"),
    (("Android",), "Android"),
    (("HarmonyOS", "OpenHarmony"), "HarmonyOS"),
    (("Windows",), "Windows"),
    (("Mac OS X", "Macintosh"), "macOS"),
    (("Linux", "X11"), "Linux"),
)


def browser_of(agent: str) -> tuple[str, str]:
    """Browser and system 浏览器与系统 by what a browser says about itself; empty where that is unknown."""
    told = agent[:400]
    return _name_in(told, BROWSERS), _name_in(told, SYSTEMS)


def _name_in(told: str, known: Iterable[tuple[tuple[str, ...], str]]) -> str:
    return next((name for marks, name in known if any(mark in told for mark in marks)), "")
