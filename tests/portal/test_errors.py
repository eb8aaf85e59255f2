"""Errors as pages: what happened, why, what next – and nothing about our insides."""

from __future__ import annotations

import logging

import pytest
from flask.testing import FlaskClient

from documents.rules.broken import PolicyInvalid, RuleBroken
from portal.views import notices
from tests.portal.conftest import SignIn


def test_an_address_that_does_not_exist(sign_in: SignIn) -> None:
    answer = sign_in("cd_clerk").get("/no/such/page")
    assert answer.status_code == 404
    assert "没有找到这个页面" in answer.text
    assert "回到工作台" in answer.text


@pytest.mark.parametrize("number", ["99999999999999999999", "1" * 300])
def test_a_number_without_end_is_no_address(sign_in: SignIn, number: str) -> None:
    assert sign_in("admin").get(f"/admin/policies/p01/{number}/roles").status_code == 404


@pytest.mark.parametrize("version", ["%00", "%0D%0AX: y", "%E2%80%AE", "x" * 900])
def test_an_odd_version_of_a_file_is_the_file(stranger: FlaskClient, version: str) -> None:
    assert stranger.get(f"/assets/{version}/css/tokens.css").status_code == 200


def test_a_stranger_at_a_wrong_address_gets_a_page_too(stranger: FlaskClient) -> None:
    answer = stranger.get("/no/such/page")
    assert answer.status_code == 404
    assert "没有找到这个页面" in answer.text


def test_a_wrong_method(sign_in: SignIn) -> None:
    answer = sign_in("cd_clerk").get("/sign-out")
    assert answer.status_code == 405
    assert "这个页面不能这样打开" in answer.text


def broken(*_: object, **__: object) -> None:
    raise ValueError("a secret of the inside")


def test_a_crash_is_logged_with_the_number_that_the_page_shows(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(notices.telling, "inbox", broken)
    with caplog.at_level(logging.ERROR):
        answer = sign_in("cd_clerk").get("/notices")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    mark = caplog.records[0].args[0]  # type: ignore[index]
    assert str(mark) in answer.text
    assert "/notices" in caplog.text


def test_a_script_gets_words_instead_of_a_page(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices.telling, "inbox", broken)
    answer = sign_in("cd_clerk").get("/notices", headers={"Accept": "application/json"})
    assert answer.status_code == 500
    assert "系统出现错误" in (answer.json or {})["message"]


@pytest.mark.parametrize(
    ("refusal", "status", "words"),
    [
        (RuleBroken("unknown_case", number="TS-1"), 404, "没有找到这个页面"),
        (RuleBroken("outside_scope"), 404, "没有找到这个页面"),
        (RuleBroken("operation_not_granted"), 403, "您没有权限打开这个页面"),
        (RuleBroken("recused"), 409, "您已回避这件投诉"),
        (RuleBroken("never_heard_of"), 409, "规则不允许这样做（never_heard_of）"),
        (PolicyInvalid("unknown_effect"), 500, "系统出现错误"),
    ],
)
def test_each_refusal_has_its_status_and_its_words(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, refusal: Exception, status: int, words: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise refusal

    monkeypatch.setattr(notices.telling, "inbox", refuse)
    answer = sign_in("cd_clerk").get("/notices")
    assert answer.status_code == status
    assert words in answer.text
