"""What may be configured as a way out, and what its server is sent."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from documents.rules.broken import RuleBroken
from documents.rules.ways_out import (
    Parcel,
    Secrets,
    checked,
    dingtalk_signature,
    request,
    signature,
    verdict,
)

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SMS: dict[str, Any] = {
    "id": "sms",
    "kind": "sms",
    "name": "短信",
    "url": "https://sms.example/send",
    "method": "POST",
    "body": '{"to": "{phone}", "msg": "{text}"}',
}
ROBOT: dict[str, Any] = {
    "id": "wecom",
    "kind": "wecom",
    "name": "合规群",
    "url": "https://robot.example/send?key={token}",
    "token": "door",
}


@pytest.mark.parametrize(
    ("way", "changes", "code"),
    [
        pytest.param(SMS, {"id": "Sms 1"}, "way_key", id="key"),
        pytest.param(SMS, {"kind": "pigeon"}, "way_kind", id="kind"),
        pytest.param(SMS, {"name": " "}, "way_name", id="name"),
        pytest.param(SMS, {"url": "http://sms.example/send"}, "way_plain", id="not encrypted"),
        pytest.param(SMS, {"url": "https:///send"}, "way_url", id="no host"),
        pytest.param(SMS, {"url": "https://sms.example:port/"}, "way_url", id="no port"),
        pytest.param(SMS, {"url": "https://sms.example/\nHost: x"}, "way_url", id="a line feed"),
        pytest.param(SMS, {"url": "https://me:you@sms.example/"}, "way_url_user", id="a password"),
        pytest.param(SMS, {"method": "DELETE"}, "way_method", id="method"),
        pytest.param(SMS, {"headers": {"X": "a\r\nY: b"}}, "way_header", id="a header in a header"),
        pytest.param(SMS, {"body": "to={phone}"}, "way_body", id="nothing said"),
        pytest.param(SMS, {"body": '{"to": {phone}, "x": {text}'}, "way_body_json", id="no JSON"),
        pytest.param(SMS, {"body": "{phone}{text}{token}"}, "way_token_missing", id="no token"),
        pytest.param(ROBOT, {"token": "../door"}, "way_secret_name", id="a path for a name"),
        pytest.param(ROBOT, {"token": ""}, "way_token_missing", id="no token in the address"),
    ],
)
def test_what_cannot_work_is_refused(way: dict[str, Any], changes: dict[str, Any], code: str) -> None:
    checked(way)
    with pytest.raises(RuleBroken, match=code):
        checked({**way, **changes})


def test_plain_http_is_for_the_hosts_of_the_settings_only() -> None:
    way = {**SMS, "url": "http://sms.bank.example/send"}
    checked(way, plain_hosts=frozenset({"sms.bank.example"}))
    with pytest.raises(RuleBroken, match="way_plain"):
        checked(way, plain_hosts=frozenset({"bank.example"}))


def test_the_signatures_are_those_that_openssl_computes() -> None:
    assert signature("secret", "1772413200", b'{"a":1}') == (
        "sha256=56409cd3128ba158e3856c4be7d4bc92b974cba53abd48047c3397754e948939"
    )
    assert (
        dingtalk_signature("SEC1", NOW)
        == "timestamp=1772413200000&sign=cm8G3AqutsyDD2SmzvSpl%2FLVtvYLL8QoDzhEmnqlVRI%3D"
    )


def test_hostile_text_stays_text_in_every_shape() -> None:
    parcel = Parcel("k", '"}, {"x": "', to="138&x=1", title="t")
    sent = request(SMS, parcel, Secrets(), NOW)
    assert json.loads(sent.body) == {"to": "138&x=1", "msg": '"}, {"x": "'}
    form = request({**SMS, "body": "to={phone}&msg={text}"}, parcel, Secrets(), NOW)
    assert form.body == b"to=138%26x%3D1&msg=%22%7D%2C%20%7B%22x%22%3A%20%22"
    said = json.loads(request(ROBOT, Parcel("k", "[点我](https://evil.example) @all"), Secrets(), NOW).body)
    assert said["markdown"]["content"] == r"\[点我\]\(https://evil.example\) \@all"


def test_a_long_text_is_cut_before_a_robot_refuses_it() -> None:
    said = json.loads(request(ROBOT, Parcel("k", "长" * 3_000), Secrets(), NOW).body)
    assert len(said["markdown"]["content"].encode()) < 2_048


@pytest.mark.parametrize(
    ("way", "status", "body", "taken", "for_good"),
    [
        pytest.param(ROBOT, 200, b'{"errcode":0}', True, False, id="taken"),
        pytest.param(ROBOT, 200, b'{"errcode":45009}', False, False, id="too often"),
        pytest.param(ROBOT, 200, b"<html>", False, False, id="no robot at all"),
        pytest.param(SMS, 204, b"", True, False, id="any success"),
        pytest.param(SMS, 429, b"", False, False, id="later"),
        pytest.param(SMS, 403, b"", False, True, id="never"),
        pytest.param(SMS, 302, b"", False, False, id="elsewhere"),
        pytest.param({**SMS, "success": {"field": "ok", "value": "true"}}, 200, b'{"ok":true}', True, False),
        pytest.param({**SMS, "success": {"statuses": [201]}}, 200, b"", False, False, id="another status"),
    ],
)
def test_what_an_answer_means(
    way: dict[str, Any], status: int, body: bytes, taken: bool, for_good: bool
) -> None:
    said = verdict(way, status, body)
    assert (said.taken, said.for_good) == (taken, for_good)
