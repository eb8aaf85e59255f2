"""登录设备: every sign-in is kept, shown, ended from elsewhere, and over when its role says so."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from documents.actions import drafting, publishing, reconciling, staffing
from documents.audit import AuditEntry
from documents.person import Person
from documents.policy import roles_in_force
from documents.sign_in import SignIn, SignInRules, hash_of, rule_for
from jobs import queues
from jobs.sign_ins import sweep
from jobs.timetable import TIMETABLE
from portal.application import assemble
from tests.portal.conftest import NOW
from tests.portal.conftest import SignIn as Browser
from tests.portal.doors import let_in

PAIR = {"login": "chengdong", "password": "juanzong"}
EDGE = "Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36 Edg/130.0"


def comes_in(app: Flask, agent: str = EDGE) -> FlaskClient:
    client = app.test_client()
    assert client.post("/sign-in", data=PAIR, headers={"User-Agent": agent}).status_code == 302
    return client


def token_of(client: FlaskClient) -> str:
    with client.session_transaction() as session:
        return str(session["_user_id"])


def test_of_the_token_only_the_hash_is_kept(app: Flask) -> None:
    client = comes_in(app)
    token, (kept,) = token_of(client), SignIn.objects
    assert kept.id == hash_of(token)
    assert token not in str(kept.to_mongo())
    assert (kept.browser, kept.system, kept.address, kept.since) == ("Edge", "Windows", "127.0.0.1", NOW)
    assert (kept.idle, kept.ends) == (120, NOW + timedelta(hours=10))


def test_the_account_shows_them_and_ends_them_at_once_in_every_process(app: Flask) -> None:
    here, elsewhere, third = comes_in(app), comes_in(app, "Firefox/131 Linux"), comes_in(app)
    page = here.get("/profile").text
    assert "Firefox · Linux" in page
    assert page.count("退出此设备") == 2
    assert "本机" in page
    gone = hash_of(token_of(elsewhere))
    assert here.post(f"/profile/sign-ins/{gone}/end").status_code == 302
    # Another process knows nothing but the database.
    other = assemble(app.extensions["settings"])
    other.config.update(app.config)
    client = other.test_client()
    for one, status in ((token_of(elsewhere), 302), (token_of(here), 200)):
        with client.session_transaction() as session:
            session["_user_id"] = one
        assert client.get("/cases").status_code == status
    assert here.post(f"/profile/sign-ins/{gone}/end").status_code == 409
    assert "已退出其他 1 台" in here.post("/profile/sign-ins/end-others", follow_redirects=True).text
    assert third.get("/").status_code == 302
    assert here.get("/").status_code == 200
    verbs = [one.verb for one in AuditEntry.objects(subject="person:cd_clerk", verb__startswith="end_")]
    assert verbs == ["end_sign_in", "end_sign_ins"]


def test_nobody_ends_the_sign_in_of_another(app: Flask, sign_in: Browser) -> None:
    clerk = comes_in(app)
    answer = sign_in("qs_head").post(f"/profile/sign-ins/{hash_of(token_of(clerk))}/end")
    assert answer.status_code == 409
    assert clerk.get("/").status_code == 200


def test_signing_out_leaves_nothing_that_a_copied_cookie_could_use(app: Flask) -> None:
    client = comes_in(app)
    token = token_of(client)
    client.post("/sign-out")
    thief = app.test_client()
    with thief.session_transaction() as session:
        session["_user_id"] = token
    assert thief.get("/").status_code == 302
    assert SignIn.objects.count() == 0


def test_it_ends_unused_and_at_the_end_of_its_time_and_is_swept_away(app: Flask) -> None:
    client, background = comes_in(app), {"X-Background": "1"}
    moment = {"now": NOW}
    app.config["CLOCK"] = lambda: moment["now"]

    def after(minutes: int, **headers: dict[str, str]) -> int:
        moment["now"] = NOW + timedelta(minutes=minutes)
        return client.get("/profile", **headers).status_code

    assert after(119, headers=background) == 200
    assert SignIn.objects.first().seen == NOW
    assert after(119) == 200
    assert SignIn.objects.first().seen == moment["now"]
    seen = moment["now"]
    moment["now"] += timedelta(seconds=59)
    client.get("/profile")
    assert SignIn.objects.first().seen == seen
    assert [after(minutes) for minutes in (238, 357, 476, 595, 600)] == [200, 200, 200, 200, 302]
    comes_in(app)
    assert SignIn.objects.count() == 1
    assert after(721) == 302
    # Whoever never comes back is swept away by the clock's job: unused for too long, or at its end.
    for minutes, left in ((720, 1), (721, 0)):
        sweep((NOW + timedelta(minutes=minutes)).isoformat())
        assert SignIn.objects.count() == left
    assert queues.SWEEP_SIGN_INS in {one.job for one in TIMETABLE}
    ends = NOW + timedelta(minutes=5)
    SignIn(id="x", person="cd_clerk", since=NOW, seen=NOW, idle=120, ends=ends).save()
    assert sweep(ends.isoformat()) == 1


def test_a_change_of_posts_or_rules_counts_for_who_is_signed_in(app: Flask, sign_in: Browser) -> None:
    app.config["FORCES_SECOND_FACTOR"] = False
    client, admin = comes_in(app), Person.get("admin")
    app.config["FORCES_SECOND_FACTOR"] = True
    forced = comes_in(app)
    clerk = Person.get("cd_clerk")
    posts = [(one.role, one.unit) for one in clerk.posts]
    staffing.set_posts("cd_clerk", [*posts, (admin.posts[0].role, admin.posts[0].unit)], actor=admin, now=NOW)
    assert {one.idle for one in SignIn.objects(person="cd_clerk")} == {60}
    assert client.get("/cases").status_code == 200
    assert forced.get("/cases").location.startswith("/second-factor")
    staffing.set_posts("cd_clerk", posts, actor=admin, now=NOW)
    role = posts[0][0]
    office = app.test_client()
    let_in(office, "admin", NOW)
    page = office.get("/admin/sign_ins/").text
    assert "现为缺省规则" in page
    rules = {f"idle-{role}": "15", f"most-{role}": "2"}
    other = {
        f"{name}-{key}": value for key in _others(role) for name, value in (("idle", "60"), ("most", "8"))
    }
    assert (
        "闲置时长须在" in office.post("/admin/sign_ins/", data={**other, **rules, f"idle-{role}": "x"}).text
    )
    assert SignInRules.objects.count() == 0
    answer = office.post("/admin/sign_ins/", data={**other, **rules}, follow_redirects=True)
    assert "登录规则已保存" in answer.text
    assert rule_for(Person.get("cd_clerk")).length.idle == 15
    assert {(one.idle, one.ends) for one in SignIn.objects(person="cd_clerk")} == {
        (15, NOW + timedelta(hours=2))
    }
    assert AuditEntry.objects(verb="change_sign_in_rules", by="admin").count() == 1
    assert sign_in("cd_clerk").get("/admin/sign_ins/").status_code == 403


def test_what_a_new_version_makes_of_a_role_counts_for_who_is_signed_in(app: Flask) -> None:
    """By publishing, and by choosing who holds a post while a policy is put beside the house."""
    app.config["FORCES_SECOND_FACTOR"] = True
    client, handler = comes_in(app), app.test_client()
    let_in(handler, "cd_handler", NOW, forced=True)
    path = "roles[clerk].may"
    may = [*next(one for one in roles_in_force() if one["key"] == "clerk").get("may", ()), "administer"]
    drafting.start("p01", actor="admin", now=NOW)
    draft = drafting.edit("p01", [{"do": "set", "path": path, "value": may}], actor="admin", now=NOW)
    publishing.publish_draft("p01", actor="chief", now=NOW, seen=draft.revision)
    assert {(one.idle, one.owes_factor) for one in SignIn.objects(person="cd_clerk")} == {(60, True)}
    assert client.get("/cases").location.startswith("/second-factor")
    assert not SignIn.objects.get(person="cd_handler").owes_factor
    chosen = {"roles.clerk": ["cd_handler@QH-CD"]}
    assert reconciling.reconcile(draft.definition, chosen, actor="admin", now=NOW) == 1
    assert SignIn.objects.get(person="cd_handler").owes_factor


def _others(role: str) -> list[str]:
    return [one["key"] for one in roles_in_force() if one["key"] != role]


def test_an_administrator_ends_them_and_so_do_a_reset_and_a_closed_account(
    app: Flask, sign_in: Browser
) -> None:
    office, admin = sign_in("admin"), Person.get("admin")
    first, second = comes_in(app), comes_in(app)
    assert "Edge · Windows" in office.get("/admin/people/cd_clerk").text
    office.post(f"/admin/people/cd_clerk/sign-ins/{hash_of(token_of(first))}/end")
    assert (first.get("/").status_code, second.get("/").status_code) == (302, 200)
    page = office.post(
        "/admin/people/cd_clerk/sign-ins/end", data={"confirmed": "yes"}, follow_redirects=True
    )
    assert "已退出 1 台设备" in page.text
    assert second.get("/").status_code == 302
    third = comes_in(app)
    staffing.deactivate("cd_clerk", receiver=staffing.NOBODY, actor=admin, now=NOW)
    assert third.get("/").status_code == 302
    assert SignIn.objects(person="cd_clerk").count() == 0
