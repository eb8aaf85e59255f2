"""Year-end packages (移交包): checked and built by id, resumed where they stopped."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from documents import files, handed
from documents.actions import notices, transferring
from documents.actions.notices import Message
from documents.database import transaction
from documents.files import StoredFile
from documents.policy import view_of
from documents.register import Reader, YearAsked, register
from documents.rules.broken import RuleBroken
from documents.rules.package import PackageContent, PackageOptions, PackedPaper
from documents.rules.policy import PolicyView
from documents.transfer import Built, BuiltPart, TransferPackage
from documents.transfer_content import SOFTWARE, open_original, open_volume, package_content
from documents.transfer_plan import Plan, plan_of
from jobs import metadata
from jobs.making import NoRoom, PaperUnfit, made
from jobs.package_inspections import inspect_package, refuse_unfit, summary
from jobs.registers import packed
from jobs.surroundings import current
from pdf import packages
from pdf.packages import Sources, Writing, Written, WrittenPart

Progress = Callable[[int, int, str], None]
SECONDS_BETWEEN_BEATS = 1.0


def check(package: str, now: str) -> str:
    """Check a year for completeness (完整性). Safe to run twice."""
    found = TransferPackage.get(package)
    if found.state != "checking":
        return "nothing to do"
    transferring.keep_check(package, plan_of(found), now=datetime.fromisoformat(now))
    return "checked"


def build(package: str, now: str) -> str:
    """Build a package (制作移交包) and keep its ZIP. Run again after a crash it continues."""
    found, moment = TransferPackage.get(package), datetime.fromisoformat(now)
    if found.state != "building":
        return "nothing to do"
    folder = _workshop(package)
    try:
        tries = transferring.begin(package, now=moment)
        planned = plan_of(found)
        writing = _writing(found, _Beats(package, moment).tell)
        written = made(lambda: write(found, planned, folder, writing), tries=tries)
        refuse_unfit(inspect_package(found, planned, written, now=moment))
    except (PaperUnfit, NoRoom) as unfit:
        _set_aside(found, str(unfit), now=moment)
        shutil.rmtree(folder, ignore_errors=True)
        return "set aside"
    _keep(found, planned, written, now=moment)
    shutil.rmtree(folder, ignore_errors=True)  # a worker that starts may have swept it already
    return written.archive_sha256


def _workshop(package: str) -> Path:
    """Where a package lies while it is made: it goes on there after a crash. Nobody else may look into it."""
    folder = current().folder / "packages" / package.replace(":", "-")
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.parent.chmod(0o700)
    return folder


def sweep() -> int:
    """Remove what lies there of packages that are not made any more 清理残留; how many."""
    making = TransferPackage.objects(state="building", problem=None).only("id")
    kept = {_workshop(one.id) for one in making}
    gone = [path for path in (current().folder / "packages").glob("*") if path not in kept]
    for path in gone:
        shutil.rmtree(path, ignore_errors=True)
    return len(gone)


def _writing(package: TransferPackage, on_progress: Progress) -> Writing:
    """How the package was asked for; volumes stay in the parts in which they were when it was last made."""
    return Writing(
        options=PackageOptions(**package.options),
        before=handed.parts_of(package.id, package.round),
        on_progress=on_progress,
    )


def write(package: TransferPackage, planned: Plan, out: Path, writing: Writing | None = None) -> Written:
    """Write the package below `out`; raises RuleBroken("numbers_missing") naming them."""
    if planned.gaps or planned.strays:
        raise RuleBroken("numbers_missing", numbers="、".join([*planned.gaps, *planned.strays]))
    out.mkdir(parents=True, exist_ok=True)
    metadata.write_lacking(planned.volumes)
    package.made_at = package.made_at.astimezone(UTC)  # written alike, wherever it was kept meanwhile
    content = content_of(package, planned)
    before = packages.made_before(out, content)
    if before is not None and before != package.made_at:
        package.made_at = before
        content = content_of(package, planned)
    return packages.write(out, content, Sources(open_volume, open_original), writing)


def content_of(package: TransferPackage, planned: Plan) -> PackageContent:
    """Everything that goes in, the year's register in all its forms among it."""
    return package_content(package, planned, (*_register(package), *summary(package, planned)))


def _register(package: TransferPackage) -> tuple[PackedPaper, ...]:
    """登记册; not beside confidential volumes, whose package goes to fewer people."""
    if package.confidential:
        return ()
    view: PolicyView = view_of(package.policy, package.policy_version)
    asked, reader = YearAsked(package.unit, package.year), Reader(person=package.made_by, confidential=False)
    paper = register(view, asked, made_by=SOFTWARE, made_at=package.made_at, reader=reader)
    return packed(paper, f"{package.year}年度登记册")


class _Beats:
    """Signs of life for the progress bar, not more often than people look."""

    def __init__(self, package: str, began: datetime) -> None:
        self.package, self.began = package, began
        self.started = self.told = time.monotonic()

    def tell(self, done: int, total: int, current: str) -> None:
        """Write the progress down."""
        seconds = time.monotonic()
        if done < total and seconds - self.told < SECONDS_BETWEEN_BEATS:
            return
        self.told = seconds
        now = self.began + timedelta(seconds=seconds - self.started)
        transferring.beat(self.package, done, total, current=current.rpartition("/")[2], now=now)


def _keep(package: TransferPackage, planned: Plan, written: Written, *, now: datetime) -> None:
    stored = [_stored(part) for part in written.parts]
    built = Built(
        name=written.name,
        parts=[_built(part, one) for part, one in zip(written.parts, stored, strict=True)],
        file_id=stored[0].id if len(stored) == 1 else None,
        sha256=written.archive_sha256,
        zip_size=sum(one.size for one in stored),
        sm3=PackageOptions(**package.options).sm3,
        checked=True,
        volumes=written.volumes,
        originals=written.originals,
        pages=sum(volume.pages for volume in planned.volumes),
        files=written.files,
        size=written.size,
        at=now,
    )
    parts = {volume: part.number for part in written.parts for volume in part.volumes}
    if not transferring.keep_built(package.id, built, planned, now=now, parts=parts):
        for one in stored:
            files.delete(one.id)
        return
    for one in stored:
        files.delete_earlier(one)
    _tell(package, "移交包已制成", "Transfer package is ready", now=now)


def _stored(part: WrittenPart) -> StoredFile:
    if part.archive is None:
        raise ValueError("a package of the portal has a ZIP")
    with part.archive.open("rb") as stream:
        return files.store(stream, part.archive.name, media_type="application/zip")


def _built(part: WrittenPart, stored: StoredFile) -> BuiltPart:
    return BuiltPart(
        number=part.number,
        name=part.folder.name,
        file_id=stored.id,
        sha256=part.archive_sha256,
        zip_size=stored.size,
        volumes=len(part.volumes),
        first=part.volumes[0] if part.volumes else None,
        last=part.volumes[-1] if part.volumes else None,
    )


def _set_aside(package: TransferPackage, problem: str, *, now: datetime) -> None:
    transferring.set_aside(package.id, problem)
    _tell(package, f"移交包未能制成：{problem}", f"Transfer package not made: {problem}", now=now)


def _tell(package: TransferPackage, zh: str, en: str, *, now: datetime) -> None:
    """Report back in the bell to who asked for it."""
    message = Message(
        key=f"package:{package.id}:{package.made_at.isoformat()}:{package.attempts}",
        title=package.called,
        body={"zh": zh, "en": en},
    )
    transaction(lambda: notices.announce([package.made_by], message, now=now))
