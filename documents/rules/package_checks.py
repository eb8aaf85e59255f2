"""The checks of a year-end package 移交包检测: what its verifier found, sorted into the items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from documents.rules.content_checks import NO_SCANNER
from documents.rules.four_checks import Check, Outcome, by_hand, failed, judged, not_applicable, passed
from documents.rules.volume_facts import ScanFacts

# Which findings of the verifier belong to which item; any other is a disagreement of the package with itself.
CODES: Mapping[str, frozenset[str]] = {
    "p_fixed": frozenset(
        {
            *("changed", "renamed", "unreadable", "missing", "manifest", "listed_twice", "sm3", "sm3_list"),
            *("signature", "unsigned", "signer", "folder_unreadable"),
        }
    ),
    "p_structure": frozenset({"no_package", "bagit", "part_missing", "part_differs", "part_strange"}),
    "p_numbers_twice": frozenset({"number_twice"}),
    "p_count": frozenset({"total"}),
    "p_bytes": frozenset({"oxum"}),
    "p_running": frozenset({"order", "pages", "gap", "volume_lost", "volume_unlisted"}),
    "p_scope": frozenset({"case_twice", "case_lost", "case_unlisted", "no_reason"}),
    "p_report": frozenset({"report"}),
    "p_readable": frozenset({"xml", "huge"}),
    "p_unpacked": frozenset({"zip_shell", "zip_digest", "zip_path"}),
    "p_extra": frozenset({"extra", "link", "empty_folder"}),
}
SORTED = frozenset().union(*CODES.values())


@dataclass(frozen=True)
class PackageFacts:
    """Everything about a package that the checks look at."""

    findings: tuple[tuple[str, str], ...]  # code and words of the verifier
    counts: Mapping[str, int]  # what the verifier counted
    volumes: int
    signed: int
    originals: int
    catalogue_problems: tuple[str, ...] = ()
    uninspected: tuple[str, ...] = ()  # volumes without any inspection
    failed: tuple[str, ...] = ()  # volumes whose newest inspection failed
    without_metadata: tuple[str, ...] = ()
    formats: Mapping[str, int] = field(default_factory=dict)  # of originals, by media type
    in_audit: bool = True
    scan: ScanFacts | None = None


def found(facts: PackageFacts, key: str) -> list[str]:
    """What the verifier said that belongs to an item."""
    return [words for code, words in facts.findings if code in CODES[key]]


def p_fixed(facts: PackageFacts) -> Outcome:
    """Digests of all files, signatures of the volumes."""
    files = facts.counts.get("files", 0)
    return judged(
        found(facts, "p_fixed"),
        f"{files} 个文件摘要相符；{facts.volumes} 卷中 {facts.signed} 卷有系统签名，均与字节相符",
        f"{files} digests agree; {facts.signed} of {facts.volumes} volumes are signed, all in agreement",
    )


def p_catalogues(facts: PackageFacts) -> Outcome:
    """Readme and catalogues, against their schemas."""
    return judged(
        facts.catalogue_problems, "说明文件齐全，目录符合 XSD", "readme is there, catalogues fit their XSD"
    )


def p_structure(facts: PackageFacts) -> Outcome:
    """Folders as agreed."""
    return judged(found(facts, "p_structure"), "BagIt 结构与目录约定相符", "a bag, laid out as agreed")


def p_agrees(facts: PackageFacts) -> Outcome:
    """Whatever else the verifier found."""
    other = [words for code, words in facts.findings if code not in SORTED]
    return judged(other, "目录、文件、编号清单相互一致", "catalogues, files and numbers agree")


def p_numbers_twice(facts: PackageFacts) -> Outcome:
    """Archive numbers once only."""
    return judged(
        found(facts, "p_numbers_twice"), f"{facts.volumes} 个档号没有重复", "no archive number twice"
    )


def p_volumes(facts: PackageFacts) -> Outcome:
    """The volumes inside were inspected and passed."""
    if facts.failed:
        return judged((f"{one} 检测不通过" for one in facts.failed), "", "")
    if facts.uninspected:
        count, first = len(facts.uninspected), facts.uninspected[0]
        return by_hand(f"{count} 卷没有检测报告（{first} 等）", f"{count} volumes were never inspected")
    return passed(
        f"{facts.volumes} 卷最近一次检测均无不通过项", f"{facts.volumes} volumes passed their last one"
    )


def p_count(facts: PackageFacts) -> Outcome:
    """Volumes and originals against the totals, and against what was planned."""
    wrong = found(facts, "p_count")
    for name, planned, key in (("案卷", facts.volumes, "volumes"), ("原件", facts.originals, "originals")):
        if facts.counts.get(key) != planned:
            wrong.append(f"{name}应为 {planned}，包内 {facts.counts.get(key)}")
    told = f"案卷 {facts.volumes} 卷、原件 {facts.originals} 个"
    return judged(wrong, f"{told}，与目录合计相符", f"{facts.volumes} volumes, {facts.originals} originals")


def p_bytes(facts: PackageFacts) -> Outcome:
    """Bytes against the Payload-Oxum."""
    size = facts.counts.get("bytes", 0)
    return judged(found(facts, "p_bytes"), f"共 {size:,} 字节，与 Payload-Oxum 相符", f"{size:,} bytes")


def p_metadata(facts: PackageFacts) -> Outcome:
    """Each volume has its metadata beside it."""
    return judged(
        (f"{one} 没有元数据文件" for one in facts.without_metadata),
        f"{facts.volumes} 卷均有元数据文件",
        f"all {facts.volumes} volumes have their metadata",
    )


def p_running(facts: PackageFacts) -> Outcome:
    """Numbers that run on."""
    return judged(
        found(facts, "p_running"), "顺序号、页号、档号流水连续", "positions, pages, archive numbers run on"
    )


def p_scope(facts: PackageFacts) -> Outcome:
    """Every number of the year is accounted for."""
    numbers = facts.counts.get("numbers", 0)
    return judged(
        found(facts, "p_scope"), f"{numbers} 个编号均有去向", f"all {numbers} numbers are accounted for"
    )


def p_report(facts: PackageFacts) -> Outcome:
    """What the annual report counts."""
    return judged(found(facts, "p_report"), "与年度报告的差异均有说明", "differences are explained")


def p_readable(facts: PackageFacts) -> Outcome:
    """The XML can be parsed."""
    return judged(found(facts, "p_readable"), "目录 XML 均可解析", "all catalogues can be parsed")


def p_formats(facts: PackageFacts) -> Outcome:
    """What formats are inside."""
    kinds = "、".join(f"{kind} {count}" for kind, count in sorted(facts.formats.items())) or "无"
    kinds_en = ", ".join(f"{kind} {count}" for kind, count in sorted(facts.formats.items())) or "none"
    if not facts.volumes:
        return failed("包内没有案卷", "there is no volume inside")
    return passed(f"案卷均为 PDF/A；原件：{kinds}", f"volumes are PDF/A; originals: {kinds_en}")


def p_unpacked(facts: PackageFacts) -> Outcome:
    """A plain folder, a ZIP that only stores."""
    return judged(
        found(facts, "p_unpacked"), "文件夹未压缩、未加密，ZIP 仅存储", "plain folder, the ZIP only stores"
    )


def p_scanner(facts: PackageFacts) -> Outcome:
    """What the scanner says of the files."""
    if facts.scan is None:
        return not_applicable(*NO_SCANNER)
    if facts.scan.problem:
        return by_hand(f"未能查毒：{facts.scan.problem}", f"not scanned: {facts.scan.problem}")
    told = f"{facts.scan.version}：{facts.scan.scanned} 个文件未发现病毒"
    return judged(facts.scan.infected, told, f"{facts.scan.version}: no virus in {facts.scan.scanned} files")


def p_extra(facts: PackageFacts) -> Outcome:
    """Nothing lies there that no manifest lists."""
    return judged(
        found(facts, "p_extra"), "没有多余的文件、链接、空文件夹", "no extra files, links, empty folders"
    )


def p_carrier(_facts: PackageFacts) -> Outcome:
    """People look at the carrier."""
    return by_hand("交接时由双方查看载体外观、试读", "both sides look at the carrier and try to read it")


def p_process(facts: PackageFacts) -> Outcome:
    """The audit trail knows who asked for it."""
    if facts.in_audit:
        return passed("审计记录中有制作留痕", "the audit trail knows who had it made")
    return failed("审计记录中没有制作留痕", "the audit trail knows nothing of its making")


PACKAGE_CHECKS: Mapping[str, Check[PackageFacts]] = {
    check.__name__: check
    for check in (
        *(p_fixed, p_catalogues, p_structure, p_agrees, p_numbers_twice, p_volumes, p_count, p_bytes),
        *(p_metadata, p_running, p_scope, p_report, p_readable, p_formats, p_unpacked, p_scanner, p_extra),
        *(p_carrier, p_process),
    )
}
