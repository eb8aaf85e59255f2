#!/usr/bin/env python3
"""Checks a year-end package 年终移交包 without the portal, a network or a database.

    python verifier.py [PATH] [--en] [--result FILE]

One file on purpose: it travels inside the package. PATH is the package folder or its ZIP (default: the
folder this file lies in). Needs Python 3.8 or later and nothing else. Exit code 0: everything agrees;
1: something does not; 2: PATH is no package.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import stat
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
PAYLOAD = "data/"
VOLUMES, FILES = "data/案卷目录.xml", "data/文件目录.xml"
NUMBERS = "data/其他/编号清单.xml"
RECORDS = "电子档案/"
INSIDE, ABSENT = "归档", "未归档"
LINE = re.compile(r"([0-9a-f]{64})  ([^\r\n]+)\n")
CHUNK = 1 << 20
MOST_CONTENTS = 1 << 20
BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d{1,12})\s+(\d{1,12})\s+(\d{1,12})\s+(\d{1,12})\s*\]")
CONTENTS = re.compile(rb"<(?:[0-9A-Fa-f]{2})+>")
MAX_XML = 512 << 20

MESSAGES: dict[str, tuple[str, str]] = {
    "no_package": ("不是移交包，或无法读取：{detail}", "not a package, or unreadable: {detail}"),
    "unreadable": ("文件无法读取：{detail}", "the file cannot be read: {detail}"),
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
    "unsigned": ("目录载明已签名，文件中没有签名", "the catalogue says signed, the file has no signature"),
    "signature": ("系统签名不符：{detail}", "the system signature does not hold: {detail}"),
    "signer": ("签名证书与目录所载不同", "the signing certificate is not the one in the catalogue"),
    "zip_shell": ("ZIP 外壳被改动或不合规范：{detail}", "the ZIP shell was changed or is bad: {detail}"),
    "zip_digest": ("ZIP 与旁附的 .sha256 不符", "the ZIP differs from the .sha256 beside it"),
}


INTACT = (
    "核验通过：案卷 {volumes} 卷、原件 {originals} 个、编号 {numbers} 个，"
    "共 {files} 个文件 {bytes:,} 字节，全部相符。",
    "INTACT: {volumes} volumes, {originals} originals, {numbers} numbers; "
    "all {files} files, {bytes:,} bytes, agree.",
)
BROKEN = ("核验不通过：{found} 处不符。", "NOT INTACT: {found} finding(s).")


@dataclass(frozen=True)
class Finding:
    """One thing that does not agree 不符项."""

    code: str
    path: str = ""
    detail: str = ""

    def text(self, english: bool = False) -> str:
        """The finding as a sentence."""
        words = MESSAGES[self.code][1 if english else 0].format(detail=self.detail)
        return self.path + (": " if english else ":") + words if self.path else words


@dataclass
class Result:
    """What was counted and what was found 核验结果."""

    findings: list[Finding] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    notes: list[tuple[str, str]] = field(default_factory=list)

    def add(self, code: str, path: str = "", detail: object = "") -> None:
        """Write a finding down."""
        self.findings.append(Finding(code, path, str(detail)))


# --- where the files are ------------------------------------------------------------------------------


class Folder:
    """A package as a folder."""

    def __init__(self, root: Path, result: Result) -> None:
        self.root = root
        self.names = sorted(self._walk(root, result))

    def _walk(self, folder: Path, result: Result) -> Iterator[str]:
        entries = sorted(folder.iterdir())
        if not entries and folder != self.root:
            result.add("empty_folder", self._name(folder))
        for entry in entries:
            mode = entry.lstat().st_mode
            if stat.S_ISDIR(mode):
                yield from self._walk(entry, result)
            elif stat.S_ISREG(mode):
                yield self._name(entry)
            else:
                result.add("link", self._name(entry))

    def _name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a file, piece by piece."""
        with (self.root / name).open("rb") as stream:
            yield from iter(lambda: stream.read(CHUNK), b"")


class Archive:
    """A package as a ZIP that only stores."""

    def __init__(self, path: Path, result: Result) -> None:
        self.zip = zipfile.ZipFile(path)
        infos = self.zip.infolist()
        _check_shell(path, self.zip, result)
        tops = {info.filename.split("/")[0] for info in infos}
        if len(tops) != 1:
            raise ValueError("more than one folder in the ZIP")
        self.top = tops.pop() + "/"
        counted = Counter(info.filename for info in infos)
        for name in sorted(name for name, times in counted.items() if times > 1):
            result.add("zip_shell", name, "twice")
        self.names = sorted(name[len(self.top) :] for name in counted)

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a file, piece by piece."""
        with self.zip.open(self.top + name) as stream:
            yield from iter(lambda: stream.read(CHUNK), b"")


def _check_shell(path: Path, archive: zipfile.ZipFile, result: Result) -> None:
    """Bytes between the files, compression, encryption and the digest beside the ZIP."""
    offset = 0
    with path.open("rb") as stream:
        for info in sorted(archive.infolist(), key=lambda one: one.header_offset):
            stream.seek(info.header_offset)
            header = stream.read(30)
            plain = info.compress_type == zipfile.ZIP_STORED and not info.flag_bits & 0x1
            if info.header_offset != offset or not plain or info.is_dir():
                result.add("zip_shell", info.filename, f"offset {info.header_offset}")
            lengths = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
            offset = info.header_offset + 30 + lengths + info.compress_size
        stream.seek(-22, 2)
        last = stream.read(4) == b"PK\x05\x06"
    if archive.start_dir != offset or archive.comment or not last:
        result.add("zip_shell", "", "bytes that belong to no file")
    beside = path.with_name(path.name + ".sha256")
    if not beside.is_file():
        result.notes.append(("旁边没有 .sha256 文件，ZIP 外壳只核对了结构", "no .sha256 file beside the ZIP"))
    elif beside.read_text(encoding="utf-8") != f"{_digest_of(path)}  {path.name}\n":
        result.add("zip_digest", path.name)


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
        found, rest = [], self.content
        while rest:
            found.append(read_der(rest))
            rest = rest[len(found[-1].whole) :]
        return found


def read_der(data: bytes) -> Der:
    """The first value of the data; raises ValueError or IndexError."""
    length, start = data[1], 2
    if length > 0x80:
        start += length - 0x80
        length = int.from_bytes(data[2:start], "big")
    if length == 0x80 or len(data) < start + length:
        raise ValueError("no whole DER value")
    return Der(data[0], data[start : start + length], data[: start + length])


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
    """Runs every check over one package; each file is read once."""

    def __init__(self, source: Folder | Archive, result: Result) -> None:
        self.source = source
        self.result = result
        self.sizes: dict[str, int] = {}
        self.digests: dict[str, str] = {}
        self.ranges: dict[str, list[tuple[int, ...]]] = {}  # of signatures, in the order of the file

    def run(self) -> None:
        """All checks in order."""
        for name in self.source.names:
            self._hash(name)
        if self._small("bagit.txt") != BAGIT:
            self.result.add("bagit", "bagit.txt")
        payload = [name for name in self.source.names if name.startswith(PAYLOAD)]
        tags = [name for name in self.source.names if not name.startswith(PAYLOAD)]
        self._manifest(MANIFEST, payload)
        self._manifest(TAGMANIFEST, [name for name in tags if name != TAGMANIFEST])
        self._oxum(payload)
        self._catalogues(payload)

    def _hash(self, name: str) -> None:
        digest, size, seam = hashlib.sha256(), 0, b""
        try:
            for chunk in self.source.chunks(name):
                digest.update(chunk)
                size += len(chunk)
                seam = self._find_signatures(name, seam + chunk)
        except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
            self.result.add("unreadable", name, error)
            self.digests[name] = "unreadable"
            return
        self.sizes[name], self.digests[name] = size, digest.hexdigest()

    def _find_signatures(self, name: str, content: bytes) -> bytes:
        """Note where signatures say what they cover; returns the end of the chunk, for the next one."""
        if name.endswith(".pdf"):
            for match in BYTE_RANGE.finditer(content):
                found = tuple(int(number) for number in match.groups())
                if found not in self.ranges.setdefault(name, []):
                    self.ranges[name].append(found)
        return content[-200:]

    def _small(self, name: str, limit: int = MAX_XML) -> bytes | None:
        if name not in self.sizes or self.sizes[name] > limit:
            return None
        return b"".join(self.source.chunks(name))

    def _manifest(self, name: str, present: Sequence[str]) -> None:
        content = self._small(name)
        if content is None:
            self.result.add("missing", name)
            return
        listed = self._lines(name, content)
        missing = sorted(set(listed) - set(present))
        extra = sorted(set(present) - set(listed))
        for found in list(extra):
            was = next((lost for lost in missing if listed[lost] == self.digests[found]), None)
            if was:
                self.result.add("renamed", found, was)
                missing.remove(was)
                extra.remove(found)
        for lost in missing:
            self.result.add("missing", lost)
        for found in extra:
            self.result.add("extra", found)
        for kept in sorted(set(listed) & set(present)):
            if self.digests[kept] not in (listed[kept], "unreadable"):
                self.result.add("changed", kept)

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
        text = (self._small("bag-info.txt") or b"").decode("utf-8", "replace")
        match = re.search(r"^Payload-Oxum: (\S+)$", text, re.MULTILINE)
        found = f"{sum(self.sizes.get(name, 0) for name in payload)}.{len(payload)}"
        if not match or match[1] != found:
            self.result.add("oxum", "bag-info.txt", match[1] if match else "Payload-Oxum")

    # --- catalogues ↔ files ------------------------------------------------------------------------

    def _catalogues(self, payload: Sequence[str]) -> None:
        trees = [self._xml(name) for name in (VOLUMES, FILES, NUMBERS)]
        if any(tree is None for tree in trees):
            return
        volumes, files, numbers = (tree for tree in trees if tree is not None)
        named = self._volumes(volumes) | self._files(files, volumes)
        for name in payload:
            if name.startswith(PAYLOAD + RECORDS) and name not in named:
                self.result.add("not_in_catalogue", name)
        self._numbers(numbers, volumes)
        self.result.counts.update(
            volumes=len(volumes.findall("案卷")),
            originals=len(files.findall("案卷/原件")),
            numbers=len(numbers.findall("编号")),
            files=len(self.digests),
            bytes=sum(self.sizes.values()),
        )

    def _xml(self, name: str) -> ElementTree.Element | None:
        content = self._small(name)
        if content is None:
            self.result.add("missing", name)
            return None
        if b"<!" in content:  # declarations are where XML bombs live; our catalogues have none
            self.result.add("xml", name, "<!")
            return None
        try:
            tree = ElementTree.fromstring(content)  # noqa: S314 - no declarations, see above
        except (ElementTree.ParseError, ValueError) as error:
            self.result.add("xml", name, error)
            return None
        if tree.get("格式") != FORMAT:
            self.result.add("xml", name, f"格式 {tree.get('格式')}")
        return tree

    def _volumes(self, tree: ElementTree.Element) -> set[str]:
        rows = tree.findall("案卷")
        self._running(VOLUMES, [row.get("顺序号", "") for row in rows])
        for number, times in Counter(row.findtext("档号", "") for row in rows).items():
            if times > 1:
                self.result.add("number_twice", VOLUMES, number)
        for row in rows:
            self._same(row.findtext("电子档案名称", ""), row.findtext("字节", ""), row.findtext("SHA256", ""))
            self._signature(row)
        totals = tree.find("合计")
        pages = sum(_whole(row.findtext("页数", "")) for row in rows)
        self._total(VOLUMES, totals, "案卷", len(rows))
        self._total(VOLUMES, totals, "页数", pages)
        return {PAYLOAD + row.findtext("电子档案名称", "") for row in rows}

    # --- signatures --------------------------------------------------------------------------------

    def _signature(self, row: ElementTree.Element) -> None:
        """签名="有": the volume is signed, the signature agrees with its bytes, and nothing follows it."""
        name, certificate, last = PAYLOAD + row.findtext("电子档案名称", ""), "", 0
        for start, gap, after, length in self.ranges.get(name, ()):
            written = self._piece(name, gap, after)
            if not CONTENTS.fullmatch(written) or start:
                continue  # words that look like a signature, such as a title
            last = after + length
            try:
                signature = Signature(bytes.fromhex(written[1:-1].decode()))
                digest = self._ranges_digest(name, ((0, gap), (after, last)), signature.digest_name)
                wrong, certificate = signature.problem(digest), signature.certificate_digest
            except (ValueError, IndexError, KeyError, StopIteration) as error:
                wrong = f"CMS {type(error).__name__} {error}"
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

    def _files(self, tree: ElementTree.Element, volumes: ElementTree.Element) -> set[str]:
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
        self._total(VOLUMES, volumes.find("合计"), "原件", len(originals))
        return {PAYLOAD + row.get("路径", "") for row in originals}

    def _pages(self, group: ElementTree.Element, pages: int) -> None:
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

    def _numbers(self, tree: ElementTree.Element, volumes: ElementTree.Element) -> None:
        rows = tree.findall("编号")
        for number, times in Counter(row.get("号", "") for row in rows).items():
            if times > 1:
                self.result.add("case_twice", NUMBERS, number)
        filed = {row.get("号", ""): row.get("档号", "") for row in rows if row.get("去向") == INSIDE}
        absent = [row for row in rows if row.get("去向") != INSIDE]
        for row in absent:
            if row.get("去向") != ABSENT or not row.get("原因", "").strip():
                self.result.add("no_reason", NUMBERS, row.get("号", ""))
        inside: dict[str, str] = {}
        for volume in volumes.findall("案卷"):
            for case in volume.findall("投诉编号"):
                inside[case.text or ""] = volume.findtext("档号", "")
        for number in sorted(set(inside) - set(filed)):
            self.result.add("case_unlisted", VOLUMES, number)
        for number in sorted(name for name in filed if inside.get(name) != filed[name]):
            self.result.add("case_lost", NUMBERS, number)
        self._total(NUMBERS, tree, "发出", len(rows))
        self._total(NUMBERS, tree, "归档", len(filed))
        self._total(NUMBERS, tree, "未归档", len(absent))

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

    def _total(self, place: str, row: ElementTree.Element | None, name: str, found: int) -> None:
        stated = "" if row is None else row.get(name, "")
        if stated != str(found):
            self.result.add("total", place, f"{name} {stated} ≠ {found}")


def _whole(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else -1


# --- doors -----------------------------------------------------------------------------------------------


def inspect(path: Path) -> Result:
    """Check a package folder or ZIP and say what was counted and found."""
    result = Result()
    try:
        source = Folder(path, result) if path.is_dir() else Archive(path, result)
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        result.add("no_package", str(path), error)
        return result
    if "bagit.txt" not in source.names and MANIFEST not in source.names:
        result.add("no_package", str(path), "bagit.txt")
        return result
    Checker(source, result).run()
    return result


def verify(path: Path) -> list[Finding]:
    """The findings 不符项 of a package; none means that everything agrees."""
    return inspect(Path(path)).findings


def as_json(path: Path, result: Result) -> str:
    """The result file that can be imported back."""
    rows = [{**asdict(one), "zh": one.text(), "en": one.text(True)} for one in result.findings]
    return json.dumps(
        {
            "checker": "juanzong-verifier",
            "format": FORMAT,
            "package": path.resolve().name,
            "checked_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),  # noqa: UP017 - Python 3.8
            "ok": not rows,
            "counts": result.counts,
            "findings": rows,
        },
        ensure_ascii=False,
        indent=1,
    )


def report(result: Result, english: bool) -> str:
    """The result in plain words."""
    lines = [note[1 if english else 0] for note in result.notes]
    lines += ["✗ " + finding.text(english) for finding in result.findings]
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
    options = parser.parse_args(arguments)
    if options.result and options.path.resolve() in options.result.resolve().parents:
        parser.error("--result 不能写入移交包内 / must not lie inside the package")
    result = inspect(options.path)
    sys.stdout.write(report(result, options.en) + "\n")
    if options.result:
        options.result.write_text(as_json(options.path, result), encoding="utf-8")
    return exit_code(result)


if __name__ == "__main__":
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(main())
