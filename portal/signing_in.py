"""Who is behind a request 登录: the browser's token leads to its sign-in, and that to the person."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import redis
from flask import Flask, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user, login_user

from documents.actions import entering
from documents.actions.entering import Arrival
from documents.demonstration import PASSWORD
from documents.house import house_of
from documents.pack_files import packs
from documents.person import Person
from documents.policy import Policy
from documents.rules.own_addresses import is_own
from documents.second_factor import know_earlier
from documents.sign_in import Row, SignInRules, hash_of, holding, touch
from portal.clock import now
from portal.held import becomes_draft, can_be_held, keep_for_owner

PASSWORD_WAY = "password"  # how somebody came in  # noqa: S105
AT_THE_DOOR = "/sign-"
FLAGS = ("left", "draft", "over")  # of the sign-in page
BACKGROUND = "X-Background"  # a page that asks by itself: nobody is using it


class SignedIn(UserMixin):
    """The person 人员 behind a request, and the sign-in by which the browser is known."""

    def __init__(self, person: Person, token: str, sign_in: Row) -> None:
        self.person = person
        self.token = token
        self.sign_in = sign_in

    def __getattr__(self, name: str) -> Any:
        return getattr(self.person, name)

    @property
    def is_active(self) -> bool:
        """Whether the account may be used."""
        return bool(self.person.active)

    def get_id(self) -> str:
        """What the browser keeps, signed, in its cookie."""
        return self.token


def me() -> Person:
    """The person who is signed in."""
    person: Person = current_user.person
    return person


def my_sign_in() -> str:
    """The sign-in that is being used."""
    return str(current_user.sign_in["_id"])


def prepare_signing_in(app: Flask) -> None:
    """Know the person behind each request; send strangers to the sign-in page."""
    # Nobody is remembered, and no cookie of that name is read: Flask-Login fails over signs beyond ASCII.
    app.config["REMEMBER_COOKIE_NAME"] = None
    manager = LoginManager(app)
    manager.session_protection = "basic"
    manager.user_loader(load_person)
    manager.unauthorized_handler(ask_to_sign_in)
    app.extensions["attempts"] = redis.Redis.from_url(app.config["REDIS_URL"], socket_timeout=2)
    know_earlier(app.config["SECRET_KEY"])
    app.before_request(only_signed_in)


def load_person(token: str) -> SignedIn | None:
    """The person of a token, unless the sign-in was ended, is over, or the account was closed."""
    sign_in = holding(token, now())
    if sign_in is None:
        return None
    person: Person | None = Person.objects(id=sign_in["person"], active=True).first()
    if person is None:
        return None
    if BACKGROUND not in request.headers:
        touch(sign_in, now())
    return SignedIn(person, token, sign_in)


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
    owed = what_is_owed()
    if owed and getattr(view, "opens_before", None) not in (owed, "all"):
        return ask_for(owed)
    return None


def what_is_owed() -> str | None:
    """What the person must do before anything else: choose a password, set up a second factor."""
    if me().password_once and current_user.sign_in.get("way") == PASSWORD_WAY:
        return "own_password"
    return "second_factor" if current_user.sign_in.get("owes_factor") else None


def open_to_strangers(view: Any) -> Any:
    """Mark a view as open without signing in."""
    view.open_to_strangers = True
    return view


def opens_before(owed: str) -> Any:
    """Mark a view as open to whoever owes this first; `all` where it does not matter what."""

    def mark(view: Any) -> Any:
        view.opens_before = owed
        return view

    return mark


def ask_for(owed: str) -> ResponseReturnValue:
    """Lead to the page where that is done; it leads on to where the person wanted to go."""
    if request.accept_mimetypes.best == "application/json":
        return {"error": f"{owed}_first"}, 403
    goal = request.full_path.rstrip("?") if request.method == "GET" else ""
    pages = {"own_password": "profile.own_password", "second_factor": "second_factor.set_up"}
    return redirect(url_for(pages[owed], next=goal or None))


def let_in(person: Person, way: str = PASSWORD_WAY, *, factor: bool = False) -> None:
    """Sign the person in here: a new token, and nothing of the session before but the language."""
    chosen = session.get("language")
    session.clear()
    session.permanent = True
    arrival = Arrival(
        address=request.remote_addr or "",
        agent=request.user_agent.string,
        way=way,
        factor=factor,
        forced=current_app.config["FORCES_SECOND_FACTOR"],
    )
    token = entering.enter(person, arrival, now=now())
    login_user(SignedIn(person, token, {"_id": hash_of(token)}))
    if chosen and chosen != person.language:
        Person.objects(id=person.id).update(set__language=chosen)


def ask_to_sign_in() -> ResponseReturnValue:
    """Ask a stranger to sign in; what was typed into a form waits on that page and is given back."""
    if request.accept_mimetypes.best == "application/json":
        return {"error": "signed_out"}, 401
    if request.method == "GET":
        return redirect(url_for("signing_in.sign_in", next=request.full_path.rstrip("?")))
    if request.path.startswith(AT_THE_DOOR):
        return sign_in_page(), 401  # passwords and codes are no words to be given back
    typed = request.form.to_dict(flat=False)
    if not can_be_held(typed):
        return sign_in_page(over=True), 401
    held, draft = json.dumps(typed, ensure_ascii=False), becomes_draft(typed)
    if draft and current_app.extensions["settings"].provider:
        keep_for_owner(request.path, typed)
    goal = request.path if draft else request.full_path.rstrip("?")
    return sign_in_page(next=goal, held=held, draft=draft), 401


def sign_in_page(**given: Any) -> str:
    """The page; the demo shows its accounts on it."""
    demo = current_app.extensions["settings"].demo
    accounts = demo_accounts() if demo else []
    blank = {"next": "", "held": "", "problem": None, "login": "", **dict.fromkeys(FLAGS, False)}
    given.setdefault("provider", current_app.extensions["settings"].provider)
    given["forgotten"] = may_reset()
    return render_template("sign_in.html", accounts=accounts, demo_password=PASSWORD, **{**blank, **given})


def may_reset() -> bool:
    """Whether a forgotten password can be reset by mail 忘记密码: mail leaves, and the house wants it."""
    settings = current_app.extensions["settings"]
    by_provider_only = settings.provider and settings.provider.only
    return bool(settings.smtp_url) and not by_provider_only and SignInRules.lets_reset()


def demo_accounts() -> list[dict[str, str]]:
    """The accounts of the shipped policies that this demo runs."""
    running = set(Policy.objects(state="published").distinct("key"))
    return [one for pack in packs() if pack in running for one in _accounts(pack)]


@lru_cache
def _accounts(pack: str) -> list[dict[str, str]]:
    return house_of(pack).accounts


def inside(address: str | None) -> str:
    """The address when it lies within the portal, otherwise the desk."""
    if address and is_own(address) and not address.startswith(AT_THE_DOOR):
        return address
    return url_for("desk.desk")
