"""Volumes are signed in the job, or wait with a reason – they are never silently sealed without it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pikepdf
import pytest
from pyhanko.sign.timestamps import DummyTimeStamper
from pymongo.database import Database

from documents import files
from documents.actions import binding
from documents.actions.signing import delay
from documents.archive_number import ArchiveNumber
from documents.complaint import Complaint
from documents.delayed_signature import DelayedSignature
from documents.destruction import GONE, Destruction
from documents.papers import waiting
from documents.policy import Policy
from documents.rules.signatures import SigningOrder
from documents.rules.volume import RenderedVolume
from documents.trusted_certificate import TrustedCertificate
from documents.volume import Volume
from jobs import making, papers, signing, surroundings, volume_parts
from pdf import trial_authority
from tests.documents.conftest import NOW, Perform, Register, perform, register
from tests.documents.test_dossier import archived
from tests.jobs.stamps import Authority, authority
from tests.jobs.test_destructions import appraised, begun, carried_out, due, released, started
from tests.pdf import signing as houses

_ = (perform, register)  # fixtures
LATER = NOW.isoformat()


@pytest.fixture
def stamps(database: Database[dict[str, Any]]) -> Iterator[Authority]:
    """A house that signs with its own PEM key and asks an authority over HTTP."""
    stamper = houses.house("one").who.stamper
    assert isinstance(stamper, DummyTimeStamper)
    with authority(stamper) as kept:
        tell(order("one", kept.url))
        yield kept
    signing._paused.clear()
    surroundings._told.clear()


def order(name: str, url: str) -> SigningOrder:
    made = trial_authority.ensure(houses.house(name).order.folder)
    trusted = trial_authority.ensure(houses.house("one").order.folder).folder / "root.pem"
    key, certificate = made.signer
    return SigningOrder(key=str(key), certificate=str(certificate), authority=url, trust=str(trusted))


def tell(wanted: SigningOrder) -> None:
    surroundings._told[:] = [replace(surroundings.current(), signing=wanted)]
    signing._paused.clear()
    signing._signatory.cache_clear()


def test_a_volume_is_signed_over_http_and_says_so(
    register: Register, perform: Perform, stamps: Authority
) -> None:
    case = archived(register, perform)
    papers.render_volume(case.volume.number, LATER)
    volume = Volume.get(Complaint.get(case.number).volume.number)
    content, facts = files.read(volume.file_id), volume.signature
    assert set(stamps.asked) == {"application/timestamp-query"}
    assert hashlib.sha256(content).hexdigest() == volume.sha256
    assert (facts["level"], facts["test"], facts["test_authority"]) == ("PAdES-B-T", False, False)
    assert hashlib.sha256(content[: facts["unsigned_size"]]).hexdigest() == facts["unsigned_sha256"]
    assert (
        facts["unsigned_sha256"]
        == volume_parts.volume(ArchiveNumber.get(case.volume.number), now=NOW)[1].sha256
    )  # rendered twice, the same bytes
    assert (volume.signature_check["sha256"], volume.signature_check["problems"]) == (volume.sha256, [])
    assert signing.check(content, facts).ok

    # The certificates roll over: the next volume is signed by another house, the old one still holds.
    tell(order("other", stamps.url))
    later = archived(register, perform)
    papers.render_volume(later.volume.number, LATER)
    newer = Volume.get(Complaint.get(later.number).volume.number)
    assert newer.signature["fingerprint"] != facts["fingerprint"]
    assert TrustedCertificate.objects.count() == 2
    assert signing.check(content, facts).ok
    assert signing.check(files.read(newer.file_id), newer.signature).ok
    assert signing.check(files.read(newer.file_id), facts).problems == ("other_signer", "prefix")


def test_a_certificate_of_destruction_is_signed_or_waits(
    policy: Policy, register: Register, perform: Perform, stamps: Authority
) -> None:
    found = started(released(appraised(begun(policy, due(register, perform)))))
    stamps.mood = "busy"
    waits = carried_out(found)
    assert (waits.state, waits.lines[0].state, waits.certificate, waits.attempts) == (
        "running",
        GONE,
        None,
        0,
    )
    assert "HTTP 503" in waits.waits
    stamps.mood = "granted"
    signing._paused.clear()
    done = carried_out(found)
    kept, content = done.certificate, files.read(done.certificate.file_id)
    assert (done.state, done.waits, kept.sha256) == ("done", None, hashlib.sha256(content).hexdigest())
    assert kept.signature["level"] == "PAdES-B-T"
    assert (kept.signature_check["sha256"], kept.signature_check["problems"]) == (kept.sha256, [])
    assert signing.check(content, kept.signature).ok
    spoilt = content.replace(b"/MediaBox", b"/MediaBux", 1)
    assert "changed" in signing.check(spoilt, kept.signature).problems
    assert signing.recheck_certificate(str(done.id), NOW.isoformat()) == "holds"
    files.delete(kept.file_id)
    assert signing.recheck_certificate(str(done.id), NOW.isoformat()) != "holds"
    assert Destruction.get(str(done.id)).certificate.signature_check["problems"] != []


@pytest.mark.parametrize(
    ("mood", "reason"),
    [
        ("busy", "HTTP 503"),
        ("drop", "没有给出时间戳"),
        ("garbage", "not an RFC 3161 reply"),
        ("refused", "refused, status 2"),
        ("another", "another question"),
    ],
)
def test_a_silent_authority_gives_a_reason(stamps: Authority, mood: str, reason: str) -> None:
    stamps.mood = mood
    with pytest.raises(signing.SigningWaits, match=reason):
        signing.signed(blank())
    stamps.asked.clear()
    with pytest.raises(signing.SigningWaits, match=reason):
        signing.check_ready()
    assert stamps.asked == []


def blank() -> RenderedVolume:
    target = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(target)
    return RenderedVolume(target.getvalue(), hashlib.sha256(target.getvalue()).hexdigest(), 1, 1)


def test_an_authority_that_nobody_trusts_is_not_taken(stamps: Authority) -> None:
    tell(replace(order("one", stamps.url), trust=""))
    with pytest.raises(signing.SigningWaits, match="JUANZONG_TRUST"):
        signing.signed(blank())


def test_a_house_without_a_key_seals_without_a_signature_and_one_without_a_stamp_says_so(
    stamps: Authority,
) -> None:
    tell(SigningOrder())
    assert signing.signed(blank()).signature is None
    tell(replace(order("one", "none"), trust=""))
    facts = signing.signed(blank()).signature
    assert facts is not None
    assert (facts.level, facts.authority) == ("PAdES-B-B", "")


def test_a_volume_waits_for_its_signature_however_long_it_takes(
    register: Register, perform: Perform, stamps: Authority
) -> None:
    case = archived(register, perform)
    stamps.mood = "busy"
    for _outage in range(making.MOST_TRIES):
        binding.begin(case.volume.number)
        delay(case.volume.number, "没有时间戳", begun=True, now=NOW)
    assert papers.render_volume(case.volume.number, LATER) == "waits for its signature"
    assert (
        papers.render_volume(case.volume.number, LATER) == "waits for its signature"
    )  # without rendering it
    case = Complaint.get(case.number)
    assert (case.status, case.volume.sealed_at, Volume.objects.count()) == ("closed", None, 0)
    assert [paper.number for paper in waiting(10)] == [case.volume.number]
    delayed = DelayedSignature.objects.get(id=case.volume.number)
    assert delayed.reason == "时间戳机构 127.0.0.1 没有给出时间戳（HTTP 503）"
    assert delayed.times == making.MOST_TRIES + 1
    stamps.mood = "granted"
    signing._paused.clear()
    papers.render_volume(case.volume.number, LATER)
    assert Volume.get(case.volume.number).signature["level"] == "PAdES-B-T"
    assert DelayedSignature.objects.count() == 0
