"""The system signature 系统签名 of a volume on the reading desk: by whom, stamped when, does it hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import format_datetime
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from redis import RedisError

from admin_views.archive_pages import ArchivePage
from admin_views.shelf import volume_for_me
from admin_views.standing import me, now
from documents import audit
from documents.destruction import Certificate
from documents.volume import Volume
from jobs import queues

WORDS: dict[str, Any] = {
    "unreadable": _l("文件无法作为 PDF 读取。"),
    "missing": _l("文件中没有系统签名，签名可能被剥离。"),
    "changed": _l("签名之后文件内容被改动。"),
    "forged": _l("签名值与证书的公钥不符，签名可能是伪造的。"),
    "uncovered": _l("签名之后又追加了内容。"),
    "untrusted": _l("签名证书不在信任清单之内，或在签名时无效。"),
    "unstamped": _l("没有时间戳，签名时间只依据本系统时钟。"),
    "stamp_wrong": _l("时间戳与签名不符。"),
    "stamp_untrusted": _l("时间戳机构的证书不在信任清单之内，或在加盖时无效。"),
    "other_signer": _l("签名证书与封存时登记的不同。"),
    "prefix": _l("文件开头与封存时生成的案卷不同。"),
}
Row = tuple[Any, str, bool]  # label, value, whether it is set in a typewriter face


@dataclass(frozen=True)
class SignatureCard:
    """What the reading desk says of a signature."""

    tone: str  # good, test, none or broken
    headline: str
    problems: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()


def card(volume: Volume | Certificate) -> SignatureCard:
    """The signature of a volume, or of a certificate 销毁证明, as its newest check found it."""
    facts, check = volume.signature, volume.signature_check
    if not facts:
        return SignatureCard("none", _("封存时没有系统签名（当时未设置签名密钥）。"))
    problems = tuple(str(WORDS[code]) for code in check.get("problems", ()) if code in WORDS)
    rows = tuple(_rows(facts, check))
    if problems:
        return SignatureCard(
            "broken", _("系统签名无效。请立即联系系统管理员，并从备份恢复。"), problems, rows
        )
    if facts["test"] or facts["test_authority"]:
        words = _("系统签名有效，但由测试机构签发（TEST），仅供演示，对外没有证明力。")
        return SignatureCard("test", words, (), rows)
    if not facts["authority"]:
        return SignatureCard("good", _("系统签名有效；没有时间戳，签名时间只依据本系统时钟。"), (), rows)
    return SignatureCard("good", _("系统签名有效：签名后没有改动，签名者可信，时间有据。"), (), rows)


def _rows(facts: Mapping[str, Any], check: Mapping[str, Any]) -> Iterator[Row]:
    yield _("签名者"), facts["subject"], False
    yield _("信任的根证书"), check.get("root") or _("无"), False
    signed_at = format_datetime(facts["signed_at"], "yyyy-MM-dd HH:mm:ss")
    yield _("签名时间"), signed_at, False
    yield _("时间戳机构"), _named(facts), False
    yield _("签名格式"), f"{facts['level']}，{facts['algorithm']}", False
    ends = format_datetime(facts["not_after"], "yyyy-MM-dd")
    yield _("证书"), _("序列号 %(serial)s，%(day)s 到期", serial=facts["serial"], day=ends), False
    yield _("证书指纹"), facts["fingerprint"], True
    yield _("签名前摘要"), facts["unsigned_sha256"], True
    if check:
        yield _("最近验签"), format_datetime(check["at"], "yyyy-MM-dd HH:mm:ss"), False


def _named(facts: Mapping[str, Any]) -> str:
    if not facts["authority"]:
        return _("未使用")
    named = str(facts["authority"])
    return _("%(name)s（测试机构）", name=named) if facts["test_authority"] else named


class SignaturesView(ArchivePage):
    """系统签名."""

    icon = "check"

    def is_visible(self) -> bool:
        """Not a line of the side menu: it is part of the reading desk."""
        return False

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The signatures are shown with their volumes."""
        return redirect(self.get_url("archive.index"))

    @expose("/<path:number>/check", methods=("POST",))
    def check(self, number: str) -> ResponseReturnValue:
        """Ask for a new check of a signature."""
        volume = volume_for_me(number)
        audit.note("check_signature", volume.id, by=me().id, at=now())
        try:
            queues.check_signature(volume.id, now=now())
            flash(_("正在重新验签，稍后刷新本页查看结果。"), "good")
        except RedisError:
            flash(_("后台作业暂时不可用，请稍后再试。"), "warning")
        return redirect(self.get_url("archive.index", volume=volume.id))
