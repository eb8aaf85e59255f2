"""Checking the archive rules 归档规则检查: where sealed cases go, how long they are kept, their numbers."""

from __future__ import annotations

import re
from typing import Final

from documents.rules.grammar import SHAPES
from documents.rules.policy_forms import check_condition
from documents.rules.policy_problems import Definition, Findings, as_list, elements, keys
from documents.rules.policy_shapes import all_slots

WIDE: Final = re.compile(r"\{\w+:\d{3,}\}")
NUMBER_PARTS: Final = frozenset({"fonds", "category", "year", "yyyy", "retention", "unit", "seq"})
CODE = re.compile(r"[A-Za-z0-9-]{1,12}")


def check_archive(definition: Definition, findings: Findings) -> None:
    """The archive knows where sealed cases go, and how long each is kept."""
    archive = definition.get("archive")
    if archive is None:
        return
    findings.attributes("archive", archive, SHAPES["archive"].names)
    stages = {
        str(stage.get("key"))
        for workflow in elements(definition, "workflows")
        for stage in elements(workflow, "stages")
        if stage.get("status") == "archived"
    }
    findings.wants(
        "archive.sealed_stage", archive.get("sealed_stage"), stages, ("归档环节", "archived stage")
    )
    for kind in as_list(archive.get("kinds")):
        findings.wants(
            "archive.kinds", kind, keys(elements(definition, "case_types")), ("事项类型", "case type")
        )
    for name in ("fonds_slots", "fonds_default", "volume_number"):
        if not archive.get(name):
            findings.say(f"archive.{name}", "必须填写", "is missing")
    for slot in as_list(archive.get("fonds_slots")):
        findings.wants("archive.fonds_slots", slot, all_slots(definition), ("单位角色", "unit slot"))
    _check_retention(archive, definition, findings)
    _check_volume_number(archive, findings)
    for index, one in enumerate(elements(archive, "unit_codes")):
        path = f"archive.unit_codes[{index}]"
        findings.text(f"{path}.label", one.get("label"))
        check_condition(f"{path}.when", one.get("when"), definition, findings)


def _check_volume_number(archive: Definition, findings: Findings) -> None:
    """No two archive numbers 档号 are the same: what their series differ by stands in them."""
    pattern, path = archive.get("volume_number"), "archive.volume_number"
    if not isinstance(pattern, str) or not pattern:
        return
    written = set(re.findall(r"\{(\w+)(?::\d+)?\}", pattern))
    if WIDE.search(pattern):
        findings.say(path, "档号的流水号最多 99 位", "a running number has at most 99 digits")
    for name in sorted(written - NUMBER_PARTS):
        findings.say(path, f"档号格式中没有 {{{name}}} 这一部分", f"there is no part {{{name}}}")
    for name, zh in (("seq", "流水号"), ("fonds", "全宗号"), ("retention", "保管期限")):
        if name not in written:
            findings.say(
                path,
                f"档号格式缺少{zh} {{{name}}}，不同的案卷会得到同一档号",
                f"without {{{name}}} two volumes would get the same number",
            )
    if not written & {"year", "yyyy"}:
        findings.say(
            path, "档号格式缺少年度 {year}，每年的档号会重复", "without {year} numbers return every year"
        )
    codes = [str(one.get("code", "")) for one in elements(archive, "retention")]
    codes += [str(one.get("code", "")) for one in elements(archive, "unit_codes")]
    for code in sorted({code for code in codes if not CODE.fullmatch(code)}):
        findings.say("archive", f"代码“{code}”只能用字母、数字和短横", f"“{code}” is not a code")


def _check_retention(archive: Definition, definition: Definition, findings: Findings) -> None:
    every = elements(archive, "retention")
    periods = [one for one in every if not one.get("by_hand")]
    if not periods or periods[-1].get("when") is not None:
        findings.say(
            "archive.retention", "没有缺省的保管期限", "there is no retention period for all other cases"
        )
    for index, one in enumerate(every):
        path = f"archive.retention[{index}]"
        findings.text(f"{path}.label", one.get("label"))
        check_condition(f"{path}.when", one.get("when"), definition, findings)
        if one.get("when") is None and one in periods[:-1]:
            findings.say(
                path, "无条件的一项之后各项永远用不到", "what follows an unconditional period is never used"
            )
