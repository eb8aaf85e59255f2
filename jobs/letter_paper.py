"""What a mail looks like (邮件版式): plain text and plain HTML, with the way to the case."""

from __future__ import annotations

import hashlib
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape
from urllib.parse import quote

from documents.outbox import OutboxMessage

WORDS = {
    "zh": {"open": "打开案件", "foot": "本邮件由卷宗系统自动发出，请勿直接回复。"},
    "en": {"open": "Open the case", "foot": "Sent by Juanzong automatically; please do not reply."},
}
PAGE = """\
<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><title>{subject}</title></head>
<body style="margin:0;padding:24px;background:#f4f6f8">
<table role="presentation" width="100%" style="max-width:600px;margin:0 auto;background:#ffffff;\
border:1px solid #d9dfe5;border-radius:6px;font-family:'Noto Sans SC','Microsoft YaHei',sans-serif;\
font-size:15px;line-height:1.7;color:#1f2933"><tr><td style="padding:24px 28px">
<h1 style="margin:0 0 12px;font-size:18px;line-height:1.5;color:#16324f">{subject}</h1>
{paragraphs}{button}
<p style="margin:24px 0 0;padding-top:12px;border-top:1px solid #e4e9ee;\
font-size:12px;color:#66727e">{foot}</p>
</td></tr></table></body></html>
"""
PARAGRAPH = '<p style="margin:0 0 10px">{}</p>\n'
BUTTON = (
    '<p style="margin:20px 0 0"><a href="{link}" style="display:inline-block;padding:9px 20px;'
    'background:#1f4e79;color:#ffffff;text-decoration:none;border-radius:4px">{words}</a></p>'
)


def letter(message: OutboxMessage, *, sender: str, base_url: str, now: datetime) -> EmailMessage:
    """The message as it goes on the wire; raises ValueError for an address that cannot be one."""
    words = {**WORDS[message.language], **({"open": message.label} if message.label else {})}
    link = message.link or case_link(base_url, message.number)
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, message.to, message.subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = message_id(message.id, sender)
    mail["Auto-Submitted"] = "auto-generated"
    way = [f"{words['open']}: {link}"] if link else []
    mail.set_content("\n\n".join([message.body, *way, f"-- \n{words['foot']}"]) + "\n")
    mail.add_alternative(_page(message, words, link), subtype="html")
    return mail


def message_id(key: str, sender: str) -> str:
    """The same message has the same id each time it is sent, so that a receiver can tell."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{sender.rpartition('@')[2].rstrip('>')}>"


def case_link(base_url: str, number: str | None) -> str | None:
    """Where the case is shown."""
    return f"{base_url.rstrip('/')}/cases/{quote(number)}" if base_url and number else None


def _page(message: OutboxMessage, words: dict[str, str], link: str | None) -> str:
    return PAGE.format(
        language="zh-CN" if message.language == "zh" else "en",
        subject=escape(message.subject),
        paragraphs="".join(PARAGRAPH.format(escape(line)) for line in message.body.splitlines() if line),
        button=BUTTON.format(link=escape(link), words=words["open"]) if link else "",
        foot=words["foot"],
    )
