"""What reads texts and plain values 文字与取值: expressions, notices, results, edits, what people type."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import bson

from documents import queries
from documents.rules import edit_guard, edits, opinions
from documents.rules.broken import PolicyInvalid, RuleBroken
from documents.rules.condition_rows import rows_of
from documents.rules.expression_rewriting import rewritten
from documents.rules.expression_words import Labels, in_words
from documents.rules.expressions import as_json, compile_expression, evaluate, names
from documents.rules.field_reading import Reading, Unreadable
from documents.rules.field_values import read_value
from documents.rules.holiday_notices import read_notice
from documents.rules.masks import masked
from documents.rules.merging import fields_in, merged
from documents.rules.text import grams, tidy
from documents.rules.ways_out import Parcel, Secrets, checked, request, verdict
from documents.rules.written_time import read_count, read_moment, read_pause
from tests import everything
from tests.conftest import FOUNDED
from tests.fuzz.loop import PLAIN, TEXT, Target
from tests.fuzz.mutations import Chance, changed_bytes, changed_text, changed_value

FACTS: dict[str, Any] = {
    **{"amount": Decimal("1200.50"), "channel": "visit", "flags": ["major"], "units": {"handling": "QH"}},
    **{
        "text": "收费 😀" * 20,
        "none": None,
        "yes": True,
        "day": "2026-02-28",
        "when": "2026-02-28T23:59:59+08:00",
    },
    **{"rows": [{"owed": 5, "paid": None}, {"owed": "x"}, {}], "x": 10**18, "y": -1, "z": [[1], {"a": 2}]},
    "today": "2026-02-24",
}
TODAY, ZONE = date(2026, 2, 24), ZoneInfo("Asia/Shanghai")

EXPRESSIONS = (
    *(
        "amount > 100 and channel in ['visit', 'letter']",
        "sum(rows.owed) >= max(rows.paid, 3) * 2",
        "not yes",
    ),
    *(
        "'a' if empty(none) else round(x / 3, 2)",
        "days(day, when) < 7",
        "count(rows) == 3",
        "units.handling == 'QH'",
    ),
    *(
        "any_of(flags == 'x', yes, contains(text, '收费'))",
        "-(-(1))",
        "x < y < 3",
        "today() > day",
        "abs(min(z, 1))",
    ),
)
NOTICES = (
    "一、元旦：1月1日至3日放假调休，共3天。1月4日（星期日）上班。\n二、春节：2026年2月15日至23日放假。2月14日、28日上班。",
    json.dumps({"days_off": {"2026-01-01": "元旦"}, "makeup_days": ["2026-01-04"]}),
    json.dumps({"days": [{"date": "2026-01-01", "name": "元旦", "isOffDay": True}]}),
    "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260101\r\nDTEND;VALUE=DATE:20260104\r\n"
    "SUMMARY:元旦（休）\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
)
RESULT = {
    **{"checker": "juanzong-verifier", "package": "P", "checked_at": "2027-01-08T09:00:00+08:00", "ok": True},
    **{"counts": {"volumes": 3}, "findings": [{"code": "x", "path": "p", "zh": "甲", "en": "a"}]},
    **{"rejected": [{"volume": "V", "reason": "缺页"}], "elsewhere": 0},
}
TABLE = "移交包,轮次,档号,投诉编号,题名,意见,退回原因\n"
RESULTS = (
    json.dumps(RESULT).encode(),
    f'{TABLE}P,1,V-1,TS-1,题,接收,\nP,1,V-2,TS-2,"题,\n名",退回,缺页\n'.encode(),
    f"{TABLE}P,1,V-1,TS-1,题,退回,缺页\n".encode("gb18030"),
)
EDITS = (
    [{"do": "set", "path": "policy.name.zh", "value": "新名"}],
    [
        {
            "do": "add",
            "path": "forms[everything].sections",
            "value": {"key": "new", "fields": []},
            "before": "open",
        }
    ],
    [
        {"do": "remove", "path": "lists.wishes[refund]"},
        {"do": "move", "path": "forms[everything]", "to": None},
    ],
    [{"do": "set", "path": "limits[0].amount", "value": 7, "was": 3}],
)
SMS = {
    **{"id": "sms", "kind": "sms", "name": "网关", "method": "POST", "token": "sms_token"},
    **{"url": "https://sms.example.cn/send?to={phone}", "headers": {"X-Key": "{token}"}},
    **{"body": '{"to": "{phone}", "text": "{text}", "id": "{id}"}', "answer": '{"data": {"code": 0}}'},
    "success": {"statuses": [200], "field": "data.code", "value": "0"},
}
GROUP = {"id": "group", "kind": "wecom", "name": "群", "url": "https://qyapi.weixin.qq.com/?key={token}"}
WAYS: tuple[Any, ...] = (
    SMS,
    {**GROUP, "token": "w", "answer": '{"errcode": 0}'},
    {**GROUP, "kind": "webhook", "url": "https://a.example:8443/x", "secret": "s", "answer": ""},
)
TIMES = (
    "7 working_days ends=close_of_business",
    "24 hours",
    "15:30",
    "06-15",
    "2026-02-13T16:40..2026-02-14T09:00",
)
CURSORS = (
    "WyIyMDI2LTAyLTI0VDAxOjAyOjAwKzAwOjAwIiwgIjY1ZjAwMDAwMDAwMDAwMDAwMDAwMDAwMCIsIGZhbHNlXQ",
    "WzMsICI2NWYwMDAwMDAwMDAwMDAwMDAwMDAwMDAiLCB0cnVlXQ",
)


def run_expression(text: str) -> None:
    """Parse, evaluate, say in words, rename: whatever is taken has a value that travels as JSON."""
    tree = compile_expression(text)
    value = evaluate(tree, FACTS)
    json.dumps(as_json(value), default=str)
    evaluate(tree, {})
    names(tree)
    rows_of(text)
    in_words(tree, Labels(lambda _name: None, lambda _name, _option: {"zh": "甲", "en": "a"}))
    renamed = rewritten(text, lambda name: f"{name}_x", lambda _name, found: found)
    compile_expression(renamed)


def run_notice(text: str) -> None:
    """A notice of 2026."""
    found = read_notice(text, 2026)
    assert len(found.days_off) + len(found.makeup_days) < 5_000


def run_result(content: bytes) -> None:
    """A result file or a table of opinions; both readers see it."""
    try:
        opinions.read_result(content)
    except RuleBroken:
        opinions.opinions_of(opinions.read_table(content))


def run_edits(operations: Any) -> None:
    """Operations as the designer sends them: taken back, the definition is as it was."""
    definition = _definition()
    edited = edits.apply(definition, [one for one in edit_guard.sound(operations) if one["do"] != "copy"])
    json.dumps(edited.definition, ensure_ascii=False).encode()  # as it is kept
    back = edits.apply(edited.definition, edited.inverse).definition
    assert back == definition


def run_typed(example: Sequence[Any]) -> None:
    """An answer to a field, as it comes from a page or from an import."""
    definition, raw = example
    reading = Reading(_definition()["lists"], TODAY)
    value = read_value(definition, raw, reading)
    masked({**definition, "mask": definition.get("mask", "name")}, value)
    grams(tidy(str(raw)))
    merged(str(raw)[:2_000], dict.fromkeys(fields_in(str(raw)[:2000]), "x"))


def run_way(way: Any) -> None:
    """A way out as an administrator writes it, and what its server answers."""
    if not isinstance(way, dict):
        return
    answer = str(way.get("answer", "")).encode("utf-8", "replace")
    checked({name: value for name, value in way.items() if name != "answer"})
    parcel = Parcel(
        "c:1", "您有一件投诉将到期\u202e{token}" * 30, "标题", to="13800000000", link="https://x.cn/c"
    )
    request(way, parcel, Secrets("secret", "token"), FOUNDED)
    verdict(way, 200, answer)


def run_time(text: str) -> None:
    """Time as people write it."""
    for read in (read_count, lambda one: read_moment(one, ZONE), lambda one: read_pause(one, ZONE)):
        try:
            read(text)
        except (ValueError, RuleBroken):
            continue


def run_cursor(text: str) -> None:
    """The place in a list, as an address names it; what is taken is asked of the database."""
    place = queries._read_cursor(text)
    bson.encode({"value": place.value if place else None})


_made: list[dict[str, Any]] = []


def _definition() -> dict[str, Any]:
    if not _made:
        _made.append(everything.definition())
    return _made[0]


def _typed() -> list[tuple[Any, Any]]:
    fields = [*everything.PARTIES, *everything.MEASURES[:8], *everything.CHOICES[:7], everything.TABLE]
    fields += everything.FORM["sections"][2]["fields"]
    return [(one, everything.TYPED.get(one["key"], "x")) for one in fields]


def _changed_answer(chance: Chance, example: Any, others: Sequence[Any]) -> Any:
    """Another answer to the same field."""
    definition, raw = example
    if isinstance(raw, str) and chance.random() < 0.8:
        return definition, changed_text(chance, raw, [str(one[1]) for one in others])
    made = changed_value(chance, {"raw": raw}, [one[1] for one in others])
    return definition, made.get("raw") if isinstance(made, dict) else made


def _changed_texts(chance: Chance, example: Any, others: Sequence[Any]) -> Any:
    """The texts of a table changed, which is all that its form lets in."""
    made = copy.deepcopy(example)
    for _ in range(chance.choice((1, 1, 2, 4))):
        holder = made
        while isinstance(holder[name := chance.choice(list(holder))], dict):
            holder = holder[name]
        other = str(chance.choice(others).get(name, ""))
        holder[name] = (
            changed_text(chance, holder[name], [other]) if isinstance(holder[name], str) else holder[name]
        )
    return made


TARGETS = (
    Target("expression", lambda: EXPRESSIONS, run_expression, (PolicyInvalid,), changed_text, TEXT),
    Target("notice", lambda: NOTICES, run_notice, (RuleBroken,), changed_text, TEXT),
    Target("result", lambda: RESULTS, run_result, (RuleBroken,), changed_bytes),
    Target("edits", lambda: EDITS, run_edits, (RuleBroken,), changed_value, PLAIN),
    Target("typed", _typed, run_typed, (Unreadable,), _changed_answer, PLAIN),
    Target("way", lambda: WAYS, run_way, (RuleBroken,), _changed_texts, PLAIN),
    Target("time", lambda: TIMES, run_time, (), changed_text, TEXT),
    Target("cursor", lambda: CURSORS, run_cursor, (), changed_text, TEXT),
)
