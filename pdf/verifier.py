#!/usr/bin/env python3
"""Checks a year-end package 年终移交包 without the portal, a network or a database.

    python verifier.py [PATH] [--en] [--result FILE] [--opinions FILE]

One file on purpose: it travels inside the package. PATH is the package folder, its ZIP, or a folder in
which all parts 分包 of a package lie (default: the folder this file lies in). Needs Python 3.8 or later
and nothing else. Exit code 0: everything agrees; 1: something does not; 2: PATH is no package.
--result writes what was found as JSON, --opinions a table 接收意见 (CSV) in which the receiver accepts or
sends back case by case; both can be given back to the sender and imported.
"""

from __future__ import annotations

import argparse
import csv
import errno
import hashlib
import io
import json
import os
import re
import stat
import struct
import sys
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from xml.etree import ElementTree

FORMAT = "1"
BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MANIFEST, TAGMANIFEST = "manifest-sha256.txt", "tagmanifest-sha256.txt"
MANIFEST_SM3, TAGMANIFEST_SM3 = "manifest-sm3.txt", "tagmanifest-sm3.txt"
PAYLOAD = "data/"
VOLUMES, FILES = "data/案卷目录.xml", "data/文件目录.xml"
NUMBERS = "data/其他/编号清单.xml"
PARTS = "data/其他/分包清单.xml"
RECORDS = "电子档案/"
INSIDE, ABSENT = "归档", "未归档"
ACCEPT, REJECT = "接收", "退回"
OPINION_COLUMNS = ("移交包", "轮次", "档号", "投诉编号", "题名", "意见", "退回原因")
LINE = re.compile(r"([0-9a-f]{64})  ([^\r\n]+)\n")
VOLUME_FOLDER = re.compile(r"电子档案/[^/\n]+/[^/\n]+/[^/\n]+(?=/)")
CHUNK = 1 << 20
UNREADABLE = (OSError, ValueError, RuntimeError, EOFError, zipfile.BadZipFile, struct.error)
MOST_CONTENTS = 1 << 20
MOST_RANGES = 16  # that look like signatures, in one file
BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d{1,12})\s+(\d{1,12})\s+(\d{1,12})\s+(\d{1,12})\s*\]")
CONTENTS = re.compile(rb"<(?:[0-9A-Fa-f]{2})+>")
MAX_XML, MAX_TAGS = 256 << 20, 8_000_000  # more of either is no catalogue, but an attempt on the memory
MOST_SHOWN, MOST_KEPT = 500, 2_000  # findings on the screen and in the result file
LONGEST_PATH, LONGEST_DETAIL, LONGEST_REASON = 1_000, 300, 300
# What a terminal takes as a command, what turns the direction of writing, and halves of characters.
UNSEEMLY = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
SM3_KNOWN = "sm3" in hashlib.algorithms_available
Tree = ElementTree.Element
SCHEMA = "{http://www.w3.org/2001/XMLSchema-instance}noNamespaceSchemaLocation"

MESSAGES: dict[str, tuple[str, str]] = {
    "no_package": ("不是移交包，或无法读取：{detail}", "not a package, or unreadable: {detail}"),
    "unreadable": ("文件无法读取：{detail}", "the file cannot be read: {detail}"),
    "folder_unreadable": ("文件夹无法打开：{detail}", "the folder cannot be opened: {detail}"),
    "huge": (
        "文件过大，不像是移交包的目录或清单，未解析",
        "too large for a catalogue or manifest: not parsed",
    ),
    "link": ("是链接而不是文件", "is a link, not a file"),
    "empty_folder": ("多出的空文件夹", "an empty folder that does not belong here"),
    "missing": ("文件缺失", "the file is missing"),
    "extra": ("多出的文件，清单中没有", "a file that no manifest lists"),
    "renamed": ("文件被改名，原名为 {detail}", "the file was renamed; it was {detail}"),
    "changed": ("文件内容被改动（SHA-256 不符）", "the content was changed (SHA-256 differs)"),
    "manifest": ("清单第 {detail} 行不合规范", "line {detail} of the manifest is malformed"),
    "listed_twice": ("清单中重复列出", "listed twice in the manifest"),
    "bagit": ("BagIt 声明不符", "the BagIt declaration differs"),
    "oxum": ("文件总数或总字节数不符：应为 {detail}", "count or bytes of files differ: expected {detail}"),
    "xml": ("目录文件不能解析：{detail}", "the catalogue cannot be parsed: {detail}"),
    "total": ("合计不符：{detail}", "a total differs: {detail}"),
    "order": ("顺序号不连续", "the running numbers have a gap"),
    "number_twice": ("档号重复", "the archive number is used twice"),
    "catalogue": ("与案卷目录所载不符：{detail}", "differs from the catalogue of volumes: {detail}"),
    "not_in_catalogue": ("目录中没有此文件", "no catalogue names this file"),
    "pages": ("页号不连续或页数不符", "page numbers have a gap or the count of pages differs"),
    "case_twice": ("编号重复：{detail}", "the case number appears twice: {detail}"),
    "case_lost": ("编号去向不明：{detail}", "nobody says where this case number is: {detail}"),
    "case_unlisted": ("归档的编号不在编号清单中：{detail}", "a case inside is not on the list: {detail}"),
    "no_reason": ("未归档编号没有说明原因：{detail}", "an absent number has no reason: {detail}"),
    "sm3": ("文件内容被改动（SM3 不符）", "the content was changed (SM3 differs)"),
    "sm3_list": (
        "SM3 清单与 SHA-256 清单所列文件不同：{detail}",
        "the SM3 manifest lists other files: {detail}",
    ),
    "gap": ("档号不连续：{detail}", "the archive numbers have a gap: {detail}"),
    "volume_lost": ("档号去向不明：{detail}", "nobody says where this archive number is: {detail}"),
    "volume_unlisted": ("案卷的档号不在编号清单中：{detail}", "a volume inside is not on the list: {detail}"),
    "report": ("与年度报告的差异未说明：{detail}", "the difference from the report is unexplained: {detail}"),
    "part_missing": ("缺少分包：{detail}", "a part of the package is missing: {detail}"),
    "part_differs": ("分包与分包清单所载不符：{detail}", "a part differs from the list of parts: {detail}"),
    "part_strange": ("不属于同一移交包的分包：{detail}", "a part of another package: {detail}"),
    "unsigned": ("目录载明已签名，文件中没有签名", "the catalogue says signed, the file has no signature"),
    "signature": ("系统签名不符：{detail}", "the system signature does not hold: {detail}"),
    "signer": ("签名证书与目录所载不同", "the signing certificate is not the one in the catalogue"),
    "zip_shell": ("ZIP 外壳被改动或不合规范：{detail}", "the ZIP shell was changed or is bad: {detail}"),
    "zip_path": (
        "ZIP 中的路径不合规范，解压时可能写到别处：{detail}",
        "a path in the ZIP that may lead elsewhere when it is unpacked: {detail}",
    ),
    "zip_digest": ("ZIP 与旁附的 .sha256 不符", "the ZIP differs from the .sha256 beside it"),
}


INTACT = (
    "核验通过：案卷 {volumes} 卷、原件 {originals} 个、编号 {numbers} 个，"
    "共 {files} 个文件 {bytes:,} 字节，全部相符。",
    "INTACT: {volumes} volumes, {originals} originals, {numbers} numbers; "
    "all {files} files, {bytes:,} bytes, agree.",
)
BROKEN = ("核验不通过：{found} 处不符。", "NOT INTACT: {found} finding(s).")
MORE = ("……另有 {count} 处，见结果文件（--result）", "... and {count} more: see the result file (--result)")


def seemly(text: str, longest: int) -> str:
    """Text from a package as it may be shown: nobody writes lines of their own into our report."""
    plain = UNSEEMLY.sub(lambda found: f"\\u{ord(found[0]):04x}", text[:longest])
    return plain + "……" if len(text) > longest else plain


@dataclass(frozen=True)
class Finding:
    """One thing that does not agree 不符项."""

    code: str
    path: str = ""
    detail: str = ""

    def text(self, english: bool = False) -> str:
        """The finding as a sentence."""
        words = MESSAGES[self.code][1 if english else 0].format(detail=self.detail)
        return self.path + (": " if english else "：") + words if self.path else words


@dataclass
class Result:
    """What was counted and what was found 核验结果."""

    findings: list[Finding] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    notes: list[tuple[str, str]] = field(default_factory=list)
    label: str = ""  # put before every path: the part in which it was found
    package: Package | None = None

    def add(self, code: str, path: str = "", detail: object = "") -> None:
        """Write a finding down."""
        shown = seemly(path, LONGEST_PATH), seemly(str(detail), LONGEST_DETAIL)
        self.findings.append(Finding(code, *shown))

    def total(self, place: str, row: Tree | None, name: str, found: int) -> None:
        """Hold a stated total 合计 against what was counted."""
        stated = "" if row is None else row.get(name, "")
        if stated != str(found):
            self.add("total", place, f"{name} {stated} ≠ {found}")

    def note(self, zh: str, en: str) -> None:
        """Say something that is no finding, once."""
        if (zh, en) not in self.notes:
            self.notes.append((zh, en))

    def take(self, other: Result) -> None:
        """Add what was found in a part."""
        labelled = (Finding(one.code, other.label + one.path, one.detail) for one in other.findings)
        self.findings.extend(labelled)
        for note in other.notes:
            self.note(*note)


# --- where the files are ------------------------------------------------------------------------------


class Folder:
    """A package as a folder."""

    def __init__(self, root: Path, result: Result) -> None:
        self.root = root
        self.paths: dict[str, Path] = {}
        self._walk(result)
        self.names = sorted(self.paths)

    def _walk(self, result: Result) -> None:
        waiting = [self.root]
        while waiting:
            folder = waiting.pop()
            try:
                found = [(entry, entry.lstat().st_mode) for entry in sorted(folder.iterdir())]
            except OSError as error:
                result.add("folder_unreadable", self._name(folder), _why(error))
                continue
            if not found and folder != self.root:
                result.add("empty_folder", self._name(folder))
            waiting += [entry for entry, mode in reversed(found) if stat.S_ISDIR(mode)]
            for entry, mode in found:
                if stat.S_ISREG(mode):
                    self.paths[self._name(entry)] = entry
                elif not stat.S_ISDIR(mode):
                    result.add("link", self._name(entry))

    def _name(self, path: Path) -> str:
        """Below the folder, in UTF-8 as the sender wrote it, whatever this system takes names for."""
        return os.fsencode(path.relative_to(self.root).as_posix()).decode("utf-8", "surrogateescape")

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a file, piece by piece."""
        with self.paths[name].open("rb") as stream:
            yield from iter(lambda: stream.read(CHUNK), b"")


class ShellBroken(ValueError):
    """A ZIP of which nothing can be read safely; the message says why."""


class Archive:
    """A package as a ZIP that only stores."""

    def __init__(self, path: Path, result: Result) -> None:
        self.zip, infos = _opened(path)
        self.bad = _check_shell(path, infos, result)
        tops = Counter(info.filename.split("/")[0] for info in infos)
        self.top = (tops.most_common(1)[0][0] if tops else "") + "/"
        for info in infos:
            if not _is_plain(info.filename, self.top):
                result.add("zip_path", "", info.filename)
                self.bad.add(info.filename)
        for name in _twice(info.filename for info in infos):
            result.add("zip_shell", name, "同名文件出现两次 twice")
        inside = {info.filename for info in infos if info.filename.startswith(self.top)}
        self.names = sorted(name[len(self.top) :] for name in inside)
        _check_beside(path, result)

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a file, piece by piece."""
        if self.top + name in self.bad:
            raise zipfile.BadZipFile("its header was changed")
        with self.zip.open(self.top + name) as stream:
            yield from iter(lambda: stream.read(CHUNK), b"")


def _opened(path: Path) -> tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]:
    """The ZIP and its directory; raises ShellBroken, or ValueError for what is no ZIP at all."""
    _check_end(path)
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, RuntimeError, EOFError, IndexError, struct.error) as error:
        raise ShellBroken("文件目录已损坏 its directory is damaged") from error
    infos = sorted(archive.infolist(), key=lambda one: one.header_offset)
    if infos and all(info.compress_type != zipfile.ZIP_STORED for info in infos):
        raise ShellBroken("被重新压缩过，请解压以后核验文件夹 compressed: unpack it, check the folder")
    return archive, infos


def _is_plain(name: str, top: str) -> bool:
    """Whether a path stays below the folder of the package on every system."""
    parts = name.split("/")
    plain = not (set(name) & set('\\:*?"<>|') or UNSEEMLY.search(name))
    return plain and name.startswith(top) and not set(parts) & {"", ".", ".."}


# --- the shell of the ZIP: what the sender wrote, byte for byte ------------------------------------------

LOCAL, DIRECTORY, END = struct.Struct("<4s5H3L2H"), struct.Struct("<4s4B4H3L5H2L"), struct.Struct("<4s4H2LH")
END64, LOCATOR = struct.Struct("<4sQ2H2L4Q"), struct.Struct("<4sLQL")
FULL16, FULL32, LIMIT32 = 0xFFFF, 0xFFFFFFFF, 0x7FFFFFFF
UTF8_NAME, UNIX, RIGHTS = 0x800, 3, 0o644 << 16
MAX_DIRECTORY = 256 << 20


def _check_end(path: Path) -> None:
    """The last bytes say where the directory is, and nothing follows them."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        is_zip = stream.read(2) == b"PK"
        stream.seek(max(0, size - END64.size - LOCATOR.size - END.size))
        tail = stream.read()
    count, length, offset = _said_by(tail)
    last = _end(count, length, offset)
    if length < 0 or not tail.endswith(last):
        if not is_zip:
            raise ValueError("no ZIP")
        raise ShellBroken("末尾被截断、改动，或附加了内容 cut off, changed or added to at its end")
    if offset + length + len(last) != size or length > MAX_DIRECTORY:
        raise ShellBroken("文件目录的位置或大小不符 its directory is not where it should be")


def _said_by(tail: bytes) -> tuple[int, int, int]:
    """How many files the ZIP has, how long its directory is, and where it begins."""
    if len(tail) < END.size:
        return 0, -1, 0
    _sign, _disk, _start, _here, count, length, offset, _comment = END.unpack(tail[-END.size :])
    if len(tail) == END64.size + LOCATOR.size + END.size and tail.startswith(b"PK\6\6"):
        count, length, offset = END64.unpack(tail[: END64.size])[-3:]
    return count, length, offset


def _end(count: int, length: int, offset: int) -> bytes:
    """The end of a ZIP with such a directory."""
    if length < 0:
        return b""
    facts = min(count, FULL16), min(count, FULL16), min(length, FULL32), min(offset, FULL32)
    last = END.pack(b"PK\5\6", 0, 0, *facts, 0)
    if count <= FULL16 and max(length, offset) <= LIMIT32:
        return last
    large = END64.pack(b"PK\6\6", END64.size - 12, 45, 45, 0, 0, count, count, length, offset)
    return large + LOCATOR.pack(b"PK\6\7", 0, offset + length, 1) + last


def _check_shell(path: Path, infos: Sequence[zipfile.ZipInfo], result: Result) -> set[str]:
    """Headers and directory, each byte as the sender writes it; returns the files that must not be read."""
    offset, bad, directory = 0, set(), bytearray()
    stamps = Counter(info.date_time for info in infos).most_common(1)
    with path.open("rb") as stream:
        for info in infos:
            header, line = _headers(info, stamps[0][0])
            stream.seek(info.header_offset)
            found = stream.read(len(header))
            if info.header_offset != offset or info.compress_type or found != header:
                result.add("zip_shell", info.filename, f"第 {info.header_offset} 字节起的文件头 header")
                bad.add(info.filename)
            offset = max(offset, info.header_offset + len(header) + info.compress_size)
            directory += line
        stream.seek(offset)
        rest = stream.read(len(directory))
        _count, length, start = _said_by(stream.read())
    if rest != bytes(directory) or (length, start) != (len(directory), offset):
        result.add("zip_shell", "", "文件目录与文件不符，或有不属于任何文件的内容 directory")
    return bad


def _headers(info: zipfile.ZipInfo, moment: tuple[int, ...]) -> tuple[bytes, bytes]:
    """The header of a file and its line in the directory, with the moment that all of them carry."""
    name = info.orig_filename.encode("utf-8", "surrogatepass")[:FULL16]
    year, month, day, hour, minute, second = moment
    stamp = hour << 11 | minute << 5 | second // 2, (year - 1980) << 9 | month << 5 | day
    facts = 0 if name.isascii() else UTF8_NAME, 0, *stamp, info.CRC
    size, wide = info.file_size, info.file_size * 1.05 > LIMIT32
    large = [size, size] * (size > LIMIT32) + [info.header_offset] * (info.header_offset > LIMIT32)
    version = 45 if wide or large else 20
    extra = struct.pack("<2H2Q", 1, 16, size, size) if wide else b""
    sizes = [FULL32 if wide else size] * 2
    header = LOCAL.pack(b"PK\3\4", 45 if wide else 20, *facts, *sizes, len(name), len(extra)) + name + extra
    extra = struct.pack(f"<2H{len(large)}Q", 1, 8 * len(large), *large) if large else b""
    sizes, offset = [FULL32 if size > LIMIT32 else size] * 2, min(info.header_offset, FULL32)
    offset = FULL32 if info.header_offset > LIMIT32 else offset
    made = version, UNIX, version, 0, *facts, *sizes, len(name), len(extra)
    line = DIRECTORY.pack(b"PK\1\2", *made, 0, 0, 0, RIGHTS, offset) + name + extra
    return header, line


def _check_beside(path: Path, result: Result) -> None:
    """The digest that lies beside the ZIP."""
    beside = path.with_name(path.name + ".sha256")
    if not beside.is_file():
        result.note("旁边没有 .sha256 文件，ZIP 外壳只核对了结构", "no .sha256 file beside the ZIP")
        return
    with beside.open("rb") as stream:
        said = stream.read(CHUNK)
    if said != f"{_digest_of(path)}  {path.name}\n".encode("utf-8", "surrogatepass"):
        result.add("zip_digest", path.name)


WORDS = {
    errno.ENOENT: "没有这个文件或文件夹 not there",
    errno.EACCES: "没有读取的权限 no right to read it",
    errno.EPERM: "没有读取的权限 no right to read it",
    errno.EIO: "读取出错，载体可能已损坏 the carrier may be damaged",
    errno.ENAMETOOLONG: "路径过长，请移到较短的文件夹中核验 the path is too long",
}


def _why(error: BaseException) -> str:
    """Why something could not be read, without the words of a programmer."""
    if isinstance(error, OSError):
        return WORDS.get(error.errno or 0, error.strerror or str(error))
    return "数据已损坏 damaged"


def _digest_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        for chunk in iter(lambda: stream.read(CHUNK), b""):
            digest.update(chunk)
    return digest.hexdigest()


# --- the signature of a volume: just enough DER and RSA to hold it against the bytes ---------------------

DIGESTS = {"608648016503040201": "sha256", "608648016503040202": "sha384", "608648016503040203": "sha512"}
MESSAGE_DIGEST = bytes.fromhex("06092a864886f70d010904")
RSA = tuple(f"2a864886f70d0101{last}" for last in ("01", "0b", "0c", "0d"))  # PKCS#1 v1.5


@dataclass(frozen=True)
class Der:
    """One value of DER: its tag, its content, and the whole of it."""

    tag: int
    content: bytes
    whole: bytes

    @property
    def parts(self) -> list[Der]:
        """The values inside."""
        found, place = [], 0
        while place < len(self.content):
            found.append(read_der(self.content, place))
            place += len(found[-1].whole)
        return found


def read_der(data: bytes, place: int = 0) -> Der:
    """The value that begins at a place; raises ValueError or IndexError."""
    length, start = data[place + 1], place + 2
    if length > 0x80:
        start += length - 0x80
        length = int.from_bytes(data[place + 2 : start], "big")
    if length == 0x80 or len(data) < start + length:
        raise ValueError("no whole DER value")
    return Der(data[place], data[start : start + length], data[place : start + length])


class Signature:
    """A signature as CMS 签名数据: what it says of the bytes, and whether its own key wrote that."""

    def __init__(self, contents: bytes) -> None:
        outer = read_der(contents)
        if contents[len(outer.whole) :].strip(b"\0"):
            raise ValueError("bytes behind the CMS")
        data = outer.parts[1].parts[0].parts
        _version, sid, digest, self.attributes, algorithm, value = data[-1].parts[0].parts[:6]
        self.digest_name = DIGESTS[digest.parts[0].content.hex()]
        self.algorithm, self.value = algorithm.parts[0].content.hex(), value.content
        wanted = (sid.parts[0].whole, sid.parts[1].whole)
        certificates = next(part for part in data if part.tag == 0xA0).parts
        self.certificate = next(one for one in certificates if _issuer_serial(one) == wanted)
        self.certificate_digest = hashlib.sha256(self.certificate.whole).hexdigest()

    def problem(self, digest: bytes) -> str:
        """What is wrong, or nothing."""
        attribute = next(one for one in self.attributes.parts if one.content.startswith(MESSAGE_DIGEST))
        if attribute.parts[1].parts[0].content != digest:
            return "签名之后内容被改动 the bytes were changed after signing"
        if self.algorithm in RSA and not self._written_by_key():
            return "签名值与证书公钥不符 the value was not written by the key of the certificate"
        return ""

    def _written_by_key(self) -> bool:
        """RSA, PKCS#1 v1.5; other kinds of keys are left to tools that know them."""
        key = read_der(_body(self.certificate)[5].parts[1].content[1:]).parts
        modulus, exponent = (int.from_bytes(part.content, "big") for part in key)
        if modulus.bit_length() > 16384 or exponent.bit_length() > 64:
            raise ValueError("no sane RSA key")
        signed = b"\x31" + self.attributes.whole[1:]  # they are signed as the set that they are
        name = next(oid for oid, known in DIGESTS.items() if known == self.digest_name)
        digest = hashlib.new(self.digest_name, signed).digest()
        inner = bytes.fromhex(f"300d0609{name}0500") + bytes((4, len(digest))) + digest
        told = b"\0" + bytes((0x30, len(inner))) + inner
        size = (modulus.bit_length() + 7) // 8
        opened = pow(int.from_bytes(self.value, "big"), exponent, modulus).to_bytes(size, "big")
        return opened == b"\0\1" + b"\xff" * (size - 2 - len(told)) + told


def _body(certificate: Der) -> list[Der]:
    """Serial number, algorithm, issuer, validity, subject and key of a certificate."""
    return [part for part in certificate.parts[0].parts if part.tag != 0xA0]


def _issuer_serial(certificate: Der) -> tuple[bytes, bytes]:
    body = _body(certificate)
    return body[2].whole, body[0].whole


# --- the checks -----------------------------------------------------------------------------------------


class Checker:
    """Checks one bag: a package, or a part of one; each file is read once."""

    def __init__(self, source: Folder | Archive, result: Result) -> None:
        self.source = source
        self.result = result
        self.sizes: dict[str, int] = {}
        self.digests: dict[str, str] = {}
        self.sm3: dict[str, str] = {}
        self.ranges: dict[str, list[tuple[int, ...]]] = {}  # of signatures, in the order of the file
        self.info: dict[str, str] = {}
        self.volumes: Tree | None = None
        self.files: Tree | None = None
        self.numbers: Tree | None = None
        self.parts: Tree | None = None

    def run(self) -> None:
        """All checks that need this bag alone."""
        wants_sm3 = MANIFEST_SM3 in self.source.names
        if wants_sm3 and not SM3_KNOWN:
            self.result.note(
                "本机的 Python 没有 SM3 算法，SM3 清单未核对", "this Python has no SM3: not checked"
            )
        for name in self.source.names:
            self._hash(name, wants_sm3 and SM3_KNOWN)
        if self._small("bagit.txt", needed=False) != BAGIT:
            self.result.add("bagit", "bagit.txt")
        payload = [name for name in self.source.names if name.startswith(PAYLOAD)]
        tags = [name for name in self.source.names if not name.startswith(PAYLOAD)]
        tag_files = [name for name in tags if name not in (TAGMANIFEST, TAGMANIFEST_SM3)]
        self._manifest(MANIFEST, payload)
        self._manifest(
            TAGMANIFEST, tag_files + [TAGMANIFEST_SM3] * (TAGMANIFEST_SM3 in tags and not wants_sm3)
        )
        if wants_sm3:
            self._manifest_sm3(MANIFEST_SM3, payload)
            self._manifest_sm3(TAGMANIFEST_SM3, tag_files)
        self._oxum(payload)
        self._catalogues(payload)

    @property
    def name(self) -> str:
        """What the bag calls itself."""
        return self.info.get("External-Identifier", "")

    @property
    def group(self) -> str:
        """The package to which a part belongs; empty for a package that is not split."""
        return self.info.get("Bag-Group-Identifier", "")

    @property
    def part(self) -> int:
        """The number of the part; 0 for a package that is not split."""
        return _whole(self.info.get("Bag-Count", "").split(" ")[0]) if self.group else 0

    def _hash(self, name: str, sm3: bool) -> None:
        digests = [hashlib.sha256(), *([hashlib.new("sm3")] if sm3 else [])]
        size, seam = 0, b""
        try:
            for chunk in self.source.chunks(name):
                for digest in digests:
                    digest.update(chunk)
                size += len(chunk)
                if name.endswith(".pdf"):
                    seam = self._find_signatures(name, seam + chunk)
        except UNREADABLE as error:
            self.result.add("unreadable", name, _why(error))
            self.digests[name] = "unreadable"
            self.ranges.pop(name, None)
            return
        self.sizes[name], self.digests[name] = size, digests[0].hexdigest()
        if sm3:
            self.sm3[name] = digests[1].hexdigest()

    def _find_signatures(self, name: str, content: bytes) -> bytes:
        """Note where signatures say what they cover; returns the end of the chunk, for the next one."""
        for match in BYTE_RANGE.finditer(content):
            found = tuple(int(number) for number in match.groups())
            known = self.ranges.setdefault(name, [])
            if found not in known and len(known) <= MOST_RANGES:
                known.append(found)
        return content[-200:]

    def _small(self, name: str, *, needed: bool = True) -> bytes | None:
        """The bytes of a file that is read whole; says so itself when there are none."""
        if name not in self.sizes:
            if needed and name not in self.digests:
                self.result.add("missing", name)
            return None
        if self.sizes[name] > MAX_XML:
            self.result.add("huge", name)
            return None
        try:
            return b"".join(self.source.chunks(name))
        except UNREADABLE as error:
            self.result.add("unreadable", name, _why(error))
            return None

    def _manifest(self, name: str, present: Sequence[str]) -> None:
        content = self._small(name)
        if content is None:
            return
        listed = self._lines(name, content)
        lost: dict[str, list[str]] = {}  # by digest; the first of a kind is taken first
        for path in sorted(set(listed) - set(present), reverse=True):
            lost.setdefault(listed[path], []).append(path)
        for found in sorted(set(present) - set(listed)):
            alike = lost.get(self.digests[found])
            if alike:
                self.result.add("renamed", found, alike.pop())
            else:
                self.result.add("extra", found)
        for path in sorted(path for alike in lost.values() for path in alike):
            self.result.add("missing", path)
        for kept in sorted(set(listed) & set(present)):
            if self.digests[kept] not in (listed[kept], "unreadable"):
                self.result.add("changed", kept)

    def _manifest_sm3(self, name: str, present: Sequence[str]) -> None:
        """The same files once more, by their SM3; what SHA-256 found is not said twice."""
        content = self._small(name)
        if content is None:
            return
        listed = self._lines(name, content)
        known = {found.path for found in self.result.findings}
        for other in sorted(set(listed) ^ set(present)):
            if other not in known:
                self.result.add("sm3_list", name, other)
        for kept in sorted(set(listed) & set(self.sm3) - known):
            if self.sm3[kept] != listed[kept]:
                self.result.add("sm3", kept)

    def _lines(self, name: str, content: bytes) -> dict[str, str]:
        """The manifest line by line; any byte out of place is a finding."""
        listed: dict[str, str] = {}
        last = ""
        for number, raw in enumerate(content.decode("utf-8", "replace").splitlines(keepends=True), start=1):
            match = LINE.fullmatch(raw)
            if not match or match[2] < last:
                self.result.add("manifest", name, number)
                continue
            last = match[2]
            if last in listed:
                self.result.add("listed_twice", last)
            listed[last] = match[1]
        return listed

    def _oxum(self, payload: Sequence[str]) -> None:
        text = (self._small("bag-info.txt", needed=False) or b"").decode("utf-8", "replace")
        self.info = dict(line.split(": ", 1) for line in text.split("\n") if ": " in line)
        found = f"{sum(self.sizes.get(name, 0) for name in payload)}.{len(payload)}"
        if self.info.get("Payload-Oxum") != found:
            self.result.add("oxum", "bag-info.txt", self.info.get("Payload-Oxum", "Payload-Oxum"))

    # --- catalogues ↔ files ------------------------------------------------------------------------

    def _catalogues(self, payload: Sequence[str]) -> None:
        self.volumes, self.files, self.numbers = (self._xml(name) for name in (VOLUMES, FILES, NUMBERS))
        self.parts = self._xml(PARTS) if self.group or PARTS in self.digests else None
        if self.volumes is None or self.files is None or self.numbers is None:
            return
        named = self._volumes(self.volumes) | self._files(self.files, self.volumes)
        for name in payload:
            if name.startswith(PAYLOAD + RECORDS) and name not in named:
                self.result.add("not_in_catalogue", name)
        self._schemas(payload)

    def _xml(self, name: str) -> Tree | None:
        content = self._small(name)
        if content is None:
            return None
        if b"<!" in content:  # declarations are where XML bombs live; our catalogues have none
            self.result.add("xml", name, "含有 <! 声明 a declaration")
            return None
        if content.count(b"<") > MAX_TAGS:
            self.result.add("huge", name)
            return None
        try:
            # Read as UTF-8 whatever the file says of itself: in another encoding, "<!" is other bytes.
            parser = ElementTree.XMLParser(encoding="utf-8")  # noqa: S314 - no declarations, see above
            tree = ElementTree.fromstring(content, parser)  # noqa: S314
        except (ElementTree.ParseError, ValueError) as error:
            self.result.add("xml", name, f"{_place(error)}，不是完整的 UTF-8 XML")
            return None
        if tree.get("格式") != FORMAT:
            self.result.add("xml", name, f"格式 {tree.get('格式')}")
        return tree

    def _schemas(self, payload: Sequence[str]) -> None:
        """Every schema that a catalogue names is in the package."""
        for name, tree in ((VOLUMES, self.volumes), (FILES, self.files), (NUMBERS, self.numbers)):
            place = tree.get(SCHEMA, "") if tree is not None else ""
            if place and f"{name.rpartition('/')[0]}/{place}" not in payload:
                self.result.add("xml", name, place)

    def _volumes(self, tree: Tree) -> set[str]:
        rows = tree.findall("案卷")
        self._running(VOLUMES, [row.get("顺序号", "") for row in rows])
        for number in _twice(row.findtext("档号", "") for row in rows):
            self.result.add("number_twice", VOLUMES, number)
        named = set()
        for row in rows:
            path = row.findtext("电子档案名称", "")
            self._same(path, row.findtext("字节", ""), row.findtext("SHA256", ""))
            self._signature(row)
            named.add(PAYLOAD + path)
            for beside in row.findall("元数据"):
                self._same(beside.get("路径", ""), beside.get("字节", ""), beside.get("SHA256", ""))
                named.add(PAYLOAD + beside.get("路径", ""))
        totals = tree.find("合计")
        pages = sum(_whole(row.findtext("页数", "")) for row in rows)
        self.result.total(VOLUMES, totals, "案卷", len(rows))
        self.result.total(VOLUMES, totals, "页数", pages)
        return named

    # --- signatures --------------------------------------------------------------------------------

    def _signature(self, row: Tree) -> None:
        """签名="有": the volume is signed, the signature agrees with its bytes, and nothing follows it."""
        name, certificate, last = PAYLOAD + row.findtext("电子档案名称", ""), "", 0
        ranges = self.ranges.pop(name, [])  # a volume that is listed twice is looked at once
        if len(ranges) > MOST_RANGES:
            self.result.add("signature", name, f"签名超过 {MOST_RANGES} 个 more than {MOST_RANGES}")
            return
        for start, gap, after, length in ranges:
            try:
                written = self._piece(name, gap, after)
                if not CONTENTS.fullmatch(written) or start:
                    continue  # words that look like a signature, such as a title
                last = after + length
                signature = Signature(bytes.fromhex(written[1:-1].decode()))
                digest = self._ranges_digest(name, ((0, gap), (after, last)), signature.digest_name)
                wrong, certificate = signature.problem(digest), signature.certificate_digest
            except (ValueError, IndexError, KeyError, StopIteration, OSError, zipfile.BadZipFile):
                wrong = "签名数据已损坏 the CMS is damaged"
            if wrong:
                self.result.add("signature", name, wrong)
        if last and last != self.sizes[name]:
            self.result.add("signature", name, "签名之后还有内容 bytes after it")
        if row.get("签名") == "有" and not last and name in self.sizes:
            self.result.add("unsigned", name)
        if certificate and row.get("签名证书", certificate) != certificate:
            self.result.add("signer", name)

    def _piece(self, name: str, start: int, end: int) -> bytes:
        return b"".join(self._pieces(name, start, end)) if 0 <= end - start <= MOST_CONTENTS else b""

    def _pieces(self, name: str, start: int, end: int) -> Iterator[bytes]:
        offset = 0
        for chunk in self.source.chunks(name):
            yield chunk[max(start - offset, 0) : max(end - offset, 0)]
            offset += len(chunk)

    def _ranges_digest(self, name: str, ranges: Iterable[tuple[int, int]], algorithm: str) -> bytes:
        digest = hashlib.new(algorithm)
        for start, end in ranges:
            for piece in self._pieces(name, start, end):
                digest.update(piece)
        return digest.digest()

    def _files(self, tree: Tree, volumes: Tree) -> set[str]:
        rows = volumes.findall("案卷")
        pages = {row.findtext("档号", ""): _whole(row.findtext("页数", "")) for row in rows}
        groups = tree.findall("案卷")
        if [group.get("档号", "") for group in groups] != list(pages):
            self.result.add("catalogue", FILES, "档号")
        for group in groups:
            self._pages(group, pages.get(group.get("档号", ""), 0))
        originals = tree.findall("案卷/原件")
        for row in originals:
            self._same(row.get("路径", ""), row.get("字节", ""), row.get("SHA256", ""))
        self.result.total(VOLUMES, volumes.find("合计"), "原件", len(originals))
        return {PAYLOAD + row.get("路径", "") for row in originals}

    def _pages(self, group: Tree, pages: int) -> None:
        entries = group.findall("文件")
        place = f"{FILES} {group.get('档号', '')}"
        self._running(place, [entry.get("顺序号", "") for entry in entries])
        expected = 1
        for entry in entries:
            if _whole(entry.get("页号", "")) != expected:
                self.result.add("pages", place)
                return
            expected += _whole(entry.get("页数", ""))
        if entries and expected - 1 != pages:
            self.result.add("pages", place)

    def _same(self, path: str, size: str, digest: str) -> None:
        name = PAYLOAD + path
        if name not in self.digests:
            self.result.add("catalogue", name, "missing")
        elif (self.digests[name], str(self.sizes.get(name))) != (digest, size):
            self.result.add("catalogue", name, "SHA-256")

    def _running(self, place: str, numbers: Iterable[str]) -> None:
        given = list(numbers)
        if given != [str(number) for number in range(1, len(given) + 1)]:
            self.result.add("order", place)

    def records_digest(self) -> str:
        """One digest over all record files: path and SHA-256 of each, in order of their paths."""
        start = PAYLOAD + RECORDS
        lines = [f"{self.digests[name]}  {name}\n" for name in sorted(self.digests) if name.startswith(start)]
        return hashlib.sha256("".join(lines).encode()).hexdigest()


class Package:
    """Checks what holds over all bags of a package: numbers, archive numbers, parts, the report's totals."""

    def __init__(self, bags: Sequence[Checker], result: Result, whole: bool) -> None:
        self.bags = [bag for bag in bags if bag.volumes is not None and bag.numbers is not None]
        self.result = result
        self.whole = whole  # all parts were asked for, not one alone
        self.found = {bag.part for bag in self.bags}

    def run(self) -> None:
        """All checks over the package."""
        if not self.bags:
            return
        if self.bags[0].group:
            self._parts()
        numbers = self.bags[0].numbers
        if numbers is not None:
            self._cases(numbers)
            self._archive_numbers(numbers)
            self._report(numbers)
        self._count()

    def rows(self) -> Iterator[Tree]:
        """Every volume in every bag."""
        for bag in self.bags:
            if bag.volumes is not None:
                yield from bag.volumes.findall("案卷")

    def _parts(self) -> None:
        """Every part is here, once, and is what the list says; the list is the same in each."""
        first = self.bags[0]
        listed = {_whole(row.get("号", "")): row for row in (first.parts if first.parts is not None else ())}
        same = (NUMBERS, PARTS)
        for bag in self.bags:
            if bag.group != first.group:
                self.result.add("part_strange", bag.name, bag.group)
            elif any(bag.digests.get(name) != first.digests.get(name) for name in same):
                self.result.add("part_differs", bag.name, "编号清单、分包清单")
            row = listed.get(bag.part)
            if row is None or not self._is_as_listed(bag, row):
                self.result.add("part_differs", bag.name, str(bag.part))
        missing = sorted(set(listed) - self.found)
        if self.whole:
            for number in missing:
                self.result.add("part_missing", "", listed[number].get("名称", ""))
        elif missing:
            self.result.note(
                f"这是第 {first.part} 个分包，共 {len(listed)} 个；放在一处核验，可核对整套",
                f"this is part {first.part} of {len(listed)}; check the folder of all parts to see the whole",
            )

    def _is_as_listed(self, bag: Checker, row: Tree) -> bool:
        found = (
            bag.name,
            str(len(bag.volumes.findall("案卷")) if bag.volumes is not None else 0),
            bag.records_digest(),
        )
        return found == (row.get("名称"), row.get("案卷"), row.get("档案SHA256"))

    def _is_here(self, row: Tree) -> bool:
        """Whether the part that a number is said to be in was read."""
        return row.get("分包") is None or _whole(row.get("分包", "")) in self.found

    def _cases(self, tree: Tree) -> None:
        rows = tree.findall("编号")
        for number in _twice(row.get("号", "") for row in rows):
            self.result.add("case_twice", NUMBERS, number)
        filed = {row.get("号", ""): row for row in rows if row.get("去向") == INSIDE}
        absent = [row for row in rows if row.get("去向") != INSIDE]
        for row in absent:
            if row.get("去向") != ABSENT or not row.get("原因", "").strip():
                self.result.add("no_reason", NUMBERS, row.get("号", ""))
        inside = self._inside()
        for number in sorted(set(inside) - set(filed)):
            self.result.add("case_unlisted", VOLUMES, number)
        for number, row in sorted(filed.items()):
            if self._is_here(row) and row.get("档号", "") not in inside.get(number, ()):
                self.result.add("case_lost", NUMBERS, number)
        for name, found in (("发出", len(rows)), ("归档", len(filed)), ("未归档", len(absent))):
            self.result.total(NUMBERS, tree, name, found)

    def _inside(self) -> dict[str, list[str]]:
        """The volumes in which each case lies: its own, and its supplements 补充卷."""
        found: dict[str, list[str]] = {}
        mains = []
        for row in self.rows():
            cases = [case.text or "" for case in row.findall("投诉编号")]
            for number in cases:
                found.setdefault(number, []).append(row.findtext("档号", ""))
            if not row.findtext("参见号", ""):
                mains += cases
        for number in _twice(mains):
            self.result.add("case_twice", VOLUMES, number)
        return found

    def _archive_numbers(self, tree: Tree) -> None:
        """Every archive number of each series is inside or has its reason, and none is left out."""
        rows = tree.findall("档号")
        if not rows:
            return
        self.result.total(NUMBERS, tree, "档号发出", len(rows))
        inside = Counter(row.findtext("档号", "") for row in self.rows())
        series: dict[str, list[int]] = {}
        for row in rows:
            number = row.get("号", "")
            series.setdefault(row.get("流水", ""), []).append(_whole(row.get("序", "")))
            if row.get("去向") == INSIDE:
                if self._is_here(row) and inside[number] != 1:
                    self.result.add("volume_lost", NUMBERS, number)
            elif not row.get("原因", "").strip() or inside[number]:
                self.result.add("volume_lost", NUMBERS, number)
        for name, given in sorted(series.items()):
            there = set(given)
            if there != set(range(1, len(given) + 1)):
                lacking = [str(one) for one in range(1, len(given) + 1) if one not in there]
                last = f"，最大 {max(given)}" if max(given) > len(given) else ""
                self.result.add("gap", NUMBERS, f"{name} 缺 {'、'.join(lacking[:20])}{last}")
        for number in sorted(set(inside) - {row.get("号", "") for row in rows}):
            self.result.add("volume_unlisted", VOLUMES, number)

    def _report(self, tree: Tree) -> None:
        """What the annual report counts and what the list holds, with every difference explained."""
        for row in tree.findall("报告核对"):
            explained = sum(_signed(one.get("件数", "")) for one in row.findall("差异"))
            left = _signed(row.get("报告数", "")) - _signed(row.get("发出数", "")) - explained
            if left or row.get("未说明") != "0":
                self.result.add("report", NUMBERS, f"{row.get('报告', '')} {left:+d}")

    def _count(self) -> None:
        numbers = self.bags[0].numbers
        self.result.counts.update(
            volumes=sum(1 for _ in self.rows()),
            originals=sum(len(bag.files.findall("案卷/原件")) for bag in self.bags if bag.files is not None),
            numbers=len(numbers.findall("编号")) if numbers is not None else 0,
            files=sum(len(bag.digests) for bag in self.bags),
            bytes=sum(sum(bag.sizes.values()) for bag in self.bags),
            parts=len(self.bags),
        )

    def opinions(self) -> Iterator[tuple[str, ...]]:
        """One line a case 接收意见: accepted, or sent back when something was found in its volume."""
        first = self.bags[0]
        head = first.volumes.find("移交") if first.volumes is not None else None
        package, round_ = first.group or first.name, head.findtext("轮次", "1") if head is not None else "1"
        reasons = self.reasons()
        for row in self.rows():
            number, reason = row.findtext("档号", ""), reasons.get(row.findtext("档号", ""), "")
            verdict = REJECT if reason else ACCEPT
            for case in row.findall("投诉编号"):
                title = row.findtext("题名", "")
                yield (package, round_, number, case.text or "", title, verdict, reason)

    def elsewhere(self) -> int:
        """How many findings belong to no volume: these concern the whole package."""
        known = {row.findtext("电子档案名称", "").rpartition("/")[0] for row in self.rows()}
        return sum(not known.intersection(_folders(one)) for one in self.result.findings)

    def reasons(self) -> dict[str, str]:
        """What was found in each volume, in words."""
        words: dict[str, list[str]] = {}
        for one in self.result.findings:
            for folder in _folders(one):
                words.setdefault(folder, []).append(one.text())
        found = {}
        for row in self.rows():
            said = words.get(row.findtext("电子档案名称", "").rpartition("/")[0])
            if said:
                found[row.findtext("档号", "")] = seemly("；".join(dict.fromkeys(said)), LONGEST_REASON)
        return found


def _twice(values: Iterable[str]) -> list[str]:
    return sorted(value for value, times in Counter(values).items() if times > 1)


def _folders(one: Finding) -> list[str]:
    """The folders of the volumes that a finding names."""
    return VOLUME_FOLDER.findall(f"{one.path}\n{one.detail}")


def _place(error: Exception) -> str:
    """Where a catalogue cannot be parsed."""
    line, column = getattr(error, "position", (0, 0))
    return f"第 {line} 行第 {column + 1} 列" if line else "开头"


def _whole(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else -1


def _signed(text: str) -> int:
    return int(text) if re.fullmatch(r"-?[0-9]{1,9}", text) else 1 << 40


# --- doors -----------------------------------------------------------------------------------------------


def inspect(path: Path) -> Result:
    """Check a package folder, its ZIP, or a folder of parts, and say what was counted and found."""
    bags, whole = _bags(Path(path))
    if bags:
        return inspect_bags(bags, whole=whole)
    result = Result()
    result.add("no_package", str(path), "bagit.txt")
    return result


def inspect_bags(bags: Sequence[Path], *, whole: bool) -> Result:
    """Check these folders and ZIPs as one package; ``whole``: no part of it may be missing."""
    result, checkers = Result(), []
    for one in bags:
        own = Result(label=f"{one.name}/" if whole else "")
        checker = _checked(one, own)
        if checker is not None:
            checkers.append(checker)
        result.take(own)
    result.package = Package(_once(checkers, result), result, whole)
    result.package.run()
    return result


def _bags(path: Path) -> tuple[list[Path], bool]:
    """The bags at a path, and whether they are the parts of a package that lie side by side."""
    if not path.is_dir() or any((path / name).is_file() for name in ("bagit.txt", MANIFEST, TAGMANIFEST)):
        return [path], False
    folders = [one for one in sorted(path.iterdir()) if one.is_dir() and (one / "data").is_dir()]
    zips = [one for one in sorted(path.glob("*.zip")) if one.is_file()]
    return [*folders, *zips], True


def _checked(path: Path, result: Result) -> Checker | None:
    try:
        source = Folder(path, result) if path.is_dir() else Archive(path, result)
    except ShellBroken as broken:
        result.add("zip_shell", path.name, broken)
        return None
    except OSError as error:
        result.add("no_package", str(path), _why(error))
        return None
    except ValueError:
        result.add("no_package", str(path), "既不是文件夹，也不是 ZIP neither folder nor ZIP")
        return None
    if "bagit.txt" not in source.names and MANIFEST not in source.names:
        result.add("no_package", str(path), "bagit.txt")
        return None
    checker = Checker(source, result)
    checker.run()
    return checker


def _once(checkers: Sequence[Checker], result: Result) -> list[Checker]:
    """A part that lies there as a folder and as its ZIP counts once; both must be the same."""
    found: dict[str, Checker] = {}
    for one in checkers:
        first = found.setdefault(one.name, one)
        if first.digests.get(TAGMANIFEST) != one.digests.get(TAGMANIFEST):
            result.add("part_differs", one.name, "ZIP")
    return list(found.values())


def verify(path: Path) -> list[Finding]:
    """The findings 不符项 of a package; none means that everything agrees."""
    return inspect(Path(path)).findings


def as_json(path: Path, result: Result) -> str:
    """The result file that can be imported back."""
    # What belongs to no volume comes first: it concerns all of them, and a long list is cut.
    ordered = sorted(result.findings, key=lambda one: bool(_folders(one)))
    rows = [{**asdict(one), "zh": one.text(), "en": one.text(True)} for one in ordered[:MOST_KEPT]]
    bags = result.package.bags if result.package else []
    reasons = result.package.reasons() if result.package else {}
    return json.dumps(
        {
            "checker": "juanzong-verifier",
            "format": FORMAT,
            "package": (bags[0].group or bags[0].name) if bags else seemly(path.resolve().name, LONGEST_PATH),
            "parts": [bag.name for bag in bags],
            "checked_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),  # noqa: UP017 - Python 3.8
            "ok": not result.findings,
            "counts": result.counts,
            "found": len(result.findings),  # of which the list below may hold the first only
            "elsewhere": result.package.elsewhere() if result.package else len(result.findings),
            "findings": rows,
            "notes": [zh for zh, _en in result.notes],
            "rejected": [{"volume": number, "reason": words} for number, words in reasons.items()],
        },
        ensure_ascii=False,
        indent=1,
    )


def as_opinions(result: Result) -> str:
    """接收意见: a table to be filled in, one line a case; Excel opens it."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(OPINION_COLUMNS)
    if result.package and result.package.bags:
        table.writerows([_harmless(cell) for cell in row] for row in result.package.opinions())
    return "\ufeff" + text.getvalue()


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula, whatever a complainant wrote."""
    risky = cell[:1] in set("\t\r\n") or cell.lstrip()[:1] in set("=+-@＝＋－＠")
    return f"'{cell}" if cell and risky else cell


def report(result: Result, english: bool) -> str:
    """The result in plain words."""
    lines = [note[1 if english else 0] for note in result.notes]
    lines += ["× " + finding.text(english) for finding in result.findings[:MOST_SHOWN]]
    if len(result.findings) > MOST_SHOWN:
        lines.append(MORE[1 if english else 0].format(count=len(result.findings) - MOST_SHOWN))
    last = (BROKEN if result.findings else INTACT)[1 if english else 0]
    return "\n".join([*lines, last.format(found=len(result.findings), **result.counts)])


def exit_code(result: Result) -> int:
    """0 intact, 1 not intact, 2 not a package."""
    if any(finding.code == "no_package" for finding in result.findings):
        return 2
    return 1 if result.findings else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="核验年终移交包 / check a year-end package")
    parser.add_argument("path", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--en", action="store_true", help="English")
    parser.add_argument("--result", type=Path, help="结果文件 (JSON) / write the result there")
    parser.add_argument("--opinions", type=Path, help="接收意见表 (CSV) / write the table of opinions there")
    options = parser.parse_args(arguments)
    targets = [target for target in (options.result, options.opinions) if target]
    for target in targets:
        if options.path.resolve() in target.resolve().parents:
            parser.error("结果不能写入移交包内 / results must not lie inside the package")
        try:
            target.open("a").close()  # before an hour of reading, not after it
        except OSError as error:
            parser.error(f"结果文件不能写入 / cannot be written: {target}: {error.strerror}")
    result = inspect(options.path)
    sys.stdout.write(report(result, options.en) + "\n")
    if options.result:
        options.result.write_text(as_json(options.path, result), encoding="utf-8")
    if options.opinions:
        with options.opinions.open("w", encoding="utf-8", newline="") as table:
            table.write(as_opinions(result))
    return exit_code(result)


def speak_chinese() -> None:
    """Write as the console is set when that can write Chinese, in UTF-8 otherwise; never fail at a sign."""
    for stream in (sys.stdout, sys.stderr):
        if not isinstance(stream, io.TextIOWrapper):
            continue
        try:
            MESSAGES["zip_shell"][0].encode(stream.encoding)
            stream.reconfigure(errors="replace")
        except (UnicodeError, LookupError):
            stream.reconfigure(encoding="utf-8", errors="replace")


if __name__ == "__main__":
    speak_chinese()
    sys.exit(main())
