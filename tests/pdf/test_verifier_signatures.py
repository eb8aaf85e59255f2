"""The checker finds a signature that was broken, taken off or replaced, even when all digests agree."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from documents.rules.volume import RenderedVolume
from pdf import verifier
from pdf.signing_keys import fingerprint
from tests.pdf import packing, signing

CONTENTS = re.compile(rb"/Contents ?<([0-9A-F]{2000,})>")


def findings(folder: Path, rendered: RenderedVolume, content: bytes, *, stated: bool = True) -> list[str]:
    """Pack this content as a volume, with digests that agree, and let the checker look."""
    store = packing.Store()
    package = packing.content(rendered, store)
    first, *others = package.volumes
    store.volumes[first.volume_number] = content
    by = fingerprint(signing.house("one").key.certificate) if stated else ""
    first = replace(first, size=len(content), sha256=sha256(content).hexdigest(), signed_by=by)
    written = packing.pack(folder, replace(package, volumes=(first, *others)), store, zipped=False)
    return [finding.code + " " + finding.detail for finding in verifier.verify(written.folder)]


def flipped(signed: bytes, plain: bytes) -> bytes:
    place = len(plain) // 2
    return signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :]


def flipped_behind(signed: bytes, _plain: bytes) -> bytes:
    place = signed.rindex(b"startxref")
    return signed[:place] + b"startXref" + signed[place + 9 :]


def forged(signed: bytes, plain: bytes) -> bytes:
    """The bytes changed and the digest in the signature made to agree; only the key cannot be made to."""
    changed = flipped(signed, plain)
    gap = CONTENTS.search(signed)
    assert gap is not None
    start, end = gap.start(1) - 1, gap.end(1) + 1
    digests = [sha256(one[:start] + one[end:]).hexdigest().upper().encode() for one in (signed, changed)]
    assert digests[0] in signed
    return changed.replace(digests[0], digests[1])


def stripped(_signed: bytes, plain: bytes) -> bytes:
    return plain


def emptied(signed: bytes, _plain: bytes) -> bytes:
    return CONTENTS.sub(lambda match: b"/Contents <" + b"0" * len(match[1]) + b">", signed)


def continued(signed: bytes, _plain: bytes) -> bytes:
    return signed + b"\n% one line more\n"


def by_another(_signed: bytes, plain: bytes) -> bytes:
    return signing.signed(plain, "other")


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (flipped, "signature 签名之后内容被改动"),
        (flipped_behind, "signature 签名之后内容被改动"),
        (forged, "signature 签名值与证书公钥不符"),
        (stripped, "unsigned"),
        (emptied, "signature 签名数据已损坏"),
        (continued, "signature 签名之后还有内容"),
        (by_another, "signer"),
    ],
)
def test_what_was_done_to_a_signature_is_found(
    rendered: RenderedVolume, tmp_path: Path, damage: Callable[[bytes, bytes], bytes], code: str
) -> None:
    damaged = damage(signing.signed(rendered.content), rendered.content)
    (found,) = findings(tmp_path, rendered, damaged)
    assert found.startswith(code)


def test_a_signature_that_holds_is_no_finding(rendered: RenderedVolume, tmp_path: Path) -> None:
    assert findings(tmp_path, rendered, signing.signed(rendered.content)) == []


def test_words_that_look_like_a_signature_are_none(rendered: RenderedVolume, tmp_path: Path) -> None:
    named = rendered.content + b"% /Title (/ByteRange [0 10 20 30])\n"
    assert findings(tmp_path, rendered, named, stated=False) == []


def test_a_signature_is_read_across_chunks(
    rendered: RenderedVolume, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifier, "CHUNK", 997)
    assert findings(tmp_path, rendered, signing.signed(rendered.content)) == []
