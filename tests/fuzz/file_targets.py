"""What reads files 文件: bundles, definitions, uploads, mails, drawings, packages and their checker."""

from __future__ import annotations

import io
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path, PurePath
from typing import Any

from flask import Flask

from admin_views.downloads import download
from documents.bundles.checking import check_bundle
from documents.bundles.found import BundleRefused
from documents.bundles.packing import bundle_files, zip_bytes
from documents.bundles.reading import read_files, read_zip
from documents.bundles.writing import written
from documents.pack_files import PACKS, definition
from documents.rules.broken import RuleBroken
from documents.rules.drawings import NoDrawing, read_drawing
from documents.rules.file_checks import troubles
from documents.rules.file_kinds import kind_of, problem_of
from documents.rules.policy import PolicyView
from documents.rules.policy_checking import problems
from documents.rules.policy_differences import differences
from documents.rules.text import tidy
from documents.rules.volume import RenderedVolume
from pdf import verifier
from pdf.renditions.kinds import Way, recognised
from pdf.renditions.limits import Allowance, Unreadable, Upload
from pdf.renditions.making import pages_of
from portal.views.files import disposition
from tests.fuzz.loop import FILE, PLAIN, Target
from tests.fuzz.mutations import Chance, changed_bytes, changed_text, changed_value
from tests.pdf import packing, uploads

PACK = "p01"
APP = Flask("fuzz")
# Kinds that a child draws behind its limits; reading them here would test the libraries of others.
DRAWN = (Way.PDF, Way.PICTURE, Way.OFFICE)


def run_yaml(raw: bytes) -> None:
    """One file of a bundle."""
    bundle = read_files({"policy.yaml": raw})
    check_bundle(bundle)


def run_zip(raw: bytes) -> None:
    """A bundle as it is imported."""
    check_bundle(read_zip(raw))


def run_policy(made: Any) -> None:
    """A definition from anywhere: it is refused with reasons, or it can be written, read and compared."""
    found = problems(made)
    if not found:
        again = read_files({name: text.encode() for name, text in written(made).items()}).definition
        assert not differences(made, again), differences(made, again)[:2]
        PolicyView(made)
    if isinstance(made, dict):
        differences(_pack(), made)


def run_upload(example: Sequence[Any]) -> None:
    """An upload under a name: looked at on its way in, before filing, and for its pages."""
    name, media_type, data = example
    name = tidy(PurePath(str(name).replace("\\", "/")).name)[:200] or "未命名"
    head = data[:8192]
    problem_of(name, head, kind_of(head))
    list(troubles(data))
    upload = Upload(name, media_type, data)
    if recognised(upload).way not in DRAWN:
        pages_of(upload, Allowance())
    with APP.test_request_context():
        headers = [
            download("0" * 24, example[0]).headers["Content-Disposition"],
            disposition("attachment", name),
        ]
    for header in headers:
        assert header.startswith("attachment;"), header
        assert header.isprintable(), header


def run_mail(data: bytes) -> None:
    """A mail: taken apart, however it is broken."""
    if recognised(Upload("x.eml", "message/rfc822", data)).way is Way.MAIL:
        allowed = Allowance(depth=2)
        made = pages_of(Upload("x.eml", "message/rfc822", data), allowed)
        # Each mail within a mail may add the list of what is attached to it, 40 lines on two sheets.
        assert len(made.sheets) <= allowed.pages + 2 * (allowed.depth + 1)


def run_package(data: bytes) -> None:
    """A package as its receiver checks it: whatever it is, the checker says so in words and as a file."""
    path = _folder() / "package.zip"
    path.write_bytes(data)
    result = verifier.inspect(path)
    verifier.report(result, english=False)
    verifier.as_json(path, result)
    verifier.as_opinions(result)
    assert verifier.exit_code(result) or sha256(data).digest() in _intact


_folders: list[Path] = []
_intact: set[bytes] = set()
_packs: list[dict[str, Any]] = []


def _folder() -> Path:
    if not _folders:
        _folders.append(Path(tempfile.mkdtemp(prefix="juanzong-fuzz-")))
    return _folders[0]


def _pack() -> dict[str, Any]:
    if not _packs:
        _packs.append(definition(PACK))
    return _packs[0]


def _package() -> list[bytes]:
    """A package whose volumes are a few bytes each."""
    paper = b"%PDF-1.7 a volume"
    made = RenderedVolume(paper, sha256(paper).hexdigest(), pages=1, sheets=1)
    store = packing.Store()
    content = packing.pack(_folder() / "made", packing.content(made, store), store).archive.read_bytes()
    _intact.add(sha256(content).digest())
    return [content]


def _small() -> dict[str, Any]:
    """A definition that is quickly checked: the pack without its scenarios, reports and letters."""
    made = definition(PACK)
    for section in ("scenarios", "example"):
        made.pop(section, None)
    return made


def _yaml() -> list[bytes]:
    texts = [
        path.read_bytes() for path in sorted((PACKS / PACK).glob("*.yaml")) if path.stat().st_size < 12_000
    ]
    return [*texts, b"a: &x [1, {b: *x}]\n", b"policy: {key: p, name: {zh: 'x'}}\n? [a]\n: |\n  text\n"]


def _zips() -> list[bytes]:
    whole = zip_bytes(bundle_files(_small()))
    small = uploads.zipped({"policy.yaml": b"policy: {key: p01}\n", "bundle.yaml": b"format: 1\n"})
    return [whole, small, uploads.zipped({"p/policy.yaml": b"policy:\n  key: x\n"})]


def _uploads() -> list[tuple[str, str, bytes]]:
    mail = uploads.mail(html="<p>b</p>").as_bytes()
    return [
        ("回单.pdf", "application/pdf", b"%PDF-1.7\n1 0 obj<</Encrypt 2>>endobj\n%%EOF"),
        ("说明.txt", "text/plain", "一行\n二行\t三".encode("gb18030")),
        ("信.eml", "message/rfc822", mail),
        ("包.zip", "application/zip", uploads.zipped({"a/b.txt": b"x" * 99, "../x.exe": b"MZ"})),
        (
            "表.docx",
            "application/zip",
            uploads.zipped({"[Content_Types].xml": b"", "word/vbaProject.bin": b"x"}),
        ),
        ("老.doc", "x/y", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")),
        ("../../邪恶\\名称?\u202e.png", "image/svg+xml", b"<svg xmlns='x'><script>1</script></svg>"),
    ]


def _changed_upload(chance: Chance, example: Any, others: Sequence[Any]) -> Any:
    name, media_type, data = example
    if chance.random() < 0.3:
        name = changed_text(chance, name, [one[0] for one in others])
    if chance.random() < 0.1:
        media_type = chance.choice(others)[1]
    return name, media_type, changed_bytes(chance, data, [one[2] for one in others])


def _mails() -> list[bytes]:
    inner = uploads.mail("里面", Subject="转发")
    outer = uploads.mail(html="<div>a<table><tr><td>b</table><script>x</script>&#0;&amp;</div>")
    uploads.attach(outer, "回单.txt", "text/plain", b"abc")
    uploads.attach(outer, "信.eml", "application/octet-stream", inner.as_bytes())
    odd = (
        b"From: =?gb2312?B?yMs=?= <a@b>\r\nTo: =?x?Q?=\r\nDate: Fri, 32 Feb 2026\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n"
        b"Content-Type: message/rfc822\r\n\r\nFrom: a\r\n\r\nb\r\n--x\r\n"
        b"Content-Type: text/html; charset=utf-7\r\nContent-Transfer-Encoding: base64\r\n\r\nPGI+\r\n--x\r\n"
    )
    return [outer.as_bytes(), inner.as_bytes(), odd]


def _drawings() -> list[bytes]:
    rows = b"".join(b"\x00" + bytes(4 * 20) for _ in range(9)) + b"\x00" + b"\xff" * 80

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 20, 10, 8, 6, 0, 0, 0)
    return [
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b""),
    ]


def _changed_drawing(chance: Chance, example: bytes, others: Sequence[bytes]) -> bytes:
    """Bytes changed, half of the time with check sums that fit again: what is behind them is reached."""
    made = changed_bytes(chance, example, others)
    if chance.random() < 0.5:
        return made
    out, place = bytearray(made[:8]), 8
    while place + 8 <= len(made):
        size = min(int.from_bytes(made[place : place + 4], "big"), len(made) - place - 8)
        part = made[place + 4 : place + 8 + size]
        out += size.to_bytes(4, "big") + part + zlib.crc32(part).to_bytes(4, "big")
        place += 12 + size
    return bytes(out)


def _changed_zip(chance: Chance, example: bytes, others: Sequence[bytes]) -> bytes:
    """A ZIP changed outside, or packed anew with a change inside or of a name."""
    if chance.random() < 0.4:
        return changed_bytes(chance, example, others)
    try:
        with zipfile.ZipFile(io.BytesIO(example)) as archive:
            files = {one.filename: archive.read(one) for one in archive.infolist()}
    except (zipfile.BadZipFile, ValueError, OSError, RuntimeError, NotImplementedError, EOFError, zlib.error):
        return changed_bytes(chance, example, others)
    if not files:
        return changed_bytes(chance, example, others)
    name = chance.choice(list(files))
    content = files.pop(name)
    renamed = changed_text(chance, name, list(files) or [name])[:200] if chance.random() < 0.2 else name
    return uploads.zipped(
        {**files, renamed: changed_bytes(chance, content, [content])}, deflate=chance.random() < 0.5
    )


TARGETS = (
    Target("yaml", _yaml, run_yaml, (BundleRefused,), changed_bytes, seconds=4.0),
    Target("zip", _zips, run_zip, (BundleRefused,), _changed_zip, seconds=6.0),
    Target(
        "policy",
        lambda: [_small()],
        run_policy,
        (BundleRefused, RuleBroken),
        changed_value,
        PLAIN,
        seconds=6.0,
    ),
    Target("upload", _uploads, run_upload, (Unreadable,), _changed_upload, FILE),
    Target("mail", _mails, run_mail, (), changed_bytes),
    Target("drawing", _drawings, lambda data: read_drawing(data) and None, (NoDrawing,), _changed_drawing),
    Target("package", _package, run_package, (), _changed_zip, seconds=4.0),
)
