"""A real OpenID Connect provider in a process of its own, made with Authlib's server side.

    python -m tests.portal.identity_provider PORT

Its person is whoever /control says, without asking; /control also makes it lie in one way at a time.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "juanzong", "the secret of the client"
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
STRANGE_KEY = RSAKey.generate_key(2048, {"kid": "one"})


@dataclass
class World:
    """What /control sets: who is signed in here, how, and which lie is told."""

    claims: dict[str, Any] = field(default_factory=lambda: {"sub": "1", "preferred_username": "chengdong"})
    extra: dict[str, Any] = field(default_factory=dict)
    only_userinfo: bool = False
    lie: str = ""


@dataclass
class Client:
    """The one client."""

    redirects: str

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        return self.redirects

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, uri: str) -> bool:
        return uri.endswith("/sign-in/back")

    def check_client_secret(self, secret: str) -> bool:
        return secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, kind: str) -> bool:
        return kind == "code"

    def check_grant_type(self, kind: str) -> bool:
        return kind == "authorization_code"


@dataclass
class Code:
    """A code that waits to be exchanged."""

    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str
    at: float = field(default_factory=time.time)

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(self.at)

    def get_acr(self) -> str:
        return ""

    def get_amr(self) -> list[str]:
        return []


world, codes, tokens = World(), dict[str, Code](), dict[str, dict[str, Any]]()


class CodeGrant(AuthorizationCodeGrant):
    """Codes that are used once, with PKCE."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

    def save_authorization_code(self, code: str, asked: Any) -> None:
        data = asked.payload.data
        challenge = (data.get("code_challenge"), data.get("code_challenge_method"))
        codes[code] = Code(asked.payload.redirect_uri, asked.payload.scope, data.get("nonce"), *challenge)

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        return codes.get(code)

    def delete_authorization_code(self, code: Code) -> None:
        codes.pop(next(key for key, one in codes.items() if one is code))

    def authenticate_user(self, code: Code) -> dict[str, Any]:
        return world.claims


LIES: dict[str, dict[str, Any]] = {
    "nonce": {"nonce": "of another request"},
    "no nonce": {"nonce": None},
    "audience": {"aud": ["somebody else"], "azp": CLIENT},
    "issuer": {"iss": "http://elsewhere.example"},
    "expired": {"exp": 1_000_000_000},
    "access token": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
}


def key_of_the_day() -> RSAKey:
    """The key, or one that nobody knows."""
    return STRANGE_KEY if world.lie == "key" else KEY


class IdToken(OpenIDCode):
    """ID tokens, true or not."""

    def __init__(self, issuer: str) -> None:
        super().__init__(require_nonce=True)
        self.issuer = issuer

    def get_client_claims(self, client: Client) -> dict[str, Any]:
        return {"iss": self.issuer, "aud": [CLIENT]}

    def resolve_client_private_key(self, client: Client) -> Any:
        return key_of_the_day()

    def get_encode_header(self, client: Client) -> dict[str, str]:
        return {"alg": "RS256", "kid": "one"}

    def get_client_algorithm(self, client: Client) -> str:
        return "RS256"

    def exists_nonce(self, nonce: str, asked: Any) -> bool:
        return False

    def generate_user_info(self, user: Any, scope: str) -> UserInfo:
        told = {"sub": world.claims["sub"]} if world.only_userinfo else world.claims
        return UserInfo(**{**told, **world.extra})

    def encode_id_token(self, token: Any, asked: Any) -> str:
        true = super().encode_id_token(token, asked)
        claims = dict(jwt.decode(true, key_of_the_day(), ["RS256"]).claims)
        claims = {
            key: value for key, value in {**claims, **LIES.get(world.lie, {})}.items() if value is not None
        }
        if world.lie == "unsigned":
            return jwt.encode({"alg": "none"}, claims, key_of_the_day(), ["none"])
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key_of_the_day(), ["RS256"])


def keep_token(token: dict[str, Any], asked: Any) -> None:
    """For /userinfo; a lie may leave the ID token out."""
    tokens[token["access_token"]] = dict(world.claims)


def make(port: int) -> Flask:
    """The provider."""
    app, issuer = Flask(__name__), f"http://127.0.0.1:{port}"
    server = AuthorizationServer(app, lambda _id: Client(""), keep_token)
    server.register_grant(CodeGrant, [IdToken(issuer), CodeChallenge(required=True)])

    @app.get("/.well-known/openid-configuration")
    def discovery() -> Any:
        told = {
            "issuer": "http://somebody.example" if world.lie == "discovery" else issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "userinfo_endpoint": f"{issuer}/userinfo",
            "jwks_uri": f"{issuer}/keys",
            "end_session_endpoint": f"{issuer}/leave",
            "id_token_signing_alg_values_supported": ["none", "HS256", "RS256"],
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
        }
        return jsonify(told)

    @app.get("/keys")
    def keys() -> Any:
        return jsonify({"keys": [KEY.as_dict(private=False)]})

    @app.get("/authorize")
    def authorize() -> Any:
        if world.lie == "denied":
            state = request.args["state"]
            return redirect(f"{request.args['redirect_uri']}?error=access_denied&state={state}")
        grant = server.get_consent_grant(end_user=world.claims)
        return server.create_authorization_response(grant_user=world.claims, grant=grant)

    @app.post("/token")
    def token() -> Any:
        answer = server.create_token_response()
        if world.lie == "no token":
            told = answer.get_json()
            told.pop("id_token")
            return jsonify(told)
        return answer

    @app.get("/userinfo")
    def userinfo() -> Any:
        told = tokens.get(request.headers["Authorization"].removeprefix("Bearer "))
        if told is None:
            return {"error": "invalid_token"}, 401
        return jsonify({**told, "sub": "another"} if world.lie == "userinfo" else told)

    @app.post("/control")
    def control() -> Any:
        fresh = World(**request.get_json())
        world.__dict__.update(fresh.__dict__)
        return {"ok": True}

    return app


if __name__ == "__main__":
    make(int(sys.argv[1])).run(port=int(sys.argv[1]), threaded=True)
