"""The child side of the sandbox 渲染进程: ``python -m pdf.press MEMORY`` reads papers, writes bytes."""

from __future__ import annotations

import errno
import os
import pickle
import resource
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from documents.rules.breakage import places
from documents.rules.custody_papers import DestructionPaper, ReadingCopy
from documents.rules.inspection_paper import InspectionPaper
from documents.rules.papers import FilledForm, LetterPaper, Register, ReportPaper
from documents.rules.rendition import Rendition
from documents.rules.volume import RenderedVolume, SpineSheet, VolumeContent
from pdf import (
    at_hand,  # noqa: F401 - before whatever else loads WeasyPrint
    custody,
    joined,
    paper,
    volumes,
)
from pdf.illustrating import RenditionOrder
from pdf.inspection_reports import inspection
from pdf.renditions import converter
from pdf.renditions.making import rendition
from pdf.sandbox import receive, send


def _drawn(order: RenditionOrder) -> Rendition:
    return rendition(order.enclosure, order.allowance)


PRESSES: dict[type, Callable[..., Any]] = {
    LetterPaper: paper.letter,
    FilledForm: paper.form,
    ReportPaper: paper.report,
    Register: paper.register,
    InspectionPaper: inspection,
    SpineSheet: paper.spines,
    RenditionOrder: _drawn,
    DestructionPaper: custody.destruction,
    ReadingCopy: custody.reading_copy,
}


@dataclass(frozen=True)
class Parts:
    """The cases of a volume, read one after the other when each has its turn."""

    paths: Sequence[Path]
    cpu_seconds: int
    tell: Callable[[bytes], None]

    def __iter__(self) -> Iterator[VolumeContent]:
        """Each case has the limits for itself; the parent knows which one it is that breaks them."""
        for path in self.paths:
            part: VolumeContent = pickle.loads(path.read_bytes())  # noqa: S301 - written by our own parent
            self._begin(part.case_number)
            yield part
        self._begin("")

    def _begin(self, case: str) -> None:
        self.tell(pickle.dumps(("part", case)))
        _grant(self.cpu_seconds)


def _volume(content: VolumeContent, parts: Parts, pdf_flavour: str) -> RenderedVolume:
    if parts.paths:
        return joined.render(content, parts, pdf_flavour=pdf_flavour)
    return volumes.render(content, pdf_flavour=pdf_flavour)


def main(memory_bytes: int) -> None:
    """Serve papers until the parent closes the pipe."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not fall into the answers
    # Soft for this process; what LibreOffice needs more of, it may take, and only then.
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, max(memory_bytes, converter.MEMORY)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while True:
        try:
            request = receive(requests)
        except EOFError:
            return
        send(answers, pickle.dumps(_answer(request, partial(send, answers))))


def _grant(seconds: int) -> None:
    """So many seconds of computing from now on; the kernel counts from the start of the process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = int(usage.ru_utime + usage.ru_stime)
    resource.setrlimit(resource.RLIMIT_CPU, (used + seconds + 1, resource.RLIM_INFINITY))


def _say(error: BaseException) -> None:
    """In the log of the worker: where it broke, not what it broke on."""
    sys.stderr.write(f"{places(error)}\n")


def _answer(request: bytes, tell: Callable[[bytes], None]) -> tuple[str, object]:
    try:
        content, options, cpu_seconds = pickle.loads(request)  # noqa: S301 - written by our own parent
        _grant(cpu_seconds)
        if isinstance(content, VolumeContent):
            return "done", _volume(content, Parts(options.pop("parts"), cpu_seconds, tell), **options)
        return "done", PRESSES[type(content)](content, **options)
    except OSError as error:
        _say(error)
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        return "full" if full else "failed", f"{type(error).__name__}: {error}"
    except MemoryError as error:
        _say(error)
        return "failed", "需要的内存超过限度"
    except BaseException as error:  # noqa: BLE001 - the border of the process: WeasyPrint raises BaseExceptions
        _say(error)
        return "failed", f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    main(int(sys.argv[1]))
