"""Binding and many cases: `python -m tests.benchmarks.bench_binding [CASES] [cores commands file joined]`.

Against what one writes first: a command for each case, one process that renders case after case, pypdf to put
files together. Both sides in turns, in one run; the ratios are what counts. pypdf is no part of this product:
install it beside (`pip install --target DIR pypdf`, `PYTHONPATH=DIR`) to have that line as well.
"""

from __future__ import annotations

import io
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from statistics import median

import pikepdf

from documents.rules.volume import VolumeContent
from pdf.bundles import bind
from pdf.sandbox import Limits, Sandbox
from tests.benchmarks.bench_rendering import as_html, cases
from tests.pdf import samples

ROUNDS = 3
MERGED = 60


def joined(count: int) -> VolumeContent:
    """One volume of so many cases."""
    nothing = samples.joined(parts=())
    numbered = (
        replace(one, case_number=f"TS-2026-0213-{n:04}", volume_number=nothing.volume_number)
        for n, one in enumerate(cases(count), start=1)
    )
    return replace(nothing, parts=tuple(numbered))


# --- P2: wall clock on two cores ------------------------------------------------------------------------


def naive_wall(contents: Sequence[VolumeContent]) -> float:
    """Seconds for one process that renders one case after the other."""
    code = (
        "import time; from tests.benchmarks.bench_rendering import cases, plain; "
        f"all = cases({len(contents) + 2}); [plain(one) for one in all[:2]]; t = time.perf_counter(); "
        "[plain(one) for one in all[2:]]; print(time.perf_counter() - t)"
    )
    passed = {key: value for key, value in os.environ.items() if key != "FONTCONFIG_FILE"}
    run = subprocess.run([sys.executable, "-c", code], env=passed, capture_output=True, text=True, check=True)
    return float(run.stdout)


def two_workers_wall(contents: Sequence[VolumeContent]) -> float:
    """Seconds for two workers with a child each, as the portal runs them."""
    with Sandbox(Limits()) as first, Sandbox(Limits()) as second, ThreadPoolExecutor(2) as pool:
        children = (first, second)
        list(pool.map(lambda child: child.volume(contents[0]), children))  # imports, typefaces
        started = time.perf_counter()
        halves = (contents[::2], contents[1::2])
        list(
            pool.map(
                lambda pair: [pair[0].volume(one) for one in pair[1]], zip(children, halves, strict=True)
            )
        )
        return time.perf_counter() - started


# --- P3: a command for each case ------------------------------------------------------------------------


def command_line(contents: Sequence[VolumeContent]) -> tuple[float, float]:
    """CPU and wall seconds a case of `weasyprint case.html case.pdf`."""
    before, started = _children_cpu(), time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        for number, one in enumerate(contents):
            page = Path(folder) / f"{number}.html"
            page.write_text(as_html(one), encoding="utf-8")
            command = ["weasyprint", "--pdf-variant", "pdf/a-2b", str(page), str(page.with_suffix(".pdf"))]
            program = Path(sys.executable).with_name("weasyprint")
            subprocess.run([str(program), *command[1:]], check=True, capture_output=True)
    return (_children_cpu() - before) / len(contents), (time.perf_counter() - started) / len(contents)


def through_the_child(contents: Sequence[VolumeContent]) -> tuple[float, float]:
    """CPU and wall seconds a case of our child, with its start."""
    before, started = _children_cpu(), time.perf_counter()
    with Sandbox(Limits()) as sandbox:
        for one in contents:
            sandbox.volume(one)
    return (_children_cpu() - before) / len(contents), (time.perf_counter() - started) / len(contents)


def _children_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


# --- P4, P6, P8: one file of many --------------------------------------------------------------------------


def concatenated(parts: Sequence[bytes]) -> bytes:
    """The files put together as they are, with pikepdf."""
    stream = io.BytesIO()
    with pikepdf.new() as whole:
        for part in parts:
            with pikepdf.open(io.BytesIO(part)) as source:
                whole.add_pages_from(source)
        whole.save(stream, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return stream.getvalue()


def with_pypdf(parts: Sequence[bytes]) -> bytes:
    """The files put together as they are, with pypdf."""
    writer = import_module("pypdf").PdfWriter()
    for part in parts:
        writer.append(io.BytesIO(part))
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of this process for some work."""
    started = time.process_time()
    work()
    return time.process_time() - started


def joined_volume(count: int) -> None:
    """One volume of many cases through the child: size, memory, wall clock."""
    with Sandbox(Limits()) as sandbox:
        started = time.perf_counter()
        made = sandbox.volume(joined(count))
        taken = time.perf_counter() - started
        status = Path(f"/proc/{sandbox.pid}/status").read_text()
    peak = int(next(row for row in status.splitlines() if row.startswith("VmHWM")).split()[1]) / 1024
    print(
        f"a joined volume of {count} cases: {made.pages} pages, {made.size / 1e6:.2f} MB, "
        f"{taken / count:.2f} s a case, peak of the child {peak:.0f} MB"
    )


def one_file(_count: int) -> None:
    """P4 and P6: the same volumes in one file."""
    with Sandbox(Limits()) as sandbox:
        parts = [sandbox.volume(one).content for one in cases(MERGED)]
    apart, bound = len(concatenated(parts)), len(bind(parts, "bench"))
    sizes = f"{apart / 1e6:.2f} MB apart, {bound / 1e6:.2f} MB bound"
    print(f"P4 {MERGED} volumes: {sizes} = 1/{apart / bound:.1f} (aim 1/6)")
    if find_spec("pypdf") is None:
        print("P6 not measured: pypdf is not there")
        return
    rounds = [(cpu(lambda: with_pypdf(parts)), cpu(lambda: concatenated(parts))) for _ in range(ROUNDS)]
    merge, slow = median(theirs / ours for theirs, ours in rounds), median(theirs for theirs, _ in rounds)
    sharing = median(cpu(lambda: bind(parts, "bench")) for _ in range(ROUNDS))
    print(f"P6 merge of {MERGED}: pypdf {slow:.2f} s, ours {merge:.1f} x faster (aim 3)", end="; ")
    print(f"with typefaces shared {sharing:.2f} s")


def two_cores(count: int) -> None:
    """P2: one process after the plain manner, two workers after ours."""
    contents = cases(count)
    walls = [(naive_wall(contents), two_workers_wall(contents)) for _ in range(ROUNDS)]
    ratio = median(theirs / ours for theirs, ours in walls)
    shown = ", ".join(f"{theirs:.1f} / {ours:.1f} s" for theirs, ours in walls)
    print(f"P2 wall, {count} cases: {shown} = {ratio:.1f} x (aim 3)")


def commands(count: int) -> None:
    """P3: a command for each case; our child with its start, which it pays once for 200 papers."""
    contents = cases(count * 4)
    pairs = [(command_line(contents[:count]), through_the_child(contents)) for _ in range(ROUNDS)]
    by_cpu, by_wall = (median(theirs[i] / ours[i] for theirs, ours in pairs) for i in (0, 1))
    print(f"P3 a command for each of {count} cases, a child for {4 * count}", end=": ")
    print(f"CPU {by_cpu:.1f} x (aim 4), wall {by_wall:.1f} x")


SECTIONS = {"cores": two_cores, "commands": commands, "file": one_file, "joined": joined_volume}


def main() -> None:
    """The comparisons that were asked for, or all; prints the ratios, and the load beside them."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 12
    for name in sys.argv[2:] or SECTIONS:
        SECTIONS[name](count)
        print(f"   beside a load of {os.getloadavg()[0]:.1f}", flush=True)


if __name__ == "__main__":
    main()
