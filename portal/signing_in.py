"""Signing in and out 登录与退出."""

from __future__ import annotations

import hashlib
import json
import logging
from functools import lru_cache
from typing import Any

import redis
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from flask import Blueprint, Flask, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from documents import audit
from documents.demonstration import PASSWORD
from documents.house import house_of
from documents.pack_files import packs
from documents.person import Person
from documents.policy import Policy
from portal.clock import now
from portal.held import hand_over_typed_words
from portal.reading import digest_of

log = logging.getLogger(__name__)
signing_in = Blueprint("signing_in", __name__)
passwords = PasswordHasher()
# Checked when the account does not exist, so that the answer takes as long as for one that does.
NOBODY = passwords.hash("a password that nobody has")

# A whole outlet sits behind one address, so the address gets more room than the account.
FOR_AN_ACCOUNT = 10
FROM_AN_ADDRESS = 100
ATTEMPT_WINDOW = 15 * 60
STRANGER = "stranger"  # who acts without having signed in


class SignedIn(UserMixin):
    """The person 人员 behind a request; a changed password ends all other sign-ins."""

    def __init__(self, person: Person) -> None:
        self.person = person

    def __getattr__(self, name: str) -> Any:
        return getattr(self.person, name)

    @property
    def is_active(self) -> bool:
        """Whether the account may be used."""
        return bool(self.person.active)

    def get_id(self) -> str:
        """The person and a fingerprint of the password."""
        return f"{self.person.id}:{fingerprint(self.person)}"


def fingerprint(person: Person) -> str:
    """Changes with the password, says nothing about it."""
    return hashlib.sha256((person.password_hash or "").encode()).hexdigest()[:16]


def me() -> Person:
    """The person who is signed in."""
    person: Person = current_user.person
    return person


def prepare_signing_in(app: Flask) -> None:
    """Know the person behind each request; send strangers to the sign-in page."""
    manager = LoginManager(app)
    manager.session_protection = "basic"
    manager.user_loader(load_person)
    manager.unauthorized_handler(ask_to_sign_in)
    app.extensions["attempts"] = redis.Redis.from_url(app.config["REDIS_URL"], socket_timeout=2)
    app.register_blueprint(signing_in)
    app.before_request(only_signed_in)


def only_signed_in() -> ResponseReturnValue | None:
    """Every page is closed to strangers, but for those that say they are open."""
    endpoint = request.endpoint or ""
    view = current_app.view_functions.get(endpoint)
    if view is None or endpoint == "assets.asset" or endpoint.endswith("static"):
        return None
    if getattr(view, "open_to_strangers", False):
        return None
    if not current_user.is_authenticated:
        return ask_to_sign_in()
    if me().password_once and not getattr(view, "before_own_password", False):
        return ask_for_own_password()
    return None


def open_to_strangers(view: Any) -> Any:
    """Mark a view as open without signing in."""
    view.open_to_strangers = True
    return view


def before_own_password(view: Any) -> Any:
    """Mark a view as open to whoever still has a one-time password 一次性密码."""
    view.before_own_password = True
    return view


def ask_for_own_password() -> ResponseReturnValue:
    """Whoever holds a one-time password chooses one of his own before anything else."""
    if request.accept_mimetypes.best == "application/json":
        return {"error": "own_password_first"}, 403
    goal = request.full_path.rstrip("?") if request.method == "GET" else ""
    return redirect(url_for("profile.own_password", next=goal or None))


def load_person(identity: str) -> SignedIn | None:
    """The person of a session, unless the account was closed or the password changed."""
    person_id, _, mark = identity.rpartition(":")
    person: Person | None = Person.objects(id=person_id, active=True).first()
    if person is None or fingerprint(person) != mark:
        return None
    return SignedIn(person)


def ask_to_sign_in() -> ResponseReturnValue:
    """Ask a stranger to sign in; what was typed into a form waits on that page and is given back."""
    if request.accept_mimetypes.best == "application/json":
        return {"error": "signed_out"}, 401
    if request.method == "GET":
        return redirect(url_for("signing_in.sign_in", next=request.full_path.rstrip("?")))
    held = json.dumps(request.form.to_dict(flat=False), ensure_ascii=False)
    return sign_in_page(next=request.path, held=held), 401


@signing_in.get("/sign-in")
@open_to_strangers
def sign_in() -> ResponseReturnValue:
    """The sign-in page."""
    if current_user.is_authenticated:
        return redirect(inside(request.args.get("next")))
    return sign_in_page(next=request.args.get("next", ""))


@signing_in.post("/sign-in")
@open_to_strangers
def sign_in_now() -> ResponseReturnValue:
    """Check login and password; too many failures close the door for a while."""
    login = request.form.get("login", "").strip()[:80]
    if too_many_attempts(login):
        return refused(_l("尝试次数过多，请 15 分钟后再试，或联系管理员重设密码。"), login, 429)
    person: Person | None = Person.objects(login=login, active=True).first() if login else None
    if not password_fits(person, request.form.get("password", "")) or person is None:
        note_failure(login, person)
        return refused(_l("登录名或密码不正确。请检查大小写，或联系管理员重设密码。"), login, 401)
    forget_attempts(login)
    chosen = session.get("language")
    session.clear()
    session.permanent = True
    login_user(SignedIn(person))
    audit.note("sign_in", f"person:{person.id}", by=person.id, at=now(), address=request.remote_addr)
    if chosen and chosen != person.language:
        Person.objects(id=person.id).update(set__language=chosen)
    goal = inside(request.form.get("next"))
    hand_over_typed_words(person, goal, request.form.get("held", ""))
    return redirect(goal)


def note_failure(login: str, person: Person | None, **facts: Any) -> None:
    """Note a failed sign-in 登录失败; a name nobody has may be a password in the wrong field."""
    subject = f"person:{person.id}" if person else f"login:{digest_of(login)}"
    facts |= {"address": request.remote_addr}
    audit.note("sign_in_failed", subject, by=STRANGER, at=now(), **facts)


def refused(problem: Any, login: str, status: int) -> ResponseReturnValue:
    """The sign-in page again, with what was typed before still waiting."""
    kept = {"next": request.form.get("next", ""), "held": request.form.get("held", "")}
    return sign_in_page(problem=problem, login=login, **kept), status


def sign_in_page(**given: Any) -> str:
    """The page; the demo shows its accounts on it."""
    demo = current_app.extensions["settings"].demo
    accounts = demo_accounts() if demo else []
    blank = {"next": "", "held": "", "problem": None, "login": ""}
    return render_template("sign_in.html", accounts=accounts, demo_password=PASSWORD, **{**blank, **given})


@signing_in.post("/sign-out")
@before_own_password
def sign_out() -> ResponseReturnValue:
    """Sign out."""
    if current_user.is_authenticated:
        person = current_user.person.id
        audit.note("sign_out", f"person:{person}", by=person, at=now(), address=request.remote_addr)
    logout_user()
    session.clear()
    flash(_l("您已退出。"), "good")
    return redirect(url_for("signing_in.sign_in"))


def demo_accounts() -> list[dict[str, str]]:
    """The accounts of the shipped policies that this demo runs."""
    running = set(Policy.objects(state="published").distinct("key"))
    return [one for pack in packs() if pack in running for one in _accounts(pack)]


@lru_cache
def _accounts(pack: str) -> list[dict[str, str]]:
    return house_of(pack).accounts


def inside(address: str | None) -> str:
    """The address when it lies within the portal, otherwise the desk."""
    if address and address.startswith("/") and not address.startswith(("//", "/\\", "/sign-")):
        return address
    return url_for("desk.desk")


def password_fits(person: Person | None, password: str) -> bool:
    """Whether the password is the person's; takes as long for nobody."""
    try:
        passwords.verify((person and person.password_hash) or NOBODY, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return person is not None and bool(person.password_hash)


def too_many_attempts(login: str) -> bool:
    """Count this attempt for the account and for the address it comes from."""
    counters: redis.Redis = current_app.extensions["attempts"]
    try:
        counts = [(_count(counters, key), most) for key, most in _attempt_keys(login)]
        if any(count == most + 1 for count, most in counts):
            # Once for each closed door: what beats against it must not fill the trail.
            note_failure(login, Person.objects(login=login).first(), closed=ATTEMPT_WINDOW)
        return any(count > most for count, most in counts)
    except redis.RedisError:
        # Without Valkey nobody would get in; the password check itself is slow enough to stand alone.
        log.exception("sign-in attempts are not counted: Valkey does not answer")
        return False


def _count(counters: redis.Redis, key: str) -> int:
    pipeline = counters.pipeline()
    pipeline.incr(key)
    pipeline.expire(key, ATTEMPT_WINDOW, nx=True)
    return int(pipeline.execute()[0])


def _attempt_keys(login: str) -> list[tuple[str, int]]:
    account, address = f"signing-in:login:{login.lower()}", f"signing-in:from:{request.remote_addr}"
    return [(account, FOR_AN_ACCOUNT), (address, FROM_AN_ADDRESS)]


def forget_attempts(login: str) -> None:
    """A right password is no attack: the account begins anew, the address takes this one back."""
    counters: redis.Redis = current_app.extensions["attempts"]
    (account, _), (address, _) = _attempt_keys(login)
    try:
        counters.delete(account)
        counters.decr(address)
    except redis.RedisError:
        log.exception("sign-in attempts are not forgotten: Valkey does not answer")
