"""Refusals: what a person, and what an administrator, can put right."""


class _Refusal(Exception):
    """A code that names the broken rule, and the facts that fill its message."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.code}({facts})"


class RuleBroken(_Refusal):
    """规则不允许: a person can put it right by doing something else."""


class PolicyInvalid(_Refusal):
    """制度定义有误: an administrator can put it right in the definition."""
