"""Every text of the administration exists in both languages, in the punctuation of its language."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from flask import Flask

from admin_views.history import VERBS
from admin_views.words import refusal
from documents.draft import Draft
from documents.rules.broken import RuleBroken
from portal.language import catalogue
from tests.portal.conftest import SignIn

PROJECT = Path(__file__).resolve().parents[2]
OURS = ("documents", "jobs", "portal", "admin_views")
KEYWORDS = {"_": None, "gettext": None, "_l": None, "lazy_gettext": None}
PLACE = re.compile(r"%\((\w+)\)")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# A Chinese mark between English words.
CHINESE_JOINT = re.compile(r"[A-Za-z0-9][、：；，][A-Za-z0-9 ].{0,20}")
JSON = {"Accept": "application/json"}
ELEMENTS = {
    "workflows": "workflows/complaint",
    "limits": "limits/handle",
    "ladders": "ladders/main",
    "case_types": "case_types/complaint",
    "scenarios": "scenarios/outlet_cannot_solve",
    "duties": "duties/half_year_report",
    "reports": "reports/half_year",
}
# A Latin comma, semicolon, colon, question or exclamation mark between Chinese characters.
LATIN_MARK = re.compile(r"[\u4e00-\u9fff][,;:?!](?=[\u4e00-\u9fff])|[\u4e00-\u9fff]\([^)]*[\u4e00-\u9fff]")


@cache
def texts() -> frozenset[str]:
    """Every text that the pages of the administration may show."""
    options = {"**.html": {"trimmed": "true"}}
    found = [
        one[2]
        for folder, methods in (
            (PROJECT / "admin_views", [("**.py", "python")]),
            (PROJECT / "portal/templates/admin", [("**.html", "jinja2")]),
        )
        for one in extract_from_dir(str(folder), methods, options, keywords=KEYWORDS)
    ]
    return frozenset(text for text in found if isinstance(text, str))


def test_everything_that_the_trail_says_was_done_has_words() -> None:
    noted = re.compile(r'(?:audit\.note|_note|note_failure)\(\s*"([a-z_]+)"')
    sources = [path for folder in OURS for path in (PROJECT / folder).rglob("*.py")]
    verbs = {verb for path in sources for verb in noted.findall(path.read_text())}
    assert {"found", "sign_in", "package_build"} <= verbs
    assert verbs - set(VERBS) == set()


def test_every_text_has_an_english_one_with_the_same_places() -> None:
    english = catalogue("en")
    known = texts()
    assert {"新设单位", "各单位督办", "一次性密码"} <= known
    same = {"一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。"}
    missing = [text for text in known - same if english.gettext(text) == text and CHINESE.search(text)]
    assert missing == []
    wrong = [text for text in known if set(PLACE.findall(text)) != set(PLACE.findall(english.gettext(text)))]
    assert wrong == []


def test_chinese_texts_use_chinese_punctuation() -> None:
    assert [text for text in texts() if LATIN_MARK.search(text)] == []


@pytest.mark.parametrize(
    "page",
    [
        "/admin/units/",
        "/admin/units/QH-CD",
        "/admin/people/cd_clerk",
        "/admin/people/new",
        "/admin/calendars/cn/2026",
        "/admin/clock/",
        "/admin/policies/p01/1/",
        "/admin/policies/p01/1/limits/handle",
        "/admin/policies/p01/1/forms/treatment",
        "/admin/policies/p01/1/workflows",
        "/admin/policies/p01/1/roles",
        "/admin/duties/",
        "/admin/duties/?month=6",
        "/admin/clock/rehearsal",
        "/admin/ways/",
        "/admin/ways/new/sms",
        "/admin/ways/new/dingtalk",
    ],
)
def test_an_english_page_has_no_chinese_words_of_ours(sign_in: SignIn, page: str) -> None:
    client = sign_in("admin")
    client.post("/look", data={"language": "en", "next": "/"})
    shown = client.get(page).text
    assert 'lang="en"' in shown
    ours = {text for text in texts() if len(text) > 4 and CHINESE.search(text)}
    outside = re.sub(r'placeholder="[^"]*"|<!--.*?-->', "", shown)
    assert [text for text in ours if text in outside] == []


def test_every_part_of_the_designer_opens_in_english_in_english_punctuation(sign_in: SignIn) -> None:
    client = sign_in("admin")
    client.post("/look", data={"language": "en", "next": "/"})
    client.post("/admin/designer/p01/start")
    ours = {text for text in texts() if len(text) > 4 and CHINESE.search(text)}
    for section in Draft.of("p01").definition:
        answer = client.get(f"/admin/designer/p01/{ELEMENTS.get(section, section)}", headers=JSON)
        assert answer.status_code == 200, section
        canvas = str(answer.get_json()["parts"]["canvas"])
        assert [text for text in ours if text in canvas] == [], section
        assert CHINESE_JOINT.findall(re.sub(r'<[^>]*lang="zh".*?>|title="[^"]*"', "", canvas)) == [], section


def test_a_code_without_words_is_shown_not_hidden(app: Flask) -> None:
    with app.test_request_context():
        assert "brand_new_code" in refusal(RuleBroken("brand_new_code")).message
