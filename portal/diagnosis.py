"""What a portal needs and whether it is there, in plain words; imports nothing that may be missing."""

from __future__ import annotations

import ctypes
import shutil
import smtplib
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from pymongo import MongoClient
from pymongo.errors import PyMongoError
from redis import Redis
from redis.exceptions import RedisError

from documents import virus_scans
from documents.heartbeat import SILENT_AFTER
from pdf import fonts
from pdf.renditions.converter import program
from portal.data_key import keys
from portal.file_diagnosis import stored_files
from portal.findings import Finding, State, bad, good, note, warning
from portal.servers import ServerMissing, mongod_binary, valkey_binary
from portal.settings import Settings, running
from portal.signing_diagnosis import signing
from portal.trail_diagnosis import checkpoints

LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
    "libcurl.so.4": "libcurl4",
    "libssl.so.3": "libssl3",
    "liblzma.so.5": "liblzma5",
}
OFFICE = "libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui"
OLDEST_PYTHON = (3, 11)
GIGABYTE = 1_000_000_000
SETUP = "./start --setup"
__all__ = ["Finding", "State", "examine"]


def examine(settings: Settings, environment: Mapping[str, str]) -> Iterator[Finding]:
    """All checks, from the machine up to the running portal."""
    yield python()
    yield from libraries()
    yield typefaces()
    yield office()
    yield from binaries(environment)
    yield disk(settings)
    yield from signing(settings.signing)
    yield scanner(settings)
    if not is_reachable_at_all(settings, environment):
        yield note("门户未在本机运行。", "The portal is not running here.", "./start")
        return
    answers = list(database(settings))
    yield from answers
    yield from queue_server(settings)
    yield from processes(settings)
    if all(one.state is not State.BAD for one in answers):
        yield from stored_files(settings)
        yield from checkpoints(settings)
        yield from keys(settings)
    yield mail(settings)


def is_reachable_at_all(settings: Settings, environment: Mapping[str, str]) -> bool:
    """Whether there are servers to ask: brought by somebody, or started here."""
    return "MONGODB_URI" in environment or bool(running(settings.data_folder))


def python() -> Finding:
    """The Python that runs this."""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST_PYTHON:
        return bad(
            f"Python {version} 太旧", f"Python {version} is too old", "sudo apt-get install -y python3.11"
        )
    return good(f"Python {version}", f"Python {version}")


def libraries() -> Iterator[Finding]:
    """The system libraries of the page renderer and of mongod."""
    missing = [package for library, package in LIBRARIES.items() if not loads(library)]
    if missing:
        names = " ".join(missing)
        yield bad(
            f"缺少系统库：{names}", f"missing system libraries: {names}", f"sudo apt-get install -y {names}"
        )
    else:
        yield good("系统库齐全（Pango、HarfBuzz、curl、OpenSSL）", "system libraries are there")
    if shutil.which("setpriv") is None:
        yield bad("缺少 setpriv", "setpriv is missing", "sudo apt-get install -y util-linux")


def loads(library: str) -> bool:
    """Whether the dynamic linker finds a library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def typefaces() -> Finding:
    """The typefaces of all paper."""
    if fonts.missing():
        return bad(f"缺少字体：{'、'.join(fonts.missing())}", "typefaces are missing", SETUP)
    return good(f"字体 {fonts.SANS}、{fonts.SERIF}", "typefaces are there")


def office() -> Finding:
    """LibreOffice, without which Office uploads are kept as originals only."""
    if program() is None:
        return note(
            "没有 LibreOffice：Office 附件只存原件，不制作翻印页",
            "no LibreOffice: Office uploads are kept as originals only",
            f"可选 optional: sudo apt-get install -y --no-install-recommends {OFFICE}",
        )
    return good("LibreOffice 可用于 Office 附件", "LibreOffice draws Office uploads")


def scanner(settings: Settings) -> Finding:
    """The virus scanner that is asked about uploads and volumes 查毒."""
    if not settings.clamd:
        return note("未设置查毒服务", "no virus scanner is set", "JUANZONG_CLAMD=127.0.0.1:3310")
    try:
        version = virus_scans.asked_version(settings.clamd)
    except virus_scans.ScannerSilent as silent:
        words = (
            f"查毒服务没有回应，附件都不收：{silent}",
            f"the virus scanner is silent, no upload is taken: {silent}",
        )
        return bad(*words, f"JUANZONG_CLAMD={settings.clamd}")
    return good(f"查毒服务 {version}", f"virus scanner {version}")


def binaries(environment: Mapping[str, str]) -> Iterator[Finding]:
    """The embedded servers, where nobody brought others."""
    wanted: tuple[tuple[str, str, Callable[[], object]], ...] = (
        ("MongoDB", "MONGODB_URI", mongod_binary),
        ("Valkey", "REDIS_URL", valkey_binary),
    )
    for name, variable, find in wanted:
        if variable in environment:
            yield note(f"{name} 由 {variable} 指定", f"{name} is given by {variable}")
            continue
        try:
            find()
        except ServerMissing:
            way = f"{SETUP}  (或 or: export {variable}=…)"
            yield bad(f"没有内置的 {name}", f"there is no embedded {name}", way)
        else:
            yield good(f"内置 {name} 可用", f"the embedded {name} is installed")


def disk(settings: Settings) -> Finding:
    """The space for data, logs and files."""
    settings.data_folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.data_folder).free / GIGABYTE
    said = (f"磁盘可用 {free:.1f} GB", f"{free:.1f} GB of disk are free")
    remedy = f"清理或更换数据目录 free some, or set JUANZONG_FOLDER (now {settings.data_folder})"
    if free < 1:
        return bad(*said, remedy)
    return good(*said) if free >= 5 else warning(*said, remedy)


def database(settings: Settings) -> Iterator[Finding]:
    """MongoDB: does it answer, and does it know transactions?"""
    client: MongoClient[dict[str, Any]] = MongoClient(settings.mongodb_uri, serverSelectionTimeoutMS=3000)
    with client:
        try:
            hello = client.admin.command("hello")
            version = client.server_info()["version"]
        except PyMongoError as error:
            yield bad(
                "无法连接 MongoDB", f"MongoDB does not answer: {error}"[:200], "./start  (或 or: MONGODB_URI)"
            )
            return
    yield good(f"MongoDB {version} 已连接", f"MongoDB {version} answers")
    if hello.get("setName") or hello.get("msg") == "isdbgrid":
        yield good("MongoDB 支持事务（副本集）", "MongoDB is a replica set: transactions work")
    else:
        remedy = "mongod --replSet juanzong …;  mongosh --eval 'rs.initiate()'"
        yield bad("MongoDB 不是副本集，无法使用事务", "MongoDB is no replica set: no transactions", remedy)


def queue_server(settings: Settings) -> Iterator[Finding]:
    """Valkey or Redis: does it answer, and does it keep what it is given?"""
    with Redis.from_url(settings.redis_url, socket_connect_timeout=3, socket_timeout=3) as client:
        try:
            told: dict[str, Any] = client.info()
        except RedisError as error:
            yield bad(
                "无法连接 Valkey/Redis",
                f"Valkey/Redis does not answer: {error}"[:200],
                "./start  (或 or: REDIS_URL)",
            )
            return
    version = told.get("valkey_version") or told.get("redis_version")
    yield good(f"Valkey/Redis {version} 已连接", f"Valkey/Redis {version} answers")
    if not told.get("aof_enabled"):
        remedy = "CONFIG SET appendonly yes"
        yield warning(
            "Valkey/Redis 未开启 AOF，崩溃会丢失队列", "no append-only file: a crash loses the queues", remedy
        )
    if told.get("maxmemory_policy", "noeviction") != "noeviction":
        remedy = "CONFIG SET maxmemory-policy noeviction"
        yield bad("Valkey/Redis 内存满时会丢弃作业", "Valkey/Redis drops jobs when memory is full", remedy)


def processes(settings: Settings) -> Iterator[Finding]:
    """The processes without people: workers and clock."""
    workers = living_workers(settings)
    if workers:
        yield good(f"{workers} 个后台作业进程在运行", f"{workers} workers are alive")
    else:
        yield bad(
            "没有后台作业进程：信函与案卷不会生成",
            "no worker: nothing is rendered or sent",
            "juanzong worker",
        )
    beat = last_beat(settings)
    if beat and datetime.now(UTC) - beat <= SILENT_AFTER:
        yield good(f"时钟正常（{beat:%H:%M:%S} UTC）", f"the clock beat at {beat:%H:%M:%S} UTC")
    else:
        said = f"{beat:%Y-%m-%d %H:%M:%S} UTC" if beat else "从未 never"
        yield bad(
            f"时钟已停：提醒不会发出（上次 {said}）",
            f"no clock: nothing is reminded (last {said})",
            "juanzong clock",
        )


def living_workers(settings: Settings) -> int:
    """How many rq workers have shown themselves lately; rq lets their keys expire."""
    with Redis.from_url(settings.redis_url, socket_connect_timeout=3) as client:
        try:
            keys: set[bytes] = client.smembers("rq:workers")
            return sum(1 for key in keys if client.exists(key))
        except RedisError:
            return 0


def last_beat(settings: Settings) -> datetime | None:
    """When a clock last showed that it lives."""
    client: MongoClient[dict[str, Any]] = MongoClient(
        settings.mongodb_uri, serverSelectionTimeoutMS=3000, tz_aware=True
    )
    with client:
        beats = client[settings.database_name].heartbeats
        try:
            latest = beats.find_one({"kind": "clock"}, sort=[("beat_at", -1)])
        except PyMongoError:
            return None
    return latest["beat_at"] if latest else None


def mail(settings: Settings) -> Finding:
    """The mail server."""
    if not settings.smtp_url:
        return warning(
            "未设置邮件服务器：只发站内通知",
            "no mail server: notices stay in the portal",
            "JUANZONG_SMTP_URL=smtp://…",
        )
    address = urlsplit(settings.smtp_url)
    kind = smtplib.SMTP_SSL if address.scheme == "smtps" else smtplib.SMTP
    try:
        with kind(address.hostname or "", address.port or 0, timeout=5) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        return bad(
            f"邮件服务器无应答：{error}", f"the mail server does not answer: {error}", "JUANZONG_SMTP_URL"
        )
    return good(f"邮件服务器 {address.hostname}:{address.port} 有应答", "the mail server answers")
