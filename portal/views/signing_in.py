"""The door 登录页: password, then the code of an authenticator where the person has one; and out again."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user, logout_user

from documents import audit
from documents.actions import entering, second_factors, vouching
from documents.actions.second_factors import Proof
from documents.password_reset import print_of
from documents.person import Person
from documents.rules.broken import RuleBroken
from documents.rules.networks import network_of
from documents.second_factor import has_factor
from portal.attempts import ATTEMPT_WINDOW, Door, Room, forget, try_door
from portal.clock import now
from portal.held import hand_over_typed_words
from portal.passwords import password_fits
from portal.reading import digest_of
from portal.signing_in import (
    PASSWORD_WAY,
    inside,
    let_in,
    my_sign_in,
    open_to_strangers,
    opens_before,
    sign_in_page,
)

door = Blueprint("signing_in", __name__)

# A whole outlet sits behind one address, so the address gets more room than the account.
FOR_AN_ACCOUNT = 10
FROM_AN_ADDRESS = 100
HALF_WAY = 10 * 60  # seconds between the password and the code
STRANGER = "stranger"  # who acts without having signed in
FEW_CODES = 3


@door.get("/sign-in")
@open_to_strangers
def sign_in() -> ResponseReturnValue:
    """The sign-in page."""
    if current_user.is_authenticated:
        return redirect(inside(request.args.get("next")))
    return sign_in_page(next=request.args.get("next", ""), left=session.pop("left_provider", False))


@door.post("/sign-in")
@open_to_strangers
def sign_in_now() -> ResponseReturnValue:
    """Check login and password; too many failures close the door for a while."""
    login = request.form.get("login", "").strip()[:80]
    provider = current_app.extensions["settings"].provider
    if provider and provider.only:
        return refused(_l("本系统只能用“%(name)s”登录。", name=provider.name), login, 403)
    person: Person | None = Person.objects(login=login.lower(), active=True).first() if login else None
    account, address = door_of(login, person), f"signing-in:from:{network_of(request.remote_addr)}"
    if is_closed({account: FOR_AN_ACCOUNT, address: FROM_AN_ADDRESS}, login):
        return refused(_l("尝试次数过多，请 15 分钟后再试，或联系管理员重设密码。"), login, 429)
    if not password_fits(person, request.form.get("password", "")) or person is None:
        note_failure("sign_in_failed", person or login)
        return refused(_l("登录名或密码不正确。请检查大小写，或联系管理员重设密码。"), login, 401)
    forget(account, address)
    return go_on(person, PASSWORD_WAY)


def door_of(login: str, person: Person | None) -> str:
    """Where the attempts of an account are counted; from none again once it has a new password."""
    return f"signing-in:login:{login.lower()}:{print_of(person) if person else ''}"


def is_closed(room: Room, who: Person | str) -> bool:
    """Count the attempt; the trail hears once of each door that closes."""
    found = try_door(room)
    if found is Door.CLOSING:
        person = Person.objects(login=str(who).lower()).first()
        note_failure("sign_in_failed", person or who, closed=ATTEMPT_WINDOW)
    return found is not Door.OPEN


def note_failure(verb: str, who: Person | str, **facts: Any) -> None:
    """Note a failed sign-in 登录失败; a name nobody has may be a password in the wrong field."""
    subject = f"person:{who.id}" if isinstance(who, Person) else f"login:{digest_of(who)}"
    facts |= {"address": request.remote_addr}
    audit.note(verb, subject, by=STRANGER, at=now(), **facts)


def refused(problem: Any, login: str, status: int) -> ResponseReturnValue:
    """The sign-in page again, with what was typed before still waiting."""
    kept = {"next": request.form.get("next", ""), "held": request.form.get("held", "")}
    return sign_in_page(problem=problem, login=login, **kept), status


def go_on(person: Person, way: str, *, goal: str = "", factor: bool = False) -> ResponseReturnValue:
    """Ask for the second factor of whoever has one, unless the provider saw one; let everybody else in."""
    if factor or not has_factor(person.id):
        return arrive(person, way, goal=goal, factor=factor)
    session["half"] = [person.id, way, int(now().timestamp()), print_of(person)]
    if request.method == "GET":
        return redirect(url_for("signing_in.ask_code", next=goal or None))
    return code_page()


def half_way() -> tuple[Person, str] | None:
    """Who has shown a password here a moment ago, and by which way; it does not outlive a new password."""
    half = session.get("half")
    if not half or now().timestamp() - half[2] > HALF_WAY:
        return None
    person: Person | None = Person.objects(id=half[0], active=True).first()
    return (person, half[1]) if person is not None and print_of(person) == half[3] else None


def code_page(problem: Any = None) -> str:
    """The page that asks for the code; what was typed before still waits."""
    kept = {"next": request.values.get("next", ""), "held": request.form.get("held", "")}
    return render_template("sign_in_code.html", problem=problem, **kept)


@door.get("/sign-in/code")
@open_to_strangers
def ask_code() -> ResponseReturnValue:
    """Ask for the code of whoever comes from a provider."""
    if half_way() is None:
        return redirect(url_for("signing_in.sign_in", next=request.args.get("next")))
    return code_page()


@door.post("/sign-in/code")
@open_to_strangers
def code() -> ResponseReturnValue:
    """Check the code of the authenticator, or a recovery code."""
    half = half_way()
    if half is None:
        return refused(_l("登录已超时，请重新输入登录名和密码。"), "", 401)
    person, way = half
    counted = f"signing-in:code:{person.id}"
    if is_closed({counted: FOR_AN_ACCOUNT}, person.login):
        return code_page(_l("尝试次数过多，请 15 分钟后再试，或联系管理员重置两步验证。")), 429
    try:
        proof = second_factors.prove(person.id, request.form.get("code", "")[:40], now=now())
    except RuleBroken as error:
        note_failure("factor_failed", person, why=error.code)
        return code_page(CODE_PROBLEMS[error.code]), 401
    forget(counted)
    answer = arrive(person, way, factor=True)
    warn_of_few(proof)
    return answer


CODE_PROBLEMS = {
    "code_wrong": _l("验证码不正确，或已经用过。请输入验证器上新显示的 6 位数字，或一个未用过的恢复码。"),
    "factor_locked": _l("连续输错次数过多，两步验证已锁定。请联系管理员重置。"),
    "no_factor": _l("两步验证已被重置，请重新登录。"),
    "factor_unreadable": _l("系统密钥已更换，原来的验证器不再有效。请联系管理员重置两步验证。"),
}


def warn_of_few(proof: Proof) -> None:
    """Whoever used a recovery code hears how many are left."""
    if proof.recovery:
        words = _l("您用恢复码登录，还剩 %(count)s 个。请在“我的账户”中换发。", count=proof.left)
        flash(words, "warning" if proof.left > FEW_CODES else "danger")


def arrive(person: Person, way: str, *, goal: str = "", factor: bool = False) -> ResponseReturnValue:
    """In, and on to where the person wanted to go, with what was typed before the sign-in expired."""
    goal, held = inside(goal or request.form.get("next")), request.form.get("held", "")
    if way != PASSWORD_WAY:  # only now: who cannot show the second factor binds nothing
        vouching.bind(person.id, session["vouched"], now=now())
    let_in(person, way, factor=factor)
    kept = hand_over_typed_words(person, goal, held)
    return render_template("sent_again.html", kept=kept, goal=goal) if kept else redirect(goal)


@door.post("/sign-out")
@opens_before("all")
def sign_out() -> ResponseReturnValue:
    """Sign out."""
    by_provider = False
    if current_user.is_authenticated:
        by_provider = current_user.sign_in.get("way") != PASSWORD_WAY
        entering.leave(my_sign_in(), current_user.person.id, address=request.remote_addr, now=now())
    logout_user()
    session.clear()
    session["left_provider"] = by_provider
    flash(_l("您已退出。"), "good")
    gone = redirect(url_for("signing_in.sign_in"))
    gone.headers["Clear-Site-Data"] = '"storage"'  # what scripts kept of typed words goes with the person
    return gone
