"""两步验证: set up, shown at the door, replayed, lost and reset; and forced where a role asks for it."""

from __future__ import annotations

import re
import runpy
from base64 import b32decode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import bson
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask
from flask.testing import FlaskClient
from pymongo.database import Database

from documents import migrations
from documents.actions import renewing, second_factors
from documents.audit import AuditEntry
from documents.person import Person
from documents.rules.broken import RuleBroken
from documents.second_factor import (
    EarlierKeys,
    SecondFactor,
    code_at,
    digest_of,
    has_factor,
    is_sealed,
    know_earlier,
    step_of,
)
from documents.sign_in import SignIn
from portal.settings import Settings
from tests.portal.conftest import NOW
from tests.portal.conftest import SignIn as Browser

MIGRATION = migrations.FOLDER / "2026-12-02-second-factors-under-the-data-keys.py"
PAIR = {"login": "chengdong", "password": "juanzong"}
# RFC 6238, appendix B: SHA-1, the last six of the eight digits.
VECTORS = [(1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037"), (20000000000, "353130")]


@pytest.fixture
def clock(app: Flask) -> Callable[[int], datetime]:
    """Sets the clock of the portal so many seconds after the beginning."""
    moment = {"now": NOW}
    app.config["CLOCK"] = lambda: moment["now"]

    def run(seconds: int) -> datetime:
        moment["now"] = NOW + timedelta(seconds=seconds)
        return moment["now"]

    return run


def secret_of(page: str) -> bytes:
    """What an authenticator reads on the page."""
    key = re.search(r'factor-key">([A-Z2-7 ]+)<', page)
    assert key is not None
    return b32decode(key.group(1).replace(" ", ""))


def enrolled(client: FlaskClient) -> tuple[bytes, list[str]]:
    """Set it up as a person does; the secret on the phone and the recovery codes."""
    page = client.get("/second-factor").text
    assert 'class="segno"' in page
    secret = secret_of(page)
    answer = client.post("/second-factor", data={"code": code_at(secret, NOW)})
    assert "离开此页后不再显示" in answer.text
    return secret, re.findall(r"<code>([a-z2-9-]{14})</code>", answer.text)


def shows(client: FlaskClient, code: str, **more: str) -> int:
    """Password, then this code."""
    page = client.post("/sign-in", data={**PAIR, **more})
    assert "还差一步" in page.text
    return client.post("/sign-in/code", data={"code": code, **more}).status_code


@pytest.mark.parametrize(("seconds", "code"), VECTORS)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    moment = datetime.fromtimestamp(seconds, tz=NOW.tzinfo)
    secret = b"12345678901234567890"
    assert code_at(secret, moment) == code
    steps = [step_of(secret, code, moment + timedelta(seconds=30 * drift)) for drift in (-2, -1, 0, 1, 2)]
    assert steps == [None, seconds // 30, seconds // 30, seconds // 30, None]


def test_it_lives_under_the_keys_of_the_data_and_earlier_ones_are_moved_there(
    app: Flask, sign_in: Browser, clock: Callable[[int], datetime], database: Database[dict[str, Any]]
) -> None:
    secret, codes = enrolled(sign_in("cd_clerk"))
    assert len(set(codes)) == 10
    monthly, nonce = EarlierKeys.of("of last month"), bytes(12)
    sealed = nonce + AESGCM(monthly.sealing).encrypt(nonce, secret, b"cd_clerk")
    digests = [{"digest": digest_of("cd_clerk", one, monthly.digesting), "used": None} for one in codes]
    row = {"secret": sealed, "codes": digests, "step": 0}
    database["second_factors"].update_one({"_id": "cd_clerk"}, {"$set": row})
    know_earlier("another")
    renewing.renew(again=True)  # what was sealed is encrypted as it is
    for moves in (False, True):  # with another secret nothing is lost, with the right one all is moved
        runpy.run_path(str(MIGRATION))["migrate"](database)
        assert is_sealed(SecondFactor.objects.get().secret) is not moves
        know_earlier("of last month")
    know_earlier("")
    assert shows(app.test_client(), code_at(secret, clock(30))) == 302
    assert shows(app.test_client(), codes[3].upper()) == 302
    page = sign_in("cd_clerk").post("/second-factor/codes", data={"code": code_at(secret, clock(60))}).text
    assert shows(app.test_client(), codes[4]) == 401
    assert shows(app.test_client(), re.findall(r"<code>([a-z2-9-]{14})</code>", page)[0]) == 302
    SecondFactor.objects.update(set__secret=sealed)
    with pytest.raises(RuleBroken, match="factor_unreadable"):
        second_factors.prove("cd_clerk", "123456", now=NOW)


def test_it_is_set_up_and_asked_for_and_no_code_counts_twice(
    app: Flask, sign_in: Browser, clock: Callable[[int], datetime], database: Database[dict[str, Any]]
) -> None:
    here, elsewhere = sign_in("cd_clerk"), sign_in("cd_clerk")
    assert here.post("/second-factor", data={"code": "000000"}).status_code == 409
    first = secret_of(here.get("/second-factor").text)
    assert secret_of(elsewhere.get("/second-factor").text) != first
    secret, codes = enrolled(here)
    assert len(codes) == 10
    raw = bson.encode(database["second_factors"].find_one() or {})
    assert not any(code.encode() in raw or code.replace("-", "").encode() in raw for code in codes)
    assert secret not in raw
    assert (elsewhere.get("/").status_code, here.get("/").status_code) == (302, 200)
    browser = app.test_client()
    assert shows(browser, code_at(secret, NOW)) == 401
    assert browser.get("/cases").status_code == 302
    later = clock(30)
    assert (
        browser.post("/sign-in/code", data={"code": code_at(secret, later), "next": "/cases"}).location
        == "/cases"
    )
    assert SignIn.objects(factor=True, way="password").count() == 2
    assert "自 " in browser.get("/profile").text
    assert shows(app.test_client(), code_at(secret, later)) == 401
    assert shows(app.test_client(), code_at(secret, clock(60) - timedelta(seconds=60))) == 401
    assert shows(app.test_client(), code_at(secret, clock(60) + timedelta(seconds=30))) == 302
    failed = AuditEntry.objects(verb="factor_failed", subject="person:cd_clerk")
    assert [one.facts["why"] for one in failed] == ["code_wrong"] * 3
    assert AuditEntry.objects(verb="set_factor", by="cd_clerk").count() == 1


def test_a_recovery_code_opens_once_and_is_renewed_with_a_code(
    app: Flask, sign_in: Browser, clock: Callable[[int], datetime]
) -> None:
    secret, codes = enrolled(sign_in("cd_clerk"))
    browser = app.test_client()
    assert shows(browser, codes[3].upper().replace("-", " "), next="/cases") == 302
    assert "还剩 9 个" in browser.get("/cases").text
    assert shows(app.test_client(), codes[3]) == 401
    page = browser.post("/second-factor/codes", data={"code": code_at(secret, clock(30))}).text
    fresh = re.findall(r"<code>([a-z2-9-]{14})</code>", page)
    assert len(set(fresh) - set(codes)) == 10
    assert shows(app.test_client(), codes[4]) == 401
    assert shows(app.test_client(), fresh[0]) == 302
    wrong = browser.post("/second-factor/remove", data={"code": "123456"}, follow_redirects=True)
    assert "验证码不正确" in wrong.text
    browser.post("/second-factor/remove", data={"code": fresh[1]})
    assert not has_factor("cd_clerk")
    assert app.test_client().post("/sign-in", data=PAIR).status_code == 302
    verbs = {one.verb for one in AuditEntry.objects(by="cd_clerk")}
    assert {"use_recovery_code", "renew_codes", "remove_factor"} <= verbs


def test_of_two_who_show_the_same_code_at_once_one_comes_in(app: Flask, sign_in: Browser) -> None:
    secret, codes = enrolled(sign_in("cd_clerk"))
    later = NOW + timedelta(seconds=30)

    def shown(code: str) -> bool:
        try:
            second_factors.prove("cd_clerk", code, now=later)
        except RuleBroken:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        for code in (code_at(secret, later), codes[0]):
            assert sorted(pool.map(shown, [code] * 6)) == [False] * 5 + [True]


def test_the_way_from_password_to_code_is_short_and_counted(
    app: Flask, sign_in: Browser, clock: Callable[[int], datetime]
) -> None:
    secret, codes = enrolled(sign_in("cd_clerk"))
    assert app.test_client().post("/sign-in/code", data={"code": codes[0]}).status_code == 401
    slow = app.test_client()
    slow.post("/sign-in", data=PAIR)
    clock(11 * 60)
    assert "登录已超时" in slow.post("/sign-in/code", data={"code": codes[0]}).text
    guessing = app.test_client()
    guessing.post("/sign-in", data=PAIR)
    answers = [guessing.post("/sign-in/code", data={"code": f"{n:06}"}).status_code for n in range(11)]
    assert answers == [401] * 10 + [429]
    late = code_at(secret, clock(11 * 60))
    assert guessing.post("/sign-in/code", data={"code": late}).status_code == 429
    # Whoever is patient is stopped for good, until an administrator looks.
    app.extensions["attempts"].flushall()
    SecondFactor.objects(id="cd_clerk").update(set__misses=second_factors.MOST_MISSES)
    assert "已锁定" in guessing.post("/sign-in/code", data={"code": late}).text
    Person.objects(id="cd_clerk").update(set__password_hash="another")
    assert "登录已超时" in guessing.post("/sign-in/code", data={"code": late}).text


def test_an_administrator_resets_it_with_a_reason_but_never_his_own(app: Flask, sign_in: Browser) -> None:
    clerk, office = sign_in("cd_clerk"), sign_in("admin")
    enrolled(clerk)
    yes = {"confirmed": "yes"}
    assert "请写明理由" in office.post("/admin/people/cd_clerk/factor/reset", data=yes).text
    assert has_factor("cd_clerk")
    reason = {**yes, "reason": "手机丢失，已当面核实"}
    page = office.post("/admin/people/cd_clerk/factor/reset", data=reason, follow_redirects=True).text
    assert "两步验证已重置" in page
    assert not has_factor("cd_clerk")
    assert clerk.get("/").status_code == 302
    entry = AuditEntry.objects.get(verb="reset_factor", by="admin")
    assert (entry.subject, entry.facts["reason"]) == ("person:cd_clerk", "手机丢失，已当面核实")
    with pytest.raises(RuleBroken, match="not_your_own_factor"):
        second_factors.reset("admin", "the phone is lost", actor=Person.get("admin"), now=NOW)
    assert sign_in("cd_clerk").post("/admin/people/qs_head/factor/reset", data=reason).status_code == 403


def test_who_must_show_one_gets_nothing_before(app: Flask, clock: Callable[[int], datetime]) -> None:
    browser, login = app.test_client(), Person.get("admin").login
    Person.objects(id="admin").update(set__password_once=True)
    pair = {"login": login, "password": "juanzong", "next": "/admin/people/"}
    assert browser.post("/sign-in", data=pair).location == "/admin/people/"
    assert browser.get("/second-factor").location.startswith("/own-password")
    own = {"new": "a word of my own", "again": "a word of my own"}
    assert browser.post("/own-password", data=own).location == "/"
    for address in ("/", "/cases", "/profile", "/admin/people/"):
        assert browser.get(address).location.startswith("/second-factor"), address
    assert browser.post("/profile/telling").location.startswith("/second-factor")
    asked = browser.get("/cases", headers={"Accept": "application/json"})
    assert (asked.status_code, asked.json) == (403, {"error": "second_factor_first"})
    page = browser.get("/admin/people/", follow_redirects=True).text
    assert "您的岗位须用两步验证" in page
    assert 'name="next" value="/admin/people/"' in page
    secret = secret_of(page)
    wrong = browser.post("/second-factor", data={"code": "000000"})
    assert wrong.status_code == 422
    done = browser.post("/second-factor", data={"code": code_at(secret, NOW), "next": "/admin/people/"})
    assert 'href="/admin/people/"' in done.text
    assert browser.get("/admin/people/").status_code == 200
    # Giving it up leads back here at once.
    browser.post("/second-factor/remove", data={"code": code_at(secret, clock(30))})
    assert browser.get("/cases").location.startswith("/second-factor")


@pytest.mark.parametrize(
    ("demo", "said", "forced"), [("1", "", False), ("0", "", True), ("1", "on", True), ("0", "off", False)]
)
def test_it_is_forced_outside_the_demo_unless_set(demo: str, said: str, forced: bool, tmp_path: Path) -> None:
    given = {"JUANZONG_DEMO": demo, "JUANZONG_SECOND_FACTOR": said, "JUANZONG_FOLDER": str(tmp_path)}
    assert Settings.from_environment(given).forces_second_factor is forced
