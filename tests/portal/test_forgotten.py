"""忘记密码: a link by mail, once, for half an hour, and never round the second factor."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pymongo.database import Database

from documents.actions import resetting, second_factors
from documents.actions.resetting import Asked
from documents.audit import AuditEntry
from documents.outbox import OutboxMessage
from documents.password_reset import PasswordReset, ResetRequest
from documents.person import Person
from documents.second_factor import SecondFactor, code_at, digest_of
from documents.sign_in import SignIn, hash_of
from jobs import clock, queues, surroundings
from jobs.surroundings import Surroundings
from jobs.timetable import TIMETABLE
from portal.provider_order import ProviderOrder
from tests.conftest import DATABASE_NAME
from tests.jobs.post import PostOffice, open_post_office
from tests.portal.conftest import NOW
from tests.portal.conftest import SignIn as Browser

HERE = "https://tousu.example"
NEW = {"new": "new password 1", "again": "new password 1"}
LINK = re.compile(r"https://tousu\.example/sign-in/reset#([\w-]{43})\s")


@pytest.fixture(scope="module")
def office() -> Iterator[PostOffice]:
    with open_post_office() as opened:
        yield opened


@pytest.fixture
def post(
    app: Flask, office: PostOffice, mongo_uri: str, valkey_url: str, queue_connection: Any
) -> PostOffice:
    """The portal with a mail server; the clock stands still until a test moves it."""
    settings = replace(app.extensions["settings"], smtp_url=office.url, base_url=HERE)
    app.extensions["settings"] = settings
    app.config.update(SMTP_URL=office.url, CLOCK=lambda: NOW)
    told = Surroundings(mongo_uri, DATABASE_NAME, valkey_url, office.url, base_url=HERE)
    surroundings._told[:] = [told]
    Person.objects(id="cd_clerk").update(set__email="Wang.Min@union.example")
    office.received.clear()
    return office


@pytest.fixture(autouse=True)
def as_before(app: Flask) -> Iterator[None]:
    settings = app.extensions["settings"]
    yield
    app.extensions["settings"] = settings
    surroundings._told.clear()


def at(app: Flask, minutes: float) -> datetime:
    moment = NOW + timedelta(minutes=minutes)
    app.config["CLOCK"] = lambda: moment
    return moment


def work(moment: datetime = NOW) -> None:
    """What workers and the clock do in the next seconds; the jobs are those that wait in Valkey."""
    for queue in (queues.URGENT, queues.DEFAULT):
        for job in queues.queue(queue).jobs:
            job.perform()
        queues.queue(queue).empty()
        clock.relay(moment)


def mailed(app: Flask, post: PostOffice, who: str = "chengdong", moment: datetime = NOW) -> str:
    """Ask for a link; the token that arrives."""
    assert app.test_client().post("/sign-in/forgot", data={"who": who}).status_code == 200
    work(moment)
    return token_in(post.received[-1])


def text_of(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    return str(part.get_content()) if part else ""


def token_in(mail: EmailMessage) -> str:
    found = LINK.search(text_of(mail, "plain"))
    assert found, mail
    assert f'href="{HERE}/sign-in/reset#{found[1]}"' in text_of(mail, "html")
    return found[1]


def use(app: Flask, token: str, **more: str) -> Any:
    return app.test_client().post("/sign-in/reset/password", data={"token": token, **NEW, **more})


def comes_in(app: Flask, password: str) -> FlaskClient | None:
    client = app.test_client()
    answer = client.post("/sign-in", data={"login": "chengdong", "password": password})
    return client if answer.status_code == 302 else None


def test_the_way_through(app: Flask, post: PostOffice, database: Database[dict[str, Any]]) -> None:
    before = comes_in(app, "juanzong")
    assert before
    page = app.test_client().get("/sign-in").text
    assert "忘记密码？" in page
    forged = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    client = app.test_client()
    app.config["TRUSTED_HOSTS"] = None
    assert (
        client.post("/sign-in/forgot", data={"who": "wang.min@Union.example"}, headers=forged).status_code
        == 200
    )
    work()
    (mail,) = post.received
    assert (mail["To"], mail["Subject"]) == ("Wang.Min@union.example", "重设密码")
    assert "evil" not in str(mail)
    token = token_in(mail)
    # The token is nowhere but in the mail: not in the database, and not in the outbox once it has left.
    everything = str([list(database[name].find()) for name in database.list_collection_names()])
    assert token not in everything
    assert PasswordReset.objects.get().token == hash_of(token)
    assert (OutboxMessage.objects.get().state, OutboxMessage.objects.get().link) == ("sent", None)
    # Whatever opens the link changes nothing.
    for _again in range(2):
        assert "data-reset-link" in client.get("/sign-in/reset").text
    opened = client.post("/sign-in/reset", data={"token": token}).text
    assert 'value="chengdong"' in opened
    assert "两步验证" not in opened
    assert "不一致" in use(app, token, again="another").text
    assert "至少 10 位" in use(app, token, new="short", again="short").text
    assert use(app, token).location == "/sign-in"
    assert before.get("/").status_code == 302
    assert comes_in(app, "juanzong") is None
    assert comes_in(app, NEW["new"])
    assert use(app, token).status_code == 422
    work()
    assert (post.received[-1]["Subject"], len(post.received)) == ("密码已重设", 2)
    noted = [one.verb for one in AuditEntry.objects(subject="person:cd_clerk", verb__contains="reset")]
    assert noted == ["ask_reset", "reset_by_mail"]


def test_a_link_ends_by_time_a_newer_one_and_another_password(app: Flask, post: PostOffice) -> None:
    first = mailed(app, post)
    second = mailed(app, post)
    assert resetting.opened(first, now=NOW) is None
    at(app, 29.9)
    assert app.test_client().post("/sign-in/reset", data={"token": second}).status_code == 200
    moment = at(app, 30)
    assert "已失效" in use(app, second).text
    third = mailed(app, post, moment=moment)
    client = comes_in(app, "juanzong")
    assert client
    client.post(
        "/profile/password", data={"old": "juanzong", "new": "chosen myself", "again": "chosen myself"}
    )
    assert "已失效" in use(app, third).text
    assert comes_in(app, "chosen myself")
    app.extensions["attempts"].flushall()
    fourth = mailed(app, post, moment=moment)
    for change, back in (
        ({"set__active": False}, {"set__active": True}),  # the account was closed
        ({"set__email": "thief@evil.example"}, {"set__email": "Wang.Min@union.example"}),
    ):
        Person.objects(id="cd_clerk").update(**change)
        assert resetting.opened(fourth, now=moment) is None
        Person.objects(id="cd_clerk").update(**back)
        assert resetting.opened(fourth, now=moment)


def test_nobody_learns_who_exists(app: Flask, post: PostOffice) -> None:
    Person.objects(id="qs_head").update(set__email="shared@union.example")
    Person.objects(id="hk_clerk").update(set__email="shared@union.example")
    Person.objects(id="hk_head").update(set__email="")
    heads = {one: Person.get(one).login for one in ("qs_head", "hk_head")}
    asked = ["chengdong", "nobody", "shared@union.example", *heads.values()]
    answers = {app.test_client().post("/sign-in/forgot", data={"who": one}).text for one in asked}
    assert len({re.sub(r'nonce="[^"]*"|value="[^"]*"', "", one) for one in answers}) == 1
    # Whatever it names, the page does the same: one row, encrypted, one job.
    assert ResetRequest.objects.count() == queues.backlog(queues.URGENT) == len(asked)
    work()
    assert [mail["To"] for mail in post.received] == ["Wang.Min@union.example"]
    assert ResetRequest.objects.count() == 0
    why = {one.facts["why"] for one in AuditEntry.objects(verb="ask_reset")}
    assert why == {"", "nobody", "shared_mail", "no_mail"}


def test_a_second_factor_is_asked_for(app: Flask, post: PostOffice) -> None:
    secret = b"x" * 20
    codes = [{"digest": digest_of("cd_clerk", "abcd-efgh-jkmn"), "used": None}]
    SecondFactor(id="cd_clerk", secret=secret, since=NOW, codes=codes).save()
    token = mailed(app, post)
    assert "两步验证的验证码" in app.test_client().post("/sign-in/reset", data={"token": token}).text
    for wrong in ({}, {"code": "000000"}):
        assert use(app, token, **wrong).status_code == 422
    code = code_at(secret, NOW)
    assert "不一致" in use(app, token, code=code, again="another").text  # a code is not used up by a slip
    assert use(app, token, code=code).location == "/sign-in"
    with pytest.raises(Exception, match="code_wrong"):
        second_factors.prove("cd_clerk", code, now=NOW)
    assert use(app, mailed(app, post), code="abcd-efgh-jkmn").location == "/sign-in"
    token = mailed(app, post)
    for _try in range(10):
        answer = use(app, token, code="000000")
    assert "尝试次数过多" in use(app, token, code=code_at(secret, NOW + timedelta(seconds=30))).text
    assert answer.status_code == 422


def test_too_many_requests_are_turned_away(app: Flask, post: PostOffice) -> None:
    def asks(who: str) -> int:
        return app.test_client().post("/sign-in/forgot", data={"who": who}).status_code

    assert [asks(who) for who in ("nobody", "NOBODY", "nobody ", "nobody")] == [200, 200, 200, 429]
    assert [asks(f"nobody{number}") for number in range(27)] == [200] * 26 + [429]
    assert AuditEntry.objects(verb="reset_failed").count() == 2
    assert asks("") == 422


def test_what_valkey_loses_is_answered_and_what_runs_out_is_erased(app: Flask, post: PostOffice) -> None:
    asked = resetting.ask(Asked("ChengDong", "x"), now=NOW)
    assert queues.TEND_RESETS in {one.job for one in TIMETABLE}
    assert resetting.tend("https://tousu.example", now=NOW) == 0
    later = NOW + timedelta(minutes=1)
    assert resetting.tend("https://tousu.example", now=later) == 1
    assert not resetting.answer(asked, "", now=later)
    (waiting,) = OutboxMessage.objects
    assert LINK.match(f"{waiting.link} ")
    resetting.tend("", now=later + timedelta(minutes=30))
    (waiting,) = OutboxMessage.objects
    assert (waiting.state, waiting.link, PasswordReset.objects.count()) == ("cancelled", None, 0)


def test_only_where_mail_leaves_and_the_house_wants_it(
    app: Flask, post: PostOffice, sign_in: Browser
) -> None:
    app.config["FORCES_SECOND_FACTOR"] = False
    token, admin = mailed(app, post), sign_in("admin")
    page = admin.get("/admin/sign_ins/").text
    assert 'name="reset_by_mail" value="yes" checked' in page
    sent = dict(re.findall(r'name="((?:idle|most)-\w+)" value="(\d+)"', page))
    sent |= dict.fromkeys(re.findall(r'name="(factor-\w+)" value="yes" checked', page), "yes")
    assert admin.post("/admin/sign_ins/", data=sent).status_code == 302
    assert AuditEntry.objects.get(verb="change_sign_in_rules").facts["reset_by_mail"] is False

    def is_gone() -> bool:
        paths = ("/sign-in/forgot", "/sign-in/reset")
        return "忘记密码" not in app.test_client().get("/sign-in").text and all(
            app.test_client().get(path).status_code == 404 for path in paths
        )

    assert is_gone()
    assert use(app, token).status_code == 404
    assert admin.post("/admin/sign_ins/", data={**sent, "reset_by_mail": "yes"}).status_code == 302
    assert not is_gone()
    before = app.extensions["settings"]
    app.extensions["settings"] = replace(before, smtp_url="")
    assert is_gone()
    app.extensions["settings"] = replace(before, provider=ProviderOrder("https://id.example", only=True))
    assert app.test_client().get("/sign-in/forgot").status_code == 404
    app.extensions["settings"] = before
    # Who comes in by a provider alone has no password that could be reset.
    Person.objects(id="cd_clerk").update(unset__password_hash=True)
    post.received.clear()
    app.test_client().post("/sign-in/forgot", data={"who": "chengdong"})
    work()
    assert post.received == []
    assert SignIn.objects(person="cd_clerk").count() == 0
