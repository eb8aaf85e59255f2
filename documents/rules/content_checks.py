"""The checks of what a volume holds 内容检测: its PDF and the originals beside it."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree

from documents.rules.four_checks import Check, Outcome, by_hand, failed, judged, not_applicable, passed
from documents.rules.volume_facts import FileFacts, VolumeFacts

COMMON_VERSIONS = ("1.4", "1.5", "1.6", "1.7")
NO_SCANNER = ("未配置查毒服务（JUANZONG_CLAMD）", "no scanner is configured (JUANZONG_CLAMD)")


def electronic_attributes(facts: VolumeFacts) -> Outcome:
    """Size and kind of each file."""
    wrong = [] if facts.file.kind == "PDF" else [f"案卷不是 PDF，而是 {facts.file.kind or '未知格式'}"]
    wrong += [_size_wrong(one) for one in (facts.file, *facts.originals) if one.found_size != one.size]
    count = 1 + len(facts.originals)
    return judged(wrong, f"{count} 个文件大小、格式相符", f"size and format of {count} files agree")


def _size_wrong(one: FileFacts) -> str:
    found = "缺失" if one.found_size is None else f"实为 {one.found_size}"
    return f"{one.name} 登记 {one.size} 字节，{found}"


def metadata_linked(facts: VolumeFacts) -> Outcome:
    """Title, number and sheets in the file are those of the catalogue."""
    if facts.pdf.unreadable:
        return failed(facts.pdf.unreadable, facts.pdf.unreadable)
    row, pdf = facts.row, facts.pdf
    pairs = (
        ("题名", row.get("title"), pdf.title),
        ("档号", row.get("_id"), pdf.subject),
        ("页面数", row.get("sheets"), pdf.pages),
    )
    wrong = [f"{name}：目录“{told}”，文件“{found}”" for name, told, found in pairs if told != found]
    return judged(wrong, "题名、档号、页面数一致", "title, number and sheets agree")


def bytes_counted(facts: VolumeFacts) -> Outcome:
    """The sum of the bytes."""
    files = (facts.file, *facts.originals)
    told, found = sum(one.size for one in files), sum(one.found_size or 0 for one in files)
    if told == found:
        return passed(f"共 {found} 字节", f"{found} bytes in all")
    return failed(f"登记 {told} 字节，实为 {found} 字节", f"{told} bytes registered, {found} found")


def content_complete(facts: VolumeFacts) -> Outcome:
    """Every sheet opens, none is missing, nothing follows the end."""
    pdf = facts.pdf
    wrong = [pdf.unreadable] if pdf.unreadable else []
    if not pdf.unreadable and pdf.pages != facts.row.get("sheets"):
        wrong.append(f"登记 {facts.row.get('sheets')} 面，实为 {pdf.pages} 面")
    if pdf.trailing:
        wrong.append(f"文件尾多出 {pdf.trailing} 字节")
    return judged(wrong, f"{pdf.pages} 面齐全", f"all {pdf.pages} sheets are there")


def enclosures_complete(facts: VolumeFacts) -> Outcome:
    """Every original is there, byte for byte, and none of the cases' is missing."""
    if not facts.originals and not any(case.attachments for case in facts.cases):
        return not_applicable("本卷没有附件", "the volume has no enclosures")
    wrong = [
        f"{one.name} {'缺失' if one.found_size is None else '被改动'}"
        for one in facts.originals
        if not one.agrees
    ]
    wanted = sum(case.attachments for case in facts.cases)
    if facts.cases and wanted != len(facts.originals):
        wrong.append(f"案件附件 {wanted} 个，登记原件 {len(facts.originals)} 个")
    count = len(facts.originals)
    return judged(wrong, f"{count} 个原件 SHA-256 逐个相符", f"SHA-256 of {count} originals agrees")


def metadata_readable(facts: VolumeFacts) -> Outcome:
    """The metadata survives being written as XML."""
    told = {
        name: str(facts.row.get(name, "")) for name in ("_id", "title", "owner", "opened_on", "closed_on")
    }
    root = ElementTree.Element("volume")
    for name, value in told.items():
        ElementTree.SubElement(root, name).text = value
    try:
        read = ElementTree.fromstring(ElementTree.tostring(root, encoding="utf-8"))  # noqa: S314 - just written
    except ElementTree.ParseError as error:
        return failed(f"写成 XML 后不能读回：{error}", f"cannot be read back from XML: {error}")
    lost = [name for name, value in told.items() if (read.findtext(name) or "") != value]
    return judged(
        [f"{name} 读回后不同" for name in lost], "写成 XML 后逐项读回一致", "read back from XML, all equal"
    )


def pdf_a(facts: VolumeFacts) -> Outcome:
    """The archival format, by veraPDF where there is one."""
    if facts.vera is not None:
        return judged(
            facts.vera, "veraPDF：符合其声明的 PDF/A", "veraPDF: it is the PDF/A that it claims to be"
        )
    claim, why = facts.pdf.claim or "未声明", facts.vera_problem or "未配置 veraPDF"
    return judged(
        facts.pdf.archival,
        f"内置检查：PDF/A-{claim} 的各检查项通过（{why}）",
        f"built-in checks of PDF/A-{claim} passed ({facts.vera_problem or 'no veraPDF here'})",
    )


def content_readable(facts: VolumeFacts) -> Outcome:
    """It can be drawn and read."""
    if facts.pdf.unreadable:
        return failed(facts.pdf.unreadable, facts.pdf.unreadable)
    return judged(
        facts.pdf.blank, "首页、末页可绘制，文字可提取", "first and last sheet drawn, text extracted"
    )


def long_term(facts: VolumeFacts) -> Outcome:
    """Fonts are inside and lead back to text."""
    if not facts.pdf.fonts:
        return failed("文件中没有字体", "there is no font in the file")
    return judged(
        facts.pdf.font_problems,
        f"{facts.pdf.fonts} 种字体全部嵌入，有 ToUnicode，无缺字",
        f"all {facts.pdf.fonts} fonts are embedded, mapped to text, no missing glyphs",
    )


def environment(facts: VolumeFacts) -> Outcome:
    """What is needed to open everything."""
    if facts.pdf.version not in COMMON_VERSIONS:
        version = facts.pdf.version or "未知"
        return failed(
            f"PDF 版本 {version}，并非通用阅读软件都能打开", f"PDF {version}: not every viewer opens it"
        )
    needing = [
        f"{one.name}（{one.kind or one.media_type}）" for one in facts.originals if not one.opens_alone
    ]
    told = f"案卷为 PDF {facts.pdf.version}，通用阅读软件可打开"
    if needing:
        return by_hand(
            f"{told}；原件需专门软件：{'、'.join(needing)}", f"originals need programs: {', '.join(needing)}"
        )
    return passed(told, f"PDF {facts.pdf.version}: any viewer opens it")


def no_encryption(facts: VolumeFacts) -> Outcome:
    """Nothing of ours is locked; what somebody handed in locked, a person has to unlock or to accept."""
    if facts.pdf.locked:
        return failed("；".join(facts.pdf.locked), "; ".join(facts.pdf.locked))
    locked = [one.name for one in facts.originals if one.locked]
    if locked:
        return by_hand(f"原件已加密：{'、'.join(locked)}", f"locked originals: {', '.join(locked)}")
    return passed("没有加密，没有私有压缩", "nothing is encrypted or privately compressed")


def scanner(facts: VolumeFacts) -> Outcome:
    """There is a scanner, and it answers."""
    if facts.scan is None:
        return not_applicable(*NO_SCANNER)
    if not facts.scan.version:
        return failed(
            f"查毒服务没有应答：{facts.scan.problem}", f"the scanner is silent: {facts.scan.problem}"
        )
    return passed(facts.scan.version, facts.scan.version)


def viruses(facts: VolumeFacts) -> Outcome:
    """What the scanner found."""
    if facts.scan is None:
        return not_applicable(*NO_SCANNER)
    if facts.scan.problem:
        return by_hand(f"未能查毒：{facts.scan.problem}", f"not scanned: {facts.scan.problem}")
    count = facts.scan.scanned
    return judged(facts.scan.infected, f"{count} 个文件未发现病毒", f"no virus in {count} files")


def active_content(facts: VolumeFacts) -> Outcome:
    """Nothing runs by itself; programs among the originals are for a person to judge."""
    if facts.pdf.active:
        return failed("；".join(facts.pdf.active), "; ".join(facts.pdf.active))
    programs = [one.name for one in facts.originals if one.program]
    if programs:
        return by_hand(
            f"原件中有程序：{'、'.join(programs)}", f"programs among the originals: {', '.join(programs)}"
        )
    return passed("没有脚本、启动动作、多媒体", "no scripts, launch actions or media")


CONTENT_CHECKS: Mapping[str, Check[VolumeFacts]] = {
    check.__name__: check
    for check in (
        *(electronic_attributes, metadata_linked, bytes_counted, content_complete, enclosures_complete),
        *(metadata_readable, pdf_a, content_readable, long_term, environment, no_encryption),
        *(scanner, viruses, active_content),
    )
}
