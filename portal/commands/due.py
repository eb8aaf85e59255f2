"""`juanzong due`: when something is due, and why – by the same rules as real cases, without a server."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from documents import pack_files
from documents.bundles.found import BundleRefused
from documents.bundles.nodes import read_text, read_yaml
from documents.rules import scenario_words
from documents.rules.broken import PolicyInvalid, RuleBroken
from documents.rules.calendars import WorkCalendar
from documents.rules.deadlines import Deadline, deadline
from documents.rules.explanations import moment_en, moment_zh
from documents.rules.limits import TimeLimit
from documents.rules.policy import PolicyView
from documents.rules.written_time import read_count, read_moment, read_pause
from documents.work_calendar import SHIPPED, shipped_as, shipped_work_calendar, titled

COUNT_CALENDAR = "cn-bank"


@dataclass(frozen=True)
class Asked:
    """What to count 计算依据: the rule and the calendar."""

    limit: TimeLimit
    calendar: WorkCalendar


@click.command()
@click.option("--pack", help="制度包，如 p01。 A shipped policy.")
@click.option("--limit", "limit_key", help="制度中的时限，如 handle。 A limit of the pack.")
@click.option("--count", help="直接写时限，如 '7 working_days'。 A limit as such.")
@click.option("--start", required=True, help="起算时间（ISO）；无时区按日历的时区。 When it starts.")
@click.option("--calendar", "calendar_key", help="工作日历：cn-bank、cn-exchange，或一个 YAML 文件。")
@click.option("--pause", "pauses", multiple=True, metavar="A..B", help="暂停区间，可重复。 A pause.")
@click.option("--agreed", help="约定或上级规定的时间。 The agreed moment, in the limit's place.")
@click.option("--json", "as_json", is_flag=True, help="JSON：due、explanation。")
def due(**given: Any) -> None:
    """计算期限并逐行说明。 Print a due moment and its explanation, line by line."""
    try:
        asked = _asked(given)
        zone = asked.calendar.tz
        pauses = [read_pause(one, zone) for one in given["pauses"]]
        agreed = read_moment(given["agreed"], zone) if given["agreed"] else None
        start = read_moment(given["start"], zone)
        found = deadline(asked.limit, start, asked.calendar, pauses=pauses, agreed=agreed)
    except (RuleBroken, PolicyInvalid) as refusal:
        words = scenario_words.of_refusal(refusal)
        raise click.UsageError(f"{words['zh']} {words['en']}") from refusal
    except (ValueError, BundleRefused) as refusal:
        raise click.UsageError(f"无法计算：{refusal}") from refusal
    click.echo(_json(found, asked) if given["as_json"] else _text(found, asked))


def _asked(given: dict[str, Any]) -> Asked:
    if bool(given["count"]) == bool(given["pack"]):
        raise click.UsageError(
            "请给出 --count，或者 --pack 与 --limit。 Give --count, or --pack and --limit."
        )
    if given["count"]:
        return Asked(read_count(given["count"]), calendar_named(given["calendar_key"] or COUNT_CALENDAR))
    view = _policy(given["pack"].lower())
    key = given["calendar_key"]
    own = view.definition["policy"]["calendar"]
    calendar = calendar_named(key) if key else titled(shipped_as(own))
    return Asked(_limit(view, given["limit_key"]), calendar)


def _policy(pack: str) -> PolicyView:
    known = [*pack_files.packs(), *pack_files.supplements()]
    if pack not in known:
        raise click.UsageError(f"没有制度包 {pack}。 There is no pack {pack}; known are {', '.join(known)}.")
    return PolicyView(pack_files.definition(pack))


def _limit(view: PolicyView, key: str | None) -> TimeLimit:
    known = [str(one["key"]) for one in view.definition.get("limits", ())]
    if key is None or key not in known:
        named = f"没有时限 {key}。 There is no limit {key}" if key else "请给出 --limit。 Give --limit"
        raise click.UsageError(f"{named}; {', '.join(known) or 'none'}.")
    return view.time_limit(key)


def calendar_named(name: str) -> WorkCalendar:
    """A shipped calendar, or one from a YAML or JSON file; raises RuleBroken, ValueError, BundleRefused."""
    path = Path(name)
    if name in SHIPPED or not path.suffix:
        return shipped_work_calendar(name)
    try:
        text = read_text(path.read_bytes(), path.name)
    except OSError as error:
        raise ValueError(f"cannot read the calendar {name}: {error.strerror}") from error
    return WorkCalendar.from_definition(dict(read_yaml(text, path.name).value or {}))


def _json(found: Deadline, asked: Asked) -> str:
    told = {
        "due": asked.calendar.local(found.due_at).isoformat(),
        "explanation": [{"zh": line.zh, "en": line.en} for line in found.explanation],
    }
    return json.dumps(told, ensure_ascii=False, indent=2)


def _text(found: Deadline, asked: Asked) -> str:
    local = asked.calendar.local(found.due_at)
    lines = [f"{moment_zh(local)}  {moment_en(local)}  ({local.isoformat()})"]
    lines += [f"  {line.zh}\n  {line.en}" for line in found.explanation]
    return "\n".join(lines)
