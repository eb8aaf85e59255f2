"""Supplements 附加制度: conduct texts, checklists and local rules that attach to a running process.

A supplement is a small bundle: elements of its own (lists, forms, limits, ladders, letters, duties …),
`hooks` – what must be chosen of the host – and `attach` – what goes where. `$hook` in any text of the
supplement stands for the choice. Attaching is an edit of the host's draft like any other: it is shown,
checked and taken back in the same way, and the host's definition stays complete in itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from documents.rules import policy_checking
from documents.rules.broken import RuleBroken
from documents.rules.edits import Operation, apply
from documents.rules.grammar import SHAPES
from documents.rules.keyed_paths import look_up, parse
from documents.rules.policy_fields import all_fields
from documents.rules.policy_problems import Findings, Problem, elements, named
from documents.rules.policy_shapes import all_slots, check_keys

Definition = Mapping[str, Any]
Choices = Mapping[str, str]
OWN_SECTIONS = (
    *("unit_kinds", "roles", "contacts", "forms", "limits", "ladders", "numbering", "letters"),
    *("duties", "reports", "case_types", "workflows"),
)
HOOK = re.compile(r"\$([a-z][a-z0-9_]{0,39})")


def hooks(supplement: Definition) -> list[Definition]:
    """What must be chosen of the host 挂接点."""
    return elements(supplement, "hooks")


def suggested(supplement: Definition, host: Definition) -> dict[str, str]:
    """The choices that the supplement suggests for a host that it knows."""
    key = str(host["policy"]["key"])
    found = {one["key"]: one.get("suggest", {}).get(key) for one in hooks(supplement)}
    return {hook: choice for hook, choice in found.items() if choice is not None}


def offered(hook: Definition, host: Definition) -> list[str]:
    """Everything of the host that a hook can be: keys, and `workflow/step` for steps and stages."""
    kind = str(hook["of"])
    if kind in ("transitions", "stages"):
        return [
            f"{flow['key']}/{one['key']}"
            for flow in elements(host, "workflows")
            for one in elements(flow, kind)
        ]
    if kind == "slots":
        return sorted(all_slots(host))
    if kind == "fields":
        return list(all_fields(host))
    if kind == "lists":
        return list(host.get("lists", {}))
    return [str(one["key"]) for one in elements(host, kind)]


def attached(host: Definition, supplement: Definition, choices: Choices, *, digest: str) -> list[Operation]:
    """The operations that attach the supplement to the host.

    Raises RuleBroken("already_attached"), ("hook_missing"), ("unknown_hook"), ("key_taken"),
    ("only_tighter").
    """
    head = supplement["policy"]
    if any(one["key"] == head["key"] for one in host["policy"].get("supplements", ())):
        raise RuleBroken("already_attached", key=head["key"])
    _refuse_missing(host, supplement, choices)
    mark = {"key": head["key"], "title": head["title"], "sha256": digest}
    operations: list[Operation] = [{"do": "add", "path": "policy.supplements", "value": mark}]
    operations += _own(host, supplement, choices)
    for addition in supplement.get("attach", ()):
        operations.append(_addition(host, supplement, addition, choices))
    if head.get("host") == host["policy"]["key"]:
        operations += [
            {"do": "add", "path": "scenarios", "value": one} for one in elements(supplement, "scenarios")
        ]
    return operations


def _refuse_missing(host: Definition, supplement: Definition, choices: Choices) -> None:
    for hook in hooks(supplement):
        choice = choices.get(hook["key"])
        if choice is None:
            raise RuleBroken("hook_missing", hook=hook["key"])
        if choice not in offered(hook, host):
            raise RuleBroken("unknown_hook", hook=hook["key"], choice=choice)


def _own(host: Definition, supplement: Definition, choices: Choices) -> Iterator[Operation]:
    """The supplement's own elements; one that the host has already in the same words is not added again."""
    for name, options in supplement.get("lists", {}).items():
        present = host.get("lists", {}).get(name)
        if present is not None and present != options:
            raise RuleBroken("key_taken", key=name)
        if present is None:
            yield {"do": "set", "path": f"lists.{name}", "value": filled(options, choices)}
    for name in ("slots", "slot_labels"):
        for slot, rule in supplement.get(name, {}).items():
            if slot not in host.get(name, {}):
                yield {"do": "set", "path": f"{name}.{slot}", "value": filled(rule, choices)}
    for section in OWN_SECTIONS:
        present = {one["key"]: one for one in elements(host, section)}
        for one in elements(supplement, section):
            element = filled(one, choices)
            if present.get(one["key"], element) != element:
                raise RuleBroken("key_taken", key=one["key"])
            if one["key"] not in present:
                yield {"do": "add", "path": section, "value": element}


def _addition(host: Definition, supplement: Definition, addition: Definition, choices: Choices) -> Operation:
    if "set" in addition:
        path = str(filled(addition["set"], choices))
        _refuse_looser(host, path, addition.get("value"))
        return {"do": "set", "path": path, "value": filled(addition.get("value"), choices)}
    hook = next((one for one in hooks(supplement) if one["key"] == addition["to"]), None)
    if hook is None:
        raise RuleBroken("unknown_hook", hook=str(addition["to"]), choice="")
    path = _path_of(str(hook["of"]), choices[str(hook["key"])])
    return {"do": "add", "path": f"{path}.{addition['part']}", "value": filled(addition["add"], choices)}


def _path_of(kind: str, choice: str) -> str:
    if kind in ("transitions", "stages"):
        flow, _, key = choice.partition("/")
        return f"workflows[{flow}].{kind}[{key}]"
    return f"lists.{choice}" if kind == "lists" else f"{kind}[{choice}]"


def _refuse_looser(host: Definition, path: str, value: Any) -> None:
    """Local rules 实施细则 may tighten a limit that the text states, never loosen it."""
    if not path.startswith("limits[") or not path.endswith(".amount"):
        return
    limit = look_up(host, parse(path)[:-1])
    if limit.get("basis") == "stated" and not (isinstance(value, int) and value <= limit.get("amount", 0)):
        raise RuleBroken("only_tighter", path=path, stated=limit.get("amount"), wanted=value)


def filled(value: Any, choices: Choices) -> Any:
    """The value with every `$hook` replaced; a step or stage by its own key."""
    if isinstance(value, str):
        return HOOK.sub(lambda found: _chosen(found, choices), value)
    if isinstance(value, Mapping):
        return {name: filled(part, choices) for name, part in value.items()}
    if isinstance(value, Sequence):
        return [filled(part, choices) for part in value]
    return value


def _chosen(found: re.Match[str], choices: Choices) -> str:
    choice = choices.get(found.group(1))
    return found.group(0) if choice is None else choice.rpartition("/")[2]


def problems(supplement: Definition, host: Definition) -> list[Problem]:
    """What is wrong with a supplement by itself, or once it is attached to the host that it is shown on."""
    findings = Findings()
    known = {str(one.get("key")) for one in hooks(supplement)}
    check_keys("hooks", hooks(supplement), findings)
    for path, hook in named(hooks(supplement), "hooks"):
        findings.attributes(path, hook, SHAPES["hook"].names)
        findings.text(f"{path}.label", hook.get("label"))
        findings.wants(f"{path}.of", hook.get("of"), SHAPES["hook"].attribute("of").choices, ("种类", "kind"))
    for index, addition in enumerate(elements(supplement, "attach")):
        findings.attributes(f"attach[#{index}]", addition, SHAPES["addition"].names)
        if "set" not in addition:
            findings.wants(f"attach[#{index}].to", addition.get("to"), known, ("挂接点", "hook"))
    for name in sorted(_named_hooks(supplement) - known):
        findings.say(
            "hooks", f"引用了不存在的挂接点“${name}”", f"refers to the hook “${name}”, which is not there"
        )
    if findings.problems:
        return findings.problems
    try:
        done = apply(host, attached(host, supplement, suggested(supplement, host), digest="")).definition
    except RuleBroken as broken:
        findings.say("attach", f"无法附加：{broken}", f"cannot be attached: {broken}")
        return findings.problems
    return policy_checking.problems(done)


def _named_hooks(value: Any) -> set[str]:
    if isinstance(value, str):
        return set(HOOK.findall(value))
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return set().union(*map(_named_hooks, parts))
