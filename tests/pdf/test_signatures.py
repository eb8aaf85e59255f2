"""A system signature 系统签名 leaves the rendered bytes alone, and its check says what is wrong with it."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import pkcs12
from pyhanko.sign.signers import Signer

from documents.rules.signatures import SigningOrder
from documents.rules.volume import RenderedVolume
from pdf import signatories, signatures, signing_keys, trial_authority
from pdf.signature_checks import Expected, Roots, look
from pdf.signing_keys import KeyUnfit
from tests.pdf import signing
from tests.pdf.test_verifier_signatures import by_another, continued, flipped, stripped

NOW = datetime.now(UTC)


def nobody(_query: bytes) -> bytes:
    raise AssertionError("nobody is to be asked")


def untouched(signed: bytes, _plain: bytes) -> bytes:
    return signed


def cut(signed: bytes, _plain: bytes) -> bytes:
    return signed[:-3000]


def emptied(_signed: bytes, _plain: bytes) -> bytes:
    return b""


@pytest.fixture(scope="module")
def signed(rendered: RenderedVolume) -> bytes:
    return signing.signed(rendered.content)


def test_the_rendered_bytes_stay_the_beginning(rendered: RenderedVolume, signed: bytes) -> None:
    """That the file stays PDF/A is shown with all papers in test_pdfa."""
    assert signed.startswith(rendered.content)


def test_the_facts_name_the_signer_the_stamp_and_the_test_authority(
    rendered: RenderedVolume, signed: bytes
) -> None:
    house = signing.house("one")
    facts = signatures.facts_of(signed, rendered.content, house.order, house.roots)
    assert (facts.subject, facts.authority, facts.root) == (
        trial_authority.SIGNER, trial_authority.STAMPER, trial_authority.ROOT,
    )  # fmt: skip
    assert (facts.level, facts.algorithm) == ("PAdES-B-T", "RSA-2048 / SHA-256")
    assert facts.test
    assert facts.test_authority
    assert facts.unsigned_sha256 == rendered.sha256
    assert abs(facts.signed_at - NOW) < timedelta(hours=1)
    assert "TEST" in facts.subject
    assert "TEST" in facts.authority


@pytest.mark.parametrize(
    ("damage", "problems"),
    [
        (untouched, ()),
        (flipped, ("changed", "prefix")),
        (stripped, ("missing",)),
        (continued, ("uncovered",)),
        (by_another, ("untrusted", "stamp_untrusted", "other_signer")),
        (cut, ("unreadable",)),
        (emptied, ("unreadable", "prefix")),
    ],
)
def test_a_check_says_what_is_wrong(
    rendered: RenderedVolume,
    signed: bytes,
    damage: Callable[[bytes, bytes], bytes],
    problems: tuple[str, ...],
) -> None:
    house = signing.house("one")
    known = replace(
        signing.expected(rendered.content), fingerprint=signing_keys.fingerprint(house.key.certificate)
    )
    check = look(damage(signed, rendered.content), house.roots, known).check
    assert check.problems == problems
    assert bool(check.words) is bool(problems)


def test_a_root_that_nobody_trusts_is_named(rendered: RenderedVolume, signed: bytes) -> None:
    house, known = signing.house("one"), signing.expected(rendered.content)
    assert look(signed, Roots(), known).check.problems == ("untrusted", "stamp_untrusted")
    assert look(signed, Roots(signers=house.roots.signers), known).check.problems == ("stamp_untrusted",)
    with pytest.raises(KeyUnfit, match="JUANZONG_TRUST"):
        signatures.facts_of(signed, rendered.content, house.order, Roots(house.roots.signers))


def test_without_an_authority_it_is_said_that_the_time_is_only_ours(rendered: RenderedVolume) -> None:
    house = signing.house("one")
    unstamped = signatures.sign(rendered.content, replace(house.who, stamper=None))
    order = replace(house.order, authority="none")
    facts = signatures.facts_of(unstamped, rendered.content, order, house.roots)
    assert (facts.level, facts.authority) == ("PAdES-B-B", "")
    known = Expected(facts.unsigned_size, facts.unsigned_sha256, stamped=True)
    assert look(unstamped, house.roots, known).check.problems == ("unstamped",)


def test_a_certificate_may_end_after_it_signed(rendered: RenderedVolume, tmp_path: Path) -> None:
    """The key of three years ago: what counts is the moment of the time stamp."""
    past = datetime.now(UTC) - 3 * timedelta(days=365) + timedelta(seconds=2)
    authority = trial_authority.ensure(tmp_path, past)
    order = SigningOrder(key=str(authority.signer[0]), certificate=str(authority.signer[1]))
    key = signing_keys.load(order)
    roots = Roots((key.anchor,), signing.house("one").roots.stampers)
    who = replace(signing.house("one").who, signer=signatures.simple_signer(key), roots=roots)
    signed = signatures.sign(rendered.content, who)
    while datetime.now(UTC) <= key.certificate.not_valid_after_utc:
        pass
    assert look(signed, roots, signing.expected(rendered.content)).check.ok
    with pytest.raises(KeyUnfit, match="到期"):
        signing_keys.usable(key.certificate, datetime.now(UTC))


# --- keys ------------------------------------------------------------------------------------------


def test_a_key_comes_from_a_pkcs12_file(rendered: RenderedVolume, tmp_path: Path) -> None:
    key = signing.house("one").key
    box = serialization.BestAvailableEncryption(b"geheim")
    assert isinstance(key.private, RSAPrivateKey)
    content = pkcs12.serialize_key_and_certificates(b"juanzong", key.private, key.certificate, key.chain, box)
    (tmp_path / "house.p12").write_bytes(content)
    order = SigningOrder(key=str(tmp_path / "house.p12"), password="geheim")
    assert signing_keys.load(order).chain == key.chain
    assert "geheim" not in repr(order)
    with pytest.raises(KeyUnfit, match="无法读取"):
        signing_keys.load(replace(order, password="falsch"))


def test_a_key_and_a_certificate_that_do_not_belong_together_are_refused() -> None:
    one, other = (trial_authority.ensure(signing.house(name).order.folder) for name in ("one", "other"))
    order = SigningOrder(key=str(one.signer[0]), certificate=str(other.signer[1]))
    with pytest.raises(KeyUnfit, match="不是一对"):
        signing_keys.load(order)


def from_a_token(order: SigningOrder) -> Signer:
    """A plug-in as somebody with a token would write it."""
    assert order.key == PLUGIN
    return signing.house("one").who.signer


def no_signer(_order: SigningOrder) -> str:
    return "nothing that signs"


PLUGIN = f"{__name__}:from_a_token"


def test_a_plugin_brings_the_key(rendered: RenderedVolume) -> None:
    who = signatories.signatory(SigningOrder(key=PLUGIN), nobody)
    signed = signatures.sign(rendered.content, who)
    facts = signatures.facts_of(signed, rendered.content, SigningOrder(key=PLUGIN), who.roots)
    assert (facts.root, facts.test) == (trial_authority.ROOT, False)


@pytest.mark.parametrize("key", [f"{__name__}:not_there", "no_such_module_at_all:x", f"{__name__}:no_signer"])
def test_a_plugin_that_does_not_work_is_said_so(key: str) -> None:
    with pytest.raises(KeyUnfit, match="签名插件"):
        signatories.signatory(SigningOrder(key=key), nobody)


def test_the_test_authority_is_made_once_and_gives_way_in_time(tmp_path: Path) -> None:
    first = trial_authority.ensure(tmp_path, NOW)
    assert trial_authority.ensure(tmp_path, NOW + timedelta(days=1000)) == first
    later = trial_authority.ensure(tmp_path, NOW + timedelta(days=1080))
    assert later != first
    assert first.signer[0].stat().st_mode & 0o777 == 0o600
    assert ssl.create_default_context(cafile=str(first.folder / "root.pem"))
    named = x509.load_pem_x509_certificate((first.folder / "root.pem").read_bytes()).subject
    assert "仅供测试 TEST ONLY" in named.rfc4514_string()
