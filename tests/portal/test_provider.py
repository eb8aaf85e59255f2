"""统一登录: signing in through a real OpenID Connect provider in its own process, and every lie of it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient

from documents.audit import AuditEntry
from documents.person import Person
from documents.second_factor import SecondFactor
from documents.sign_in import SignIn
from portal.application import assemble
from portal.provider_order import ProviderOrder
from portal.settings import Settings
from tests.portal.doors import let_in
from tests.portal.identity_provider import CLIENT, SECRET
from tests.portal.samples import COMPLAINT, sent

Control = Callable[..., None]
FORM = "/register/p01/complaint"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """The address of the provider; its process ends with the tests."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [sys.executable, "-m", "tests.portal.identity_provider", str(port)]
    root = Path(__file__).resolve().parents[2]
    told = {**os.environ, "PYTHONPATH": str(root)}
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, cwd=root, env=told, stdout=quiet, stderr=quiet)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/keys")
        yield address
    finally:
        process.terminate()
        process.wait(10)


def wait_for(address: str) -> None:
    for _ in range(300):
        try:
            requests.get(address, timeout=5)
            return
        except requests.ConnectionError:
            time.sleep(0.05)
    raise AssertionError(f"{address} does not answer")


@pytest.fixture(scope="module")
def portal(application: Flask, issuer: str) -> Flask:
    """A portal that knows the provider."""
    order = ProviderOrder(issuer, CLIENT, SECRET, name="员工统一认证", factor=frozenset({"mfa", "gold"}))
    made = assemble(replace(application.extensions["settings"], provider=order))
    made.config.update(CLOCK=application.config["CLOCK"], WTF_CSRF_ENABLED=False)
    return made


@pytest.fixture
def app(portal: Flask, policy: object) -> Iterator[Flask]:
    yield portal
    portal.extensions["attempts"].flushall()


@pytest.fixture
def control(issuer: str) -> Control:
    """Tell the provider who is signed in there, and which lie to tell."""

    def run(**told: Any) -> None:
        requests.post(f"{issuer}/control", json=told, timeout=10)

    run()
    return run


def goes_through(client: FlaskClient, goal: str = "/cases") -> Any:
    """Press the button, be known at the provider, come back."""
    there = client.get("/sign-in/provider", query_string={"next": goal}).location
    back = requests.get(there, allow_redirects=False, timeout=10).headers["Location"]
    assert urlsplit(back).path == "/sign-in/back"
    return client.get(f"{urlsplit(back).path}?{urlsplit(back).query}")


def test_the_person_whom_the_provider_names_comes_in(app: Flask, control: Control, issuer: str) -> None:
    client = app.test_client()
    page = client.get("/sign-in").text
    assert "用员工统一认证登录" in page
    assert 'name="password"' in page
    asked = parse_qs(urlsplit(client.get("/sign-in/provider").location).query)
    assert (asked["code_challenge_method"], asked["response_type"]) == (["S256"], ["code"])
    assert {"state", "nonce", "code_challenge"} <= asked.keys()
    assert goes_through(client).location == "/cases"
    assert "王敏" in client.get("/").text
    kept = SignIn.objects.get()
    assert (kept.person, kept.way, kept.factor) == ("cd_clerk", "provider", False)
    assert AuditEntry.objects.get(verb="sign_in").facts["way"] == "provider"
    left = client.post("/sign-out", follow_redirects=True).text
    assert "同时退出员工统一认证" in left
    assert client.get("/sign-in/leave").location.startswith(f"{issuer}/leave?")
    # Whoever holds a one-time password here needs none of his own to come in from there.
    Person.objects(id="cd_clerk").update(set__password_once=True)
    control(only_userinfo=True)
    assert goes_through(client, "/\t/evil.example/").location == "/"
    assert client.get("/").status_code == 200


WHY = {
    "nonce": "Invalid claim: 'nonce'",
    "no nonce": "Missing claim: 'nonce'",
    "audience": "Invalid claim: 'aud'",
    "issuer": "Invalid claim: 'iss'",
    "expired": "The token is expired",
    "access token": "Invalid claim: 'at_hash'",
    "unsigned": "Algorithm of 'none' is not allowed",
    "key": "bad_signature",
    "no token": "NotVouchedFor: id_token",
    "denied": "access_denied",
}


@pytest.mark.parametrize("lie", WHY)
def test_what_does_not_hold_opens_nothing(app: Flask, control: Control, lie: str) -> None:
    control(lie=lie)
    client = app.test_client()
    assert goes_through(client).status_code == 401
    assert client.get("/cases").status_code == 302
    assert SignIn.objects.count() == 0
    assert WHY[lie] in AuditEntry.objects.get(verb="sign_in_failed").facts["why"]


def test_a_provider_that_calls_itself_otherwise_is_not_asked(app: Flask, control: Control) -> None:
    known = app.extensions["provider"].server_metadata
    known.clear()
    control(lie="discovery")
    assert app.test_client().get("/sign-in/provider").status_code == 503
    known.clear()


def test_another_users_answer_and_an_old_one_are_refused(app: Flask, control: Control) -> None:
    client, other = app.test_client(), app.test_client()
    there = client.get("/sign-in/provider").location
    back = urlsplit(requests.get(there, allow_redirects=False, timeout=10).headers["Location"])
    address = f"{back.path}?{back.query}"
    stolen = other.get(address)
    assert stolen.status_code == 401
    assert "来自另一个窗口" in stolen.text
    assert client.get(address).status_code == 302
    client.post("/sign-out")
    assert client.get(address).status_code == 401
    assert client.get("/sign-in/back").status_code == 401
    control(only_userinfo=True, lie="userinfo")
    assert goes_through(other).status_code == 401
    assert SignIn.objects.count() == 0


def test_nobody_is_created_and_a_closed_account_stays_closed(app: Flask, control: Control) -> None:
    control(claims={"sub": "2", "preferred_username": "stranger"})
    answer = goes_through(app.test_client())
    assert answer.status_code == 403
    assert "账号“stranger”在本系统没有对应的在用账号" in answer.text
    control(claims={"sub": "2", "preferred_username": "half \ud83d"}, only_userinfo=True)
    assert goes_through(app.test_client()).status_code == 401
    control()
    Person.objects(id="cd_clerk").update(set__active=False)
    assert goes_through(app.test_client()).status_code == 403
    assert SignIn.objects.count() == 0


def test_an_account_is_bound_to_its_subject_and_not_to_its_login(
    app: Flask, control: Control, sign_in: Callable[[str], FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "FORCES_SECOND_FACTOR", False)
    goes_through(app.test_client())
    assert AuditEntry.objects.get(verb="bind_provider").subject == "person:cd_clerk"
    # The login was given to somebody else there: words, and nothing opens.
    control(claims={"sub": "2", "preferred_username": "chengdong"})
    answer = goes_through(app.test_client())
    assert answer.status_code == 403
    assert "请管理员在您的人员页面解除统一登录绑定" in answer.text
    assert AuditEntry.objects.get(verb="sign_in_failed").facts["why"] == "bound_to_another"
    # The same subject under another login is the same person, whose login that is here.
    control(claims={"sub": "1", "preferred_username": "admin"})
    client = app.test_client()
    goes_through(client)
    assert "王敏" in client.get("/").text
    admin, yes = sign_in("admin"), {"confirmed": "yes"}
    assert "已绑定" in admin.get("/admin/people/cd_clerk").text
    answer = admin.post("/admin/people/cd_clerk/provider/release", data=yes, follow_redirects=True)
    assert "绑定已解除" in answer.text
    assert client.get("/").status_code == 302
    assert admin.post("/admin/people/cd_clerk/provider/release", data=yes).status_code == 409
    # Who cannot show the second factor of the account binds nothing.
    factor = SecondFactor(id="cd_clerk", secret=b"x", since=app.config["CLOCK"]())
    factor.save()
    control(claims={"sub": "2", "preferred_username": "chengdong"})
    client = app.test_client()
    assert goes_through(client).location.startswith("/sign-in/code")
    assert Person.get("cd_clerk").bound_to is None
    factor.delete()
    assert goes_through(app.test_client()).location == "/cases"
    control()
    assert goes_through(app.test_client()).status_code == 403
    # Another provider takes over: everybody is bound anew.
    assert "1 人已绑定" in admin.get("/admin/sign_ins/").text
    assert "已解除 1 人" in admin.post("/admin/sign_ins/release", data=yes, follow_redirects=True).text
    assert goes_through(app.test_client()).location == "/cases"


def test_a_second_factor_that_was_shown_there_counts(app: Flask, control: Control) -> None:
    office = {"sub": "9", "preferred_username": "admin"}
    control(claims=office)
    client = app.test_client()
    goes_through(client)
    assert client.get("/cases").location.startswith("/second-factor")
    for extra in ({"amr": ["pwd", "mfa"]}, {"acr": "gold"}):
        control(claims=office, extra=extra)
        client = app.test_client()
        goes_through(client)
        assert client.get("/cases").status_code == 200
    control(claims=office, extra={"amr": "mfa"})
    assert goes_through(app.test_client()).status_code == 401


def test_what_was_typed_waits_as_a_draft_of_its_writer(app: Flask, control: Control) -> None:
    before = app.test_client()
    let_in(before, "cd_clerk", app.config["CLOCK"]())
    form = sent(before.get(FORM).text, **COMPLAINT)
    client = app.test_client()
    assert "已存为草稿" in client.post(FORM, data=form).text
    assert goes_through(client, FORM).location == FORM
    assert "转账手续费与公示不符" in client.get(FORM).text


def test_passwords_can_be_switched_off_and_a_silent_provider_is_told_of(
    application: Flask, policy: object, tmp_path: Path
) -> None:
    file = tmp_path / "secret"
    file.write_text("s3\n")
    given = {"JUANZONG_OIDC_ISSUER": "http://127.0.0.1:9/", "JUANZONG_OIDC_SECRET_FILE": str(file)}
    given |= {"JUANZONG_OIDC_ONLY": "on", "JUANZONG_OIDC_NAME": "认证", "JUANZONG_OIDC_FACTOR": "mfa, otp"}
    order = Settings.from_environment({**given, "JUANZONG_FOLDER": str(tmp_path)}).provider
    assert order == ProviderOrder(
        "http://127.0.0.1:9", "juanzong", "s3", "认证", only=True, factor=frozenset({"mfa", "otp"})
    )
    assert "s3" not in repr(order)
    made = assemble(replace(application.extensions["settings"], provider=order))
    made.config.update(CLOCK=lambda: datetime.now(UTC), WTF_CSRF_ENABLED=False)
    client = made.test_client()
    assert 'name="password"' not in client.get("/sign-in").text
    assert client.post("/sign-in", data={"login": "chengdong", "password": "juanzong"}).status_code == 403
    answer = client.get("/sign-in/provider")
    assert answer.status_code == 503
    assert "暂时连不上“认证”" in answer.text
    opened = {name for name, view in made.view_functions.items() if getattr(view, "open_to_strangers", False)}
    ours = {name for name in opened if name.startswith("provider.")}
    assert ours == {"provider.start", "provider.back", "provider.leave"}
