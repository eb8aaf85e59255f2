"""Rendering a case file against a plain loop: `python -m tests.benchmarks.bench_rendering [CASES]`.

Both sides render the same cases to PDF/A, each in a process of its own, in turns. The plain side is what one
writes first: one HTML string with its style inside, `HTML(string).write_pdf()`, the system's CJK fonts,
tables that guess their widths. Printed are CPU seconds a case, peak memory and bytes, and the ratios.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from weasyprint import HTML

from documents.rules.papers import FormField
from documents.rules.volume import ContentsEntry, VolumeContent
from pdf import filed, spines, volumes
from pdf.engine import TEMPLATES
from pdf.fronts import Facts, Group, spine
from pdf.sandbox import Limits, Sandbox
from pdf.sheets import page
from tests.pdf import samples

ROUNDS = 3
CASES = 12
WARM_UP = 2  # the first papers pay for imports, fonts and styles on both sides
AIMS = {"cpu": 0.60, "memory": 0.50}
MAX_MEMORY = 600 * 1024 * 1024
DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "jsonl" / "teddy_replied.dev.jsonl"


def cases(count: int) -> list[VolumeContent]:
    """Different cases, with real complaints where they are at hand, so that their characters differ."""
    return [_case(number, text) for number, text in enumerate(_texts(count), start=1)]


def _texts(count: int) -> list[str]:
    if not DATA.exists():
        return [samples.STORY * (1 + number % 4) for number in range(count)]
    with DATA.open(encoding="utf-8") as stream:
        rows = [json.loads(line) for _, line in zip(range(count), stream, strict=False)]
    return [max((str(value) for value in row.values()), key=len)[:1200] for row in rows]


def _case(number: int, text: str) -> VolumeContent:
    form = samples.form(number=f"TS-2026-0213-{number:04}")
    story = replace(form.sections[1], fields=(*form.sections[1].fields, FormField("经过", text, wide=True)))
    told = replace(form, sections=(form.sections[0], story, form.sections[2]))
    return samples.volume(
        volume_number=f"Z109-TS·2026-D10-HG-{number:04}",
        forms=(told, samples.supervision()),
        letters=(samples.letter(paragraphs=(*samples.letter().paragraphs, text[:300])),),
        enclosures=(),
    )


# --- the two sides, each run in a process of its own ----------------------------------------------------


def ours(content: VolumeContent) -> bytes:
    """A sealed volume as the product makes it."""
    return volumes.render(content).content


def plain(content: VolumeContent) -> bytes:
    """The same pages from one HTML string."""
    result: bytes = HTML(string=as_html(content)).write_pdf(pdf_variant="pdf/a-2b")
    return result


def as_html(content: VolumeContent) -> str:
    """The same pages as one HTML string with its style inside."""
    papers = [("form", form) for form in content.forms], [("letter", letter) for letter in content.letters]
    documents = [
        filed.Filed(kind, paper.title, paper, position=number)
        for number, (kind, paper) in enumerate((pair for group in papers for pair in group), start=1)
    ]
    documents.append(filed.Filed("history", filed.HISTORY, position=len(documents) + 1))
    documents.append(filed.Filed("deadlines", filed.DEADLINES, position=len(documents) + 1))
    entries = [ContentsEntry(one.position, one.title, one.position, 1) for one in documents]
    facts = Facts((Group(tuple(entries)),), pages=len(entries))
    back = spines.label(spine(content, facts))
    front = page(
        "front.html",
        volume=content,
        facts=facts,
        link="#doc-",
        situation=("x",),
        replacements=(),
        flowing=False,
        label=back,
    )
    body = page("body.html", volume=content, documents=documents, joined=False)
    names = ("paper", "volume", "spine")
    style = "".join((TEMPLATES / f"{name}.css").read_text(encoding="utf-8") for name in names)
    for family in ("Sans", "Serif"):
        style = style.replace(f"Noto {family} SC", f"Noto {family} CJK SC")
    style = style.replace("table-layout: fixed;", "")
    inner = re.search(r"<section.*</section>", body, re.DOTALL)
    whole = front.replace("<title>", f"<style>{style}</style><title>")
    return whole.replace("</body>", (inner[0] if inner else "") + "</body>")


def measure(side: Callable[[VolumeContent], bytes], count: int) -> dict[str, float]:
    """CPU seconds a case, bytes a case, and the peak memory of this process."""
    taken, sizes = [], []
    for content in cases(count + WARM_UP):
        started = time.process_time()
        sizes.append(len(side(content)))
        taken.append(time.process_time() - started)
    status = Path("/proc/self/status").read_text()
    peak = int(next(row for row in status.splitlines() if row.startswith("VmHWM")).split()[1]) * 1024
    return {"cpu": median(taken[WARM_UP:]), "bytes": median(sizes[WARM_UP:]), "memory": peak}


def apart(name: str, count: int) -> dict[str, float]:
    """`measure` of one side in a process of its own, which nothing else has warmed or filled."""
    command = [sys.executable, "-m", "tests.benchmarks.bench_rendering", "--side", name, str(count)]
    passed = {key: value for key, value in os.environ.items() if key != "FONTCONFIG_FILE"}
    run = subprocess.run(command, env=passed, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    return found


def _through_the_sandbox(count: int) -> float:
    """Wall seconds a case as the portal pays them: child, pipes and all."""
    with Sandbox(Limits()) as sandbox:
        for content in cases(WARM_UP):
            sandbox.volume(content)
        started = time.perf_counter()
        for content in cases(count):
            sandbox.volume(content)
        return (time.perf_counter() - started) / count


def compare(count: int) -> dict[str, Any]:
    """Both sides in turns; the median of the rounds."""
    rounds: dict[str, list[dict[str, float]]] = {"plain": [], "ours": []}
    for number in range(ROUNDS):
        for name in ("plain", "ours") if number % 2 == 0 else ("ours", "plain"):
            rounds[name].append(apart(name, count))
    sides = {
        name: {key: median(row[key] for row in rows) for key in rows[0]} for name, rows in rounds.items()
    }
    return sides | {"sandbox_wall": _through_the_sandbox(count)}


def report(sides: dict[str, Any]) -> str:
    """The table."""
    lines = [f"{'':<14}{'CPU s/case':>12}{'peak MB':>10}{'KB/case':>10}"]
    for name in ("plain", "ours"):
        row = sides[name]
        lines.append(f"{name:<14}{row['cpu']:>12.3f}{row['memory'] / 1e6:>10.0f}{row['bytes'] / 1e3:>10.0f}")
    ratios = {key: sides["ours"][key] / sides["plain"][key] for key in ("cpu", "memory", "bytes")}
    lines.append(f"{'ratio':<14}{ratios['cpu']:>12.2f}{ratios['memory']:>10.2f}{ratios['bytes']:>10.2f}")
    lines.append(f"{'aim':<14}{AIMS['cpu']:>12.2f}{AIMS['memory']:>10.2f}")
    lines.append(f"through the sandbox: {sides['sandbox_wall']:.3f} s of wall clock a case")
    below = "yes" if sides["ours"]["memory"] < MAX_MEMORY else "NO"
    lines.append(f"no process over 600 MB: {below}")
    lines.append(f"beside a load of {os.getloadavg()[0]:.1f}")
    return "\n".join(lines)


def main() -> None:
    """Run one side (for the parent), or compare both."""
    if "--side" in sys.argv:
        side = {"plain": plain, "ours": ours}[sys.argv[2]]
        print(json.dumps(measure(side, int(sys.argv[3]))))
    else:
        print(report(compare(int(sys.argv[1]) if len(sys.argv) > 1 else CASES)))


if __name__ == "__main__":
    main()
