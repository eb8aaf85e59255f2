"""忘记密码: ask for a link by mail, follow it, choose a new password."""

from __future__ import annotations

import logging
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from redis.exceptions import RedisError

from documents.actions import resetting, second_factors
from documents.actions.resetting import Asked
from documents.person import Person
from documents.rules.broken import RuleBroken
from documents.rules.networks import network_of
from documents.second_factor import has_factor
from jobs import queues
from portal.attempts import ATTEMPT_WINDOW, Door, forget, try_door
from portal.clock import now
from portal.messages import REFUSALS
from portal.passwords import passwords
from portal.reading import digest_of
from portal.signing_in import may_reset, open_to_strangers
from portal.views.profile import wrong_with
from portal.views.signing_in import CODE_PROBLEMS, FOR_AN_ACCOUNT, FROM_AN_ADDRESS, is_closed, note_failure

log = logging.getLogger(__name__)
forgotten = Blueprint("forgotten", __name__)

LINKS_FOR_A_NAME, LINKS_FROM_AN_ADDRESS = 3, 30
LONGEST = 200
OVER = REFUSALS["reset_over"]
TOO_MANY = _l("尝试次数过多，请 15 分钟后再试，或联系管理员重设密码。")


@forgotten.before_request
def only_where_allowed() -> None:
    """None of these pages is there where the house does not want it."""
    if not may_reset():
        abort(404)


@forgotten.get("/sign-in/forgot")
@open_to_strangers
def ask() -> ResponseReturnValue:
    """Ask for whose account."""
    return render_template("forgotten.html")


@forgotten.post("/sign-in/forgot")
@open_to_strangers
def ask_now() -> ResponseReturnValue:
    """Write down what was typed; a worker looks whether it names anybody, and this answer is the same."""
    text = request.form.get("who", "").strip()[:LONGEST]
    if not text:
        return render_template("forgotten.html", problem=_l("请填写登录名或邮箱。")), 422
    digest = digest_of(text.casefold())
    room = {
        f"reset:for:{digest}": LINKS_FOR_A_NAME,
        f"reset:from:{network_of(request.remote_addr)}": LINKS_FROM_AN_ADDRESS,
    }
    found = try_door(room)
    if found is Door.CLOSING:
        note_failure("reset_failed", text, closed=ATTEMPT_WINDOW)
    if found is not Door.OPEN:
        return render_template("forgotten.html", problem=TOO_MANY), 429
    asked = resetting.ask(Asked(text, digest, request.remote_addr or ""), now=now())
    try:
        queues.answer_reset(asked, now=now())
    except RedisError:
        log.exception("a request is left to the clock: Valkey does not answer")
    return render_template("forgotten.html", sent=True)


@forgotten.get("/sign-in/reset")
@open_to_strangers
def follow() -> ResponseReturnValue:
    """Where the link of a mail leads: it changes nothing, and the token behind its # never got here."""
    return render_template("reset_link.html")


@forgotten.post("/sign-in/reset")
@open_to_strangers
def open_link() -> ResponseReturnValue:
    """A token that holds opens the page for the new password."""
    return with_token(password_page)


@forgotten.post("/sign-in/reset/password")
@open_to_strangers
def choose() -> ResponseReturnValue:
    """Keep the new password, with a code of whoever has a second factor."""
    return with_token(keep)


def with_token(act: Any) -> ResponseReturnValue:
    """Do it for the person of the token; one that does not hold is told, and trying many ends."""
    if try_door({f"reset:link:{network_of(request.remote_addr)}": FROM_AN_ADDRESS}) is not Door.OPEN:
        return render_template("reset_link.html", problem=TOO_MANY), 429
    token = request.form.get("token", "").strip()[:LONGEST]
    person = resetting.opened(token, now=now())
    if person is None:
        note_failure("reset_failed", "", why="reset_over")
        return render_template("forgotten.html", problem=OVER), 422
    answer: ResponseReturnValue = act(token, person)
    return answer


def password_page(token: str, person: Person, problem: Any = None) -> str:
    """The new password twice, and a code where the person has a second factor."""
    given = {"token": token, "login": person.login, "factor": has_factor(person.id)}
    return render_template("reset_password.html", problem=problem, **given)


def keep(token: str, person: Person) -> ResponseReturnValue:
    """Check what was typed, the code last because it counts once; then every sign-in ends."""
    new = request.form.get("new", "")
    wrong = wrong_with(new) or (wrong_code(person) if has_factor(person.id) else None)
    if wrong:
        return password_page(token, person, wrong), 422
    try:
        resetting.reset(token, passwords.hash(new), request.remote_addr or "", now=now())
    except RuleBroken:
        return render_template("forgotten.html", problem=OVER), 422
    flash(_l("密码已重设，请用新密码登录。原有的登录已全部退出。"), "good")
    return redirect(url_for("signing_in.sign_in"))


def wrong_code(person: Person) -> Any | None:
    """Why the code of the second factor does not do, or nothing; it is used up."""
    counted = f"signing-in:code:{person.id}"
    if is_closed({counted: FOR_AN_ACCOUNT}, person.login):
        return TOO_MANY
    try:
        second_factors.prove(person.id, request.form.get("code", "")[:40], now=now())
    except RuleBroken as error:
        note_failure("factor_failed", person, why=error.code)
        return CODE_PROBLEMS[error.code]
    forget(counted)
    return None
