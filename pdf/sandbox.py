"""Rendering in a child with limits 受限渲染: uploads are hostile until shown otherwise.

The child (``pdf.press``) is started once and used for many papers, so this is also the fast way. The
parent never imports a rendering library; what comes back is read with a list of allowed classes.
"""

from __future__ import annotations

import errno
import io
import os
import pickle
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from documents.rules.custody_papers import DestructionPaper, ReadingCopy
from documents.rules.inspection_paper import InspectionPaper
from documents.rules.papers import FilledForm, LetterPaper, Register, ReportPaper
from documents.rules.rendition import Rendition
from documents.rules.volume import RenderedVolume, SpineSheet, VolumeContent
from pdf.failures import RenderFailed
from pdf.illustrating import RenditionOrder, illustrate

Paper = (
    LetterPaper
    | FilledForm
    | Register
    | ReportPaper
    | SpineSheet
    | DestructionPaper
    | ReadingCopy
    | InspectionPaper
)
PROJECT = Path(__file__).resolve().parent.parent
PASSED_ON = ("PATH", "LANG", "LC_ALL", "JUANZONG_FONTS")  # no addresses of databases, no keys
ALLOWED_MODULES = frozenset(
    {"documents.rules.volume", "documents.rules.papers", "documents.rules.rendition", "datetime"}
)
LENGTH = 8
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Limits:
    """What one paper may cost."""

    memory_bytes: int = 1024 * 1024 * 1024  # address space; resident memory stays far below
    cpu_seconds: int = 120
    wall_seconds: float = 300
    upload_cpu_seconds: int = 60  # what one upload may cost; its case does not fail with it
    upload_wall_seconds: float = 240
    papers: int = 200  # then the child is replaced
    kept_bytes: int = 400 * 1024 * 1024  # between papers: not all is given back; then, too


@dataclass(frozen=True)
class Share:
    """The time that one request may take 时限."""

    cpu_seconds: int
    wall_seconds: float


class Sandbox:
    """One child that renders; calls from several threads wait for each other."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._turn = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._scratch: TemporaryDirectory[str] | None = None  # what a killed child leaves behind goes with it
        self._left = 0
        self._part = ""  # the case that the child is laying out, in a volume of several

    @property
    def pid(self) -> int | None:
        """The process that renders, if one is running."""
        return self._child.pid if self._child else None

    def volume(self, content: VolumeContent, *, pdf_flavour: str = "") -> RenderedVolume:
        """Render a volume 案卷; of several cases each has the limits of one paper for itself."""
        with TemporaryDirectory(prefix="juanzong-parts-") as folder:
            parts = tuple(self._laid_ready(content, Path(folder)))
            whole = illustrate(replace(content, parts=()), self._rendition)
            answer = self._ask(whole, self._paper_share, pdf_flavour=pdf_flavour, parts=parts)
        if not isinstance(answer, RenderedVolume):
            raise RenderFailed(f"unexpected answer {type(answer).__name__}", retryable=True)
        return answer

    def paper(self, content: Paper, *, pdf_flavour: str = "pdf/a-2u") -> bytes:
        """Render a letter, form, report, register or labels."""
        answer = self._ask(content, self._paper_share, pdf_flavour=pdf_flavour)
        if not isinstance(answer, bytes):
            raise RenderFailed(f"unexpected answer {type(answer).__name__}", retryable=True)
        return answer

    def close(self) -> None:
        """Let the child go."""
        with self._turn:
            self._dismiss()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _laid_ready(self, content: VolumeContent, folder: Path) -> Iterator[Path]:
        """Each case of a volume in a file of its own: neither side ever holds more than one."""
        for number, part in enumerate(content.parts):
            path = folder / str(number)
            path.write_bytes(pickle.dumps(illustrate(part, self._rendition)))
            yield path

    def _rendition(self, order: RenditionOrder) -> Rendition:
        """The pages of one upload, made under its own limits."""
        share = Share(self.limits.upload_cpu_seconds, self.limits.upload_wall_seconds)
        answer = self._ask(order, share)
        if not isinstance(answer, Rendition):
            raise RenderFailed(f"unexpected answer {type(answer).__name__}", retryable=True)
        return answer

    @property
    def _paper_share(self) -> Share:
        return Share(self.limits.cpu_seconds, self.limits.wall_seconds)

    def _ask(self, content: object, share: Share, **options: object) -> object:
        """What the child made; raises RenderFailed, or OSError where the disk of this machine is full."""
        with self._turn:
            child, self._part, verdict = self._ready_child(), "", ""
            try:
                request = pickle.dumps((content, options, share.cpu_seconds))
                verdict, answer = self._exchange(child, request, share.wall_seconds)
            except (OSError, EOFError, TimeoutError, pickle.UnpicklingError) as error:
                raise self._obituary(error, share) from error
            finally:
                if not verdict:  # perhaps told to stop in the middle: the next paper would get this answer
                    self._dismiss()
            self._left -= 1
            if verdict != "done" or self._left <= 0 or held(child.pid) > self.limits.kept_bytes:
                self._dismiss()
            if verdict == "full":
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            if verdict != "done":
                raise self._failed(str(answer), retryable=False)
            return answer

    def _exchange(self, child: subprocess.Popen[bytes], request: bytes, seconds: float) -> tuple[str, object]:
        send(_pipe(child.stdin), request)
        while True:
            until = time.monotonic() + seconds
            reply = receive(_pipe(child.stdout), _reader_until(_pipe(child.stdout), until))
            verdict, answer = _Careful(io.BytesIO(reply)).load()
            if verdict != "part":
                return str(verdict), answer
            self._part = str(answer)

    def _ready_child(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self._scratch = TemporaryDirectory(prefix="juanzong-press-", ignore_cleanup_errors=True)
            self._child = _start(self.limits, self._scratch.name)
            self._left = self.limits.papers
        return self._child

    def _obituary(self, error: BaseException, share: Share) -> RenderFailed:
        """Say how the child ended; only too much computing will happen again."""
        if isinstance(error, TimeoutError):
            self._dismiss()
            return self._failed(f"超过 {share.wall_seconds:g} 秒未完成，已终止", retryable=True)
        code = self._dismiss()
        if code == -signal.SIGXCPU:
            return self._failed(f"计算超过 {share.cpu_seconds} 秒，已终止", retryable=False)
        return self._failed(f"渲染进程意外结束（{code}），多为内存超限或文件有意破坏", retryable=True)

    def _failed(self, reason: str, *, retryable: bool) -> RenderFailed:
        return RenderFailed(reason, retryable=retryable, case=self._part)

    def _dismiss(self) -> int | None:
        child, self._child = self._child, None
        if child is None:
            return None
        _pipe(child.stdin).close()
        _pipe(child.stdout).close()
        try:
            return child.wait(timeout=0.5)
        except subprocess.TimeoutExpired:
            child.kill()
            return child.wait()
        finally:
            self._sweep()

    def _sweep(self) -> None:
        if self._scratch:
            self._scratch.cleanup()
            self._scratch = None


def held(process: int) -> int:
    """The address space of a child, in bytes; nothing when it is gone."""
    try:
        pages = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return int(pages) * PAGE


def shared() -> Sandbox:
    """The sandbox of this process; a forked process gets its own."""
    return _sandbox_of(os.getpid())


@cache
def _sandbox_of(_pid: int) -> Sandbox:
    return Sandbox()


def _start(limits: Limits, scratch: str) -> subprocess.Popen[bytes]:
    passed = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "-m", "pdf.press", str(limits.memory_bytes)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=PROJECT,
        env=passed | {"PYTHONPATH": str(PROJECT), "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": scratch},
    )


# --- messages: eight bytes of length, then the pickle ------------------------------------------------


def send(pipe: IO[bytes], message: bytes) -> None:
    """Write one message."""
    pipe.write(len(message).to_bytes(LENGTH, "big"))
    pipe.write(message)
    pipe.flush()


def receive(pipe: IO[bytes], read: Callable[[int], bytes] | None = None) -> bytes:
    """Read one message; EOFError when the other side is gone."""
    read = read or pipe.read
    head = read(LENGTH)
    if len(head) < LENGTH:
        raise EOFError("the other side is gone")
    body = read(int.from_bytes(head, "big"))
    if len(body) < int.from_bytes(head, "big"):
        raise EOFError("the message broke off")
    return body


def _reader_until(pipe: IO[bytes], until: float) -> Callable[[int], bytes]:
    """Reads from the pipe itself, so that waiting can end at the wall-clock limit."""

    def read(amount: int) -> bytes:
        parts = bytearray()
        while len(parts) < amount:
            left = until - time.monotonic()
            if left <= 0 or not select.select([pipe], [], [], left)[0]:
                raise TimeoutError
            piece = os.read(pipe.fileno(), min(amount - len(parts), 1 << 20))
            if not piece:
                break
            parts += piece
        return bytes(parts)

    return read


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise EOFError("the child has no pipe")
    return pipe


class _Careful(pickle.Unpickler):
    """The child touched hostile files: it may send our values and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        if module not in ALLOWED_MODULES:
            raise pickle.UnpicklingError(f"the child sent {module}.{name}")
        return super().find_class(module, name)
