"""Mails 电子邮件翻印: the head as a table, the body as text, each attachment by its own kind."""

from __future__ import annotations

import email
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from email.errors import MessageError
from email.message import Message
from email.policy import compat32

from documents.rules.papers import PaperTable
from documents.rules.rendition import Rendition, Sheet, original_only
from pdf.renditions import mail_words, texts
from pdf.renditions.archives import cut
from pdf.renditions.limits import Allowance, Unreadable, Upload
from pdf.renditions.tables import paged
from pdf.wording import size

MOST_PARTS = 40
MOST_BODY_SHEETS = 20
MOST_LOOKED_AT = 2000
ORNAMENT = 10_000  # bytes
HEADERS = (("发件人", "From"), ("收件人", "To"), ("抄送", "Cc"))
COLUMNS, WIDTHS = ("序号", "附件名称", "大小", "翻印"), (8, 46, 13, 33)
NOT_OPENED = "未打开，见邮件原件"
NO_ROOM = "页数已到限度，见原件"
SMALL = "正文内的小图"

Render = Callable[[Upload, Allowance], Rendition]


@dataclass(frozen=True)
class _Ornament:
    """A small picture of the body, such as a logo 正文内小图."""

    upload: Upload


@dataclass(frozen=True)
class _Mail:
    """A mail taken apart 拆开的邮件."""

    message: Message
    text: str
    parts: tuple[Upload | Message | _Ornament, ...]  # a Message is a mail within this one
    left_out: int = 0


def sheets(upload: Upload, allowance: Allowance, render: Render) -> Rendition:
    """The pages of a mail and of what is attached to it."""
    try:
        message = email.message_from_bytes(upload.data, policy=compat32)
        return _mail(_taken_apart(message), allowance, render)
    except RecursionError as error:
        raise Unreadable("邮件结构嵌套过深，无法读取") from error
    except (MessageError, ValueError, LookupError) as error:  # a NUL in the name of a charset is a ValueError
        raise Unreadable("邮件已损坏，无法读取") from error


def _mail(mail: _Mail, allowance: Allowance, render: Render) -> Rendition:
    facts = tuple(_head(mail))
    notes = tuple(_notes(mail.message))
    body = _body(mail.text, facts, most=min(MOST_BODY_SHEETS, allowance.pages))
    left = replace(allowance, pages=allowance.pages - len(body.sheets))
    attached = list(_attached(mail, left, render))
    first = replace(body.sheets[0], facts=facts, notes=notes)
    text = _with_list((first, *body.sheets[1:]), attached)
    pages = tuple(sheet for one in attached for sheet in one.sheets)
    warnings = tuple(f"邮件附件“{one.name}”{said}" for one in attached for said in one.rendition.warnings)
    if mail.left_out:
        warnings += (f"邮件附件过多，另有 {mail.left_out} 个未翻印，见原件",)
    return Rendition((*text, *pages), (*notes, *body.warnings, *warnings))


def _head(mail: _Mail) -> Iterator[tuple[str, str]]:
    for label, name in HEADERS:
        value = mail_words.header(mail.message, name)
        if value or label == "发件人":
            yield label, cut(value, 320) or "（未注明）"
    yield "日期", mail_words.date(mail.message) or "（未注明）"
    yield "主题", cut(mail_words.header(mail.message, "Subject"), 320) or "（无主题）"
    count = len(mail.parts) + mail.left_out
    if count:
        yield "附件", f"{count} 个，清单见正文后"


def _notes(message: Message) -> Iterator[str]:
    kind = message.get_content_type()
    if kind == "multipart/signed":
        yield "邮件带有数字签名，请以原件为准（翻印时未作验证）"
    if kind in ("application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted"):
        yield "邮件正文已加密或封装，须用收件人的邮件软件打开原件"


def _body(text: str, facts: tuple[tuple[str, str], ...], *, most: int) -> Rendition:
    """The text, with room left on its first page for the head."""
    return texts.pages(text.strip() or "（无正文）", max(most, 1), taken=min(_taken(facts), 30))


def _taken(facts: tuple[tuple[str, str], ...]) -> int:
    return sum(1 + texts.width(value) // 74 for _, value in facts) * 3 // 2 + 2


# --- what is attached ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Attached:
    """An attachment with its pages 邮件附件."""

    name: str
    size: str
    rendition: Rendition

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """Its pages; where there are none, its line in the table says why."""
        return () if self.is_only_listed else self.rendition.sheets

    @property
    def is_only_listed(self) -> bool:
        """Whether there is nothing to show but a reason."""
        return self.rendition.is_original_only and self.rendition.sheets[0].table is None


def _attached(mail: _Mail, allowance: Allowance, render: Render) -> Iterator[_Attached]:
    left = allowance.pages
    for number, part in enumerate(mail.parts, start=1):
        inner = replace(allowance, pages=left, depth=allowance.depth - 1)
        name, amount, made = _made(part, inner, render)
        title = f"邮件附件 {number}　{cut(name, 80)}"
        found = _Attached(name, amount, replace(made, sheets=_titled(title, made.sheets)))
        left -= len(found.sheets)
        yield found


def _titled(title: str, sheets: tuple[Sheet, ...]) -> tuple[Sheet, ...]:
    return tuple(
        replace(sheet, title=f"{title} › {sheet.title}" if sheet.title else title) for sheet in sheets
    )


def _made(
    part: Upload | Message | _Ornament, allowance: Allowance, render: Render
) -> tuple[str, str, Rendition]:
    """The name of an attachment, its size and its pages."""
    if isinstance(part, Message):
        name = (mail_words.header(part, "Subject") or "转发的邮件") + ".eml"
        return name, "", _mail_within(part, allowance, render)
    upload = part.upload if isinstance(part, _Ornament) else part
    if isinstance(part, _Ornament):
        made = replace(original_only(SMALL), warnings=())
    elif allowance.depth < 0:
        made = original_only(NOT_OPENED)
    elif allowance.pages <= 0:
        made = original_only(NO_ROOM)
    elif not upload.data:
        made = original_only("文件为空（0 字节）")
    else:
        made = render(upload, allowance)
    return upload.name, size(len(upload.data)), made


def _mail_within(message: Message, allowance: Allowance, render: Render) -> Rendition:
    if allowance.depth < 0:
        return original_only(NOT_OPENED)
    if allowance.pages <= 0:
        return original_only(NO_ROOM)
    return _mail(_taken_apart(message), allowance, render)


def _with_list(sheets: tuple[Sheet, ...], attached: list[_Attached]) -> tuple[Sheet, ...]:
    """The list of attachments below the text where it has room, else on pages of its own."""
    if not attached:
        return sheets
    rows = tuple(
        (str(number), cut(one.name, 80), one.size, _outcome(one))
        for number, one in enumerate(attached, start=1)
    )
    last = sheets[-1]
    room = texts.LINES_PER_SHEET - len(last.lines) - (_taken(last.facts) if last.facts else 0)
    first, *rest = paged(PaperTable(COLUMNS, rows, "邮件附件清单", WIDTHS, (0, 2)), first=room * 6 // 7)
    below = replace(last, table=first if first.rows else None)
    return (*sheets[:-1], below, *(Sheet(table=piece) for piece in rest))


def _outcome(attached: _Attached) -> str:
    if attached.rendition.is_original_only and not attached.is_only_listed:
        return f"仅列清单，{len(attached.sheets)} 页"
    if attached.is_only_listed:
        return f"在邮件原件内：{attached.rendition.sheets[0].reason}"
    return f"翻印 {len(attached.sheets)} 页"


# --- taking a mail apart ------------------------------------------------------------------------------


def _taken_apart(message: Message) -> _Mail:
    """The text that a reader would be shown, and everything else as attachments."""
    bodies, attached = _sorted(message)
    text = "\n\n".join(map(mail_words.body, bodies))
    parts = tuple(_part(number, part) for number, part in enumerate(attached[:MOST_PARTS], start=1))
    return _Mail(message, text, parts, left_out=max(0, len(attached) - MOST_PARTS))


def _sorted(message: Message) -> tuple[list[Message], list[Message]]:
    """Body and attachments, in their order; a mail within is one part. No recursion."""
    bodies: list[Message] = []
    attached: list[Message] = []
    waiting = [(message, False)]  # and whether its texts are alternatives that are not shown
    for _once in range(MOST_LOOKED_AT):
        if not waiting:
            break
        part, is_spare = waiting.pop()
        inner = _inner(part)
        if inner:
            best = _best(inner) if part.get_content_subtype() == "alternative" else None
            spare = [is_spare or (best is not None and one is not best) for one in inner]
            waiting += reversed(list(zip(inner, spare, strict=True)))
        elif not _is_body(part):
            attached.append(part)
        elif not is_spare:
            bodies.append(part)
    return bodies, attached


def _inner(part: Message) -> list[Message]:
    inner = part.get_payload()
    if part.get_content_maintype() != "multipart" or not isinstance(inner, list):
        return []
    return [one for one in inner if isinstance(one, Message)]


def _best(alternatives: list[Message]) -> Message:
    """Plain text where it says something, else the last one, which is the richest."""
    for part in alternatives:
        if part.get_content_type() == "text/plain" and mail_words.body(part).strip():
            return part
    return alternatives[-1]


def _is_body(part: Message) -> bool:
    if part.get_content_disposition() == "attachment" or mail_words.file_name(part):
        return False
    # A multipart without parts is a broken mail: its text is all there is.
    return (
        part.get_content_type() in ("text/plain", "text/html") or part.get_content_maintype() == "multipart"
    )


def _part(number: int, part: Message) -> Upload | Message | _Ornament:
    inner = part.get_payload()
    name = mail_words.file_name(part) or f"未命名附件{number}"
    if isinstance(inner, list):
        within = [one for one in inner if isinstance(one, Message)]
        if part.get_content_type() == "message/rfc822" and within:
            return within[0]
        text = "\n\n".join(str(one) for one in within)  # the report of a mail server
        return Upload(name, "text/plain", text.encode("utf-8", "replace"))
    data = part.get_payload(decode=True)
    upload = Upload(name, part.get_content_type(), data if isinstance(data, bytes) else b"")
    is_inline = part.get("Content-ID") is not None and part.get_content_maintype() == "image"
    return _Ornament(upload) if is_inline and len(upload.data) < ORNAMENT else upload
