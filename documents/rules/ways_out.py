"""Ways out 出口: what may be configured, and what a robot, a system or a gateway is sent.

Pure: addresses are read, not opened; secrets are arguments.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote, urlsplit

from documents.rules.broken import RuleBroken

Words = tuple[str, str]

KINDS: Final[Mapping[str, Words]] = {
    "wecom": ("企业微信群机器人", "WeCom group robot"),
    "dingtalk": ("钉钉群机器人", "DingTalk group robot"),
    "webhook": ("业务系统（签名 JSON）", "Another system (signed JSON)"),
    "sms": ("短信网关", "SMS gateway"),
}
USUAL_URLS: Final[Mapping[str, str]] = {
    "wecom": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={token}",
    "dingtalk": "https://oapi.dingtalk.com/robot/send?access_token={token}",
}
METHODS: Final = ("POST", "PUT", "GET")
KEY: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")
SECRET_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
HEADER: Final = re.compile(r"[A-Za-z0-9-]{1,60}")
PLACE: Final = re.compile(r"\{(phone|text|id|token|language)\}")
LONGEST: Final = 4_000
LONGEST_TEXT: Final = 1_800  # WeCom refuses more than 2,048 bytes of text, about 680 Chinese characters
ID, TIMESTAMP, SIGNATURE = "X-Juanzong-Id", "X-Juanzong-Timestamp", "X-Juanzong-Signature"
IDEMPOTENCY: Final = "Idempotency-Key"


@dataclass(frozen=True)
class Parcel:
    """A message as it leaves 待发内容: its key, its text, what a system is told, whom a robot calls."""

    id: str
    text: str
    title: str = ""
    language: str = "zh"
    to: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    mobiles: tuple[str, ...] = ()
    link: str = ""


@dataclass(frozen=True)
class Request:
    """What is asked of a server 请求."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Secrets:
    """The secrets of one way out, as the machine keeps them 密钥."""

    signing: str = ""
    token: str = ""


def checked(way: Mapping[str, Any], *, plain_hosts: frozenset[str] = frozenset()) -> None:
    """Raises RuleBroken for a way out that cannot work or may not be: code `way_…`."""
    if not KEY.fullmatch(str(way.get("id", ""))):
        raise RuleBroken("way_key")
    if way.get("kind") not in KINDS:
        raise RuleBroken("way_kind")
    if not str(way.get("name", "")).strip():
        raise RuleBroken("way_name")
    check_url(str(way.get("url", "")), plain_hosts)
    for name in ("secret", "token"):
        if way.get(name) and not SECRET_NAME.fullmatch(str(way[name])):
            raise RuleBroken("way_secret_name", name=way[name])
    if not way.get("token") and "{token}" in f"{way.get('url')}{way.get('body')}{way.get('headers')}":
        raise RuleBroken("way_token_missing")
    if way["kind"] == "sms":
        _check_gateway(way)


def check_url(url: str, plain_hosts: frozenset[str] = frozenset()) -> None:
    """An address is https with a host; plain http only to hosts that the settings name."""
    parts = _split(PLACE.sub("x", url))
    if parts is None or not parts[1] or any(ord(sign) < 33 for sign in url) or len(url) > LONGEST:
        raise RuleBroken("way_url", url=url)
    scheme, host, has_user = parts
    if has_user:
        raise RuleBroken("way_url_user")
    if scheme != "https" and not (scheme == "http" and host in plain_hosts):
        raise RuleBroken("way_plain", host=host)


def _split(url: str) -> tuple[str, str, bool] | None:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it raises for a port that is none
    except ValueError:
        return None
    return parts.scheme, (parts.hostname or "").lower(), parts.username is not None


def _check_gateway(way: Mapping[str, Any]) -> None:
    if way.get("method") not in METHODS:
        raise RuleBroken("way_method")
    for name, value in (way.get("headers") or {}).items():
        if not HEADER.fullmatch(str(name)) or any(ord(sign) < 32 for sign in str(value)):
            raise RuleBroken("way_header", name=name)
    body = str(way.get("body") or "")
    said = f"{way['url']}{body}"
    if "{phone}" not in said or "{text}" not in said:
        raise RuleBroken("way_body")
    if len(body) > LONGEST:
        raise RuleBroken("way_body_long")
    if body.lstrip().startswith("{"):
        try:
            json.loads(PLACE.sub("x", body))
        except (ValueError, RecursionError):
            raise RuleBroken("way_body_json") from None


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """`sha256=` and the HMAC-SHA256 in hex over the timestamp, a dot and the body."""
    signed = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return f"sha256={signed.hexdigest()}"


def request(way: Mapping[str, Any], parcel: Parcel, secrets: Secrets, now: datetime) -> Request:
    """What the server of a way out is asked, whatever its kind."""
    return MAKERS[way["kind"]](way, parcel, secrets, now)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _named(way: Mapping[str, Any], secrets: Secrets) -> str:
    return str(way["url"]).replace("{token}", quote(secrets.token, safe=""))


def _system(way: Mapping[str, Any], parcel: Parcel, secrets: Secrets, now: datetime) -> Request:
    told = {"id": parcel.id, "title": parcel.title, "text": parcel.text, "link": parcel.link}
    body = _json({**parcel.facts, **told, "language": parcel.language, "sent_at": now.isoformat()})
    timestamp = str(int(now.timestamp()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        ID: quote(parcel.id, safe=":-_.@"),
        IDEMPOTENCY: quote(parcel.id, safe=":-_.@"),
        TIMESTAMP: timestamp,
    }
    if secrets.signing:
        headers[SIGNATURE] = signature(secrets.signing, timestamp, body)
    return Request("POST", _named(way, secrets), headers, body)


JSON_HEADERS: Final = {"Content-Type": "application/json; charset=utf-8"}


def _wecom(way: Mapping[str, Any], parcel: Parcel, secrets: Secrets, _now: datetime) -> Request:
    """Markdown; plain text where somebody is called, because markdown cannot call a mobile number."""
    if parcel.mobiles:
        text = _cut("\n".join(one for one in (parcel.text, parcel.link) if one))
        message = {"content": text, "mentioned_mobile_list": list(parcel.mobiles)}
        body = _json({"msgtype": "text", "text": message})
    else:
        body = _json({"msgtype": "markdown", "markdown": {"content": _markdown(parcel)}})
    return Request("POST", _named(way, secrets), JSON_HEADERS, body)


def _dingtalk(way: Mapping[str, Any], parcel: Parcel, secrets: Secrets, now: datetime) -> Request:
    text = _markdown(parcel) + "".join(f" @{mobile}" for mobile in parcel.mobiles)
    called = {"atMobiles": list(parcel.mobiles), "isAtAll": False}
    markdown = {"title": parcel.title or parcel.text[:40], "text": text}
    body = _json({"msgtype": "markdown", "markdown": markdown, "at": called})
    url = _named(way, secrets)
    if secrets.signing:
        url += ("&" if "?" in url else "?") + dingtalk_signature(secrets.signing, now)
    return Request("POST", url, JSON_HEADERS, body)


def dingtalk_signature(secret: str, now: datetime) -> str:
    """`timestamp=…&sign=…` as DingTalk wants it: HMAC-SHA256 over timestamp, line feed, secret."""
    timestamp = str(int(now.timestamp() * 1000))
    signed = hmac.new(secret.encode(), f"{timestamp}\n{secret}".encode(), hashlib.sha256).digest()
    return f"timestamp={timestamp}&sign={quote(base64.b64encode(signed), safe='')}"


def _markdown(parcel: Parcel) -> str:
    """The text as markdown in which nothing of it can become a link, a heading or a call."""
    lines = [re.sub(r"([\\`*_\[\]()<>#@!|~])", r"\\\1", line) for line in _cut(parcel.text).splitlines()]
    words = "打开案件" if parcel.language == "zh" else "Open the case"
    return "\n\n".join([*lines, *([f"[{words}]({parcel.link})"] if parcel.link else [])])


def _cut(text: str) -> str:
    while len(text.encode()) > LONGEST_TEXT:
        text = text[: max(1, len(text) * 9 // 10)].rstrip("…") + "…"
    return text


def _gateway(way: Mapping[str, Any], parcel: Parcel, secrets: Secrets, _now: datetime) -> Request:
    values = {
        **{"phone": parcel.to, "text": parcel.text, "id": parcel.id},
        **{"token": secrets.token, "language": parcel.language},
    }
    template = str(way.get("body") or "")
    is_json = template.lstrip().startswith("{")

    def filled(text: str, write: Any) -> str:
        return PLACE.sub(lambda found: write(values[found[1]]), text)

    body = filled(template, _in_json if is_json else _in_url).encode()
    kind = "application/json" if is_json else "application/x-www-form-urlencoded"
    headers = {"Content-Type": f"{kind}; charset=utf-8", IDEMPOTENCY: quote(parcel.id, safe=":-_.@")}
    headers |= {name: filled(str(value), _in_header) for name, value in (way.get("headers") or {}).items()}
    return Request(str(way.get("method") or "POST"), filled(str(way["url"]), _in_url), headers, body)


def _in_json(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)[1:-1]


def _in_url(value: str) -> str:
    return quote(value, safe="")


def _in_header(value: str) -> str:
    return "".join(sign for sign in value if 32 <= ord(sign) < 127)


MAKERS: Final = {"webhook": _system, "wecom": _wecom, "dingtalk": _dingtalk, "sms": _gateway}


@dataclass(frozen=True)
class Verdict:
    """What an answer means 应答: taken, or why not; for good when trying again cannot help."""

    taken: bool
    words: str = ""
    for_good: bool = False


def verdict(way: Mapping[str, Any], status: int, body: bytes) -> Verdict:
    """Whether the server took the message."""
    said = body[:300].decode(errors="replace")
    success = way.get("success") or {}
    statuses = [int(one) for one in success.get("statuses") or ()]
    if status not in statuses if statuses else not 200 <= status < 300:
        lasting = 400 <= status < 500 and status not in (408, 409, 425, 429)
        return Verdict(False, f"HTTP {status}: {said}", lasting)
    field_name, wanted = ("errcode", "0") if way["kind"] in USUAL_URLS else (success.get("field"), None)
    if not field_name:
        return Verdict(True)
    found = _field_of(body, str(field_name))
    if found == str(success.get("value", "") if wanted is None else wanted):
        return Verdict(True)
    return Verdict(False, f"{field_name} = {found}: {said}")


def _field_of(body: bytes, path: str) -> str | None:
    """A value of a JSON answer; `data.code` looks inside."""
    try:
        value: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)
