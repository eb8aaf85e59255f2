"""Naming 点名: which staff an answer names, however people write names: “周 涛主任、李强 和 柜员赵敏”.

Who is taken off a case without need loses nothing, who is not taken off in need harms it: where an answer
can be read in two ways, everybody is found whom one of them names.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Final

HAN: Final = "\u3400-\u9fff\U00020000-\U0003ffff"
APART: Final = re.compile(r"[、,;/\\|&+\n\r:。“”\"]|\band\b")
BRACKETS: Final = "()[]{}<>《》【】「」"
ASIDE: Final = re.compile(r"[(\[{<《【「][^)\]}>》】」]*[)\]}>》】」]?")
JOINING: Final = re.compile("以及|还有|和|与|及|跟|同")  # may stand inside a name, too: 李和平
DOTS: Final = re.compile("[·•‧∙・․.]")
BETWEEN_HAN: Final = re.compile("(?<=[" + HAN + r"])\s+|\s+(?=[" + HAN + "])")
TITLES: Final = tuple(
    sorted(
        (
            *("主任", "副主任", "经理", "副经理", "总经理", "副总经理", "客户经理", "大堂经理", "总", "总监"),
            *("行长", "副行长", "理事长", "董事长", "监事长", "主席", "社长", "所长", "局长", "处长", "科长"),
            *("部长", "部门经理", "主管", "组长", "站长", "店长", "班长", "队长", "厅长", "院长", "校长"),
            *("柜员", "客服", "专员", "职员", "员工", "工作人员", "保安", "会计", "出纳", "业务员", "信贷员"),
            *(
                "先生",
                "女士",
                "小姐",
                "同志",
                "老师",
                "师傅",
                "经办",
                "经办人",
                "负责人",
                "本人",
                "等人",
                "等",
            ),
            *("mr", "mrs", "ms", "miss", "dr", "manager", "teller", "director", "clerk"),
        ),
        key=len,
        reverse=True,
    )
)
# How what stands before a name ends: 城东信用社周涛, 信贷部的周涛.
PLACES: Final = tuple("社行部科处室厅组所司院会台柜店点团队局站的是叫")
NOBODY: Final = frozenset(
    {"无", "没有", "不详", "不明", "未知", "不知", "不知道", "不清楚", "不记得", "匿名", "不便透露"}
    | {"none", "unknown", "n/a", "na", "no", "-"}
)


@dataclass(frozen=True)
class Named:
    """Whom an answer names: staff, and what it names beside whom no one is called so."""

    people: tuple[str, ...]
    unknown: tuple[str, ...]


def named_in(answer: str, staff: Mapping[str, str]) -> Named:
    """The staff (id → name) whom an answer names; of two of the same name both."""
    called: dict[str, list[str]] = {}
    for person, name in staff.items():
        called.setdefault(plain(name), []).append(person)
    called.pop("", None)
    found, unknown = dict[str, None](), dict[str, None]()
    outside, inside = parts(answer)
    for part in (*outside, *inside):
        names, rest = _read(part, called)
        found |= dict.fromkeys(person for name in names for person in called[name])
        unknown |= dict.fromkeys(rest if part in outside else ())
    return Named(tuple(found), tuple(unknown))


def _read(part: str, called: Iterable[str]) -> tuple[list[str], list[str]]:
    """A part in both its readings: white space inside a name, 周 涛, and between two, 周涛 李强."""
    names, unknown = _in_part(plain(part), called)
    words = [_in_part(plain(one), called) for one in part.split()]
    apart = [name for here, _rest in words for name in here]
    if apart and not names:
        unknown = [one for _here, rest in words for one in rest]
    return [*names, *(one for one in apart if one not in names)], unknown


def plain(name: str) -> str:
    """A name as it is compared: full-width letters as half-width, white space and dots inside it dropped."""
    text = unicodedata.normalize("NFKC", name).casefold()
    text = BETWEEN_HAN.sub("", DOTS.sub("", text))
    return " ".join(text.split())


def parts(answer: str) -> tuple[list[str], list[str]]:
    """An answer taken apart at commas, slashes and “and”; apart from it what stands in brackets.

    和 and its like are left alone: they may belong to a name.
    """
    text = unicodedata.normalize("NFKC", answer).casefold()
    inside = [one.strip(BRACKETS) for one in ASIDE.findall(text)]
    return _apart([ASIDE.sub("、", text)]), _apart(inside)


def _apart(texts: Iterable[str]) -> list[str]:
    found = (one.strip() for text in texts for one in APART.split(text))
    return [one for one in found if plain(one)]


def spelled(answer: str) -> set[str]:
    """Every name that an answer may mean: each part, each word of it, without titles, apart at 和 too."""
    found = set[str]()
    for part in chain(*parts(answer)):
        words = [plain(word) for word in part.split()]
        apart = words if all(len(word) > 1 for word in words) else []  # 李 小明 is one name
        for one in (plain(part), *apart):
            for name in (one, *JOINING.split(one)):
                found |= {name, _untitled(name)}
    return found - {""}


def _in_part(part: str, called: Iterable[str]) -> tuple[list[str], list[str]]:
    """Which names a part holds, and what of it names nobody."""
    names, unknown, at = list[str](), list[str](), 0
    while at < len(part):
        here = _begin(part[at:], called)
        if here:
            names += here
            at = _behind(part, at + _length(part[at:], here[0]), called)
            continue
        joint = JOINING.search(part, at + 1)
        end = joint.start() if joint else len(part)
        piece = part[at:end]
        at_end = _at_the_end(piece, called)
        names += at_end
        if not at_end and _is_somebody(piece):
            unknown.append(piece)
        at = joint.end() if joint else end
    return names, unknown


def _begin(text: str, called: Iterable[str]) -> list[str]:
    """The names that begin here, the longest first; more than one only where the reading is open."""
    here = sorted((name for name in called if _length(text, name)), key=len, reverse=True)
    return here[:1] if here and _is_clear(text[_length(text, here[0]) :]) else here


def _length(text: str, name: str) -> int:
    """How much of the text is this name at its beginning; Latin letters end where a word does."""
    for one in (name, name.replace(" ", "")):
        rest = text[len(one) :]
        if text.startswith(one) and not (one[-1:].isascii() and re.match("[a-z0-9]", rest)):
            return len(one)
    return 0


def _is_clear(rest: str) -> bool:
    """Whether what follows a name cannot be more of it."""
    rest = rest.lstrip()
    return not rest or rest.startswith(TITLES) or JOINING.match(rest) is not None


def _behind(part: str, at: int, called: Iterable[str]) -> int:
    """Behind a name and its title: where the next begins, else after the next 和."""
    while title := next((one for one in TITLES if part.startswith(one, at)), ""):
        at += len(title)
    at += len(part[at:]) - len(part[at:].lstrip())
    joint = JOINING.search(part, at)
    if at < len(part) and _begin(part[at:], called):
        return at
    return joint.end() if joint else len(part)


def _at_the_end(piece: str, called: Iterable[str]) -> list[str]:
    """The longest name at the end, when a title or a place stands before it: 柜员周涛, 城东社周涛主任."""
    for text in dict.fromkeys((piece, _untitled(piece))):
        ends = sorted((name for name in called if _ends(text, name)), key=len, reverse=True)
        if ends:
            return ends[:1]
    return []


def _is_somebody(piece: str) -> bool:
    """Whether a piece that names no staff may be meant for a person: no mere title, no place."""
    return bool(_untitled(piece)) and piece not in NOBODY and not piece.endswith(PLACES)


def _ends(text: str, name: str) -> bool:
    before = text.removesuffix(name).rstrip()
    return before != text and bool(before) and before.endswith((*TITLES, *PLACES))


def _untitled(text: str) -> str:
    """Without the titles at its end."""
    return next((_untitled(cut) for cut in _shorter(text)), text)


def _shorter(text: str) -> Iterator[str]:
    for title in TITLES:
        if text.endswith(title):
            yield text.removesuffix(title).rstrip()
