"""The words of a mail 邮件文字: names, headers and bodies in whatever encoding they arrived."""

from __future__ import annotations

import re
from datetime import UTC
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message
from email.utils import collapse_rfc2231_value, parsedate_to_datetime
from html.parser import HTMLParser
from typing import Any

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
BLANK_LINES = re.compile(r"\n[ \t\u3000\xa0]*(?:\n[ \t\u3000\xa0]*)+")


def header(message: Message, name: str) -> str:
    """A header as text on one line."""
    value = message.get(name)
    return "" if value is None else " ".join(words(value).split())[:MOST_HEADER]


def words(value: Any) -> str:
    """What a header says, through the encodings of RFC 2047 and through none at all."""
    try:
        parts = decode_header(_bare(str(value)))
    except (HeaderParseError, ValueError, LookupError):
        return _bare(str(value))
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
    try:
        found = part.get_param("filename", None, "content-disposition") or part.get_param("name", None)
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
    reader = _Reader()
    reader.feed(html[:MOST_HTML])
    reader.close()
    return BLANK_LINES.sub("\n\n", "".join(reader.pieces)).strip()


def _bare(text: str) -> str:
    """Raw bytes in a header arrive as surrogates: they are read again."""
    if not any("\udc80" <= character <= "\udcff" for character in text):
        return text
    return text_of(text.encode("utf-8", "surrogateescape"), "utf-8")


class _Reader(HTMLParser):
    """Collects the words, with line breaks where the page would have them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silence = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self._silence += 1
        elif tag in BREAKING:
            self.pieces.append("\n")
        elif tag in ("td", "th"):
            self.pieces.append("　")

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self._silence = max(0, self._silence - 1)
        elif tag in BREAKING and tag != "br":
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silence:
            self.pieces.append(re.sub(r"[ \t\r\n]+", " ", data))
