"""Words put together 拼合的说法 with the signs of the page's language."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _


def listed(words: Iterable[str]) -> str:
    """甲、乙、丙."""
    return str(_("、")).join(words)


def named(name: str, value: str) -> str:
    """“名称：取值”."""
    return str(_("%(name)s：%(value)s", name=name, value=value))


def noted(words: str, note: str) -> str:
    """“说法（附注）”; the words alone without a note."""
    return str(_("%(words)s（%(note)s）", words=words, note=note)) if note else words


def posted(unit: str, role: str) -> str:
    """“承办单位 单位负责人”: a role, and at which unit."""
    return str(_("%(unit)s %(role)s", unit=unit, role=role)) if unit else role
