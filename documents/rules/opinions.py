"""What the archive room gives back 接收: the checker's result, and a table of opinions case by case."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from documents.rules.broken import RuleBroken

CHECKER = "juanzong-verifier"
LARGEST = 16 * 1024 * 1024
LONGEST = 500
MOST_ROWS = 200_000
MOST_COUNTED = 1 << 53
COUNT = re.compile(r"[a-z_]{1,20}")
VERDICTS = {"接收": "accepted", "退回": "rejected"}


@dataclass(frozen=True)
class Opinion:
    """What the archive room says of a volume 接收意见."""

    volume: str
    decision: str
    reason: str = ""


@dataclass(frozen=True)
class CheckResult:
    """What the receiver's checker wrote 核验结果, as far as it is ours: plain values within bounds."""

    package: str
    checked_at: str
    ok: bool
    counts: Mapping[str, int]
    findings: tuple[Mapping[str, str], ...]  # 不符项: code, path, zh, en
    rejected: Mapping[str, str]  # why, by 档号
    elsewhere: int | None = None  # findings that belong to no volume; older checkers do not say


def read_result(content: bytes) -> CheckResult:
    """The result file, as far as it is one of ours; raises RuleBroken("result_unreadable")."""
    if len(content) > LARGEST:
        raise RuleBroken("result_unreadable")
    try:
        result = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise RuleBroken("result_unreadable") from error
    if not isinstance(result, dict) or result.get("checker") != CHECKER:
        raise RuleBroken("result_unreadable")
    shape = {"package": str, "checked_at": str, "ok": bool, "counts": dict, "findings": list}
    if any(not isinstance(result.get(name), kind) for name, kind in shape.items()):
        raise RuleBroken("result_unreadable")
    findings = tuple(_finding(row) for row in result["findings"])
    rejected = [row for row in _list(result.get("rejected")) if isinstance(row, dict)]
    return CheckResult(
        package=_text(result["package"], 200),
        checked_at=_text(result["checked_at"], 40),
        ok=result["ok"] and not findings,
        counts={key: one for key, one in result["counts"].items() if COUNT.fullmatch(key) and _is_count(one)},
        findings=findings,
        rejected={_text(row.get("volume"), 200): _text(row.get("reason"), LONGEST) for row in rejected},
        elsewhere=result.get("elsewhere") if _is_count(result.get("elsewhere")) else None,
    )


def _finding(row: object) -> dict[str, str]:
    if not isinstance(row, dict):
        raise RuleBroken("result_unreadable")
    return {name: _text(row.get(name), 300) for name in ("code", "path", "zh", "en")}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value < MOST_COUNTED


def _text(value: object, longest: int) -> str:
    """Text that can be stored: JSON may hold halves of characters, which nothing else takes."""
    return value[:longest].encode("utf-8", "replace").decode() if isinstance(value, str) else ""


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
    table = csv.DictReader(io.StringIO(text))
    wanted = ("移交包", "档号", "意见", "退回原因")
    try:
        if not set(wanted) <= set(table.fieldnames or ()):
            raise RuleBroken("opinions_unreadable")
        rows = list(islice(table, MOST_ROWS + 1))
    except csv.Error as error:
        raise RuleBroken("opinions_unreadable") from error
    if not rows or len(rows) > MOST_ROWS or any(row[name] is None for row in rows for name in wanted):
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
            raise RuleBroken("opinion_without_reason", numbers=number[:LONGEST])
        case = (row.get("投诉编号") or "").strip()
        said = f"{case}：{reason}" if case and reason else reason
        found.setdefault(number, []).append(Opinion(number, VERDICTS[verdict], said))
    return [_of_volume(number, opinions) for number, opinions in found.items()]


def _of_volume(number: str, opinions: Sequence[Opinion]) -> Opinion:
    bad = [one for one in opinions if one.decision == "rejected"]
    if not bad:
        return Opinion(number, "accepted")
    return Opinion(number, "rejected", "；".join(one.reason for one in bad)[:LONGEST])
