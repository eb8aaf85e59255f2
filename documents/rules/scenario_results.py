"""What came of a scenario 试行结果, and how it differs from what was expected, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from documents.rules.policy import PolicyView
from documents.rules.scenarios import read_moment, written_moment

Definition = Mapping[str, Any]
Text = Mapping[str, str]
Pair = tuple[str, str]  # the same in Chinese and in English


class Difference(NamedTuple):
    """One thing that came out otherwise 一处不符: which part, and in words."""

    part: str
    zh: str
    en: str


@dataclass(frozen=True)
class ClockFound:
    """A clock of a case 时限 as it stands at the end."""

    limit: str
    due_at: datetime
    state: str
    late: bool


@dataclass(frozen=True)
class NoticeFound:
    """A firing of a rung 提醒: when, and who was told."""

    limit: str
    rung: str
    at: datetime
    to: tuple[str, ...]
    channels: tuple[str, ...] = ()  # the ways out that it asks for, beside the portal


@dataclass(frozen=True)
class CaseFound:
    """What became of a case 案件结果."""

    case_type: str
    number: str
    route: tuple[str, ...]
    status: str
    outcome: str | None = None
    clocks: tuple[ClockFound, ...] = ()
    notices: tuple[NoticeFound, ...] = ()
    letters: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    units: Definition = field(default_factory=dict)
    handler: str | None = None
    archive: str | None = None
    answers: Definition = field(default_factory=dict)
    severity: str | None = None

    def newest(self) -> dict[str, ClockFound]:
        """The newest clock of each limit."""
        return {clock.limit: clock for clock in self.clocks}

    def limits(self, how: str) -> list[str]:
        """The limits of which a clock is late, was met and none is late, or the newest runs or is paused."""
        late = list(dict.fromkeys(clock.limit for clock in self.clocks if clock.late))
        if how == "late":
            return late
        if how in ("running", "paused"):
            return [clock.limit for clock in self.newest().values() if clock.state == how]
        met = dict.fromkeys(clock.limit for clock in self.clocks if clock.state == "met")
        return [limit for limit in met if limit not in late]


@dataclass(frozen=True)
class Comparison:
    """An expectation beside a case 比较."""

    view: PolicyView
    case: CaseFound
    expect: Definition

    def differences(self) -> list[Difference]:
        """Everything named that came out otherwise."""
        return [one for part, compare in PARTS.items() if part in self.expect for one in compare(self, part)]


def _say(part: str, noun: Pair, wanted: str | Pair, found: str | Pair) -> Difference:
    first, second = (one if isinstance(one, tuple) else (one, one) for one in (wanted, found))
    return Difference(
        part,
        f"{noun[0]}应为“{first[0] or '无'}”，实际为“{second[0] or '无'}”",
        f"{noun[1]} should be “{first[1] or 'none'}”, but is “{second[1] or 'none'}”",
    )


NOUNS: Mapping[str, Pair] = {
    "route": ("环节路径", "the route"),
    "status": ("案件状态", "the status"),
    "outcome": ("处理结果", "the outcome"),
    "met": ("按期完成的时限", "limits met in time"),
    "late": ("逾期的时限", "late limits"),
    "running": ("仍在计时的时限", "running limits"),
    "paused": ("暂停中的时限", "paused limits"),
    "letters": ("函件", "the letters"),
    "flags": ("标记", "the flags"),
    "handler": ("承办人", "the handler"),
    "archive": ("保管期限", "the retention"),
    "severity": ("等级", "the level"),
}


def _plain(this: Comparison, part: str) -> Iterator[Difference]:
    wanted, found = this.expect[part], getattr(this.case, part)
    if wanted != found:
        yield _say(part, NOUNS[part], str(wanted or ""), str(found or ""))


def _route(this: Comparison, part: str) -> Iterator[Difference]:
    wanted, found = list(this.expect[part] or ()), list(this.case.route)
    if wanted != found:
        stages = {stage["key"]: stage["label"] for stage in this.view.stages(this.case.case_type)}
        yield _say(part, NOUNS[part], _path(wanted, stages), _path(found, stages))


def _path(keys: Iterable[str], labels: Mapping[str, Text]) -> Pair:
    pairs = [_labelled(key, labels) for key in keys]
    return " → ".join(zh for zh, _en in pairs), " → ".join(en for _zh, en in pairs)


def _labelled(key: str, labels: Mapping[str, Text]) -> Pair:
    label = labels.get(key, {})
    return f"{label.get('zh', '')} {key}".strip(), f"{label.get('en', '')} {key}".strip()


def _listed(this: Comparison, part: str) -> Iterator[Difference]:
    wanted, found = list(this.expect[part] or ()), list(getattr(this.case, part))
    if wanted != found:
        yield _say(part, NOUNS[part], _joined(wanted), _joined(found))


def _set(this: Comparison, part: str) -> Iterator[Difference]:
    """What is missing and what is too much, whatever the order."""
    wanted = list(this.expect[part] or ())
    found = list(this.case.flags if part == "flags" else this.case.limits(part))
    labels = {one["key"]: one["label"] for one in this.view.definition["limits"]}
    noun = NOUNS[part]
    missing = [_labelled(key, labels) for key in wanted if key not in found]
    surplus = [_labelled(key, labels) for key in found if key not in wanted]
    if missing:
        zh, en = _both(missing)
        yield Difference(part, f"{noun[0]}缺少：{zh}", f"{noun[1]}: missing are {en}")
    if surplus:
        zh, en = _both(surplus)
        yield Difference(part, f"{noun[0]}多出：{zh}", f"{noun[1]}: not expected are {en}")


def _both(pairs: Iterable[Pair]) -> Pair:
    pairs = list(pairs)
    return "、".join(zh for zh, _en in pairs), ", ".join(en for _zh, en in pairs)


def _joined(keys: Iterable[str]) -> Pair:
    return _both((key, key) for key in keys)


def _due(this: Comparison, part: str) -> Iterator[Difference]:
    clocks, zone = this.case.newest(), this.view.zone
    for limit, written in this.expect[part].items():
        label = this.view.limit(limit)["label"]
        noun = (f"“{label['zh']}”（{limit}）的期限", f"the deadline of “{label['en']}” ({limit})")
        found = written_moment(clocks[limit].due_at, zone) if limit in clocks else ""
        if found != str(written) and not _same_moment(str(written), found, zone):
            yield _say(part, noun, str(written), found)


def _same_moment(wanted: str, found: str, zone: str) -> bool:
    """A day alone means any moment of it."""
    if len(wanted) == 10:
        return found.startswith(wanted)
    return bool(found) and read_moment(wanted, zone) == read_moment(found, zone)


def _notices(this: Comparison, part: str) -> Iterator[Difference]:
    found = this.case.notices
    wanted = {(one["limit"], one["rung"]): one for one in this.expect[part] or ()}
    for (limit, rung), one in wanted.items():
        fired = [notice for notice in found if (notice.limit, notice.rung) == (limit, rung)]
        told = {person for notice in fired for person in notice.to}
        noun = (f"提醒“{limit} · {rung}”的接收人", f"those told by “{limit} · {rung}”")
        if set(one.get("to") or ()) != told:
            yield _say(part, noun, _joined(sorted(one.get("to") or ())), _joined(sorted(told)))
        yield from _fired_at(this, part, one)
        if "channels" in one:
            ways = sorted({channel for notice in fired for channel in notice.channels})
            if sorted(one["channels"] or ()) != ways:
                noun = (f"提醒“{limit} · {rung}”的途径", f"the channels of “{limit} · {rung}”")
                yield _say(part, noun, _joined(sorted(one["channels"] or ())), _joined(ways))
    for notice in found:
        if (notice.limit, notice.rung) not in wanted:
            where = f"{notice.limit} · {notice.rung} · {written_moment(notice.at, this.view.zone)}"
            zh, en = _joined(notice.to)
            yield Difference(
                part,
                f"发出了未预期的提醒“{where}”，接收人：{zh or '无'}",
                f"an unexpected reminder “{where}” told {en or 'nobody'}",
            )


def _fired_at(this: Comparison, part: str, wanted: Definition) -> Iterator[Difference]:
    if "at" not in wanted:
        return
    pair = (wanted["limit"], wanted["rung"])
    moments = [one.at for one in this.case.notices if (one.limit, one.rung) == pair]
    found = [written_moment(moment, this.view.zone) for moment in moments]
    if not any(_same_moment(str(wanted["at"]), one, this.view.zone) for one in found):
        noun = (f"提醒“{pair[0]} · {pair[1]}”的时刻", f"the moment of “{pair[0]} · {pair[1]}”")
        yield _say(part, noun, str(wanted["at"]), _joined(found))


def _members(this: Comparison, part: str) -> Iterator[Difference]:
    found = getattr(this.case, part)
    nouns = {"units": ("单位", "the unit"), "answers": ("填写内容", "the answer")}
    for name, wanted in this.expect[part].items():
        if _comparable(found.get(name)) != _comparable(wanted):
            noun = (f"{nouns[part][0]}“{name}”", f"{nouns[part][1]} “{name}”")
            yield _say(part, noun, _comparable(wanted), _comparable(found.get(name)))


def _comparable(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "、".join(_comparable(one) for one in value)
    return "" if value is None else str(value)


PARTS: Mapping[str, Callable[[Comparison, str], Iterable[Difference]]] = {
    "route": _route,
    "status": _plain,
    "outcome": _plain,
    "due": _due,
    "met": _set,
    "late": _set,
    "running": _set,
    "paused": _set,
    "notices": _notices,
    "letters": _listed,
    "flags": _set,
    "units": _members,
    "handler": _plain,
    "archive": _plain,
    "severity": _plain,
    "answers": _members,
}


def compare_days(duty: Text, key: str, wanted: Sequence[str], found: Sequence[str]) -> list[Difference]:
    """How the due days of a duty 周期事项 differ."""
    if list(wanted) == list(found):
        return []
    noun = (f"“{duty['zh']}”（{key}）的到期日", f"the due days of “{duty['en']}” ({key})")
    return [_say("duties", noun, _joined(wanted), _joined(found))]
