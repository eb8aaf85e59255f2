"""docs/operations.md and the files beside it name what there is: commands, settings, ports, figures."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from documents.heartbeat import SILENT_AFTER
from portal import metrics
from portal.commands import main
from portal.programmes import gunicorn
from portal.servers import REPLICA_SET, mongod, valkey
from portal.settings import PROJECT, WEB_PORT
from portal.uploading import ROOM_OF_A_FORM

PAGE = PROJECT / "docs/operations.md"
FOLDER = PROJECT / "docs/operations"
FILES = {path.name: path.read_text() for path in sorted(FOLDER.iterdir())}
UNITS = {name: text for name, text in FILES.items() if name.endswith((".service", ".timer"))}
EVERYTHING = "\n".join([PAGE.read_text(), *FILES.values()])
OURS = ("documents", "portal", "jobs", "pdf", "admin_views")
# `juanzong NAME …` where it is typed, and not in a name such as juanzong-web.
NAMED = re.compile(r"(?<![\w/.@-])(?:/srv/juanzong/\.venv/bin/)?juanzong ([a-z][a-z-]*)([^\n`|]*)")

Tell = Callable[[str], None]


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Tell:
    """Keep what a test counted; `./check` prints it at its end."""

    def run(words: str) -> None:
        print(words)
        record_property("counted", words)

    return run


def ask(*command: str) -> subprocess.CompletedProcess[str]:
    """What a programme says of our files."""
    return subprocess.run(command, capture_output=True, text=True, check=False)


def value(text: str, name: str) -> str:
    """What a line `name value;`, `name: value` or `name=value` says."""
    found = re.search(rf"^\s*{re.escape(name)}[ :=]+([^;#\n]+)", text, re.MULTILINE)
    assert found, name
    return found.group(1).strip()


def test_every_command_that_is_named_exists_with_its_options() -> None:
    named = NAMED.findall(EVERYTHING)
    assert {name for name, _rest in named} >= {"backup", "restore", "migrate", "worker", "clock", "audit"}
    for name, rest in named:
        command = main.get_command(click.Context(main), name)
        assert command is not None, name
        if isinstance(command, click.Group):
            command = command.commands[rest.split()[0]]
        known = {option for one in command.params for option in one.opts}
        assert set(re.findall(r"(?<!\S)--[a-z-]+", rest)) <= known, (name, rest)


def test_every_setting_that_is_named_is_read_somewhere() -> None:
    code = "\n".join(path.read_text() for folder in OURS for path in (PROJECT / folder).rglob("*.py"))
    for name in set(re.findall(r"JUANZONG_[A-Z_]+", EVERYTHING)):
        assert re.search(rf"""["']{name}["']""", code), name
    told = set(re.findall(r"^([A-Z_]+)=", FILES["environment"], re.MULTILINE))
    assert {"MONGODB_URI", "REDIS_URL", "JUANZONG_BASE_URL", "JUANZONG_PROXIES", "JUANZONG_SECRET"} <= told


def test_the_page_names_every_figure_that_is_measured_and_no_other() -> None:
    code = Path(metrics.__file__).read_text()
    measured = set(re.findall(r'_(?:one|family)\(\s*"([a-z_]+)"', code))
    measured |= {f"{name}_age_seconds" for name in re.findall(r'_age\("([a-z_]+)"', code)}
    databases = {"restored", "try", "before"}
    assert set(re.findall(r"juanzong_([a-z_]+)", PAGE.read_text())) - databases == measured
    assert SILENT_AFTER.total_seconds() == 120


def test_the_units_start_what_the_supervisor_starts() -> None:
    web = ["/srv/juanzong/.venv/bin/python", *gunicorn({}, f"127.0.0.1:{WEB_PORT}")[1:]]
    assert value(UNITS["juanzong-web.service"], "ExecStart") == shlex.join(web)
    for name, text in UNITS.items():
        assert f"operations/{name}" in PAGE.read_text()
        if name.endswith(".service"):
            assert value(text, "NoNewPrivileges") == "yes", name
            assert value(text, "EnvironmentFile") == "/etc/juanzong/environment", name


def test_the_servers_are_set_up_as_those_that_everything_is_tested_on(tmp_path: Path) -> None:
    tested, advised = " ".join(mongod(tmp_path, tmp_path / "log", 1).command), FILES["mongod.conf"]
    life = "transactionLifetimeLimitSeconds"
    assert f"{life}={value(advised, life)}" in tested
    assert value(advised, "replSetName") == REPLICA_SET
    assert f"/?replicaSet={REPLICA_SET}&" in value(FILES["environment"], "MONGODB_URI")
    tested = " ".join(valkey(tmp_path, tmp_path / "log", 1).command)
    for name in ("appendonly", "appendfsync", "maxmemory-policy"):
        assert f"--{name} {value(FILES['valkey.conf'], name)}" in tested


def test_nginx_lets_in_what_the_portal_takes_and_keeps_its_figures_inside() -> None:
    text = FILES["juanzong.nginx.conf"]
    assert value(text, "client_max_body_size") == f"{ROOM_OF_A_FORM // 1024**2}m"
    assert f"server 127.0.0.1:{WEB_PORT};" in text
    assert value(text, "proxy_set_header X-Forwarded-For") == "$remote_addr"
    assert value(text, "proxy_set_header X-Forwarded-Host") == '""'
    logged = re.search(r"log_format juanzong '(.*)';", text)
    assert logged
    assert not re.search(r"\$(request|request_uri|args|query_string|http_referer)\b", logged[1])
    for closed in ("/metrics", "/readyz", "/healthz"):
        assert re.search(rf"location = {closed} {{\s*return 404;", text)


def test_systemd_and_nginx_take_the_files(tmp_path: Path, tell: Tell) -> None:
    """Said aloud at the end of `./check` when one of them is not there to be asked."""
    if shutil.which("systemd-analyze"):
        units_hold(tmp_path)
        tell(f"systemd-analyze verify: {len(UNITS)} units of docs/operations hold")
    else:
        tell("NOT RUN: systemd-analyze verify of docs/operations, there is no systemd here")
    if shutil.which("nginx"):
        site_holds(tmp_path)
        tell("nginx -t: docs/operations/juanzong.nginx.conf holds")
    else:
        tell("NOT RUN: nginx -t of docs/operations/juanzong.nginx.conf, there is no nginx here")


def units_hold(folder: Path) -> None:
    places = {name: folder / name.replace("@.", "@1.") for name in UNITS}
    for name, place in places.items():
        place.write_text(re.sub(r"/srv/juanzong/\.venv/bin/\w+", sys.executable, UNITS[name]))
    said = ask("systemd-analyze", "verify", *map(str, places.values()))
    ours = [line for line in said.stderr.splitlines() if "juanzong" in line]
    assert (ours, said.returncode) == ([], 0), said.stderr


def site_holds(folder: Path) -> None:
    key, certificate = str(folder / "key.pem"), str(folder / "fullchain.pem")
    made = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=tousu.example")
    assert ask(*made, "-keyout", key, "-out", certificate).returncode == 0
    site = FILES["juanzong.nginx.conf"].replace("/etc/juanzong/tls", str(folder))
    site = site.replace("/var/log/nginx", str(folder))
    site = re.sub(r"listen (\[::\]:)?(\d+)", r"listen \g<1>20\g<2>", site)  # ports that need no privilege
    parts = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{part}_temp_path {folder}/{part};\n" for part in parts)
    main_file = folder / "nginx.conf"
    main_file.write_text(f"pid {folder}/pid;\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}{site}\n}}\n")
    said = ask("nginx", "-t", "-e", str(folder / "error.log"), "-c", str(main_file))
    assert said.returncode == 0, said.stderr
