"""The shape of a definition 制度定义的形状: its sections, keys, texts and attributes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from documents.rules.durations import is_zone
from documents.rules.grammar import BASES, SHAPES
from documents.rules.grammar import SECTIONS as WRITTEN
from documents.rules.options import walk
from documents.rules.policy_problems import KEY, Definition, Findings, elements, keys, mark, named, shown

BASIC_SLOTS = frozenset({"received", "handling", "respondent"})
TABLES = tuple(name for name, one in WRITTEN.items() if one.written != "list")
SECTIONS = tuple(name for name, one in WRITTEN.items() if one.written == "list")
NEEDED = tuple(name for name, one in WRITTEN.items() if one.needed)
LABELLED = tuple(name for name in SECTIONS if SHAPES[WRITTEN[name].shape].needs("label"))
ZONE = ("请写 Asia/Shanghai 这样的时区名", "write the name of a zone, such as Asia/Shanghai")
SUPPLEMENTARY = frozenset({"hooks", "attach"})
FIELD = SHAPES["field"].names
# Parts of elements, wherever they stand, that are tables, or lists of tables.
TABLE_PARTS = frozenset({"register", "recurrence", "owner", "period", "appeal_path", "rows", "columns"})
LIST_PARTS = frozenset(
    {"sections", "fields", "stages", "transitions", "rungs", "paragraphs", "retention", "children"}
)


def check_shape(definition: Definition, findings: Findings) -> bool:
    """Whether the sections are there in a shape that can be looked into."""
    before = len(findings.problems)
    for name in NEEDED:
        if name not in definition:
            findings.say(name, "缺少这一部分", "this section is missing")
    for name in SUPPLEMENTARY & set(definition):
        findings.say(name, "只有附加制度才有这一部分", "only a supplement has this section")
    _check_sections(definition, findings)
    return len(findings.problems) == before


def _check_sections(definition: Definition, findings: Findings) -> None:
    for name, value in definition.items():
        if name in TABLES and not isinstance(value, Mapping):
            findings.say(name, "应为键值表", "must be a table")
        elif name in SECTIONS and not _is_list_of_tables(value):
            findings.say(name, "应为列表", "must be a list of tables")
        elif name not in TABLES and name not in SECTIONS:
            findings.say(name, "不认识的部分", "unknown section")


def _is_list_of_tables(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(one, Mapping) for one in value)


def check_elements(definition: Definition, findings: Findings) -> None:
    """Keys that are well made and unique, known attributes, known bases, both languages."""
    for section in SECTIONS:
        found = elements(definition, section)
        check_keys(section, found, findings)
        for path, one in named(found, section):
            findings.attributes(path, one, SHAPES[WRITTEN[section].shape].names)
            if section in LABELLED:
                findings.text(f"{path}.label", one.get("label"))
    for name, options in definition.get("lists", {}).items():
        _check_list(f"lists[{name}]", options, findings)
    # The steps of scenarios hold what people type; their own check reads them.
    written = {name: part for name, part in definition.items() if name != "scenarios"}
    _check_everything_below(written, "", findings)


def check_keys(path: str, found: list[Definition], findings: Findings) -> None:
    """Every element has a key of the right form, and no two have the same."""
    for index, one in enumerate(found):
        key = one.get("key")
        if not (isinstance(key, str) and KEY.match(key)):
            findings.say(
                f"{path}[{mark(one, index) or index}]",
                f"代码“{key}”不合要求（小写字母开头，只含小写字母、数字、下划线，最长 40 位）",
                f"the key “{key}” must be lower-case letters, digits and _, at most 40",
            )
    counted = Counter(str(one.get("key")) for one in found)
    for key, number in counted.items():
        if number > 1:
            findings.say(
                f"{path}[{key}]", f"代码“{key}”重复 {number} 次", f"the key “{key}” is used {number} times"
            )


def _check_list(path: str, options: Any, findings: Findings) -> None:
    if not _is_list_of_tables(options):
        findings.say(path, "应为选项列表", "must be a list of options")
        return
    found = [steps[-1] for steps in walk(options)]
    check_keys(path, found, findings)
    for place, option in named(found, path):
        findings.attributes(place, option, SHAPES["option"].names)
        findings.text(f"{place}.label", option.get("label"))
    if not any(not option.get("retired") for option in found):
        findings.say(path, "没有可选的选项", "nothing is left to choose")


def _check_everything_below(value: Any, path: str, findings: Findings) -> None:
    """Every text has both languages and every basis is one of three, wherever it stands."""
    if isinstance(value, list | tuple):
        for index, one in enumerate(value):
            _check_everything_below(one, f"{path}[{mark(one, index)}]", findings)
    if not isinstance(value, Mapping):
        return
    if set(value) & {"zh", "en"} and not path.endswith("label"):
        findings.text(path, value)
        return
    if value.get("basis") not in (None, *BASES):
        findings.say(path, f"依据“{value['basis']}”不认识", f"the basis “{value['basis']}” is unknown")
    for name, part in value.items():
        if name in TABLE_PARTS and not isinstance(part, Mapping):
            findings.say(f"{path}.{name}", "应为键值表", "must be a table")
        if name in LIST_PARTS and not _is_list_of_tables(part):
            findings.say(f"{path}.{name}", "应为列表", "must be a list of tables")
        _check_everything_below(part, f"{path}.{shown(name)}" if path else shown(name), findings)


def check_policy(definition: Definition, findings: Findings) -> None:
    """The head of the policy: its key, title, zone and calendar."""
    head = definition["policy"]
    if not KEY.match(str(head.get("key", ""))):
        findings.say("policy.key", "制度代码不合要求", "the policy's key is not well made")
    findings.text("policy.title", head.get("title"))
    for name in ("zone", "calendar"):
        if not head.get(name):
            findings.say(f"policy.{name}", "必须填写", "is missing")
    if head.get("zone") and not is_zone(head["zone"]):
        findings.say(
            "policy.zone", f"没有“{head['zone']}”这个时区", f"there is no zone “{head['zone']}”", ZONE
        )
    _check_slots(definition, findings)


def _check_slots(definition: Definition, findings: Findings) -> None:
    kinds = keys(elements(definition, "unit_kinds"))
    slots = definition.get("slots", {})
    for name, rule in slots.items():
        path = f"slots[{name}]"
        if not isinstance(rule, Mapping):
            findings.say(path, "应为键值表", "must be a table")
            continue
        findings.attributes(path, rule, frozenset({"above", "within", "kind"}))
        findings.wants(path, rule.get("kind"), kinds, ("单位类型", "unit kind"))
        source = rule.get("above") or rule.get("within")
        findings.wants(path, source, all_slots(definition) - {name}, ("单位角色", "unit slot"))
    for name, label in definition.get("slot_labels", {}).items():
        findings.text(f"slot_labels[{name}].label", label)


def all_slots(definition: Definition) -> set[str]:
    """Every unit slot 单位角色: of the policy's rules, the labelled ones, and those that forms fill."""
    return {*BASIC_SLOTS, *definition.get("slots", {}), *definition.get("slot_labels", {})}
