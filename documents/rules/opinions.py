"""What the archive room gives back 接收: the checker's result, and a table of opinions case by case."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from documents.rules.broken import RuleBroken

CHECKER = "juanzong-verifier"
LARGEST = 16 * 1024 * 1024
LONGEST = 500
VERDICTS = {"接收": "accepted", "退回": "rejected"}


@dataclass(frozen=True)
class Opinion:
    """What the archive room says of a volume 接收意见."""

    volume: str
    decision: str
    reason: str = ""


def read_result(content: bytes) -> Mapping[str, Any]:
    """The result file, as far as it is one of ours; raises RuleBroken("result_unreadable")."""
    if len(content) > LARGEST:
        raise RuleBroken("result_unreadable")
    try:
        result = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError) as error:
        raise RuleBroken("result_unreadable") from error
    if not isinstance(result, dict) or result.get("checker") != CHECKER:
        raise RuleBroken("result_unreadable")
    shape = {"package": str, "checked_at": str, "ok": bool, "counts": dict, "findings": list}
    if any(not isinstance(result.get(name), kind) for name, kind in shape.items()):
        raise RuleBroken("result_unreadable")
    return result


def finding(row: Any) -> dict[str, str]:
    """One finding 不符项 as it is kept."""
    if not isinstance(row, dict):
        raise RuleBroken("result_unreadable")
    return {name: str(row.get(name, ""))[:300] for name in ("code", "path", "zh", "en")}


def read_table(content: bytes) -> list[dict[str, str]]:
    """The lines of the table; raises RuleBroken("opinions_unreadable").

    Spreadsheet programs here still write GB 18030 when they save a CSV.
    """
    if len(content) > LARGEST:
        raise RuleBroken("opinions_unreadable")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", "replace")
    rows = list(csv.DictReader(io.StringIO(text)))
    wanted = ("移交包", "档号", "意见", "退回原因")
    if not rows or any(row.get(name) is None for row in rows for name in wanted):
        raise RuleBroken("opinions_unreadable")
    return rows


def opinions_of(rows: Iterable[Mapping[str, str]]) -> list[Opinion]:
    """One opinion a volume: a volume of several cases is sent back when any of them is."""
    found: dict[str, list[Opinion]] = {}
    for row in rows:
        number, verdict, reason = (row[name].strip() for name in ("档号", "意见", "退回原因"))
        if verdict not in VERDICTS:
            raise RuleBroken("opinions_unreadable")
        if verdict == "退回" and not reason:
            raise RuleBroken("opinion_without_reason", numbers=number)
        case = (row.get("投诉编号") or "").strip()
        said = f"{case}：{reason}" if case and reason else reason
        found.setdefault(number, []).append(Opinion(number, VERDICTS[verdict], said))
    return [_of_volume(number, opinions) for number, opinions in found.items()]


def _of_volume(number: str, opinions: Sequence[Opinion]) -> Opinion:
    bad = [one for one in opinions if one.decision == "rejected"]
    if not bad:
        return Opinion(number, "accepted")
    return Opinion(number, "rejected", "；".join(one.reason for one in bad)[:LONGEST])
