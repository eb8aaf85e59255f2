"""Every item of the 四性检测 of a package: one specimen that passes, and those that do not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from documents.rules import four_checks
from documents.rules.check_items import PACKAGE_ITEMS
from documents.rules.four_checks import BY_HAND, FAILED, NOT_APPLICABLE, PASSED
from documents.rules.package_checks import CODES, PACKAGE_CHECKS, PackageFacts
from documents.rules.volume_facts import ScanFacts
from pdf.verifier import MESSAGES

GOOD = PackageFacts(
    findings=(),
    counts={"volumes": 3, "originals": 6, "numbers": 5, "files": 20, "bytes": 4000},
    volumes=3,
    signed=3,
    originals=6,
    formats={"application/pdf": 5, "image/png": 1},
    scan=ScanFacts("ClamAV 1.4.3", scanned=20),
)


def found(code: str) -> PackageFacts:
    return replace(GOOD, findings=((code, f"data/x：{code}"),))


CASES: list[tuple[str, PackageFacts, str, str]] = [
    ("p_fixed", found("changed"), FAILED, "changed"),
    ("p_fixed", found("unsigned"), FAILED, "unsigned"),
    ("p_catalogues", replace(GOOD, catalogue_problems=("缺少 说明文件.TXT",)), FAILED, "说明文件"),
    ("p_structure", found("bagit"), FAILED, "bagit"),
    ("p_agrees", found("catalogue"), FAILED, "catalogue"),
    ("p_numbers_twice", found("number_twice"), FAILED, "number_twice"),
    ("p_volumes", replace(GOOD, failed=("Z-1",)), FAILED, "Z-1 检测不通过"),
    ("p_volumes", replace(GOOD, uninspected=("Z-1", "Z-2")), BY_HAND, "2 卷没有检测报告"),
    ("p_count", found("total"), FAILED, "total"),
    ("p_count", replace(GOOD, volumes=4), FAILED, "案卷应为 4，包内 3"),
    ("p_bytes", found("oxum"), FAILED, "oxum"),
    ("p_metadata", replace(GOOD, without_metadata=("Z-1",)), FAILED, "Z-1 没有元数据文件"),
    ("p_running", found("order"), FAILED, "order"),
    ("p_scope", found("case_lost"), FAILED, "case_lost"),
    ("p_report", found("report"), FAILED, "report"),
    ("p_readable", found("xml"), FAILED, "xml"),
    ("p_formats", replace(GOOD, volumes=0), FAILED, "没有案卷"),
    ("p_unpacked", found("zip_shell"), FAILED, "zip_shell"),
    ("p_scanner", replace(GOOD, scan=ScanFacts("x", infected=("a：Eicar",))), FAILED, "Eicar"),
    ("p_scanner", replace(GOOD, scan=ScanFacts(problem="超时")), BY_HAND, "超时"),
    ("p_scanner", replace(GOOD, scan=None), NOT_APPLICABLE, "JUANZONG_CLAMD"),
    ("p_extra", found("extra"), FAILED, "extra"),
    ("p_process", replace(GOOD, in_audit=False), FAILED, "没有制作留痕"),
]


@pytest.mark.parametrize(("item", "facts", "result", "words"), CASES)
def test_a_specimen_that_is_not_in_order(item: str, facts: PackageFacts, result: str, words: str) -> None:
    outcome = PACKAGE_CHECKS[item](facts)
    assert outcome.result == result, outcome
    assert words in outcome.evidence[0]


def test_a_package_in_order_passes_and_leaves_the_carrier_to_people() -> None:
    findings = four_checks.run(PACKAGE_ITEMS, PACKAGE_CHECKS, GOOD, {})
    other = [one.item.key for one in findings if one.outcome.result != PASSED]
    assert other == ["p_carrier"]
    assert PACKAGE_CHECKS["p_carrier"](GOOD).result == BY_HAND


def test_every_item_has_its_check_and_a_specimen_that_fails() -> None:
    failing = {item for item, _facts, result, _words in CASES if result == FAILED}
    assert failing == {item.key for item in PACKAGE_ITEMS} - {"p_carrier"}
    assert set(PACKAGE_CHECKS) == {item.key for item in PACKAGE_ITEMS}


def test_no_finding_of_the_verifier_is_lost() -> None:
    for code in MESSAGES:
        findings = four_checks.run(PACKAGE_ITEMS, PACKAGE_CHECKS, found(code), {})
        assert [one.item.key for one in findings if one.outcome.result == FAILED], code
    assert set().union(*CODES.values()) <= set(MESSAGES)
