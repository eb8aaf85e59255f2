"""What every page shows 页面框架: the menu, the bell, language and theme."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any

from flask import Flask, current_app, g, request, session, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from documents.hold import held
from documents.notice import Notice
from portal.clock import local, now
from portal.forms.answers import unit_name
from portal.forms.widgets import prepare_widgets
from portal.held import owner_mark
from portal.language import language
from portal.messages import upload_warning
from portal.signing_in import me
from portal.standing import may_do, person_name, retaliation_channel
from portal.words import WEEKDAYS

MOST_COUNTED = 100
LINKS = {
    "appeal_of": _l("申诉与原投诉"),
    "repeat_of": _l("重复投诉与原投诉"),
    "retaliation_of": _l("打击报复举报与原投诉"),
}


@dataclass(frozen=True)
class MenuEntry:
    """One word of the top bar; `allowed` says whether the person may use it."""

    key: str
    label: Any
    endpoint: str
    allowed: Callable[[], bool] = lambda: True


MENU = (
    MenuEntry("desk", _l("工作台"), "desk.desk"),
    MenuEntry("cases", _l("投诉"), "cases.list_cases"),
    MenuEntry("watch", _l("督办"), "watch.watch"),
    MenuEntry("loans", _l("借阅"), "loans.index", lambda: not may_do("archive")),
)


def prepare_layout(app: Flask) -> None:
    """Give the frame to every template; other parts add their entries to the menu."""
    app.extensions.setdefault("menu", list(MENU))
    app.context_processor(frame)
    for word in (owner_mark, own_mark, person_name, unit_name, zone_offset, weekday_names, link_words):
        app.add_template_global(word)
    app.add_template_global(channel_words)
    app.add_template_global(held)
    app.add_template_global(retaliation_channel)
    app.add_template_global(lambda: token_urlsafe(12), "new_submission")
    app.add_template_filter(upload_warning)
    prepare_widgets(app)


def frame() -> dict[str, Any]:
    """The names that layout.html uses."""
    if g.get("nobody") or not current_user.is_authenticated:
        return {
            "menu": [],
            "unread": 0,
            "theme": session.get("theme", "system"),
            "here": None,
            "person": None,
        }
    return {"menu": menu(), "unread": unread(), "theme": me().theme, "here": here(), "person": me()}


def menu() -> list[dict[str, Any]]:
    """The entries that the person may use."""
    entries: list[MenuEntry] = current_app.extensions["menu"]
    known = current_app.view_functions
    return [
        {"key": entry.key, "label": entry.label, "address": url_for(entry.endpoint)}
        for entry in entries
        if entry.endpoint in known and entry.allowed()
    ]


def needs(operation: str) -> Callable[[], bool]:
    """An entry for those whose role grants the operation."""
    return lambda: may_do(operation)


def here() -> str | None:
    """The menu entry that the page belongs to."""
    blueprint = request.blueprint or ""
    return {"steps": "cases", "intake": "cases", "files": "cases"}.get(blueprint, blueprint)


def own_mark() -> str:
    """Whose form this is: of the person behind the request, on this page; signed once for all its forms."""
    if "own_mark" not in g:
        g.own_mark = owner_mark(me(), request.path)
    return str(g.own_mark)


def zone_offset() -> str:
    """+08:00, so that a time typed on the page compares with one from the server."""
    offset = f"{local(now()):%z}"
    return f"{offset[:3]}:{offset[3:]}"


def weekday_names() -> list[str]:
    """一 二 三 四 五 六 日."""
    return [name[-1] if language() == "zh" else name[:2] for name in WEEKDAYS[language()]]


CHANNELS = {"mail": _l("邮件"), "sms": _l("短信"), "webhook": _l("机器人与系统")}


def channel_words(channel: str) -> str:
    """What a way out is called."""
    return str(CHANNELS.get(channel, channel))


def link_words(kind: str) -> str:
    """What one case is to another, in words."""
    return str(LINKS.get(kind, kind))


def unread() -> int:
    """How many notices wait to be read, counted no further than the bell can show."""
    return int(
        Notice.collection().count_documents(
            {"person": me().id, "sent": True, "read_at": None}, limit=MOST_COUNTED
        )
    )
