"""Whether volumes can be signed 系统签名检查: the key, until when it lasts, the time-stamp authority."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from documents.rules.broken import RuleBroken
from documents.rules.signatures import NONE, TEST, SigningOrder
from documents.rules.ways_out import Request
from jobs.outward import Unreachable, ask
from pdf.signing_keys import Certificate, KeyUnfit, load, name_of, trusted_file
from pdf.verifier import read_der
from portal.findings import Finding, bad, good, note, warning

WARNED_BEFORE = timedelta(days=60)
KEY, AUTHORITY, TRUST = "JUANZONG_SIGNING_KEY", "JUANZONG_TIMESTAMP", "JUANZONG_TRUST"
# An RFC 3161 query for the digest of nothing at all.
QUERY = bytes.fromhex("30390201013031300d060960864801650304020105000420") + bytes(32) + bytes((1, 1, 255))
HEADERS = {"Content-Type": "application/timestamp-query"}


def signing(order: SigningOrder) -> Iterator[Finding]:
    """The key and the time-stamp authority of this house."""
    if not order.signs:
        yield warning(
            "未设置签名密钥：案卷封存时没有系统签名",
            "no signing key: volumes are sealed without a signature",
            f"{KEY}=/path/key.p12",
        )
        return
    yield from _key(order)
    yield _authority(order)


def _key(order: SigningOrder) -> Iterator[Finding]:
    if order.key == TEST:
        yield note(
            "系统签名使用本机的测试证书（TEST），仅供演示",
            "signatures are of a test authority: for the demo only",
            f"{KEY}=/path/key.p12",
        )
        return
    if order.is_plugin:
        yield note(f"签名密钥由插件 {order.key} 提供", f"the signing key comes from the plug-in {order.key}")
        return
    try:
        certificate = load(order).certificate
        trusted_file(order.trust)
    except KeyUnfit as unfit:
        yield bad(str(unfit), "the signing key or the trusted roots cannot be read", f"{KEY}, {TRUST}")
        return
    yield _lasting(certificate, datetime.now(UTC))


def _lasting(certificate: Certificate, now: datetime) -> Finding:
    """Until when the certificate lasts, told in time."""
    subject, ends = name_of(certificate.subject), certificate.not_valid_after_utc
    said = (f"签名证书 {subject}，{ends:%Y-%m-%d} 到期", f"the certificate lasts until {ends:%Y-%m-%d}")
    if ends <= now:
        return bad(
            f"签名证书 {subject} 已到期：新案卷等待签名", f"the certificate ended {ends:%Y-%m-%d}", KEY
        )
    return warning(*said, KEY) if ends - now < WARNED_BEFORE else good(*said)


def _authority(order: SigningOrder) -> Finding:
    if order.authority == NONE:
        return warning(
            "未设置时间戳机构：签名时间只依据本系统时钟",
            "no time-stamp authority: signatures prove no time",
            f"{AUTHORITY}=http://…",
        )
    if order.authority == TEST:
        return note("时间戳由本机的测试机构加盖（TEST）", "time stamps are of the test authority")
    host = (urlsplit(order.authority).hostname or "").lower()
    try:
        reply = ask(Request("POST", order.authority, HEADERS, QUERY), plain_hosts=frozenset({host})).body
        granted = read_der(reply).parts[0].parts[0].content == b"\0"
    except (Unreachable, RuleBroken, ValueError, IndexError):
        granted = False
    if granted:
        return good(f"时间戳机构 {host} 有应答", "the time-stamp authority answers")
    silent = f"时间戳机构 {host} 没有给出时间戳：新案卷等待签名"
    return bad(silent, "the time-stamp authority stamps nothing", AUTHORITY)
