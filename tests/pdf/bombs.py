"""Files that mean harm: small to send, huge to open, endless to draw."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable

import pikepdf
from PIL import Image

from tests.pdf import uploads


def blanks(amount: int) -> bytes:
    """So many spaces, deflated."""
    packer, block, times = zlib.compressobj(9), b" " * (1 << 20), amount >> 20
    # After a full flush the same block packs into the same bytes.
    first, again = (packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    checksum = 1
    for _ in range(times):
        checksum = zlib.adler32(block, checksum)
    end = zlib.compressobj(wbits=-15).flush()
    return first + again * (times - 1) + end + checksum.to_bytes(4, "big")


def _pdf(build: Callable[[pikepdf.Pdf], None]) -> bytes:
    stream = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(300, 300))
        build(pdf)
        untouched = pikepdf.StreamDecodeLevel.none
        pdf.save(stream, compress_streams=False, stream_decode_level=untouched)
    return stream.getvalue()


def flate_pdf(amount: int) -> bytes:
    """A page whose content unpacks to so many bytes."""

    def build(pdf: pikepdf.Pdf) -> None:
        content = pikepdf.Stream(pdf, blanks(amount))
        content.Filter = pikepdf.Name.FlateDecode
        pdf.pages[0].Contents = pdf.make_indirect(content)

    return _pdf(build)


def laughing_pdf(depth: int) -> bytes:
    """A form that draws ten forms that draw ten forms…"""

    def form(pdf: pikepdf.Pdf, content: bytes, inner: pikepdf.Object | None = None) -> pikepdf.Object:
        made = pikepdf.Stream(pdf, content, Subtype=pikepdf.Name.Form, BBox=[0, 0, 300, 300])
        if inner is not None:
            made.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=inner))
        return pdf.make_indirect(made)

    def build(pdf: pikepdf.Pdf) -> None:
        last = form(pdf, b"0 0 9 9 re f")
        for _ in range(depth):
            last = form(pdf, b"/X Do " * 10, last)
        pdf.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=last))
        pdf.pages[0].Contents = pdf.make_indirect(pikepdf.Stream(pdf, b"/X Do"))

    return _pdf(build)


def long_pdf(pages: int) -> bytes:
    """So many pages, each an object of its own."""
    kids = b" ".join(b"%d 0 R" % (number + 3) for number in range(pages))
    objects = [
        b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n",
        b"2 0 obj<</Type/Pages/Kids[%b]/Count %d>>endobj\n" % (kids, pages),
        *(b"%d 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 90 90]>>endobj\n" % (n + 3) for n in range(pages)),
    ]
    head, places, position = b"%PDF-1.4\n", [], 9
    for one in objects:
        places.append(b"%010d 00000 n \n" % position)
        position += len(one)
    table = b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(objects) + 1, b"".join(places))
    tail = b"trailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, position)
    return head + b"".join(objects) + table + tail


def tiff(width: int, height: int) -> bytes:
    """A kilobyte that claims to be so large a scan."""
    data = zlib.compress(bytes(1000))
    numbers = {
        256: width, 257: height, 258: 8, 259: 8, 262: 1, 273: 8, 277: 1, 278: height, 279: len(data),
    }  # fmt: skip
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in numbers.items())
    directory = struct.pack("<H", len(numbers)) + entries + bytes(4)
    return b"II*\0" + struct.pack("<I", 8 + len(data)) + data + directory


def endless_tiff() -> bytes:
    """A fax whose second page is its first."""
    stream = io.BytesIO()
    Image.new("1", (50, 50)).save(stream, "TIFF")
    data = bytearray(stream.getvalue())
    (start,) = struct.unpack("<I", data[4:8])
    (entries,) = struct.unpack("<H", data[start : start + 2])
    data[start + 2 + 12 * entries : start + 6 + 12 * entries] = struct.pack("<I", start)
    return bytes(data)


def webp(width: int, height: int) -> bytes:
    """A header that claims to be so large a picture."""
    sizes = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    chunk = b"VP8X" + struct.pack("<I", 10) + bytes(4) + sizes
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def laughing_xml(kind: str) -> bytes:
    """Billion laughs."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]><{kind}>&l9;</{kind}>'.encode()


def zip_of_zips(depth: int) -> bytes:
    """A ZIP of ten ZIPs of ten ZIPs…"""
    inner = uploads.zipped({"0.bin": bytes(1 << 20)})
    for _ in range(depth):
        inner = uploads.zipped({f"{number}.zip": inner for number in range(10)})
    return inner


def nested_mail(depth: int) -> bytes:
    """Multiparts within multiparts."""
    parts = (b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(depth))
    return b"From: a@example.cn\nMIME-Version: 1.0\nSubject: x\n" + b"".join(parts)
