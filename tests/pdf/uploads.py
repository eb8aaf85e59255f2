"""Uploads of every kind, good and hostile, made on the spot."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pikepdf

from tests.pdf import samples

BODY = (
    "合规部：\n\n附上2月13日上午在城东信用社排队的小票和照片。当日只开一个窗口，我等了将近两个小时。\n"
    "请书面答复。\n\n李建国"
)


def mail(body: str = BODY, *, html: str = "", **headers: str) -> EmailMessage:
    """A mail from the complainant."""
    made = EmailMessage(policy=SMTP)
    facts = {
        "From": "李建国 <li.jianguo@example.cn>",
        "To": "云溪联社合规部 <hegui@example.cn>",
        "Cc": "省联社 <sheng@example.cn>",
        "Date": "Fri, 13 Feb 2026 16:40:00 +0800",
        "Subject": "关于城东信用社排队两小时的投诉",
        "Message-ID": "<1@example.cn>",
    }
    for name, value in (facts | headers).items():
        made[name] = value
    made.set_content(body)
    if html:
        made.add_alternative(html, subtype="html")
    return made


def attach(mail: EmailMessage, name: str, media_type: str, content: bytes) -> None:
    """Put a file into a mail."""
    kind, _, sort = media_type.partition("/")
    mail.add_attachment(content, maintype=kind, subtype=sort, filename=name)


def zipped(files: Mapping[str, bytes], *, deflate: bool = True) -> bytes:
    """A ZIP with these files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED if deflate else zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, (2026, 2, 13, 16, 40, 0))
            archive.writestr(entry, content, archive.compression)
    return stream.getvalue()


def png(width: int, height: int) -> bytes:
    """A small file that claims to be a huge picture."""
    body = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((width + 7) // 8 + 1) * 100, 9)

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", body) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def encrypted_pdf(*, user: str = "", printable: bool = True) -> bytes:
    """A PDF that its maker locked."""
    allow = pikepdf.Permissions(print_lowres=printable, print_highres=printable, modify_other=False)
    lock = pikepdf.Encryption(owner="owner", user=user, allow=allow)
    return changed(samples.scanned_pdf(), encryption=lock)


def changed(content: bytes, change: Callable[[pikepdf.Pdf], object] | None = None, **options: Any) -> bytes:
    """A PDF after somebody did something to it."""
    stream = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        if change is not None:
            change(pdf)
        pdf.save(stream, **options)
    return stream.getvalue()


def blank_pdf(pages: int, size: tuple[float, float] = (200, 200)) -> bytes:
    """Empty pages; many of them are one page named many times."""
    stream = io.BytesIO()
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page(page_size=size)
        pdf.save(stream)
    return stream.getvalue()


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
XML = '<?xml version="1.0" encoding="UTF-8"?>'
TYPES = (
    f"{XML}"
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = (
    f"{XML}"
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)
MAIN = (
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
    'officeDocument" Target="word/document.xml"/>'
)


def docx(
    body: str = "",
    *,
    text: str = "",
    head: str = "",
    relations: str = "",
    more: Mapping[str, bytes] | None = None,
) -> bytes:
    """A Word document with this body, or these paragraphs."""
    said = body or "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in (text or BODY).splitlines())
    document = f'{XML}{head}<w:document xmlns:w="{W}"><w:body>{said}</w:body></w:document>'
    files = {
        "[Content_Types].xml": TYPES.encode(),
        "_rels/.rels": RELATIONS.format(MAIN).encode(),
        "word/document.xml": document.encode(),
        "word/_rels/document.xml.rels": RELATIONS.format(relations).encode(),
    }
    return zipped(files | dict(more or {}))
