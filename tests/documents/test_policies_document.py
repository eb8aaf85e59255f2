"""docs/policies.md tells the truth: every policy has its chapter, and every scenario it names is there."""

import re
from pathlib import Path

import pytest

from documents.pack_files import definition, packs, supplements

DOCUMENT = (Path(__file__).parents[2] / "docs" / "policies.md").read_text(encoding="utf-8")

# The numbers of the digest's table of time limits.
LIMITS = {
    "p01": range(1, 13),
    "p02": range(13, 22),
    "p03": range(22, 24),
    "p04": range(24, 29),
    "p06": range(29, 32),
    "p09": range(32, 34),
    "p10": range(34, 43),
    "p11": [43],
    "p12": range(44, 50),
    "p13": [63],
    "p15": [*range(50, 56), 64],
    "p17": [56],
    "p19": [57],
    "p25": range(58, 63),
}
# The forms and registers that the texts name.
FORMS = {
    "p01": "客户投诉处理表 客户投诉处理督办表 投诉处理意见书 投诉登记册 投诉管理运行报告 申诉材料",
    "p02": "投诉记录表 客户投诉记录表 客户服务派工单 业主投诉汇总表 客户投诉统计分析表 回访记录",
    "p04": "客户投诉登记表 客户投诉处理单",
    "p10": "处理方案 客服月报 专题报告 工作督办单",
    "p11": "客户投诉表格 客户投诉处理单 收货记录 事故调查表",
    "p12": "调查报告 处理方案 回访记录",
    "p13": "投诉或意见反馈处理登记表 台帐 书面答复",
    "p14": "客户投诉记录表",
    "p15": "客户投诉处理登记表 客户投诉工作联系单 客户服务质量报告 回访记录",
    "p17": "投诉书",
    "p18": "投诉处理报告",
    "p19": "投诉书 书面答复 申诉材料",
    "p22": "投诉与纠纷申请 调解协议 裁决书 申诉材料",
    "p25": "意见箱、意见簿检查记录 座谈、问卷记录 回访记录",
    "p26": "客户投诉记录",
}


@pytest.mark.parametrize("pack", [*packs(), *supplements()])
def test_every_policy_has_its_chapter(pack: str) -> None:
    title = definition(pack)["policy"]["title"]["zh"]
    count = len(definition(pack)["scenarios"])
    row = next(line for line in DOCUMENT.splitlines() if f"| `{pack}` |" in line)
    assert row.startswith(f"| {title} |")
    assert row.endswith(f"| {count} |")
    assert re.search(rf"(?m)^## {pack.upper()} ", DOCUMENT)


def chapter(pack: str) -> str:
    return re.split(rf"(?m)^## {pack.upper()} ", DOCUMENT)[1].split("\n## ")[0]


@pytest.mark.parametrize("pack", [*packs(), *supplements()])
def test_every_scenario_is_named_in_its_chapter(pack: str) -> None:
    named = set(re.findall(r"`([a-z][a-z0-9_]*)`", chapter(pack)))
    missing = {one["key"] for one in definition(pack)["scenarios"]} - named
    assert len(missing) <= len(definition(pack)["scenarios"]) // 2, missing


@pytest.mark.parametrize("pack", packs())
def test_every_stated_limit_is_named_in_its_chapter(pack: str) -> None:
    named = set(re.findall(r"`([a-z][a-z0-9_]*)`", chapter(pack)))
    stated = {one["key"] for one in definition(pack)["limits"] if one.get("basis") == "stated"}
    assert stated <= named


@pytest.mark.parametrize("pack", sorted(LIMITS))
def test_every_time_limit_of_the_text_stands_with_its_scenario(pack: str) -> None:
    scenarios = {one["key"] for one in definition(pack)["scenarios"]}
    proved: set[int] = set()
    for line in chapter(pack).splitlines():
        first = line.split("|")[1] if line.startswith("|") else line
        numbers = re.findall(r"\d+", first if re.fullmatch(r"[\d, ]+", first) else "")
        numbers += re.findall(r"\((?:[^()]*; )?(?:table i )?(\d+)\)", first)
        if scenarios & {part.strip("`") for part in re.findall(r"`[a-z0-9_]+`", line)}:
            proved |= {int(number) for number in numbers}
    assert set(LIMITS[pack]) <= proved


@pytest.mark.parametrize("pack", sorted(FORMS))
def test_every_form_that_the_text_names_stands_in_its_chapter(pack: str) -> None:
    written = chapter(pack)
    assert [name for name in FORMS[pack].split() if name not in written] == []


def test_every_capability_has_a_row() -> None:
    rows = DOCUMENT.split("## Engine capabilities")[1]
    assert re.findall(r"(?m)^\| (\d+) \|", rows) == [str(number) for number in range(1, 47)]
