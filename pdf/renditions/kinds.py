"""What a file is 文件类型, read from its first bytes and, for archives, from the names inside."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from enum import Enum

from pdf.renditions.limits import Upload

TEXT_ENDINGS = (".txt", ".log", ".csv")
UNKNOWN = "此类文件不能转换为页面，请用原件对应的软件打开"
LOOKED_AT = 64 * 1024
# What the library raises for a ZIP that is none.
UNREADABLE = (zipfile.BadZipFile, zlib.error, ValueError, OSError, RuntimeError, EOFError)
MOST_DIRECTORY = 8 * 1024 * 1024  # bytes of names in a ZIP: 100,000 entries


class Way(Enum):
    """How a file becomes pages 翻印方式."""

    PDF = "pdf"
    PICTURE = "picture"
    MAIL = "mail"
    OFFICE = "office"
    ZIP = "zip"
    TEXT = "text"
    NEVER = "never"


@dataclass(frozen=True)
class Kind:
    """What a file is, in words, and why it is never shown, if it is not."""

    way: Way
    label: str = ""
    reason: str = UNKNOWN
    ending: str = ""  # by which LibreOffice knows it


def never(label: str, why: str) -> Kind:
    """A kind that is only kept."""
    return Kind(Way.NEVER, label, f"{label}，{why}")


PROGRAM = "不运行、不转换"
SCRIPTED = "可含程序和外部引用，不能转换为页面"
PACKED = "不解压；移交前宜由提供方解压后另行提交"
SOUND = "不能转换为页面，请用播放软件打开原件"
OTHER_PICTURE = "不能转换为页面，请由提供方另存为 PNG 或 JPEG 后提交"
LOCKED = never("加密的 Office 文件", "需要密码才能打开，不能转换")
MACROS = never("含宏的 Office 文件", "宏是随文件携带的程序，不打开、不转换")

# First bytes that only one kind of file has.
BEGINNINGS: tuple[tuple[bytes, Kind], ...] = (
    (b"\x89PNG\r\n\x1a\n", Kind(Way.PICTURE, "PNG 图片")),
    (b"\xff\xd8\xff", Kind(Way.PICTURE, "JPEG 图片")),
    (b"II*\0", Kind(Way.PICTURE, "TIFF 图片")),
    (b"MM\0*", Kind(Way.PICTURE, "TIFF 图片")),
    (b"{\\rtf", Kind(Way.OFFICE, "RTF 文档", ending=".rtf")),
    (b"7z\xbc\xaf\x27\x1c", never("7z 压缩文件", PACKED)),
    (b"Rar!\x1a\x07", never("RAR 压缩文件", PACKED)),
    (b"\x1f\x8b", never("gzip 压缩文件", PACKED)),
    (b"BZh", never("bzip2 压缩文件", PACKED)),
    (b"\xfd7zXZ\0", never("xz 压缩文件", PACKED)),
    (b"MSCF", never("CAB 压缩文件", PACKED)),
    (b"MZ", never("Windows 程序", PROGRAM)),
    (b"\x7fELF", never("Linux 程序", PROGRAM)),
    (b"\xca\xfe\xba\xbe", never("Java 或 macOS 程序", PROGRAM)),
    (b"\xcf\xfa\xed\xfe", never("macOS 程序", PROGRAM)),
    (b"L\0\0\0\x01\x14\x02\0", never("Windows 快捷方式", PROGRAM)),
    (b"#!AMR", never("AMR 录音", SOUND)),
    (b"#!", never("脚本程序", PROGRAM)),
    (b"\x78\x9f\x3e\x22", never("winmail.dat", "Outlook 专用的附件包，不能转换为页面")),
    (b"ID3", never("MP3 录音", SOUND)),
    (b"\xff\xfb", never("MP3 录音", SOUND)),
    (b"OggS", never("Ogg 录音", SOUND)),
    (b"\x1aE\xdf\xa3", never("Matroska 录像", SOUND)),
    (b"GIF8", Kind(Way.PICTURE, "GIF 图片")),
    (b"BM", Kind(Way.PICTURE, "BMP 图片")),
)
MAIL_HEADERS = frozenset(
    {
        *("received", "message-id", "mime-version", "return-path", "from", "to", "date", "subject"),
        *("content-type", "delivered-to", "x-mailer", "reply-to", "cc", "dkim-signature"),
    }
)
HEADER_LINE = re.compile(rb"([!-9;-~]{1,70}):[ \t]?|[ \t]+\S")
PROGRAM_ENDINGS = (".bat", ".cmd", ".ps1", ".vbs", ".js", ".hta", ".wsf", ".scr", ".sh", ".jar", ".apk")
BY_NAME = (
    (PROGRAM_ENDINGS, never("脚本程序", PROGRAM)),
    ((".mbox", ".mbx"), never("mbox 邮箱", "不能转换为页面，请逐封导出为 .eml 后提交")),
)
DOCUMENTS = (
    ("word/", "Word 文档（.docx）", ".docx"),
    ("xl/", "Excel 工作簿（.xlsx）", ".xlsx"),
    ("ppt/", "PowerPoint 演示文稿（.pptx）", ".pptx"),
)
OPEN_DOCUMENTS = {
    b"application/vnd.oasis.opendocument.text": ("ODF 文本（.odt）", ".odt"),
    b"application/vnd.oasis.opendocument.spreadsheet": ("ODF 表格（.ods）", ".ods"),
    b"application/vnd.oasis.opendocument.presentation": ("ODF 演示文稿（.odp）", ".odp"),
}
MACRO_FOLDERS = ("Basic/", "Scripts/", "xl/macrosheets/")
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Names of streams in the old compound files, in the order in which they are looked for.
STREAMS = (
    ("EncryptedPackage", LOCKED),
    ("_VBA_PROJECT", MACROS),
    ("__substg1.0_", never("Outlook 邮件（.msg）", "不能转换为页面，请另存为 .eml 后提交")),
    ("WordDocument", Kind(Way.OFFICE, "Word 文档（.doc）", ending=".doc")),
    ("Workbook", Kind(Way.OFFICE, "Excel 工作簿（.xls）", ending=".xls")),
    ("Book", Kind(Way.OFFICE, "Excel 工作簿（.xls）", ending=".xls")),
    ("PowerPoint Document", Kind(Way.OFFICE, "PowerPoint 演示文稿（.ppt）", ending=".ppt")),
)


def recognised(upload: Upload) -> Kind:
    """The kind of a file. The bytes decide; the name is asked about text, which has no mark."""
    data = upload.data
    if b"%PDF-" in data[:1024]:
        return Kind(Way.PDF, "PDF")
    if data[:2] == b"PK" and data[2:4] in (b"\x03\x04", b"\x05\x06", b"\x07\x08"):
        return _zip(data)
    if data.startswith(OLD_OFFICE):
        return _old_office(data)
    return _by_container(data) or _by_beginning(data) or _written(upload)


def _by_beginning(data: bytes) -> Kind | None:
    """A mark of letters may begin a text as well: then only what is no text is taken for its kind."""
    binary = b"\0" in data[:LOOKED_AT]
    for mark, kind in BEGINNINGS:
        if data.startswith(mark) and (binary or len(mark) > 4 or not mark.isalnum()):
            return kind
    return None


def _by_container(data: bytes) -> Kind | None:
    """Files whose mark stands a little further on."""
    if data[:4] == b"RIFF":
        return (
            Kind(Way.PICTURE, "WebP 图片") if data[8:12] == b"WEBP" else never("WAV 或 AVI 录音录像", SOUND)
        )
    if data[4:8] == b"ftyp":
        brand = data[8:12]
        if brand in (b"heic", b"heix", b"mif1", b"avif"):
            return never("HEIC 照片", OTHER_PICTURE)
        return never("MP4 或 M4A 录音录像", SOUND)
    if data[257:262] == b"ustar":
        return never("tar 打包文件", PACKED)
    return None


# --- what is written in letters -----------------------------------------------------------------------


def _written(upload: Upload) -> Kind:
    name, head = upload.name.lower().rstrip(". "), upload.data[:LOOKED_AT]
    by_name = next((kind for endings, kind in BY_NAME if name.endswith(endings)), None)
    if by_name:
        return by_name
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if (start[:1] == b"<" and b"<svg" in start) or upload.media_type.startswith("image/svg"):
        return never("SVG 图形", SCRIPTED)
    if start.startswith((b"<!doctype html", b"<html")) or upload.media_type.startswith("text/html"):
        return never("HTML 网页", SCRIPTED)
    if _is_mail(head, claimed=name.endswith(".eml") or upload.media_type.startswith("message/rfc822")):
        return Kind(Way.MAIL, "电子邮件（.eml）")
    if upload.media_type.startswith("text/plain") or name.endswith(TEXT_ENDINGS):
        return Kind(Way.TEXT, "文本")
    return Kind(Way.NEVER, "未能识别")


def _is_mail(head: bytes, *, claimed: bool) -> bool:
    """Whether the file begins with the header of a mail; one that claims to be a mail needs less proof."""
    found: set[str] = set()
    for line in head.splitlines()[:200]:
        if not line.strip():
            break
        match = HEADER_LINE.match(line)
        if not match:
            return False
        if match[1]:
            found.add(match[1].decode().lower())
    known = found & MAIL_HEADERS
    return len(known) >= 1 if claimed else len(known) >= 3 and "from" in known


# --- Office and archives ------------------------------------------------------------------------------


def _old_office(data: bytes) -> Kind:
    """The old compound files: what they hold is known by the names of their streams."""
    for name, kind in STREAMS:
        if name.encode("utf-16-le") in data:
            return kind
    return Kind(Way.NEVER, "OLE 复合文件")


def _zip(data: bytes) -> Kind:
    """A ZIP, or one of the many formats that are a ZIP inside."""
    if directory_size(data) > MOST_DIRECTORY:
        return never("ZIP 压缩文件", "目录过大，不读取")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            first = archive.infolist()[0] if names else None
            said = archive.read(first)[:100] if first and _tells_its_type(first) else b""
    except UNREADABLE:
        return never("损坏的 ZIP 文件", "不能转换为页面")
    return _document(names, said) or Kind(Way.ZIP, "ZIP 压缩文件", f"ZIP 压缩文件，{PACKED}")


def _document(names: list[str], said: bytes) -> Kind | None:
    if any(map(_is_macro, names)):
        return MACROS
    if "[Content_Types].xml" in names:
        found = (one for one in DOCUMENTS if any(name.startswith(one[0]) for name in names))
        return next((Kind(Way.OFFICE, label, ending=ending) for _, label, ending in found), None)
    if said in OPEN_DOCUMENTS:
        label, ending = OPEN_DOCUMENTS[said]
        return Kind(Way.OFFICE, label, ending=ending)
    if "OFD.xml" in names:
        return never("OFD 版式文件", "不能转换为页面，请用专用阅读软件打开原件")
    if "META-INF/MANIFEST.MF" in names or "AndroidManifest.xml" in names:
        return never("Java 或 Android 程序", PROGRAM)
    return None


def _is_macro(name: str) -> bool:
    return name.lower().endswith("vbaproject.bin") or name.startswith(MACRO_FOLDERS)


def _tells_its_type(entry: zipfile.ZipInfo) -> bool:
    return entry.filename == "mimetype" and entry.file_size < 100 and not entry.flag_bits & 1


def directory_size(data: bytes) -> int:
    """The bytes of the list of names as the end of the file states them; -1 where there is no end."""
    end = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557))
    return int.from_bytes(data[end + 12 : end + 16], "little") if end >= 0 else -1
