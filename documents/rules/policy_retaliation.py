"""Reports of retaliation 打击报复举报检查: the case type, the unit, the post and the fields are there."""

from __future__ import annotations

from documents.rules.fields import fields_of
from documents.rules.policy_problems import Definition, Findings, elements, keys, table
from documents.rules.policy_shapes import all_slots

PARTS = ("title", "facts", "name", "original")


def check_retaliation(definition: Definition, findings: Findings) -> None:
    """Whatever the channel needs of the policy."""
    rules, path = table(table(definition.get("policy")).get("retaliation")), "policy.retaliation"
    if not rules:
        return
    types = {str(one.get("key")): one for one in elements(definition, "case_types")}
    if not findings.wants(f"{path}.case_type", rules.get("case_type"), types, ("事项类型", "case type")):
        return
    if rules.get("at"):
        findings.wants(f"{path}.at", rules["at"], all_slots(definition), ("单位角色", "unit slot"))
    if rules.get("to"):
        findings.wants(f"{path}.to", rules["to"], keys(elements(definition, "roles")), ("岗位角色", "role"))
    register = table(types[rules["case_type"]].get("register"))
    form = next((one for one in elements(definition, "forms") if one.get("key") == register.get("form")), {})
    asked = {str(one.get("key")) for one in fields_of(form)}
    columns = table(rules.get("columns"))
    for name, field in columns.items():
        findings.wants(f"{path}.columns", name, PARTS, ("内容", "part"))
        findings.wants(f"{path}.columns.{name}", field, asked, ("字段", "field"))
    for name in ("title", "facts"):
        if name not in columns:
            findings.say(f"{path}.columns", f"没有说 {name} 写入哪个字段", f"does not say where {name} goes")
