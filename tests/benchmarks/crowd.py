"""A crowd of complaints for the benchmarks: real cases, made once through the actions and then varied.

Texts come from the JSON Lines files beside the project when they are there, else from made-up words.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bson import ObjectId

from documents import blind_index
from documents.actions import registration, steps
from documents.complaint import Complaint
from documents.database import ensure_indexes
from documents.person import Person
from documents.policy import Policy
from documents.rules.access import case_keys
from documents.unit import Unit

TEXTS = Path(__file__).resolve().parents[3] / "shared" / "data" / "jsonl"
START = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
STAGES = (
    ("received", "open"),
    ("at_intake", "open"),
    ("handling", "open"),
    ("review", "open"),
    ("completed", "closed"),
)
WEIGHTS = (2, 2, 6, 2, 88)
OUTLETS = 5_600
BATCH = 1_000
WORDS = (
    *("排队", "手续费", "贷款", "利率", "存折", "转账", "吞卡", "态度", "柜面", "短信费"),
    *("征信", "网点", "密码", "理财", "社保卡", "挂失", "开户", "流水", "冻结", "还款"),
)
SYLLABLES = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说"


def texts(seed: int = 7) -> Iterator[tuple[str, str]]:
    """Endless pairs of a subject and about 1.1 KB (370 characters) of text."""
    chance = random.Random(seed)
    real = list(_real_texts())
    while True:
        if real:
            title, body = chance.choice(real)
            other = chance.choice(real)[1]
            yield f"{chance.choice(WORDS)}：{title}"[:60], (body + other)[:370]
        else:
            yield _invented(chance)


def _real_texts() -> Iterator[tuple[str, str]]:
    for name in ("teddy_replied.dev.jsonl", "teddy_plain.dev.jsonl"):
        path = TEXTS / name
        if path.exists():
            for line in path.read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                yield row["title"], row["text"]


def _invented(chance: random.Random) -> tuple[str, str]:
    body = "".join(chance.choice(SYLLABLES) for _ in range(340))
    return (
        f"{chance.choice(WORDS)}{chance.choice(WORDS)}问题{body[:8]}",
        f"{chance.choice(WORDS)}{body}{chance.choice(WORDS)}",
    )


def fill(policy: Policy, count: int, *, seed: int = 7) -> None:
    """Insert `count` complaints over a year, spread over thousands of outlets of one union.

    The indexes are built afterwards, in bulk: that is many times faster than entry by entry.
    """
    pattern = _pattern(policy)
    Complaint.collection().drop_indexes()
    _insert(pattern, count, seed)
    ensure_indexes()


def _insert(pattern: dict[str, Any], count: int, seed: int) -> None:
    chance = random.Random(seed)
    outlets = _outlets()
    source = texts(seed)
    for first in range(0, count, BATCH):
        rows = [
            _vary(pattern, number, next(source), outlets, chance)
            for number in range(first, min(first + BATCH, count))
        ]
        Complaint.collection().insert_many(rows, ordered=False)


def _outlets() -> Sequence[str]:
    codes = [f"QH-{number:04d}" for number in range(OUTLETS)]
    parent = Unit.get("QH")
    rows = [
        {
            "_id": code,
            "name": {"zh": code, "en": code},
            "kind": "outlet",
            "parent": "QH",
            "ancestors": [code, *parent.ancestors],
        }
        for code in codes
    ]
    known = {row["_id"] for row in Unit.collection().find({"parent": "QH"}, {"_id": 1})}
    new = [row for row in rows if row["_id"] not in known]
    if new:
        Unit.collection().insert_many(new)
    return codes


def _pattern(policy: Policy) -> dict[str, Any]:
    """A real complaint that went as far as handling."""
    values = {
        "channel": "phone",
        "received_at": START.isoformat(),
        "complainant_name": "李小明",
        "complainant_phone": "13800000000",
        "title": "样例",
        "category": "violation_fees",
        "facts": "样例",
    }
    case = registration.register(
        policy, "complaint", values, actor=Person.get("cd_clerk"), now=START, submission="crowd"
    )
    for key, who, answers in (
        ("report", "cd_clerk", {"reason_unsolved": "需核对。", "explained": "yes"}),
        (
            "supervise",
            "intake_clerk",
            {"validity": "valid", "handling_unit": "QH-QS", "requirements": "核实。"},
        ),
        ("sign", "qs_handler", {}),
    ):
        turn = Complaint.get(case.number).turn
        case = steps.perform(
            case.number, key, answers, actor=Person.get(who), now=START, turn=turn, submission=f"crowd-{key}"
        )
    return case.to_mongo().to_dict()


def _vary(
    pattern: dict[str, Any], number: int, text: tuple[str, str], outlets: Sequence[str], chance: random.Random
) -> dict[str, Any]:
    received = START + timedelta(seconds=number * 155 % 31_000_000)
    outlet = outlets[int(len(outlets) * chance.random() ** 2)]
    stage, status = chance.choices(STAGES, WEIGHTS)[0]
    units = {**pattern["units"], "received": outlet}
    ancestors = {unit: [unit, "QH", "GD-BS", "GD"] for unit in units.values()}
    answers = [dict(pattern["answers"][0]), *pattern["answers"][1:]]
    phone = f"139{number:08d}"
    answers[0]["values"] = {
        **answers[0]["values"],
        "title": text[0],
        "facts": text[1],
        "complainant_phone": phone,
    }
    row = {
        **pattern,
        "_id": ObjectId(),
        "number": f"TS-{received:%Y-%m%d}-{number:07d}",
        "submission": f"crowd-{number}",
        "title": text[0],
        "summary": text[1],
        "stage": stage,
        "status": status,
        "units": units,
        "scope": case_keys(units, ancestors, ["cd_clerk"]),
        "received_at": received,
        "registered_at": received,
        "answers": answers,
        "attrs": [
            *[one for one in pattern["attrs"] if one["k"] != "complainant_phone"],
            {"k": "complainant_phone", "v": blind_index.answer(phone)},
        ],
        "grams": blind_index.words_of([("", one) for one in text], single=text[0]),
        "next_due": received + timedelta(days=9) if status == "open" else None,
    }
    return {name: value for name, value in row.items() if value is not None}
