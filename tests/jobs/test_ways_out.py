"""Robots, systems and the SMS gateway are asked over real HTTP, at least once, under one key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from documents.actions import mailing
from documents.outbox import OutboxMessage
from documents.rules.broken import RuleBroken
from documents.rules.ways_out import Request
from documents.way_out import WayOut
from jobs import outward, surroundings, ways_out
from portal.servers import LOOPBACK, free_port
from tests.jobs.gateways import Gateway, open_gateway
from tests.jobs.world import START

NOW = START
MINUTE = timedelta(minutes=1)


@pytest.fixture
def gateway(surroundings: surroundings.Surroundings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    """A gateway to which the jobs of this process may talk without encryption."""
    monkeypatch.setenv("JUANZONG_WAY_KNOCK", "open sesame")
    monkeypatch.setenv("JUANZONG_WAY_DOOR", "k&y")
    with open_gateway() as opened:
        use(surroundings, plain_hosts=frozenset({LOOPBACK}))
        yield opened


def use(house: surroundings.Surroundings, **changes: Any) -> None:
    surroundings._told[:] = [replace(house, base_url="https://tousu.example", **changes)]


def way(kind: str, gateway: Gateway, key: str = "out", path: str = "/in", **facts: Any) -> None:
    facts = {"secret": "knock", **facts} if kind != "sms" else facts
    WayOut(id=key, kind=kind, name=key, url=gateway.url + path, **facts).save()


def put(key: str = "t1:way:out", *, to: str = "out", way: str = "out", **facts: Any) -> None:
    channel = "sms" if to.isdigit() else "webhook"
    text = "【临期提醒】TS-1 办理并答复，尚余2天"
    row = {"channel": channel, "to": to, "way": way, "subject": text, "body": text, "number": "TS-1"}
    OutboxMessage(id=key, created_at=NOW, next_at=NOW, **row, **facts).save()


def deliver(now: Any = NOW, owner: str = "sender") -> int:
    ids = mailing.claim(now, 25, owner, ways_out.CHANNELS)
    return ways_out.deliver(ids, owner, now.isoformat())["sent"]


def the(key: str = "t1:way:out") -> OutboxMessage:
    return OutboxMessage.objects.get(id=key)


def test_a_system_is_told_in_signed_json(gateway: Gateway) -> None:
    way("webhook", gateway)
    put(facts={"limit": {"key": "reply"}, "level": 1})
    assert deliver() == 1
    taken = gateway.taken[0]
    assert taken.is_signed_with("open sesame")
    assert not taken.is_signed_with("open barley")
    assert taken.headers["X-Juanzong-Id"] == taken.headers["Idempotency-Key"] == "t1:way:out"
    assert (taken.said["limit"], taken.said["level"]) == ({"key": "reply"}, 1)
    assert taken.said["link"] == "https://tousu.example/cases/TS-1"
    assert the().state == "sent"


def test_robots_speak_as_wecom_and_dingtalk_want(gateway: Gateway) -> None:
    way("wecom", gateway, "wecom", "/send?key={token}", token="door")
    way("dingtalk", gateway, "dingtalk", "/robot?access_token={token}", token="door")
    put("a", way="wecom")
    put("b", way="wecom", facts={"mobiles": ["13800000001"]})
    put("c", way="dingtalk", facts={"mobiles": ["13800000001"]})
    assert deliver() == 3
    markdown, text, ding = gateway.taken
    assert markdown.query == {"key": ["k&y"]}
    assert markdown.said["msgtype"] == "markdown"
    assert "[打开案件](https://tousu.example/cases/TS-1)" in markdown.said["markdown"]["content"]
    assert text.said["text"]["mentioned_mobile_list"] == ["13800000001"]
    assert ding.said["at"] == {"atMobiles": ["13800000001"], "isAtAll": False}
    assert ding.said["markdown"]["text"].endswith("@13800000001")
    assert {"access_token", "timestamp", "sign"} == set(ding.query)


def test_a_robot_that_refuses_in_its_answer_was_not_reached(gateway: Gateway) -> None:
    way("wecom", gateway)
    gateway.moods[:] = ['{"errcode": 93000, "errmsg": "invalid webhook url"}']
    put()
    assert deliver() == 0
    assert (the().state, the().attempts) == ("waiting", 1)
    assert "93000" in the().last_error
    assert deliver(NOW + MINUTE) == 1


def test_a_short_message_goes_as_the_gateway_wants_it(gateway: Gateway) -> None:
    body = '{"to": "{phone}", "msg": "{text}", "ref": "{id}"}'
    success = {"statuses": [200], "field": "data.code", "value": "OK"}
    headers = {"Authorization": "Bearer {token}"}
    way("sms", gateway, body=body, success=success, headers=headers, token="door")
    put("m1", to="13800000001")
    gateway.moods[:] = ['{"data": {"code": "BUSY"}}', '{"data": {"code": "OK"}}']
    assert deliver() == 0
    assert deliver(NOW + MINUTE) == 1
    taken = gateway.taken[0]
    assert taken.said == {"to": "13800000001", "msg": "【临期提醒】TS-1 办理并答复，尚余2天", "ref": "m1"}
    assert taken.headers["Authorization"] == "Bearer k&y"
    assert gateway.keys() == ["m1", "m1"]


def test_a_server_in_trouble_is_asked_again_under_the_same_key(gateway: Gateway) -> None:
    way("webhook", gateway)
    gateway.moods[:] = ["500", "drop"]
    put()
    assert deliver() == 0
    assert deliver(NOW + MINUTE) == 0
    assert deliver(NOW + 6 * MINUTE) == 1
    assert gateway.keys() == ["t1:way:out"] * 3


def test_a_refusal_for_good_is_dead_at_once(gateway: Gateway) -> None:
    way("webhook", gateway)
    gateway.moods[:] = ["400"]
    put()
    assert deliver() == 0
    assert (the().state, "in no mood" in the().last_error) == ("dead", True)


def test_a_silent_server_holds_up_no_other_and_blames_no_message(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    way("webhook", gateway)
    WayOut(id="other", kind="webhook", name="other", url=f"http://{LOOPBACK}:{free_port()}/").save()
    gateway.moods[:] = ["200"]
    for key in ("a", "b", "c"):
        put(key, way="other" if key != "c" else "out")
    assert deliver() == 1
    assert [(the(key).state, the(key).attempts) for key in "abc"] == [
        ("waiting", 1),
        ("waiting", 0),
        ("sent", 1),
    ]
    monkeypatch.setattr(outward, "SECONDS_SILENT", 0.2)
    gateway.moods[:] = ["sleep"]
    put("d")
    assert deliver() == 0
    assert "TimeoutError" in the("d").last_error


def test_a_server_that_drips_or_floods_is_cut_off(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outward, "SECONDS_IN_ALL", 0.2)
    way("webhook", gateway)
    gateway.moods[:] = ["drip"]
    put("a")
    assert deliver() == 0
    monkeypatch.undo()  # a busy machine may need longer for the flood
    monkeypatch.setenv("JUANZONG_WAY_KNOCK", "open sesame")
    gateway.moods[:] = ["flood"]
    put("b")
    assert deliver() == 1


def test_a_redirect_is_not_followed(gateway: Gateway) -> None:
    way("webhook", gateway)
    gateway.moods[:] = ["302"]
    put()
    assert deliver() == 0
    assert [one.path for one in gateway.taken] == ["/in"]


@pytest.mark.parametrize(
    ("url", "why"),
    [
        pytest.param("http://robot.example/", RuleBroken, id="not encrypted"),
        pytest.param("file:///etc/passwd", RuleBroken, id="no web address"),
        pytest.param("https://user:pass@robot.example/", RuleBroken, id="with a password in it"),
        pytest.param(f"https://{LOOPBACK}/", outward.Unreachable, id="this machine"),
        pytest.param("https://[::ffff:127.0.0.1]/", outward.Unreachable, id="this machine, in disguise"),
        pytest.param("https://169.254.169.254/latest/", outward.Unreachable, id="what clouds tell machines"),
        pytest.param("https://[fd00:ec2::254]/", outward.Unreachable, id="the same, over IPv6"),
        pytest.param("https://100.100.100.200/", outward.Unreachable, id="the same, in a shared network"),
        pytest.param("https://192.0.0.192/", outward.Unreachable, id="the same, among the protocols"),
        pytest.param("https://[64:ff9b::7f00:1]/", outward.Unreachable, id="translated, NAT64"),
        pytest.param("https://[2002:a9fe:a9fe::1]/", outward.Unreachable, id="packed up, 6to4"),
        pytest.param("https://[::127.0.0.1]/", outward.Unreachable, id="written out, compatible"),
        pytest.param("https://[2001:0:4136:e378:8000:63bf:80ff:fffe]/", outward.Unreachable, id="Teredo"),
        pytest.param("https://[fec0::1]/", outward.Unreachable, id="this site"),
        pytest.param("https://[ff02::1]/", outward.Unreachable, id="all machines"),
        pytest.param("https://0.0.0.0/", outward.Unreachable, id="no machine"),
        pytest.param("https://localhost/", outward.Unreachable, id="this machine by name"),
    ],
)
def test_an_address_inside_is_never_asked(url: str, why: type[Exception]) -> None:
    with pytest.raises(why):
        outward.ask(Request("POST", url, {}, b""))


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "10.1.2.3",
        "172.16.3.4",
        "192.168.1.1",
        "::ffff:10.0.0.1",
        "64:ff9b::808:808",
        "2400:3200::1",
    ],
)
def test_the_internet_and_private_networks_are_asked(address: str) -> None:
    assert not outward._is_inside(address)


def test_a_sender_killed_before_the_mark_sends_twice_under_one_key(gateway: Gateway) -> None:
    way("webhook", gateway)
    put()
    ids = mailing.claim(NOW, 25, "killed", ways_out.CHANNELS)
    held = mailing.taken(ids, "killed")
    ways_out._send(held[0], WayOut.collection().find_one({"_id": "out"}))  # … and killed before the mark
    assert deliver() == 0
    assert deliver(NOW + mailing.LEASE, "next") == 1
    assert deliver(NOW + 2 * mailing.LEASE, "third") == 0
    assert gateway.keys() == ["t1:way:out"] * 2


def test_a_way_that_is_gone_or_whose_secret_is_missing_says_so(gateway: Gateway) -> None:
    way("webhook", gateway, "shut", active=False)
    way("webhook", gateway, "bare", secret="nowhere")
    put("a", way="shut")
    put("b", way="bare")
    assert deliver() == 0
    assert (the("a").state, the("b").state) == ("dead", "waiting")
    assert "nowhere" in the("b").last_error
    assert gateway.taken == []


def test_a_secret_is_read_from_its_file(surroundings: surroundings.Surroundings, tmp_path: Any) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "kept").write_text("in a file\n")
    assert ways_out.secret("kept", tmp_path) == "in a file"
    assert ways_out.secret("../kept", tmp_path) == ways_out.secret("gone", tmp_path) == ""
