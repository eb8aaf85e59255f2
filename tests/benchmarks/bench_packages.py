"""How long a year-end package takes against `cp` + `sha256sum`, again when nothing changed, and its memory.

Run as ``python -m tests.benchmarks.bench_packages [cases] [folder]``: synthetic sealed files of five a case
(volume, metadata, three originals). Both sides in turns; the package of 10,000 cases is made in a child of
its own, which prints its peak memory. ``folder`` should lie on the disk that is to be measured.

``python -m tests.benchmarks.bench_packages 10000 printed folder`` makes one package with everything, its
registers on paper by the sandbox among it (some ten minutes), checks it with the checker inside it and with
bagit-python, and prints what each of them took.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from documents.rules.metadata import CaseMetadata, VolumeMetadata
from documents.rules.package import (
    ArchiveNumber,
    PackageContent,
    PackageOptions,
    PackedOriginal,
    PackedVolume,
)
from documents.rules.papers import Register
from documents.rules.volume import ContentsEntry, EventLine
from pdf import catalogue_sheets
from pdf.catalogues import Part
from pdf.layouts import Print
from pdf.metadata import volume_xml
from pdf.packages import Sources, Writing, Written, write
from pdf.sandbox import Sandbox
from pdf.verifier import inspect
from tests.benchmarks.bench_rendering import apart

MADE_AT = datetime(2027, 1, 8, 1, 30, tzinfo=UTC)
VOLUME, ORIGINAL, ORIGINALS = 120_000, 60_000, 3
TURNS = 5
RENDERED = 12


@dataclass(frozen=True)
class Shelf:
    """Sealed files on disk, and what the package says of them."""

    folder: Path
    content: PackageContent

    def open(self, key: str) -> BinaryIO:
        """A sealed file."""
        return (self.folder / key).open("rb")


def shelf(folder: Path, cases: int) -> Shelf:
    """Synthetic files: what is in them does not matter, that they differ does."""
    chance = random.Random(1)
    volumes = [volume(folder, number, chance) for number in range(1, cases + 1)]
    issued = tuple(one.case_numbers[0] for one in volumes)
    numbers = [
        ArchiveNumber(one.volume_number, "p01.volume:0128/D10:2026", n) for n, one in enumerate(volumes, 1)
    ]
    content = PackageContent(
        title="2026年度客户投诉案卷移交包",
        organisation="清河县农村信用合作联社",
        fonds_number="0128",
        fonds_name="清河县农村信用合作联社",
        year=2026,
        unit="客户投诉",
        made_by="苏文",
        made_at=MADE_AT,
        issued=issued,
        volumes=tuple(volumes),
        archive_numbers=tuple(numbers),
        software="卷宗 Juanzong",
    )
    return Shelf(folder, content)


def volume(folder: Path, number: int, chance: random.Random) -> PackedVolume:
    """One volume with its metadata and its originals."""
    name, case = f"0128-TS·2026-D10-{number:05}", f"TS-2026-0213-{number:05}"
    events = tuple(EventLine(MADE_AT, "王敏", "城东信用社", f"步骤 {n}") for n in range(12))
    metadata = volume_xml(VolumeMetadata((("档号", name),), (CaseMetadata(case, "制度", (), events),)))
    contents = tuple(
        ContentsEntry(
            n, f"第 {n} 份材料：关于手续费的投诉处理情况", page=n, pages=1, responsible="城东信用社"
        )
        for n in range(1, 6)
    )
    file = stored(folder, f"{name}.pdf", chance.randbytes(VOLUME))
    return PackedVolume(
        volume_number=name,
        case_numbers=(case,),
        title=f"关于李小明投诉“转账手续费与公示不符（{number}）”的处理材料",
        year=2026,
        retention="10年",
        unit="城东信用社",
        responsible="清河县农村信用合作联社",
        opened_on=date(2026, 2, 13),
        closed_on=date(2026, 3, 4),
        pages=5,
        size=file.size,
        sha256=file.sha256,
        contents=contents,
        originals=tuple(
            stored(folder, f"{number}-{n}.jpg", chance.randbytes(ORIGINAL)) for n in range(ORIGINALS)
        ),
        metadata=stored(folder, f"{name}.xml", metadata),
    )


def stored(folder: Path, name: str, content: bytes) -> PackedOriginal:
    """A file as the portal keeps it."""
    (folder / name).write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    return PackedOriginal(name, "application/octet-stream", len(content), digest, name)


def package(one: Shelf, out: Path, printer: Print | None = None, **options: Any) -> Written:
    """Write the package; its registers as plain text unless told otherwise: paper is measured apart."""
    sources = Sources(lambda number: one.open(f"{number}.pdf"), one.open)
    writing = Writing(options=PackageOptions(**options), print_register=printer or plain)
    return write(out, one.content, sources, writing)


def plain(register: Register) -> bytes:
    """A register without its layout: WeasyPrint is measured elsewhere."""
    return repr(register.rows).encode()


def copied(one: Shelf, out: Path) -> None:
    """The other side: cp and sha256sum."""
    shutil.rmtree(out, ignore_errors=True)
    subprocess.run(["cp", "-r", str(one.folder), str(out)], check=True)
    with (out.parent / "sums").open("w") as sums:
        find = subprocess.Popen(["find", str(out), "-type", "f", "-print0"], stdout=subprocess.PIPE)
        subprocess.run(["xargs", "-0", "sha256sum"], stdin=find.stdout, stdout=sums, check=True)
        find.wait()


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def cost(work: Callable[[], object]) -> tuple[float, float]:
    """How long it takes, and what it costs the processors: the figure to trust beside other work."""
    before = processor()
    return seconds(work), processor() - before


def processor() -> float:
    """CPU seconds of this process and of those that it waited for."""
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in spent)


def afresh(one: Shelf, out: Path, **options: Any) -> None:
    """The package from nothing."""
    shutil.rmtree(out, ignore_errors=True)
    package(one, out, **options)


def in_turns(one: Shelf, folder: Path) -> None:
    """cp + sha256sum against the package, in turns."""
    ways: dict[str, Callable[[], object]] = {
        "cp + sha256sum": partial(copied, one, folder / "copy"),
        "package, folder": partial(afresh, one, folder / "p1", zipped=False),
        "package, folder and ZIP": partial(afresh, one, folder / "p2"),
        "package, folder, SM3 too": partial(afresh, one, folder / "p3", zipped=False, sm3=True),
    }
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _turn in range(TURNS):
        for name, work in ways.items():
            times[name].append(cost(work))
    base = [statistics.median(one) for one in zip(*times["cp + sha256sum"], strict=True)]
    for name, found in times.items():
        wall, spent = (statistics.median(one) for one in zip(*found, strict=True))
        ratios = f"{base[0] / wall:5.2f} × wall, {base[1] / spent:5.2f} × CPU"
        print(f"{name:26} {wall:6.2f} s wall, {spent:6.2f} s CPU: {ratios} of the speed of cp")
    again = [seconds(partial(package, one, folder / "p2")) for _ in range(TURNS)]
    checked = [seconds(partial(package, one, folder / "p2", recheck=True)) for _ in range(2)]
    cases = len(one.content.volumes)
    rendering = apart("ours", RENDERED)["cpu"]
    for name, runs in (("again, unchanged", again), ("again, --recheck", checked)):
        middle = statistics.median(runs)
        print(f"{name:28} {middle:7.2f} s   {cases * rendering / middle:5.0f} × less than rendering all")
    print(f"{'the checker':28} {seconds(lambda: inspect(folder / 'p2' / '0128-2026-客户投诉')):7.2f} s")


def whole_year(folder: Path, cases: int) -> None:
    """One large package, its time and its peak memory (run in a child)."""
    (folder / "sealed").mkdir()
    one = shelf(folder / "sealed", cases)
    facts: dict[str, object] = {"mb_before": peak()}
    facts["seconds"] = round(
        seconds(partial(package, one, folder / "out", zipped=False, most_volumes=2_500)), 1
    )
    facts["again"] = round(
        seconds(partial(package, one, folder / "out", zipped=False, most_volumes=2_500)), 2
    )
    facts["mb"] = peak()
    facts["findings"] = len(inspect(folder / "out").findings)
    facts["mb_with_checker"] = peak()
    facts["files"] = sum(1 for path in (folder / "out").rglob("*") if path.is_file())
    print(json.dumps(facts))


def printed_year(folder: Path, cases: int) -> None:
    """One large package with its registers on paper, its checks, and what all of that took."""
    (folder / "sealed").mkdir()
    one = shelf(folder / "sealed", cases)
    before, begun = processor(), time.perf_counter()
    with Sandbox() as sandbox, watched() as most, watched(own=False) as most_below:
        written = package(one, folder / "out", sandbox.paper)
    facts = {
        "files": written.files,
        "gigabytes": round(written.size / 1e9, 2),
        "registers": len([*written.folder.glob("data/*.pdf")]),
        "seconds": round(time.perf_counter() - begun, 1),
        "cpu": round(processor() - before, 1),
        "mb_all_processes": most[0],
        "mb_packing": peak(),
        "mb_printing": most_below[0],
        "again": round(seconds(partial(package, one, folder / "out", sandbox.paper)), 2),
    }
    print(json.dumps(facts))
    checker = [sys.executable, "-I", "-S", str(written.folder / "verifier.py")]
    for command in (checker, [*checker, str(written.archive)], [sys.executable, "-m", "bagit", "--validate"]):
        judged(command if command[-1] != "--validate" else [*command, str(written.folder)])


def judged(command: list[str]) -> None:
    """Let somebody else look at a package; what was said, how long it took and with how much memory."""
    begun = time.perf_counter()
    with watched(own=False) as most:
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    said = (run.stdout + run.stderr).strip().split("\n")[-1]
    name = " ".join(Path(word).name for word in command[1:])
    print(f"{name}: exit {run.returncode}, {time.perf_counter() - begun:.1f} s, {most[0]} MB: {said}")


@contextmanager
def watched(*, own: bool = True) -> Iterator[list[int]]:
    """The most memory that this process and all below it held at one moment, or those below it alone."""
    most, over = [0], threading.Event()

    def look() -> None:
        while not over.wait(0.2):
            most[0] = max(most[0], held(os.getpid(), own=own))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield most
    finally:
        over.set()
        watcher.join()


def held(process: int, *, own: bool = True) -> int:
    """The resident memory of a process, unless it is not to count, and of those below it, in megabytes."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
        tasks = Path(f"/proc/{process}/task").glob("*/children")
        children = [child for task in tasks for child in task.read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return 0
    lines = [line for line in status.split("\n") if own and line.startswith("VmRSS:")]
    return sum(int(line.split()[1]) // 1024 for line in lines) + sum(held(int(child)) for child in children)


def printing(cases: int) -> None:
    """What the registers cost on paper, one after the other and by two children at once; their memory."""
    with TemporaryDirectory() as name:
        content = shelf(Path(name), cases).content
    part = Part(content, "x", content.volumes)
    found = (catalogue_sheets.volumes_register(part), catalogue_sheets.files_register(part))
    registers = [replace(one, rows=one.rows[: catalogue_sheets.PRINTED]) for one in found]
    with Sandbox() as one, Sandbox() as other:
        for register in registers:
            took = seconds(partial(one.paper, register))
            print(f"{register.title}: {len(register.rows)} lines on paper in {took:.1f} s")
        pairs = zip((one, other), registers, strict=True)
        both = [threading.Thread(target=box.paper, args=(register,)) for box, register in pairs]
        with watched() as most:
            for thread in both:
                thread.start()
            for thread in both:
                thread.join()
    print(f"two children that draw, and this process: {most[0]} MB at once")
    print(f"one child that draws: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024} MB")


def peak() -> int:
    """The peak memory of this process, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    """The command."""
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    place = sys.argv[2] if len(sys.argv) > 2 else None
    if place == "whole":
        whole_year(Path(sys.argv[3]), cases)
        return
    if place == "printed":
        with TemporaryDirectory(dir=sys.argv[3]) as name:
            printed_year(Path(name), cases)
        return
    print(f"load {os.getloadavg()[0]:.1f}, {cases} cases, {cases * (2 + ORIGINALS)} files")
    with TemporaryDirectory(dir=place) as name:
        folder = Path(name)
        (folder / "sealed").mkdir()
        in_turns(shelf(folder / "sealed", cases), folder)
    with TemporaryDirectory(dir=place) as name:
        command = [sys.executable, "-m", "tests.benchmarks.bench_packages", "10000", "whole", name]
        run = subprocess.run(command, check=True, capture_output=True, text=True)
        print("10,000 cases, 50,000 files, in four parts:", run.stdout)
    printing(cases)
    print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
