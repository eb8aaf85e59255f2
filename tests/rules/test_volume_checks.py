"""Every item of the 四性检测 of a volume: one specimen that passes, and those that do not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from documents.rules import four_checks
from documents.rules.check_items import ITEMS, PACKAGE_ITEMS, VOLUME_ITEMS
from documents.rules.four_checks import BY_HAND, FAILED, FILING, NOT_APPLICABLE, PASSED, VOLUME, Inspected
from documents.rules.signatures import SignatureCheck
from documents.rules.volume_checks import CHECKS
from documents.rules.volume_facts import CaseFacts, FileFacts, NumberFacts, PdfFacts, ScanFacts, VolumeFacts

NUMBER, TITLE, DIGEST = "0128-TS·2026-D10-0001", "关于李小明投诉“手续费”的处理材料", "a" * 64
HEAD = "b" * 64
CONTENTS = [
    {"position": 1, "title": "客户投诉处理表", "page": 1, "pages": 2},
    {"position": 2, "title": "办理经过", "page": 3, "pages": 1},
]
ROW: dict[str, Any] = {
    "_id": NUMBER,
    "title": TITLE,
    "owner": "QH",
    "fonds": "0128",
    "year": 2026,
    "retention": {"zh": "10年", "en": "10 years", "code": "D10", "years": 10},
    "unit": "QH-CD",
    "opened_on": "2026-02-13",
    "closed_on": "2026-02-24",
    "pages": 3,
    "sheets": 6,
    "size": 1000,
    "sha256": DIGEST,
    "cases": ["TS-1"],
    "contents": CONTENTS,
    "secrecy": "",
    "signature": {"subject": "联社系统签名", "test": False, "test_authority": False},
}
PDF = PdfFacts(
    pages=6,
    version="1.7",
    claim="2U",
    title=TITLE,
    subject=NUMBER,
    bookmarks=("案卷封面", "客户投诉处理表", "办理经过", "卷内备考表"),
    fonts=3,
    heads=(HEAD,),
)
ORIGINAL = FileFacts("回单.pdf", "application/pdf", 5, "c" * 64, 5, "c" * 64, "PDF")
CASE = CaseFacts("TS-1", 4, None, HEAD, "register", True, forms=1, letters=0, attachments=1)
GOOD = VolumeFacts(
    row=ROW,
    file=FileFacts(NUMBER, "application/pdf", 1000, DIGEST, 1000, DIGEST, "PDF"),
    pdf=PDF,
    cases=(CASE,),
    originals=(ORIGINAL,),
    number=NumberFacts(NUMBER),
    retention_codes=("Y", "D30", "D10"),
    today=date(2026, 3, 1),
    signature=SignatureCheck((), root="根", signed_at=datetime(2026, 2, 24, tzinfo=UTC), authority="时间戳"),
    scan=ScanFacts("ClamAV 1.4.3/27700", scanned=2),
    sealed_in_audit=(DIGEST,),
)


def row(**changes: Any) -> VolumeFacts:
    return replace(GOOD, row={**ROW, **changes})


def pdf(**changes: Any) -> VolumeFacts:
    return replace(GOOD, pdf=replace(PDF, **changes))


def case(**changes: Any) -> VolumeFacts:
    return replace(GOOD, cases=(replace(CASE, **changes),))


def original(**changes: Any) -> VolumeFacts:
    return replace(GOOD, originals=(replace(ORIGINAL, **changes),))


def volume_file(**changes: Any) -> VolumeFacts:
    return replace(GOOD, file=replace(GOOD.file, **changes))


def entries(*changes: dict[str, Any]) -> VolumeFacts:
    return row(contents=[{**one, **change} for one, change in zip(CONTENTS, changes, strict=True)])


def scanned(**changes: Any) -> VolumeFacts:
    return replace(GOOD, scan=replace(GOOD.scan or ScanFacts(), **changes))


def with_number(**changes: Any) -> VolumeFacts:
    return replace(GOOD, number=replace(GOOD.number, **changes))


def signed(*problems: str) -> VolumeFacts:
    return replace(GOOD, signature=SignatureCheck(problems))


CASES: list[tuple[str, VolumeFacts, str, str]] = [
    ("fixed_digest", volume_file(found_sha256="d" * 64), FAILED, "d" * 64),
    ("fixed_digest", volume_file(found_size=None, found_sha256=""), FAILED, "—"),
    ("fixed_signature", signed("changed", "prefix"), FAILED, "签名之后文件内容被改动"),
    ("fixed_signature", row(signature={}), NOT_APPLICABLE, "未设置签名密钥"),
    ("fixed_signature", replace(GOOD, signature=None), BY_HAND, "没有验签"),
    ("fixed_history", case(broken_at=3), FAILED, "TS-1 第 3 条"),
    ("fixed_history", case(head="e" * 64), FAILED, "与备考表所印不符"),
    ("fixed_history", pdf(heads=()), BY_HAND, "没有找到"),
    ("metadata_types", row(year="2026"), FAILED, "year 应为 int"),
    ("metadata_types", row(title="长" * 401), FAILED, "title 超过 400"),
    ("metadata_range", row(year=1900), FAILED, "年度 1900"),
    ("metadata_range", row(retention={"code": "D99"}), FAILED, "D99"),
    ("metadata_range", row(pages=0), FAILED, "页数 0"),
    ("metadata_range", row(sha256="ab"), FAILED, "SHA-256 长度"),
    ("metadata_sense", row(opened_on="2026-02-25"), FAILED, "起止日期"),
    ("metadata_sense", row(closed_on="2027-01-01"), FAILED, "起止日期"),
    ("metadata_sense", row(pages=4), FAILED, "合计 3，登记 4"),
    ("special_characters", row(title="手续\u0007费"), FAILED, "U+0007"),
    ("special_characters", entries({"title": "\ue000"}, {}), FAILED, "文件 1 含 U+E000"),
    ("number_form", with_number(expected="0128-TS·2026-D10-0002"), FAILED, "应为"),
    ("number_form", with_number(expected=""), BY_HAND, "不可考"),
    ("number_twice", with_number(twins=("0128-TS·2026-d10-0001",)), FAILED, "重复"),
    ("electronic_attributes", volume_file(kind="ZIP"), FAILED, "不是 PDF"),
    ("electronic_attributes", original(found_size=4), FAILED, "回单.pdf 登记 5 字节，实为 4"),
    ("metadata_linked", pdf(title="别的题名"), FAILED, "题名"),
    ("metadata_linked", pdf(subject="0128-TS·2026-D10-0009"), FAILED, "档号"),
    ("metadata_linked", pdf(pages=5), FAILED, "页面数"),
    ("documents_counted", pdf(bookmarks=("案卷封面", "办理经过")), FAILED, "客户投诉处理表"),
    ("documents_counted", pdf(bookmarks=()), FAILED, "没有书签"),
    ("bytes_counted", original(found_size=6), FAILED, "登记 1005 字节，实为 1006"),
    ("metadata_complete", row(unit=""), FAILED, "unit 未填"),
    ("process_complete", case(first_verb="step"), FAILED, "没有登记经过"),
    ("process_complete", case(closed=False), FAILED, "尚未办结"),
    ("running_numbers", entries({}, {"position": 3}), FAILED, "顺序号 3，应为 2"),
    ("running_numbers", entries({}, {"page": 4}), FAILED, "页号 4，应为 3"),
    ("running_numbers", with_number(unaccounted=("0128-TS·2026-D10-0000",)), FAILED, "去向不明"),
    ("content_complete", pdf(pages=5), FAILED, "登记 6 面，实为 5 面"),
    ("content_complete", pdf(trailing=7), FAILED, "多出 7 字节"),
    ("content_complete", replace(GOOD, pdf=PdfFacts(unreadable="打不开")), FAILED, "打不开"),
    ("enclosures_complete", original(found_sha256="d" * 64), FAILED, "回单.pdf 被改动"),
    ("enclosures_complete", original(found_size=None, found_sha256=""), FAILED, "回单.pdf 缺失"),
    ("enclosures_complete", replace(GOOD, originals=()), FAILED, "案件附件 1 个，登记原件 0 个"),
    ("enclosures_complete", replace(case(attachments=0), originals=()), NOT_APPLICABLE, "没有附件"),
    ("filing_scope", case(letters=2), FAILED, "材料 4 件，目录只有 2 件"),
    ("filing_scope", replace(GOOD, cases=()), BY_HAND, "不在本系统"),
    ("metadata_readable", row(title="坏\x00字"), FAILED, "XML"),
    ("pdf_a", pdf(archival=("含 JavaScript",)), PASSED, ""),
    ("content_readable", pdf(blank=("第 1 面无法绘制或没有文字",)), FAILED, "第 1 面"),
    ("long_term", pdf(font_problems=("字体 X 没有嵌入",)), FAILED, "没有嵌入"),
    ("long_term", pdf(fonts=0), FAILED, "没有字体"),
    ("environment", pdf(version="2.0"), FAILED, "PDF 版本 2.0"),
    ("environment", original(kind="MP3 录音", opens_alone=False), BY_HAND, "回单.pdf（MP3 录音）"),
    ("no_encryption", pdf(locked=("文件已加密",)), FAILED, "文件已加密"),
    ("no_encryption", original(locked=True), BY_HAND, "回单.pdf"),
    ("scanner", scanned(version="", problem="连接被拒绝"), FAILED, "连接被拒绝"),
    ("scanner", replace(GOOD, scan=None), NOT_APPLICABLE, "JUANZONG_CLAMD"),
    ("viruses", scanned(infected=("回单.pdf：Eicar-Test-Signature",)), FAILED, "Eicar"),
    ("viruses", scanned(problem="超时"), BY_HAND, "未能查毒"),
    ("viruses", replace(GOOD, scan=None), NOT_APPLICABLE, "JUANZONG_CLAMD"),
    ("active_content", pdf(active=("含动作 /Launch",)), FAILED, "/Launch"),
    ("active_content", original(program=True), BY_HAND, "有程序"),
    ("process_safety", replace(GOOD, sealed_in_audit=()), FAILED, "没有这一摘要"),
    ("process_safety", replace(GOOD, being_sealed=True), NOT_APPLICABLE, "正在封存"),
]


@pytest.mark.parametrize(("item", "facts", "result", "words"), CASES)
def test_a_specimen_that_is_not_in_order(item: str, facts: VolumeFacts, result: str, words: str) -> None:
    if item == "pdf_a":
        facts = replace(facts, vera=())  # veraPDF has the say where there is one
    outcome = CHECKS[item](facts)
    assert outcome.result == result, outcome
    assert words in outcome.evidence[0]
    assert outcome.evidence[1]


def test_without_verapdf_the_built_in_checks_count() -> None:
    assert CHECKS["pdf_a"](pdf(archival=("没有 XMP 元数据",))).result == FAILED
    assert CHECKS["pdf_a"](GOOD).evidence[0].endswith("（未配置 veraPDF）")
    assert CHECKS["pdf_a"](replace(GOOD, vera=("6.2.11.8-1: .notdef",))).result == FAILED


def test_a_volume_in_order_passes_every_item() -> None:
    findings = four_checks.run(VOLUME_ITEMS, CHECKS, GOOD, {})
    assert [(one.item.key, one.outcome) for one in findings if one.outcome.result != PASSED] == []
    whole = Inspected(VOLUME, NUMBER, TITLE, FILING, datetime(2026, 3, 1, tzinfo=UTC), findings)
    assert whole.ok
    assert whole.counts[PASSED] == len(VOLUME_ITEMS)


def test_every_item_has_its_check_and_a_specimen_that_fails() -> None:
    assert set(CHECKS) == {item.key for item in VOLUME_ITEMS}
    failing = {item for item, _facts, result, _words in CASES if result == FAILED} | {"pdf_a"}
    assert failing == set(CHECKS)
    assert len(ITEMS) == len(VOLUME_ITEMS) + len(PACKAGE_ITEMS)


def test_what_a_house_does_not_check_says_why() -> None:
    (finding, *_) = four_checks.run(
        VOLUME_ITEMS, CHECKS, signed("changed"), {"fixed_digest": "由存储阵列负责"}
    )
    assert finding.outcome.result == NOT_APPLICABLE
    assert "由存储阵列负责" in finding.outcome.evidence[0]


def test_only_what_makes_a_sealed_file_wrong_keeps_it_from_being_sealed() -> None:
    broken = four_checks.run(VOLUME_ITEMS, CHECKS, pdf(active=("含 JavaScript",)), {})
    uploads = four_checks.run(VOLUME_ITEMS, CHECKS, original(program=True, locked=True), {})
    title = four_checks.run(VOLUME_ITEMS, CHECKS, row(title=TITLE + "\ue000"), {})
    at = datetime(2026, 3, 1, tzinfo=UTC)
    blocking = [Inspected(VOLUME, NUMBER, TITLE, FILING, at, one).blocking for one in (broken, uploads)]
    assert [[one.item.key for one in found] for found in blocking] == [["active_content"], []]
    assert "special_characters" not in {
        one.item.key for one in Inspected(VOLUME, NUMBER, TITLE, FILING, at, title).blocking
    }
