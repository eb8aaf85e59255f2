"""First steps 起步清单: what a policy from nothing needs, in the order in which it is easiest to make."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from documents.rules.grammar import Words
from documents.rules.options import OUTCOMES
from documents.rules.policy_problems import elements, table

Definition = Mapping[str, Any]


@dataclass(frozen=True)
class FirstStep:
    """One thing to make 一步: where it is made, whether it is there, whether one can do without."""

    section: str
    words: Words
    help: Words
    done: bool
    optional: bool = False


def first_steps(definition: Definition) -> list[FirstStep]:
    """Every step with whether it is done."""
    return [
        FirstStep(section, words, help_, test(definition), optional)
        for section, words, help_, test, optional in STEPS
    ]


def _has(section: str) -> Callable[[Definition], bool]:
    return lambda definition: bool(elements(definition, section))


def _has_categories(definition: Definition) -> bool:
    return bool(set(table(definition.get("lists"))) - {OUTCOMES})


def _leads_to_an_end(definition: Definition) -> bool:
    return any(
        elements(flow, "transitions") and any(one.get("status") != "open" for one in elements(flow, "stages"))
        for flow in elements(definition, "workflows")
    )


Row = tuple[str, Words, Words, Callable[[Definition], bool], bool]
STEPS: Final[tuple[Row, ...]] = (
    (
        "lists",
        ("类别与选项", "Categories and options"),
        ("投诉类别、渠道等下拉选项", "Categories, channels and other choices"),
        _has_categories,
        False,
    ),
    (
        "forms",
        ("表单", "Forms"),
        ("登记用一张，办理、答复各一张", "One to register, one for each step that writes something down"),
        _has("forms"),
        False,
    ),
    (
        "ladders",
        ("提醒阶梯", "Ladders"),
        ("到期前提醒谁、逾期升级到谁", "Who is reminded before, and who is told when it is late"),
        _has("ladders"),
        True,
    ),
    (
        "limits",
        ("时限", "Time limits"),
        ("几个工作日内办什么", "What must be done within how many working days"),
        _has("limits"),
        False,
    ),
    (
        "letters",
        ("函件", "Letters"),
        ("答复客户的文书，可并入表单内容", "What is written to the customer, with what the forms say"),
        _has("letters"),
        True,
    ),
    (
        "workflows",
        ("流程", "Workflow"),
        ("环节，以及谁把案件从一个环节办到下一个", "The stages, and who leads from one to the next"),
        _leads_to_an_end,
        False,
    ),
    (
        "case_types",
        ("事项类型", "Case types"),
        (
            "用哪张表登记、进入哪个环节、开始哪个时限",
            "Which form registers it, where it begins, which limit starts",
        ),
        _has("case_types"),
        False,
    ),
    (
        "archive",
        ("归档规则", "Archive rules"),
        ("保管期限与档号", "Retention and volume numbers"),
        lambda definition: bool(table(definition.get("archive"))),
        True,
    ),
    (
        "scenarios",
        ("试行案例", "Scenarios"),
        ("发布前用假定的时间走一遍", "Played with a fake clock before publishing"),
        _has("scenarios"),
        True,
    ),
)
