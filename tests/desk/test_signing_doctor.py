"""The doctor says with what is signed, warns before a certificate ends, and asks the authority."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pyhanko.sign.timestamps import DummyTimeStamper

from documents.rules.signatures import SigningOrder
from pdf import trial_authority
from portal.findings import State
from portal.signing_diagnosis import signing
from tests.jobs.stamps import authority
from tests.pdf import signing as houses


def lines(order: SigningOrder) -> list[tuple[State, str]]:
    return [(one.state, one.chinese) for one in signing(order)]


def pem_pair(folder: Path, *, days_left: int) -> SigningOrder:
    made = trial_authority.ensure(folder, datetime.now(UTC) - timedelta(days=3 * 365 - days_left, hours=-1))
    return SigningOrder(key=str(made.signer[0]), certificate=str(made.signer[1]))


def test_no_key_is_a_warning_and_the_test_authority_is_named() -> None:
    assert lines(SigningOrder())[0][0] is State.WARNING
    demo = lines(SigningOrder(key="test", authority="test", folder=Path("nowhere")))
    assert [state for state, _ in demo] == [State.NOTE, State.NOTE]
    assert all("TEST" in words for _, words in demo)


@pytest.mark.parametrize(
    ("days_left", "state", "words"),
    [
        (400, State.GOOD, "到期"),
        (59, State.WARNING, "到期"),
        (-1, State.BAD, "已到期：新案卷等待签名"),
    ],
)
def test_the_end_of_the_certificate_is_told_in_time(
    tmp_path: Path, days_left: int, state: State, words: str
) -> None:
    (found, _) = lines(pem_pair(tmp_path, days_left=days_left))
    assert found[0] is state
    assert words in found[1]


def test_a_key_that_cannot_be_read_is_bad(tmp_path: Path) -> None:
    (found, _) = lines(SigningOrder(key=str(tmp_path / "missing.p12")))
    assert found[0] is State.BAD
    assert "无法读取" in found[1]


def test_the_authority_is_really_asked() -> None:
    house = houses.house("one")
    stamper = house.who.stamper
    assert isinstance(stamper, DummyTimeStamper)
    with authority(stamper) as stamps:
        order = replace(house.order, authority=stamps.url)
        assert lines(order)[1] == (State.GOOD, "时间戳机构 127.0.0.1 有应答")
        stamps.mood = "refused"
        assert lines(order)[1][0] is State.BAD
    assert lines(order)[1][0] is State.BAD
