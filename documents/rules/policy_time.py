"""Limits, ladders, duties, reports and numbers of a policy 时限、阶梯、任务与编号检查."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from documents.rules.broken import PolicyInvalid
from documents.rules.deadlines import TimeLimit
from documents.rules.durations import parse_month_day
from documents.rules.limits import SET_BY_SOMEBODY
from documents.rules.numbering import number, series
from documents.rules.periods import Recurrence
from documents.rules.policy import limit_arguments
from documents.rules.policy_effects import check_missed
from documents.rules.policy_fields import all_fields
from documents.rules.policy_forms import check_condition
from documents.rules.policy_problems import Definition, Findings, as_list, elements, keys, named, table
from documents.rules.policy_shapes import all_slots, check_keys
from documents.rules.reminders import Rung

MOST_UP = 9
ONLY_TOLD = (
    "分管领导、上级单位和指定联系人只能接收通知，不能写在办理人里",
    "leaders in charge, superior units and named contacts are told; they take no steps",
    ("请给他们一个岗位角色，写 {role: …, at: …}", "give them a role, {role: …, at: …}"),
)
MOST_EXTENSIONS = 99
LEAP, SHORTEST = 2024, timedelta(days=27)  # between the days of a month, both in it
UP = ("请写 up: 1 表示上一级单位", "write up: 1 for the unit above")
DATES = frozenset({"date", "datetime"})


def check_limits(definition: Definition, findings: Findings) -> None:
    """Every limit can be counted, climbs a ladder that is there, and is bounded by one that is there."""
    limits, ladders = (keys(elements(definition, name)) for name in ("limits", "ladders"))
    for path, limit in named(elements(definition, "limits"), "limits"):
        _readable(path, lambda limit=limit: TimeLimit.from_definition(limit_arguments(limit)), findings)
        if limit.get("ladder") is not None:
            findings.wants(f"{path}.ladder", limit["ladder"], ladders, ("提醒阶梯", "ladder"))
        others = limits - {limit.get("key", "")}
        for name in ("cap", "overrides"):
            for one in as_list(limit.get(name)):
                findings.wants(f"{path}.{name}", one, others, ("时限", "limit"))
        if limit.get("calendar_of") is not None:
            slots = all_slots(definition)
            findings.wants(f"{path}.calendar_of", limit["calendar_of"], slots, ("单位角色", "unit slot"))
        most = limit.get("max_extensions")
        if isinstance(most, int) and not 0 <= most <= MOST_EXTENSIONS:
            findings.say(
                f"{path}.max_extensions",
                f"延期次数应为 0 至 {MOST_EXTENSIONS}",
                f"0 to {MOST_EXTENSIONS} extensions are possible",
            )
        check_missed(f"{path}.missed", limit.get("missed"), definition, findings)
        _check_agreed(path, limit, definition, findings)
    _check_precedence(definition, findings)


def _check_precedence(definition: Definition, findings: Findings) -> None:
    """No limit overrides, over others, itself."""
    ways = {str(one.get("key")): as_list(one.get("overrides")) for one in elements(definition, "limits")}
    for path, limit in named(elements(definition, "limits"), "limits"):
        below, waiting = set[str](), [str(limit.get("key"))]
        while waiting:
            fresh = {str(one) for one in ways.get(waiting.pop(), ())} - below
            below |= fresh
            waiting.extend(fresh)
        if str(limit.get("key")) in below:
            findings.say(
                f"{path}.overrides", "时限互相优先，没有先后", "limits override one another in a circle"
            )


def _check_agreed(path: str, limit: Definition, definition: Definition, findings: Findings) -> None:
    source = limit.get("agreed_field")
    if source is not None:
        dated = {key for key, one in all_fields(definition).items() if one.get("type") in DATES}
        findings.wants(f"{path}.agreed_field", source, dated, ("日期字段", "date field"))
    elif limit.get("counted_in") in SET_BY_SOMEBODY:
        findings.say(
            path, "由他人规定的期限，没有指明取自哪个字段", "nobody says which field sets this limit"
        )


def _readable(path: str, read: Any, findings: Findings) -> None:
    try:
        read()
    except (ValueError, TypeError, KeyError) as error:
        findings.say(path, f"无法识别：{error}", f"cannot be read: {error}")


def check_ladders(definition: Definition, findings: Findings) -> None:
    """Every ladder has rungs, and every rung a moment and somebody to tell."""
    for path, ladder in named(elements(definition, "ladders"), "ladders"):
        rungs = elements(ladder, "rungs")
        if not rungs:
            findings.say(path, "阶梯没有任何一级", "the ladder has no rungs")
        check_keys(f"{path}.rungs", rungs, findings)
        for place, rung in named(rungs, f"{path}.rungs"):
            _check_rung(place, rung, definition, findings)
        check_people(f"{path}.otherwise", ladder.get("otherwise"), definition, findings)


def _check_rung(path: str, rung: Definition, definition: Definition, findings: Findings) -> None:
    findings.text(f"{path}.label", rung.get("label"))
    if not as_list(rung.get("tell")):
        findings.say(f"{path}.tell", "没有接收人", "tells nobody")
        return
    _readable(path, lambda: Rung.from_definition(rung), findings)
    check_people(f"{path}.tell", rung["tell"], definition, findings)
    check_condition(f"{path}.when", rung.get("when"), definition, findings)


def check_people(path: str, people: Any, definition: Definition, findings: Findings) -> None:
    """Everyone named is a role at a unit slot, a named contact, or a person of the case."""
    roles, slots = keys(elements(definition, "roles")), all_slots(definition)
    for who in as_list(people):
        if not isinstance(who, Mapping) or not ({"role", "is", "contact", "person"} & set(who)):
            findings.say(path, f"看不懂的人员“{who}”", f"cannot tell who “{who}” is")
            continue
        if "role" in who:
            findings.wants(path, who["role"], roles, ("岗位角色", "role"))
        if "contact" in who:
            contacts = keys(elements(definition, "contacts"))
            findings.wants(path, who["contact"], contacts, ("指定联系人", "named contact"))
        if "is" in who:
            allowed = {"handler", "registrar", "head", "deputy", "leader"}
            findings.wants(path, who["is"], allowed, ("人员", "person"))
        if who.get("at") is not None:
            findings.wants(path, who["at"], slots, ("单位角色", "unit slot"))
        elif who.get("is") in ("head", "deputy", "leader"):
            findings.say(path, "没有说明是哪个单位的负责人", "does not say of which unit")
        if path.endswith(".who") and ("up" in who or "contact" in who or who.get("is") == "leader"):
            findings.say(path, *ONLY_TOLD)
        if "up" in who and not (isinstance(who["up"], int) and 0 <= who["up"] <= MOST_UP):
            findings.say(path, f"“上几级”须为 0 至 {MOST_UP}", f"levels up must be 0 to {MOST_UP}", UP)


def check_numbering(definition: Definition, findings: Findings) -> None:
    """Every number series can give a number that differs from the one before."""
    parts = dict.fromkeys(all_slots(definition), "X")
    for path, one in named(elements(definition, "numbering"), "numbering"):
        if not isinstance(one.get("pattern"), str):
            findings.say(path, "缺少编号格式", "the pattern is missing")
            continue
        if "{seq" not in one["pattern"]:
            findings.say(path, "编号格式没有流水号 {seq}", "the pattern has no {seq}")
        try:
            series("policy", one, date(2026, 1, 1), parts)
            number(one, date(2026, 1, 1), 1, parts)
        except (PolicyInvalid, KeyError) as error:
            findings.say(path, f"编号格式无法使用：{error}", f"the pattern cannot be used: {error}")


def check_duties(definition: Definition, findings: Findings) -> None:
    """Every duty comes round, belongs to somebody and reminds in time."""
    roles, reports = (keys(elements(definition, name)) for name in ("roles", "reports"))
    kinds = keys(elements(definition, "unit_kinds"))
    for path, duty in named(elements(definition, "duties"), "duties"):
        recurrence = {**table(duty.get("recurrence")), "key": duty.get("key")}
        _readable(path, lambda given=recurrence: Recurrence.from_definition(given), findings)
        owner = table(duty.get("owner"))
        findings.wants(f"{path}.owner", owner.get("role"), roles, ("岗位角色", "role"))
        findings.wants(f"{path}.owner", owner.get("kind"), kinds, ("单位类型", "unit kind"))
        if duty.get("report") is not None:
            findings.wants(f"{path}.report", duty["report"], reports, ("报告", "report"))
        if not as_list(duty.get("remind")):
            findings.say(f"{path}.remind", "没有提醒时刻", "reminds at no moment")
        for moment in as_list(duty.get("remind")):
            rung = (
                moment
                if isinstance(moment, Mapping)
                else {"key": "r", "at": moment, "tell": [{"is": "head"}]}
            )
            _readable(f"{path}.remind", lambda given=rung: Rung.from_definition(given), findings)
            check_people(f"{path}.remind", table(moment).get("tell"), definition, findings)


def _is_long(period: Definition) -> bool:
    """Whether a report by days covers a month at least; days that cannot be read are told elsewhere."""
    try:
        first, last = (parse_month_day(period[name]) for name in ("from", "cut_off"))
    except (KeyError, ValueError):
        return True
    return date(LEAP, *last) - date(LEAP, *first) >= SHORTEST


def check_reports(definition: Definition, findings: Findings) -> None:
    """Every report has a period with readable days."""
    for path, report in named(elements(definition, "reports"), "reports"):
        period = report.get("period")
        if not isinstance(period, Mapping):
            findings.say(path, "缺少报告期间", "the period is missing")
            continue
        findings.attributes(f"{path}.period", period, frozenset({"from", "cut_off", "kind"}))
        days = [value for name, value in period.items() if name in ("from", "cut_off")] + [report.get("due")]
        for day in days:
            if day is not None:
                _readable(f"{path}.period", lambda given=day: parse_month_day(given), findings)
        if ("kind" in period) == bool({"from", "cut_off"} <= set(period)):
            findings.say(
                f"{path}.period",
                "请填写起止日（from、cut_off），或者周期（kind），二者取一",
                "give its days (from, cut_off) or its kind, one of the two",
            )
        elif not _is_long(period):
            findings.say(
                f"{path}.period",
                "报告期间不足一个月：短期间的数字会说出单件投诉",
                "the period is shorter than a month: its numbers would tell of single cases",
                ("请填写至少相隔一个月的起止日", "give days that are a month apart at least"),
            )
        check_keys(f"{path}.sections", elements(report, "sections"), findings)
