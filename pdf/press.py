"""The child side of the sandbox 渲染进程: ``python -m pdf.press MEMORY`` reads papers, writes bytes."""

from __future__ import annotations

import os
import pickle
import resource
import sys
import traceback
from collections.abc import Callable
from typing import Any

from documents.rules.papers import FilledForm, LetterPaper, Register, ReportPaper
from documents.rules.rendition import Rendition
from documents.rules.volume import VolumeContent
from pdf import paper, volumes
from pdf.illustrating import RenditionOrder
from pdf.renditions import converter
from pdf.renditions.making import rendition
from pdf.sandbox import receive, send


def _drawn(order: RenditionOrder) -> Rendition:
    return rendition(order.enclosure, order.allowance)


PRESSES: dict[type, Callable[..., Any]] = {
    VolumeContent: volumes.render,
    LetterPaper: paper.letter,
    FilledForm: paper.form,
    ReportPaper: paper.report,
    Register: paper.register,
    RenditionOrder: _drawn,
}


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
        send(answers, pickle.dumps(_answer(request)))


def _grant(seconds: int) -> None:
    """So many seconds of computing from now on; the kernel counts from the start of the process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = int(usage.ru_utime + usage.ru_stime)
    resource.setrlimit(resource.RLIMIT_CPU, (used + seconds + 1, resource.RLIM_INFINITY))


def _answer(request: bytes) -> tuple[str, object]:
    try:
        content, options, cpu_seconds = pickle.loads(request)  # noqa: S301 - written by our own parent
        _grant(cpu_seconds)
        return "done", PRESSES[type(content)](content, **options)
    except MemoryError:
        traceback.print_exc()
        return "failed", "需要的内存超过限度"
    except BaseException as error:  # noqa: BLE001 - the border of the process: WeasyPrint raises BaseExceptions
        traceback.print_exc()
        return "failed", f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    main(int(sys.argv[1]))
