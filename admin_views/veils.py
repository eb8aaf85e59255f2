"""Veiled numbers 编号遮蔽: pages of the administration call a case that is not there for somebody by a mark.

Whoever is recused from it, or is not on the list of a confidential one, sees that something was done or is
due, and that it is the same case each time. The mark comes of a key of the house: nobody gets from it to the
number. The trail itself is as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import g
from flask_babel import gettext as _

from admin_views.standing import me
from documents import blind_index
from documents.complaint import hidden_numbers


@dataclass(frozen=True)
class Kept:
    """The numbers that may not be told 遮蔽编号, by their lengths: no text is held against each of them."""

    by_length: Mapping[int, frozenset[str]]

    @classmethod
    def of(cls, numbers: Iterable[str]) -> Kept:
        """These numbers."""
        found: dict[int, set[str]] = {}
        for number in numbers:
            found.setdefault(len(number), set()).add(number)
        return cls({length: frozenset(some) for length, some in found.items()})

    def __contains__(self, number: object) -> bool:
        return isinstance(number, str) and number in self.by_length.get(len(number), ())

    def within(self, text: str) -> list[str]:
        """Which of them stand in the text, the longest first: one may be the beginning of another."""
        return [
            text[start : start + length]
            for length, numbers in sorted(self.by_length.items(), reverse=True)
            for start in range(len(text) - length + 1)
            if text[start : start + length] in numbers
        ]


def kept() -> Kept:
    """The numbers of the cases that are not there for the person 保密或回避, asked for once a page."""
    if "veiled_numbers" not in g:
        g.veiled_numbers = Kept.of(hidden_numbers(me().id))
    found: Kept = g.veiled_numbers
    return found


def mark_of(number: str) -> str:
    """What such a case is called 不可见案件: always the same for a case, whatever hides it."""
    return str(_("不可见案件 %(mark)s", mark=blind_index.mark(number)))


def veil_all(texts: Sequence[str]) -> list[str]:
    """Those that name no such case, and how many do 另有不可见: a mark would tell its place in a list."""
    clear = [one for one in texts if not kept().within(one)]
    left = len(texts) - len(clear)
    return [*clear, str(_("另有 %(count)s 件不可见", count=left))] if left else clear


def veil(text: str) -> str:
    """The text with a mark for each number that the person may not know."""
    for number in kept().within(text):
        text = text.replace(number, mark_of(number))
    return text
