"""LibreOffice on a short lead 受限转换: one process a document, no network, no macros, no links."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from pdf import fonts

MEMORY = 3 * 1024**3  # address space; resident memory stays far below
CPU_SECONDS = 45
WALL_SECONDS = 75.0
MOST_WRITTEN = 200 * 1024 * 1024
RESTART = 81  # LibreOffice asks to be started again when it has set up a new profile
HELPERS = ("setpriv", "prlimit")

FILTERS = {
    ".xlsx": "calc_pdf_Export", ".xls": "calc_pdf_Export", ".ods": "calc_pdf_Export",
    ".pptx": "impress_pdf_Export", ".ppt": "impress_pdf_Export", ".odp": "impress_pdf_Export",
}  # fmt: skip

# What a document may not do. A network name space is the wall; this is the fence before it.
SETTINGS = (
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Office.Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Office.Common/Misc", "FirstRun", "false"),
    ("Office.Writer/Content/Update", "Link", "2"),
    ("Office.Writer/Content/Update", "Field", "false"),
    ("Office.Writer/Content/Update", "Chart", "false"),
    ("Office.Calc/Content/Update", "Link", "2"),
    ("Office.Calc/Formula/Load", "OOXMLRecalcMode", "1"),
    ("Office.Calc/Formula/Load", "ODFRecalcMode", "1"),
    ("Inet/Settings", "ooInetProxyType", "2"),
    *(("Inet/Settings", f"ooInet{kind}ProxyName", "127.0.0.1") for kind in ("HTTP", "HTTPS", "FTP")),
    *(("Inet/Settings", f"ooInet{kind}ProxyPort", "9") for kind in ("HTTP", "HTTPS", "FTP")),
    ("Inet/Settings", "ooInetNoProxy", ""),
)
PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
{items}
</oor:items>
"""
ITEM = (
    '<item oor:path="/org.openoffice.{path}"><prop oor:name="{name}" oor:op="fuse">'
    "<value>{value}</value></prop></item>"
)


class NotConverted(Exception):
    """LibreOffice made no pages; the message says why, in words for the archive."""


def program() -> Path | None:
    """LibreOffice itself, not the script that starts it: its process is the one that is limited."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found is None or any(shutil.which(helper) is None for helper in HELPERS):
        return None
    binary = Path(found).resolve().with_name("soffice.bin")
    return binary if binary.is_file() else Path(found)


def converted(data: bytes, ending: str, *, pages: int) -> bytes:
    """The first pages of a document as PDF."""
    with TemporaryDirectory(prefix="juanzong-office-") as name:
        folder = Path(name)
        source, target = folder / f"document{ending}", folder / "out" / "document.pdf"
        source.write_bytes(data)
        _write_profile(folder / "profile" / "user")
        code = _run(_command(source, target.parent, pages), folder)
        if code == RESTART:
            code = _run(_command(source, target.parent, pages), folder)
        if not target.is_file():
            raise NotConverted(_why(code))
        return target.read_bytes()


@cache
def walls() -> tuple[str, ...]:
    """The command that closes the network, where the kernel lets us."""
    closed = ("unshare", "--user", "--map-current-user", "--net", "--")
    if shutil.which("unshare") is None:
        return ()
    tried = subprocess.run([*closed, "true"], capture_output=True, check=False, timeout=10)
    return closed if tried.returncode == 0 else ()


def _command(source: Path, folder: Path, pages: int) -> list[str]:
    options = json.dumps({"PageRange": {"type": "string", "value": f"1-{pages}"}})
    kind = FILTERS.get(source.suffix, "writer_pdf_Export")
    return [
        *walls(),
        *("setpriv", "--pdeathsig", "KILL", "--"),  # when the press is killed, this must not go on
        *("prlimit", f"--as={MEMORY}", f"--cpu={CPU_SECONDS}", f"--fsize={MOST_WRITTEN}", "--core=0", "--"),
        str(program()),
        f"-env:UserInstallation={(source.parent / 'profile').as_uri()}",
        *("--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck"),
        *("--convert-to", f"pdf:{kind}:{options}", "--outdir", str(folder), str(source)),
    ]


def _run(command: Sequence[str], folder: Path) -> int:
    """How the process ended; one that does not end is killed with all it started."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=_environment(folder),
        process_group=0,
    )
    try:
        return process.wait(timeout=WALL_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise NotConverted(f"转换超过 {WALL_SECONDS:g} 秒未完成，已终止") from error
    finally:
        _kill_group(process)


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return  # all of them ended by themselves
    finally:
        process.wait()


def _environment(folder: Path) -> dict[str, str]:
    return {
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "LANG": "C.UTF-8",
        "FONTCONFIG_FILE": str(fonts.write_configuration()),
        "SAL_USE_VCLPLUGIN": "svp",
    }


def _write_profile(folder: Path) -> None:
    folder.mkdir(parents=True)
    items = "\n".join(ITEM.format(path=path, name=name, value=value) for path, name, value in SETTINGS)
    (folder / "registrymodifications.xcu").write_text(PROFILE.format(items=items), encoding="utf-8")


def _why(code: int) -> str:
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return f"转换计算超过 {CPU_SECONDS} 秒，已终止"
    if code == -signal.SIGXFSZ:
        return "转换结果过大，已终止"
    if code < 0:
        return "转换程序意外结束（可能内存不足）"
    return "LibreOffice 无法打开（可能已损坏，或设有打开密码）"
