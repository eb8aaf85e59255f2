"""Every text exists in Chinese and in English, and every refusal has words."""

from __future__ import annotations

import ast
import json
import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from flask import Flask

from documents.person import Person
from portal.language import catalogue
from portal.messages import PROBLEMS, words_of
from tests.portal.conftest import Register, SignIn

PROJECT = Path(__file__).resolve().parents[2]
SOURCES = [("templates/admin/**", "ignore"), ("**/templates/**.html", "jinja2"), ("**.py", "python")]
PLACE = re.compile(r"%\((\w+)\)s")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@cache
def texts() -> frozenset[str]:
    """Every text that the portal's own pages may show."""
    found = extract_from_dir(
        str(PROJECT / "portal"),
        method_map=[
            ("templates/admin/**", "ignore"),
            ("**/templates/**.html", "jinja2"),
            ("**.py", "python"),
        ],
        options_map={"**/templates/**.html": {"trimmed": "true"}},
        keywords={"_": None, "gettext": None, "_l": None, "lazy_gettext": None},
    )
    return frozenset(message for _, _, message, _, _ in found if isinstance(message, str))


def test_every_text_has_an_english_one_with_the_same_places() -> None:
    english = catalogue("en")
    missing = [text for text in texts() if english.gettext(text) == text and CHINESE.search(text)]
    assert missing == []
    for text in texts():
        assert set(PLACE.findall(text)) == set(PLACE.findall(english.gettext(text))), text


def test_the_texts_were_found_at_all() -> None:
    assert {"工作台", "请填写此项。", "为什么是这一天？"} <= texts()


@cache
def codes_raised() -> frozenset[str]:
    """The code of every RuleBroken and Unreadable that our code can raise."""
    found = set()
    for folder in ("documents", "portal", "jobs", "admin_views"):
        for path in (PROJECT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and is_refusal(node):
                    found.add(str(node.args[0].value))  # type: ignore[attr-defined]
    return frozenset(found)


def is_refusal(call: ast.Call) -> bool:
    """Whether a call makes a refusal with a code that stands in the source."""
    named = getattr(call.func, "id", "") in ("RuleBroken", "Unreadable")
    return named and bool(call.args) and isinstance(call.args[0], ast.Constant)


def test_every_refusal_has_words() -> None:
    assert "changed_meanwhile" in codes_raised()
    assert {code for code in codes_raised() if code not in PROBLEMS and not words_of(code)} == set()


def test_scripts_say_the_same_in_both_languages() -> None:
    source = (PROJECT / "portal/static/js/words.js").read_text()
    chinese, english = (re.findall(r"^    (\w+):", part, re.M) for part in source.split("  en: {")[:2])
    assert chinese
    assert chinese == english


def test_the_switch_is_kept_on_the_account(sign_in: SignIn, register: Register) -> None:
    case = register()
    clerk = sign_in("cd_clerk")
    clerk.post("/look", data={"language": "en", "next": "/"})
    assert Person.get("cd_clerk").language == "en"
    page = clerk.get(f"/cases/{case.number}").text
    assert "Why this day?" in page
    assert 'lang="en"' in page
    assert "Solved on the spot" in page


def test_before_signing_in_the_session_keeps_it(app: Flask) -> None:
    stranger = app.test_client()
    stranger.post("/look", data={"language": "en"})
    assert "Sign in" in stranger.get("/sign-in").text


PAGES = [
    "/",
    "/cases",
    "/register",
    "/register/p01/complaint",
    "/watch",
    "/notices",
    "/profile",
    "/keys",
    "/drafts",
]


@pytest.mark.parametrize("address", PAGES)
def test_an_english_page_shows_no_chinese_of_ours(sign_in: SignIn, address: str) -> None:
    Person.objects(id="intake_clerk").update(set__language="en")
    page = sign_in("intake_clerk").get(address).text
    ours = [
        text for text in set(texts()) if len(text) > 1 and CHINESE.search(text) and not PLACE.search(text)
    ]
    allowed = {"中文"}
    shown = [text for text in ours if f">{text}<" in page and text not in allowed]
    assert shown == []


def test_policy_words_are_json_free() -> None:
    # A label shown raw would read {'zh': …}: no template may print one.
    for path in (PROJECT / "portal/templates").rglob("*.html"):
        for match in re.findall(r"\{\{[^}]*\.label \}\}", path.read_text()):
            assert json.dumps(match) in {json.dumps(one) for one in ALLOWED}, f"{path.name}: {match}"


# These labels are plain words already.
ALLOWED = {
    "{{ offer.label }}",
    "{{ value.label }}",
    "{{ entry.label }}",
    "{{ counter.label }}",
    "{{ stage.label }}",
    "{{ one.label }}",
}
