"""The mails about a forgotten password 重设密码邮件, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

MINUTES: Final = 30  # for which a link holds


@dataclass(frozen=True)
class Mail:
    """A mail with its blanks 邮件文字: name and login of the person, from where, and for how long."""

    subject: str
    body: str
    button: str = ""

    def filled(self, **blanks: object) -> str:
        """The body with its blanks filled in."""
        return self.body.format(**blanks)


ASKED: Final[Mapping[str, Mail]] = {
    "zh": Mail(
        "重设密码",
        "{name}，您好：\n"
        "有人申请重设登录名“{login}”的密码（来自 {address}）。如果是您，请用下面的链接设置新密码。\n"
        "链接 {minutes} 分钟内有效，只能用一次；再次申请后，先前的链接作废。请勿转发本邮件。\n"
        "如果不是您申请的，不必理会，密码没有改变。",
        "设置新密码",
    ),
    "en": Mail(
        "Reset your password",
        "Hello {name},\n"
        "somebody asked to reset the password of “{login}” (from {address}). If it was you, choose a new one"
        " with the link below.\n"
        "The link holds for {minutes} minutes and for once; asking again makes this one void. Do not forward"
        " this mail.\n"
        "If it was not you, do nothing: the password has not changed.",
        "Choose a new password",
    ),
}
DONE: Final[Mapping[str, Mail]] = {
    "zh": Mail(
        "密码已重设",
        "{name}，您好：\n"
        "登录名“{login}”的密码刚刚通过邮件链接重设（来自 {address}），原有的登录已全部退出。\n"
        "如果不是您本人操作，请立即联系管理员。",
    ),
    "en": Mail(
        "Your password was reset",
        "Hello {name},\n"
        "the password of “{login}” was reset just now with a link from a mail (from {address}); every sign-in"
        " has ended.\n"
        "If it was not you, tell an administrator at once.",
    ),
}
