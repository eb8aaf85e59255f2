"""The checks of a sealed volume 案卷检测: facts in, outcome out; one function an item."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from documents.rules.content_checks import CONTENT_CHECKS
from documents.rules.four_checks import Check, Outcome, by_hand, failed, judged, not_applicable, passed
from documents.rules.volume_facts import VolumeFacts

# Required items with their types and greatest lengths 元数据表.
METADATA: tuple[tuple[str, type, int, bool], ...] = (
    ("_id", str, 80, True),
    ("title", str, 400, True),
    ("owner", str, 40, True),
    ("fonds", str, 20, True),
    ("year", int, 4, True),
    ("retention", dict, 8, True),
    ("unit", str, 40, True),
    ("opened_on", str, 10, True),
    ("closed_on", str, 10, True),
    ("pages", int, 6, True),
    ("sheets", int, 6, True),
    ("size", int, 15, True),
    ("sha256", str, 64, True),
    ("cases", list, 1000, True),
    ("contents", list, 5000, True),
    ("secrecy", str, 20, False),
)
FIRST_YEAR = 1949


def fixed_digest(facts: VolumeFacts) -> Outcome:
    """The digest of the stored bytes."""
    if facts.file.agrees:
        return passed(f"SHA-256 一致：{facts.file.sha256}", f"SHA-256 agrees: {facts.file.sha256}")
    found = facts.file.found_sha256 or "—"
    return failed(f"登记 {facts.file.sha256}，实为 {found}", f"registered {facts.file.sha256}, found {found}")


def fixed_signature(facts: VolumeFacts) -> Outcome:
    """The system signature and its time stamp."""
    if not facts.row.get("signature"):
        return not_applicable("封存时未设置签名密钥", "no signing key was set when it was sealed")
    check = facts.signature
    if check is None:
        return by_hand("本次没有验签", "the signature was not checked this time")
    if not check.ok:
        return failed(check.words, ", ".join(check.problems))
    signed = facts.row["signature"]
    test = "（测试机构 TEST）" if signed.get("test") or signed.get("test_authority") else ""
    stamp = check.authority or "无时间戳"
    return passed(
        f"{signed['subject']}{test}，根证书 {check.root}，时间戳 {stamp}",
        f"{signed['subject']}{test}, root {check.root}, stamp {check.authority or 'none'}",
    )


def fixed_history(facts: VolumeFacts) -> Outcome:
    """The chain of events, and the head that is printed."""
    broken = [f"{case.number} 第 {case.broken_at} 条" for case in facts.cases if case.broken_at is not None]
    if broken:
        return failed(f"哈希链断裂：{'；'.join(broken)}", f"broken chain: {'; '.join(broken)}")
    if not facts.pdf.heads:
        return by_hand("备考表文字中没有找到末条哈希", "no printed hash was found")
    printed = [case.number for case in facts.cases if case.head not in facts.pdf.heads]
    total = sum(case.events for case in facts.cases)
    return judged(
        [f"{number} 的末条哈希与备考表所印不符" for number in printed],
        f"{len(facts.cases)} 件共 {total} 条经过逐条相符，末条与备考表一致",
        f"{total} events of {len(facts.cases)} cases agree, heads as printed",
    )


def metadata_types(facts: VolumeFacts) -> Outcome:
    """Type and length of each item."""
    return judged(_mistyped(facts.row), f"{len(METADATA)} 项类型、长度符合", f"{len(METADATA)} items fit")


def _mistyped(row: Mapping[str, Any]) -> Iterator[str]:
    for name, kind, most, _required in METADATA:
        value = row.get(name)
        if value is None:
            continue
        if not isinstance(value, kind) or isinstance(value, bool):
            yield f"{name} 应为 {kind.__name__}"
        elif _length(value) > most:
            yield f"{name} 超过 {most}"


def _length(value: Any) -> int:
    return len(str(value)) if isinstance(value, int) else len(value)


def metadata_range(facts: VolumeFacts) -> Outcome:
    """Values within what is allowed."""
    return judged(_out_of_range(facts), "各项在值域之内", "all values are within range")


def _out_of_range(facts: VolumeFacts) -> Iterator[str]:
    row = facts.row
    if not FIRST_YEAR <= row.get("year", 0) <= facts.today.year + 1:
        yield f"年度 {row.get('year')}"
    code = (row.get("retention") or {}).get("code")
    if facts.retention_codes and code not in facts.retention_codes:
        yield f"保管期限代码 {code}"
    if not 0 < row.get("pages", 0) <= row.get("sheets", 0):
        yield f"页数 {row.get('pages')}，页面数 {row.get('sheets')}"
    if len(row.get("sha256", "")) != 64:
        yield "SHA-256 长度"


def metadata_sense(facts: VolumeFacts) -> Outcome:
    """Dates in their order, counts that agree with each other."""
    return judged(_senseless(facts), "日期先后合理，件数页数一致", "dates in order, counts agree")


def _senseless(facts: VolumeFacts) -> Iterator[str]:
    row = facts.row
    opened, closed = _day(row.get("opened_on")), _day(row.get("closed_on"))
    if opened is None or closed is None or not opened <= closed <= facts.today:
        yield f"起止日期 {row.get('opened_on')} – {row.get('closed_on')}"
    total = sum(entry.get("pages", 0) for entry in row.get("contents", ()))
    if total != row.get("pages"):
        yield f"卷内页数合计 {total}，登记 {row.get('pages')}"


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


def special_characters(facts: VolumeFacts) -> Outcome:
    """Characters that other systems choke on."""
    texts = {"题名": str(facts.row.get("title", "")), "档号": str(facts.row.get("_id", ""))}
    texts |= {
        f"文件 {one.get('position')}": str(one.get("title", "")) for one in facts.row.get("contents", ())
    }
    wrong = [
        f"{place} 含 U+{ord(sign):04X}"
        for place, text in texts.items()
        for sign in text
        if unicodedata.category(sign) in ("Cc", "Co", "Cn", "Cs")
    ]
    return judged(
        wrong, f"{len(texts)} 个题名没有特殊字符", f"{len(texts)} titles without special characters"
    )


def number_form(facts: VolumeFacts) -> Outcome:
    """The archive number made anew."""
    number, expected = facts.row.get("_id"), facts.number.expected
    if not expected:
        return by_hand("编制规则已不可考，请人工核对", "the rule of this number is not known any more")
    if number == expected:
        return passed(f"与编制规则一致：{number}", f"as the rule makes it: {number}")
    return failed(f"应为 {expected}，实为 {number}", f"should be {expected}, is {number}")


def number_twice(facts: VolumeFacts) -> Outcome:
    """No other volume has this number."""
    return judged(
        [f"与 {one} 重复" for one in facts.number.twins], "没有重复的档号", "no other volume has this number"
    )


def documents_counted(facts: VolumeFacts) -> Outcome:
    """The documents of the contents list against the bookmarks of the file."""
    listed = [str(entry.get("title", "")) for entry in facts.row.get("contents", ())]
    if not facts.pdf.bookmarks:
        return failed("文件没有书签", "the file has no bookmarks")
    missing = [title for title in listed if not any(_same(title, mark) for mark in facts.pdf.bookmarks)]
    return judged(
        [f"书签缺少“{title}”" for title in missing],
        f"卷内目录 {len(listed)} 件，均有书签",
        f"{len(listed)} documents listed, each with a bookmark",
    )


def _same(title: str, mark: str) -> bool:
    """Whether a bookmark names the document; spaces are set differently on paper."""
    bare, marked = "".join(title.split()), "".join(mark.split())
    return bare in marked or marked in bare


def metadata_complete(facts: VolumeFacts) -> Outcome:
    """Required items are there."""
    required = [name for name, _kind, _most, needed in METADATA if needed]
    empty = [name for name in required if facts.row.get(name) in (None, "", [], {})]
    return judged(
        [f"{name} 未填" for name in empty],
        f"必填 {len(required)} 项齐全",
        f"all {len(required)} required items are there",
    )


def process_complete(facts: VolumeFacts) -> Outcome:
    """Every case begins with its registration and was closed."""
    wrong = [f"{case.number} 没有登记经过" for case in facts.cases if case.first_verb != "register"]
    wrong += [f"{case.number} 尚未办结" for case in facts.cases if not case.closed]
    total = sum(case.events for case in facts.cases)
    return judged(
        wrong, f"{len(facts.cases)} 件共 {total} 条经过", f"{total} events of {len(facts.cases)} cases"
    )


def running_numbers(facts: VolumeFacts) -> Outcome:
    """Positions and pages run on, and no earlier archive number is lost."""
    entries = facts.row.get("contents", ())
    wrong, page = [f"档号 {number} 去向不明" for number in facts.number.unaccounted], 1
    for expected, entry in enumerate(entries, start=1):
        if entry.get("position") != expected:
            wrong.append(f"顺序号 {entry.get('position')}，应为 {expected}")
        if entry.get("page") != page:
            wrong.append(f"第 {expected} 件页号 {entry.get('page')}，应为 {page}")
        page = entry.get("page", 0) + entry.get("pages", 0)
    return judged(
        wrong,
        f"顺序号 1–{len(entries)}、页号 1–{page - 1} 连续",
        f"positions 1–{len(entries)} and pages 1–{page - 1} run on",
    )


def filing_scope(facts: VolumeFacts) -> Outcome:
    """What the cases have is in the volume."""
    wanted = sum(case.forms + case.letters + case.attachments for case in facts.cases)
    listed = len(facts.row.get("contents", ()))
    if not facts.cases:
        return by_hand("案件记录已不在本系统", "the cases are not in this system any more")
    if listed < wanted:
        return failed(f"案件材料 {wanted} 件，目录只有 {listed} 件", f"{wanted} papers, only {listed} listed")
    return passed(f"案件材料 {wanted} 件，目录 {listed} 件", f"{wanted} papers of the cases, {listed} listed")


def process_safety(facts: VolumeFacts) -> Outcome:
    """The audit trail knows the sealing."""
    if facts.being_sealed:
        return not_applicable("正在封存，封存后才有留痕", "it is being sealed: the trail follows")
    digest = facts.file.sha256
    if digest in facts.sealed_in_audit:
        return passed("审计记录中有封存留痕，摘要一致", "the audit trail has the sealing with this digest")
    return failed("审计记录中没有这一摘要的封存留痕", "the audit trail knows no sealing with this digest")


CHECKS: Mapping[str, Check[VolumeFacts]] = {
    "fixed_digest": fixed_digest,
    "fixed_signature": fixed_signature,
    "fixed_history": fixed_history,
    "metadata_types": metadata_types,
    "metadata_range": metadata_range,
    "metadata_sense": metadata_sense,
    "special_characters": special_characters,
    "number_form": number_form,
    "number_twice": number_twice,
    "documents_counted": documents_counted,
    "metadata_complete": metadata_complete,
    "process_complete": process_complete,
    "running_numbers": running_numbers,
    "filing_scope": filing_scope,
    "process_safety": process_safety,
    **CONTENT_CHECKS,
}
