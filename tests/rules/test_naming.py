"""Whom a complaint names, however the names are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.rules.naming import TITLES, named_in, plain, spelled

STAFF = {
    **{"zhou": "周涛", "other_zhou": "周 涛", "li": "李强", "heping": "李和平", "ming": "王明"},
    **{"liang": "王明亮", "en": "Li Ming", "arman": "阿尔曼·买买提", "odd": "张 总"},
}
ZHOU = {"zhou", "other_zhou"}


@pytest.mark.parametrize(
    ("answer", "people", "unknown"),
    [
        pytest.param("周涛", ZHOU, (), id="two of the same name, both"),
        pytest.param(" 周　涛 ", ZHOU, (), id="white space inside"),
        pytest.param("周涛、李强", {*ZHOU, "li"}, (), id="two people"),
        pytest.param("周涛，李强;王明／李和平", {*ZHOU, "li", "ming", "heping"}, (), id="every separator"),
        pytest.param("周涛 李强", {*ZHOU, "li"}, (), id="apart by a space"),
        pytest.param("周涛李强", {*ZHOU, "li"}, (), id="written together"),
        pytest.param("周涛主任", ZHOU, (), id="a title"),
        pytest.param("周涛主任李强经理", {*ZHOU, "li"}, (), id="titles between"),
        pytest.param("城东社柜员周涛", ZHOU, (), id="a place and a title before"),
        pytest.param("信贷部的周涛副经理", ZHOU, (), id="a place before, a title after"),
        pytest.param("周涛（工号12）", ZHOU, (), id="something in brackets"),
        pytest.param("城东社（周涛、李强）", {*ZHOU, "li"}, (), id="the people in brackets"),
        pytest.param("李和平和周涛", {*ZHOU, "heping"}, (), id="和 in a name and between two"),
        pytest.param("赵六及周涛与李强", {*ZHOU, "li"}, ("赵六",), id="one of them is not of the house"),
        pytest.param("王明亮", {"liang"}, (), id="the longer name"),
        pytest.param("王明", {"ming"}, (), id="the shorter name"),
        pytest.param("王明亮出工牌", {"liang", "ming"}, (), id="an open reading"),
        pytest.param("王明在窗口骂人", {"ming"}, (), id="words after it"),
        pytest.param("ＬＩ ming and 周涛", {*ZHOU, "en"}, (), id="full-width and Latin"),
        pytest.param("LiMing", {"en"}, (), id="Latin in one word"),
        pytest.param("Li Mingson", set(), ("li mingson",), id="another Latin name"),
        pytest.param("阿尔曼•买买提", {"arman"}, (), id="another dot"),
        pytest.param("张总", {"odd"}, (), id="a name that ends like a title"),
        pytest.param("周经理", set(), ("周经理",), id="a surname only"),
        pytest.param("赵李强", set(), ("赵李强",), id="a name inside another"),
        pytest.param("不详", set(), (), id="nobody"),
        pytest.param("柜员、保安", set(), (), id="titles only"),
        pytest.param(" 、 ", set(), (), id="nothing"),
    ],
)
def test_whom_an_answer_names(answer: str, people: set[str], unknown: tuple[str, ...]) -> None:
    found = named_in(answer, STAFF)
    assert (set(found.people), found.unknown) == (people, unknown)


def test_what_an_answer_may_mean() -> None:
    assert {"王五", "王六"} <= spelled("王五主任、王 六")
    assert "周涛" in spelled("赵六和周涛")
    assert spelled(" ") == set()


HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
NAMES = st.text(HAN, min_size=2, max_size=4)
SPACE = st.sampled_from(["", " ", "　", "\t"])
BETWEEN = st.sampled_from(["、", "，", ",", "；", ";", " / ", "／", "和", "与", "及", "以及", " and ", "\n"])


@given(st.lists(NAMES, min_size=1, max_size=4, unique=True), st.data())
def test_every_name_that_is_written_is_found(names: list[str], data: st.DataObject) -> None:
    """With white space inside, a title behind, anything between, half- or full-width."""
    staff = {str(position): name for position, name in enumerate(names)}
    written = ""
    for position, name in enumerate(names):
        spaced = data.draw(SPACE).join(name)
        title = data.draw(st.sampled_from(["", *TITLES[:8], "先生", "女士"]))
        written += (data.draw(BETWEEN) if position else "") + spaced + title
    assert set(named_in(written, staff).people) == set(staff)
    assert set(names) <= spelled("、".join(names))


@given(st.text(max_size=60), st.dictionaries(st.text(max_size=3), st.text(max_size=6), max_size=5))
def test_nobody_is_found_who_is_not_written(answer: str, staff: dict[str, str]) -> None:
    """Any text is read; whoever is found stands in it, each once, and what names nobody stands in it too."""
    found, squeezed = named_in(answer, staff), plain(answer).replace(" ", "")
    assert len(set(found.people)) == len(found.people)
    for person in found.people:
        assert plain(staff[person]).replace(" ", "") in squeezed
    assert all(one.replace(" ", "") in squeezed for one in found.unknown)
    assert not (found.unknown and not answer.strip())
