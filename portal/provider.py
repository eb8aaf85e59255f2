"""Sign-on through a provider 统一登录 (OpenID Connect): code flow with PKCE, state and nonce, by Authlib.

Loaded only where a provider is set: Authlib and requests take half a second at each start.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from authlib.integrations.base_client import MismatchingStateError, OAuthError
from authlib.integrations.flask_client import OAuth
from authlib.integrations.flask_client.apps import FlaskOAuth2App
from flask import Blueprint, Flask, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from joserfc.errors import JoseError
from requests import RequestException

from documents.actions import vouching
from documents.actions.vouching import Vouched
from documents.rules.broken import RuleBroken
from documents.rules.networks import network_of
from documents.rules.text import can_be_kept, tidy
from portal.attempts import Door, try_door
from portal.provider_order import ProviderOrder
from portal.signing_in import inside, open_to_strangers, sign_in_page
from portal.views.signing_in import FROM_AN_ADDRESS, go_on, note_failure

log = logging.getLogger(__name__)
provider = Blueprint("provider", __name__)
PATIENCE = 10  # seconds for an answer of the provider
LEEWAY = 60  # seconds that its clock may differ
# Those whose key only the provider has: never `none`, nor a secret that both sides know.
SIGNED_WITH = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
LONGEST_LOGIN = 80
NOT_WELCOME = {
    "unknown_person": _l("“%(name)s”中的账号“%(login)s”在本系统没有对应的在用账号。请联系管理员。"),
    "bound_to_another": _l(
        "“%(name)s”中的账号“%(login)s”与首次登录时的不是同一个，未登录。"
        "账号若在那边重建过，请管理员在您的人员页面解除统一登录绑定后再试。"
    ),
}
# It does not answer, or not in the words of a provider.
SILENT = (RequestException, RuntimeError, ValueError)


class NotVouchedFor(Exception):
    """The provider said something that does not hold; the code says what."""


def prepare_provider(app: Flask) -> None:
    """Know the provider; ask it for nothing yet."""
    order: ProviderOrder = app.extensions["settings"].provider
    oauth = OAuth(app)
    oauth.register(
        "provider",
        client_id=order.client,
        client_secret=order.secret or None,
        server_metadata_url=f"{order.issuer}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid profile",
            "code_challenge_method": "S256",
            "default_timeout": PATIENCE,
            "token_endpoint_auth_method": "client_secret_basic" if order.secret else "none",
        },
    )
    app.extensions["provider"] = oauth.create_client("provider")
    app.register_blueprint(provider)


def the_order() -> ProviderOrder:
    """Whom this portal asks."""
    order: ProviderOrder = current_app.extensions["settings"].provider
    return order


def client() -> FlaskOAuth2App:
    """Authlib's client, once the provider has said where everything is and that it is who we mean."""
    found: FlaskOAuth2App = current_app.extensions["provider"]
    told = found.load_server_metadata()
    if str(told.get("issuer", "")).rstrip("/") != the_order().issuer:
        raise NotVouchedFor("issuer")
    # What is not named would be accepted as it comes.
    offered = told.get("id_token_signing_alg_values_supported") or ["RS256"]
    told["id_token_signing_alg_values_supported"] = sorted(SIGNED_WITH & set(offered))
    return found


def known_as(endpoint: str) -> str:
    """An address of ours as the provider knows it, whatever name the browser used."""
    return f"{current_app.extensions['settings'].base_url.rstrip('/')}{url_for(endpoint)}"


@provider.get("/sign-in/provider")
@open_to_strangers
def start() -> ResponseReturnValue:
    """Send the browser to the provider; it comes back to `back`."""
    if current_user.is_authenticated:
        return redirect(inside(request.args.get("next")))
    for key in [one for one in session if one.startswith("_state_")]:
        session.pop(key)  # an attempt that was given up: the cookie must not grow
    session["provider_next"] = request.args.get("next", "")[:1000]
    try:
        answer: ResponseReturnValue = client().authorize_redirect(known_as("provider.back"))
    except (NotVouchedFor, *SILENT) as error:
        return unreachable(error)
    return answer


@provider.get("/sign-in/back")
@open_to_strangers
def back() -> ResponseReturnValue:
    """The browser comes back with a code; what the provider says for it is checked, and the person let in."""
    if try_door({f"signing-in:from:{network_of(request.remote_addr)}": FROM_AN_ADDRESS}) is not Door.OPEN:
        return turned_away(_l("尝试次数过多，请 15 分钟后再试。"), "attempts", 429)
    try:
        claims = vouched_for()
    except (OAuthError, JoseError, NotVouchedFor, *SILENT) as error:
        return explained(error)
    return welcome(claims)


def explained(error: Exception) -> ResponseReturnValue:
    """What went wrong, as far as it concerns the person."""
    if isinstance(error, MismatchingStateError):
        return turned_away(_l("登录请求已过期，或来自另一个窗口。请重新登录。"), "state")
    if isinstance(error, OAuthError) and error.error == "access_denied":
        words = _l("“%(name)s”没有同意登录：您取消了，或没有使用本系统的权限。", name=the_order().name)
        return turned_away(words, "access_denied")
    return unreachable(error) if isinstance(error, SILENT) else doubted(error)


def vouched_for() -> Mapping[str, Any]:
    """What the provider says of the person: signed by it, for us, for this request, and not run out."""
    order, asked = the_order(), client()
    options = {
        "iss": {"essential": True, "value": asked.server_metadata["issuer"]},
        "aud": {"essential": True, "value": order.client},
        "sub": {"essential": True},
    }
    token = asked.authorize_access_token(claims_options=options, leeway=LEEWAY)
    claims: Mapping[str, Any] | None = token.get("userinfo")
    if claims is None:
        raise NotVouchedFor("id_token")
    if order.claim in claims or not asked.server_metadata.get("userinfo_endpoint"):
        return claims
    told = asked.userinfo(token=token)
    if told.get("sub") != claims["sub"]:
        raise NotVouchedFor("sub")
    return {**told, **claims}


def welcome(claims: Mapping[str, Any]) -> ResponseReturnValue:
    """Let the person in whom the subject is bound to, or whose login is not bound yet; nobody is created."""
    order = the_order()
    login = str(claims.get(order.claim) or "").strip()[:LONGEST_LOGIN]
    told = (str(claims["iss"]), str(claims["sub"]), login)
    if not all(map(can_be_kept, told)):  # JSON can bring halves of characters, which nothing keeps
        return doubted(NotVouchedFor("text"))
    vouched = Vouched(*told)
    try:
        person = vouching.meant(vouched)
    except RuleBroken as error:
        words = NOT_WELCOME[error.code] % {"name": order.name, "login": login or "—"}
        return turned_away(words, error.code, 403, login)
    session["vouched"] = vouched.digest
    goal = session.pop("provider_next", "")
    return go_on(person, "provider", goal=goal, factor=order.saw_factor(claims))


def turned_away(words: Any, why: str, status: int = 401, who: str = "") -> ResponseReturnValue:
    """The sign-in page with what happened; the trail hears of it."""
    note_failure("sign_in_failed", who, way="provider", why=why)
    return sign_in_page(problem=words, next=session.get("provider_next", "")), status


def doubted(error: Exception) -> ResponseReturnValue:
    """What the provider said does not hold: an administrator finds the reason in the trail."""
    why = tidy(f"{type(error).__name__}: {error}")[:120]
    log.warning("the answer of the sign-on provider does not hold: %s", why)
    words = _l("“%(name)s”的答复没有通过核验，未登录。请重试；仍不行时请告诉管理员。", name=the_order().name)
    return turned_away(words, why)


def unreachable(error: Exception) -> ResponseReturnValue:
    """The provider does not answer, or not as a provider does."""
    log.warning("the sign-on provider does not answer as one: %s", error)
    words = _l("暂时连不上“%(name)s”，请稍后再试。", name=the_order().name)
    return sign_in_page(problem=words, next=request.args.get("next", "")), 503


@provider.get("/sign-in/leave")
@open_to_strangers
def leave() -> ResponseReturnValue:
    """Sign out at the provider too, where it offers that."""
    home = known_as("signing_in.sign_in")
    try:
        told = client()
        if not told.server_metadata.get("end_session_endpoint"):
            return redirect(home)
        there = told.create_logout_url(home, client_id=the_order().client)
    except (NotVouchedFor, *SILENT) as error:
        return unreachable(error)
    return redirect(str(there["url"]))
