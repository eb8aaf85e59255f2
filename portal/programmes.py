"""The processes of a running portal, as a list for the supervisor."""

from __future__ import annotations

import http.client
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from portal.servers import LOOPBACK, MONGOD_PORT, VALKEY_PORT, Server, free_port, mongod, valkey
from portal.settings import FIRST_PASSWORD, WEB_PORT, addresses_file, data_folder, wants_demo
from portal.supervisor import Programme

SERVERS, DEMO, APPLICATION = 0, 1, 2  # tiers
MAIL_PORT = 2525
JUANZONG = (sys.executable, "-m", "portal")


@dataclass(frozen=True)
class Plan:
    """Which processes run, and what each of them is told (启动方案)."""

    programmes: tuple[Programme, ...]
    environment: dict[str, str]
    folder: Path

    @property
    def base_url(self) -> str:
        """Where a browser finds the portal."""
        return self.environment["JUANZONG_BASE_URL"]

    @property
    def welcomes(self) -> tuple[Path, ...]:
        """Who may sign in: the accounts of the demo, or the first administrator until he has done so."""
        return welcome_file(self.folder), self.folder / FIRST_PASSWORD


def plan(environment: Mapping[str, str]) -> Plan:
    """Decide which servers are embedded, on which ports, and list all processes."""
    folder = data_folder(environment)
    told = {"JUANZONG_FOLDER": str(folder), "JUANZONG_DEMO": "1" if wants_demo(environment) else "0"}
    programmes: list[Programme] = []
    for variable, server in embedded_servers(environment, folder):
        told[variable] = server.url
        programmes.append(server_programme(server))
    if told["JUANZONG_DEMO"] == "1" and "JUANZONG_SMTP_URL" not in environment:
        port = free_port(MAIL_PORT)
        told["JUANZONG_SMTP_URL"] = f"smtp://{LOOPBACK}:{port}"
        programmes.append(mail_programme(folder, port))
    port = web_port(environment)
    told.setdefault("JUANZONG_BASE_URL", environment.get("JUANZONG_BASE_URL", f"http://{LOOPBACK}:{port}"))
    if told["JUANZONG_DEMO"] == "1" and not welcome_file(folder).exists():
        programmes.append(demo_programme(folder))
    else:
        programmes.append(migrate_programme())
    programmes += application(environment, port)
    return Plan(tuple(programmes), {**environment, **told}, folder)


def embedded_servers(environment: Mapping[str, str], folder: Path) -> list[tuple[str, Server]]:
    """The servers that nobody brought, with the variable that tells their address."""
    data, log = folder / "data", folder / "log"
    servers: list[tuple[str, Server]] = []
    if "MONGODB_URI" not in environment:
        servers.append(("MONGODB_URI", mongod(data, log / "mongod.log", free_port(MONGOD_PORT))))
    if "REDIS_URL" not in environment:
        servers.append(("REDIS_URL", valkey(data, log / "valkey.log", free_port(VALKEY_PORT))))
    return servers


def server_programme(server: Server) -> Programme:
    """An embedded server; it ends cleanly even when the supervisor is killed."""
    return Programme(server.name, server.command, SERVERS, ready=server.ready, grace=20.0, leash="TERM")


def mail_programme(folder: Path, port: int) -> Programme:
    """The demo's mailbox: mail is really sent, to files in `var/mail`."""
    command = (*JUANZONG, "mail-sink", "--folder", str(folder / "mail"), "--port", str(port))
    return Programme("mail", command, SERVERS)


def demo_programme(folder: Path) -> Programme:
    """Load the demo; what it prints is kept only when it succeeds, and shown at every start."""
    return Programme(
        "demo", (*JUANZONG, "demo"), DEMO, once=True, patience=300.0, output=welcome_file(folder)
    )


def migrate_programme() -> Programme:
    """Bring the data of an earlier release up to date before anybody works with it (the demo does so too)."""
    return Programme("migrate", (*JUANZONG, "migrate"), DEMO, once=True, patience=300.0)


def welcome_file(folder: Path) -> Path:
    """Beside the data, so that who removes the data gets a fresh demo."""
    return folder / "data" / "welcome.txt"


def web_port(environment: Mapping[str, str]) -> int:
    """The port that was asked for, or the usual one, or a free one when another program has that."""
    asked = environment.get("JUANZONG_PORT")
    return int(asked) if asked else free_port(WEB_PORT)


def application(environment: Mapping[str, str], port: int) -> list[Programme]:
    """Web server, workers and clock."""
    address = f"{environment.get('JUANZONG_BIND', LOOPBACK)}:{port}"
    web = Programme("web", gunicorn(environment, address), APPLICATION, ready=lambda: web_answers(port))
    workers = [
        Programme(f"worker-{number}", (*JUANZONG, "worker"), APPLICATION)
        for number in range(1, int(environment.get("JUANZONG_WORKERS", "2")) + 1)
    ]
    return [web, *workers, Programme("clock", (*JUANZONG, "clock"), APPLICATION)]


def gunicorn(environment: Mapping[str, str], address: str) -> tuple[str, ...]:
    """The command of the web server."""
    processes = environment.get("JUANZONG_WEB_PROCESSES", "2")
    return (
        *(sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", address, "--workers", processes),
        *("--worker-class", "gthread", "--threads", "4", "--timeout", "60", "--graceful-timeout", "5"),
        *("--no-control-socket", "--name", "juanzong"),
    )


def web_answers(port: int) -> bool:
    """Whether the web server answers with a page and not with an error of its own."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status < http.client.INTERNAL_SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def write_addresses(chosen: Plan) -> Path:
    """Tell other commands of this machine where everything answers; only the owner may read it."""
    note = addresses_file(chosen.folder)
    note.parent.mkdir(parents=True, exist_ok=True)
    names = ("MONGODB_URI", "REDIS_URL", "JUANZONG_SMTP_URL", "JUANZONG_BASE_URL", "JUANZONG_DEMO")
    told = {name: chosen.environment[name] for name in names if name in chosen.environment}
    note.touch(mode=0o600)
    note.write_text(json.dumps(told, indent=1))
    return note
