"""The words of a mail 邮件文字: names, headers and bodies in whatever encoding they arrived."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message
from email.utils import collapse_rfc2231_value, parsedate_to_datetime

from lxml import etree

from pdf.wording import moment

# What mails from China call by the name of its small old sets is written in the large one.
GREATER = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030"}
MOST_HEADER = 2000
MOST_HTML = 2 * 1024 * 1024
BREAKING = frozenset(
    (
        *("p", "div", "br", "tr", "li", "table", "ul", "ol", "blockquote", "pre", "hr", "section", "article"),
        *("h1", "h2", "h3", "h4", "h5", "h6"),
    )
)
SILENT = frozenset(("script", "style", "title", "template", "svg", "math", "object", "iframe", "noscript"))
SPACES = re.compile(r"[ \t\r\n\xa0]+")
BLANK_LINES = re.compile(r"\n[ \t\u3000\xa0]*(?:\n[ \t\u3000\xa0]*)+")


def header(message: Message, name: str) -> str:
    """A header as text on one line."""
    return " ".join(words(_raw(message, name)).split())[:MOST_HEADER]


def words(value: str) -> str:
    """What a header says, through the encodings of RFC 2047."""
    try:
        parts = decode_header(value)
    except (HeaderParseError, ValueError, LookupError):
        return value
    return "".join(
        part if isinstance(part, str) else text_of(part, charset or "ascii") for part, charset in parts
    )


def date(message: Message) -> str:
    """The date on the clock of Beijing, or as the mail writes it."""
    written = header(message, "Date")
    try:
        at = parsedate_to_datetime(written)
        return moment(at if at.tzinfo else at.replace(tzinfo=UTC))
    except (ValueError, TypeError, IndexError, OverflowError):
        return written[:100]


def file_name(part: Message) -> str:
    """The name of an attachment, by RFC 2231, by RFC 2047 as many programs do it, or as raw bytes."""
    plain_part = Message()
    plain_part["Content-Disposition"] = _raw(part, "Content-Disposition")
    plain_part["Content-Type"] = _raw(part, "Content-Type")
    try:
        found = plain_part.get_param("filename", None, "content-disposition")
        found = found or plain_part.get_param("name", None)
        plain = collapse_rfc2231_value(found) if isinstance(found, tuple) else found
    except (MessageError, ValueError, LookupError, UnicodeError, TypeError, AttributeError):
        return ""
    return " ".join(words(plain).split())[:255] if isinstance(plain, str) else ""


def body(part: Message) -> str:
    """The text of a part; HTML is reduced to its words."""
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    try:
        charset = str(part.get_content_charset() or "utf-8")
    except (ValueError, LookupError, UnicodeError, TypeError):
        charset = "utf-8"
    text = text_of(data, charset)
    return reduced(text) if part.get_content_type() == "text/html" else text


def text_of(data: bytes, charset: str) -> str:
    """Bytes in the encoding they claim, else in those that are used for Chinese; else � is shown."""
    name = GREATER.get(charset.lower(), charset)
    for encoding in (name, "utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except (LookupError, UnicodeError, ValueError):
            continue
    return data.decode("utf-8", "replace")


def reduced(html: str) -> str:
    """The words of an HTML body; pictures, styles and scripts are not looked at, let alone fetched."""
    page = etree.fromstring(html[:MOST_HTML].encode("utf-8", "replace"), _reader())
    if page is None:
        return ""
    text = BLANK_LINES.sub("\n\n", "".join(_pieces(page)))
    return "\n".join(line.strip(" ") for line in text.splitlines()).strip()


def _reader() -> etree.HTMLParser:
    """libxml2, because the parser of Python 3.11 takes the square of the length of a hostile page."""
    return etree.HTMLParser(
        encoding="utf-8", no_network=True, recover=True, huge_tree=True, remove_comments=True, remove_pis=True
    )


def _pieces(page: etree._Element) -> Iterator[str]:
    """The words, with line breaks where the page would have them. Not recursive: nesting may be hostile."""
    silence = 0
    for event, element in etree.iterwalk(page, events=("start", "end")):
        begins, tag = event == "start", element.tag
        if tag in SILENT:
            silence += 1 if begins else -1
        elif not silence and tag in BREAKING and (begins or tag != "br"):
            yield "\n"
        elif not silence and begins and tag in ("td", "th"):
            yield "　"
        if not silence:
            yield SPACES.sub(" ", (element.text if begins else element.tail) or "")


def _raw(message: Message, name: str) -> str:
    """A header as it was written; bytes without an encoding arrive as surrogates and are read again."""
    found = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
    text = str(found)[: 10 * MOST_HEADER]
    if not any("\udc80" <= character <= "\udcff" for character in text):
        return text
    return text_of(text.encode("utf-8", "surrogateescape"), "utf-8")
