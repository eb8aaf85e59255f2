"""Paper (文书): letters and case files, rendered by id in a sandbox and kept under their digest.

Every job here is safe to run twice: the first PDF of a paper stays, a later one is thrown away.
"""

from __future__ import annotations

from datetime import datetime

from documents import dossier, files
from documents.actions import binding, handing_over, inspecting, lettering, telling
from documents.actions.notices import Message
from documents.actions.signing import delay, delayed_times, settle
from documents.archive_number import ArchiveNumber
from documents.complaint import Complaint, any_confidential
from documents.database import transaction
from documents.keepers import keepers
from documents.rules.four_checks import Inspected
from documents.rules.volume import RenderedVolume, VolumeContent
from documents.volume import HIDDEN, Volume
from documents.withheld import told
from jobs import fixity, inspections, metadata, press, queues, signing, volume_parts
from jobs.making import NoRoom, PaperUnfit, kept, made, store
from jobs.signing import SigningWaits
from pdf import sandbox

# A lost paper is looked for when little waits: what still stands in the queue is not lost.
NEARLY_EMPTY = 40
FOUND_AT_ONCE = 500


def render_letter(number: str, letter: int, now: str) -> str:
    """Render a letter (函件) and give it to its case."""
    case = Complaint.get(number)
    planned = lettering.letter_of(case, letter)
    if planned.file_id:
        return "rendered before"
    try:
        tries = lettering.begin(number, letter)
        pdf = made(lambda: sandbox.shared().paper(dossier.letter_paper(case, planned)), tries=tries)
    except PaperUnfit as unfit:
        lettering.set_aside(number, letter, str(unfit))
        return "set aside"
    stored = store(pdf, f"{number}-{letter}.pdf")
    rendered = lettering.RenderedLetter(stored.id, stored.sha256)
    return kept(stored, lettering.attach(number, letter, rendered, now=datetime.fromisoformat(now)))


def render_volume(number: str, now: str) -> str:
    """Render the volume (案卷) for which an archive number is reserved, and seal it."""
    found, moment = ArchiveNumber.get(number), datetime.fromisoformat(now)
    if found.state != "reserved":
        return f"{found.state} before"
    try:
        signing.check_ready()
        tries = binding.begin(number) - delayed_times(number)
        content, rendered = made(lambda: volume_parts.volume(found, now=moment), tries=tries)
        outcome = _keep(content, signing.signed(rendered), now=moment)
    except SigningWaits as waits:
        delay(number, str(waits), begun=waits.begun, now=moment)
        return "waits for its signature"
    except NoRoom as trouble:
        delay(number, str(trouble), begun=True, now=moment)
        return "waits for room"
    except PaperUnfit as unfit:
        _set_volume_aside(found, str(unfit), now=moment)
        outcome = "set aside"
    handing_over.settle(found.batch, now=moment)
    return outcome


def _keep(content: VolumeContent, rendered: RenderedVolume, *, now: datetime) -> str:
    """Store the finished file, inspect it and bind it; whatever still changes its bytes comes before this."""
    stored = store(rendered.content, f"{content.volume_number}.pdf")
    row = binding.row_of(content, rendered, stored, now=now)
    inspected = inspections.of_new_volume(row, rendered.content, now=now)
    if inspected.blocking:
        files.delete(stored.id)
        raise PaperUnfit(_failures(inspected))

    def write() -> bool:
        first = binding.bind(content, rendered, stored, now=now)
        if first:
            inspecting.keep(inspected, owner=row["owner"], sha256=stored.sha256)
        return first

    outcome = kept(stored, transaction(write))
    settle(content.volume_number)
    metadata.write(Volume.get(content.volume_number))
    fixity.mirror(content.volume_number, now=now)
    return outcome


def _failures(inspected: Inspected) -> str:
    """What keeps a volume from being sealed, in words for the archivist."""
    found = (f"{one.item.name[0]}（{one.outcome.evidence[0]}）" for one in inspected.blocking)
    return f"四性检测不通过，未封存：{'；'.join(found)}"


def find_waiting(now: str) -> int:
    """Queue again what was planned and never rendered, when little else waits for paper."""
    if queues.backlog(queues.PAPER) >= NEARLY_EMPTY:
        return 0
    return press.queue_lost(FOUND_AT_ONCE, now=datetime.fromisoformat(now))


def _set_volume_aside(number: ArchiveNumber, problem: str, *, now: datetime) -> None:
    """Note the reason on the number and its cases and tell who handed them over; the other volumes go on.

    Where a case is kept from that person by now, others hear of it who keep the archive.
    """
    named = "、".join(number.cases[:3])
    why = HIDDEN if any_confidential(number.cases) else {"zh": problem, "en": problem}
    message = Message(
        key=f"volume:{number.id}:{now.isoformat()}",
        title={"zh": f"案卷未能生成：{named}", "en": f"Case file not made: {named}"},
        body={
            "zh": f"{why['zh']}。处理后可在归档室重试。",
            "en": f"{why['en']}. Retry it in the archive room.",
        },
        case=str(Complaint.get(number.cases[0]).id),
        number=number.cases[0],
    )

    def write() -> None:
        binding.set_aside(number, problem)
        people = told([number.reserved_by], number.cases) or keepers(number.owner)
        telling.announce(people, number.cases, message, now=now)

    transaction(write)
