"""Reading copies 阅览件 of a sealed volume: rendered again, with what the reader may not know covered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from documents import blind_index, dossier
from documents.case_parts import AnswerSet, Attachment, SealedVolume, plain_value
from documents.complaint import Complaint, kept_from
from documents.dossier import Originals
from documents.dossier_forms import filled_form, organisation
from documents.dossier_letters import written_letter
from documents.dossier_words import Names, Wording
from documents.person import Person
from documents.policy import roles_of, view_of
from documents.retold import behind_event, behind_hearing, behind_pause
from documents.rules.access import PUBLIC, READ, Reach, may
from documents.rules.covering import COVERED, Cover
from documents.rules.field_reading import is_empty
from documents.rules.fields import fields_of
from documents.rules.masks import masked
from documents.rules.papers import FilledForm
from documents.rules.retelling import FOUND, UNHEARD
from documents.rules.volume import ClosingNote, Enclosure, VolumeContent
from documents.unread import fields_behind
from documents.volume import Volume
from documents.volume_papers import held

Definition = Mapping[str, Any]
FORMS, LETTERS, HISTORY, ATTACHMENTS = PARTS = ("forms", "letters", "history", "attachments")
# Whose words stand elsewhere too: a name in a title, a number in a note.
SPOKEN_KINDS = frozenset(
    {"text", "longtext", "phone", "email", "id_number", "address", "signature", "person"}
)


@dataclass(frozen=True)
class Reader:
    """Who reads 阅览人, with the rights of this moment, and which parts were approved."""

    person: Person
    roles: Sequence[Definition]
    parts: frozenset[str]
    number: str

    @cached_property
    def reach(self) -> Reach:
        """How far the reader's posts reach."""
        return self.person.reach(self.roles)

    def may_read(self, case: Complaint, definition: Definition) -> bool:
        """Whether a field is open to the reader; what is public is, also outside one's own units."""
        if definition.get("class", PUBLIC) == PUBLIC:
            return True
        return bool(may(self.reach, READ, case.case_scope(), roles=roles_of(case.policy), field=definition))


def copy_content(volume: Volume, reader: Reader, originals: Originals) -> VolumeContent:
    """What goes on paper for this reader: the approved parts, covered; `originals` opens an attachment."""
    cases = [Complaint.get(number) for number in volume.cases]
    parts = tuple(_of_case(case, volume.id, reader, originals) for case in cases)
    if len(parts) == 1:
        return parts[0]
    title = f"{parts[0].title}等 {len(parts)} 件"
    bare = replace(parts[0], forms=(), letters=(), events=(), deadlines=(), enclosures=())
    return replace(bare, title=title, case_number="", events_head="", parts=parts)


def _of_case(case: Complaint, number: str, reader: Reader, originals: Originals) -> VolumeContent:
    volume = next(one for one in case.volumes if one.number == number)
    opened = originals if ATTACHMENTS in reader.parts else _nothing
    bare = dossier.volume_content(case, opened, volume)
    answers, names = list(held(case, number, "answers")), Names()
    open_ = _open_enclosures(case, bare, reader)
    history = HISTORY in reader.parts
    letters = list(held(case, number, "letters")) if LETTERS in reader.parts else []
    content = replace(
        bare,
        forms=tuple(_form(case, one, reader, names) for one in answers) if FORMS in reader.parts else (),
        letters=tuple(
            written_letter(case, one, _wording(case, one.policy_version, reader, names, long_dates=True))
            for one in letters
        ),
        events=bare.events if history else (),
        deadlines=bare.deadlines if history else (),
        enclosures=open_ if ATTACHMENTS in reader.parts else (),
        closing_note=_note(bare, volume, reader, closed=len(bare.enclosures) - len(open_)),
        flavour="2u",
    )
    return cover_for(case, reader).value(content)


def _open_enclosures(case: Complaint, bare: VolumeContent, reader: Reader) -> tuple[Enclosure, ...]:
    """The attachments whose fields the reader may read: a file cannot be covered, so it is there or not."""
    closed = {
        one.sha256
        for one in case.attachments
        if not all(reader.may_read(case, field) for field in fields_behind(case, one))
    }
    return tuple(one for one in bare.enclosures if one.sha256 not in closed)


def _nothing(_attachment: Attachment) -> bytes:
    return b""


@dataclass(frozen=True)
class _CoveredWording(Wording):
    """Answers in words, those that the reader may not read as their masks."""

    case: Complaint | None = None
    reader: Reader | None = None

    def words(self, definition: Definition, value: Any) -> str:
        """One answer as this reader may see it."""
        if is_empty(value) or self._opens(definition):
            return super().words(definition, self._nameable(definition, value))
        return masked(definition, value) or COVERED

    def _nameable(self, definition: Definition, value: Any) -> Any:
        """The number of a case, but for one that is not there for this reader."""
        hides = definition["type"] == "case" and self.reader and kept_from(self.reader.person.id, [value])
        return blind_index.called(value) if hides else value

    def cell(self, table: Definition, column: Definition, value: Any) -> str:
        """A cell, which is as closed as its table too."""
        if is_empty(value) or self._opens(table):
            return super().cell(table, column, value)
        return masked(column, value) or COVERED

    def file_names(self, definition: Definition, names: str) -> str:
        """The names of files, which are as closed as the files."""
        return names if self._opens(definition) else COVERED

    def _opens(self, definition: Definition) -> bool:
        return self.case is None or self.reader is None or self.reader.may_read(self.case, definition)


def _wording(
    case: Complaint, version: int | None, reader: Reader, names: Names, *, long_dates: bool = False
) -> Wording:
    view = view_of(case.policy, version or case.policy_version)
    return _CoveredWording(view, names, long_dates, case=case, reader=reader)


def _form(case: Complaint, answers: AnswerSet, reader: Reader, names: Names) -> FilledForm:
    wording = _wording(case, answers.policy_version, reader, names)
    form = filled_form(case, answers, wording, organisation(case, names))
    definitions = fields_of(wording.view.form(answers.form))
    signed = [one for one in definitions if one["type"] == "signature"]
    if all(reader.may_read(case, one) for one in signed):
        return form
    # A drawn signature is a picture of a name: with one covered, none is shown.
    sections = [
        replace(section, fields=tuple(replace(one, picture=b"") for one in section.fields))
        for section in form.sections
    ]
    return replace(form, sections=tuple(sections))


def _note(bare: VolumeContent, volume: SealedVolume, reader: Reader, *, closed: int) -> ClosingNote:
    """What the last page says of a reading copy, in place of what it says of the master."""
    lines = [f"本件为阅览件（{reader.number}），按阅览人的权限遮盖个人信息，不作凭证；归档母本未作改动。"]
    attachments = f"附件 {len(bare.enclosures)} 个"
    left = {FORMS: "表单", LETTERS: "函件", HISTORY: "办理经过", ATTACHMENTS: attachments}
    missing = [words for part, words in left.items() if part not in reader.parts]
    if missing:
        lines.append(f"未列入：{'、'.join(missing)}。")
    if closed and ATTACHMENTS in reader.parts:
        lines.append(f"另有附件 {closed} 个，阅览人无权查看，未列入。")
    lines.append(f"归档母本 SHA-256：{volume.sha256}。")
    return replace(bare.closing_note, situation="\n".join(lines))


def cover_for(case: Complaint, reader: Reader) -> Cover:
    """The words of this case that the reader may not know, wherever they stand."""
    found = {**dict(_retold(case, reader)), **dict(_secrets(case, reader))}
    return Cover(found, numbers=bool(found))


def _retold(case: Complaint, reader: Reader) -> Iterator[tuple[str, str]]:
    """What the history says in the words of fields that the reader may not read, and whom it names."""
    for event in case.events:
        if not _reads_all(case, reader, behind_event(case, event)):
            named = event.verb in (FOUND, UNHEARD)
            yield str(event.note).partition("：")[0] if named else str(event.note), COVERED
    for one in case.hearings:
        if one.person_name and not _reads_all(case, reader, behind_hearing(case, one)):
            yield one.person_name, COVERED
    pauses = (pause for clock in case.clocks for pause in clock.pauses if pause.reason)
    for pause in pauses:
        if not _reads_all(case, reader, behind_pause(case, pause)):
            yield pause.reason, COVERED


def _reads_all(case: Complaint, reader: Reader, fields: Iterable[Definition]) -> bool:
    return all(reader.may_read(case, one) for one in fields)


def _secrets(case: Complaint, reader: Reader) -> Iterator[tuple[str, str]]:
    names = Names()
    for answers in case.answers:
        view = view_of(case.policy, answers.policy_version)
        wording = Wording(view, names)
        for definition in fields_of(view.form(answers.form)):
            value = plain_value(answers.values.get(definition["key"]))
            rows = value if definition["type"] == "table" and isinstance(value, list) else ()
            closed = {} if reader.may_read(case, definition) else {"class": definition["class"]}
            pairs: list[tuple[Definition, Any]] = [
                ({**one, **closed}, row.get(one["key"]))
                for row in rows
                for one in definition.get("fields", ())
            ]
            for one, each in pairs or [(definition, value)]:
                yield from _secret(case, one, each, (reader, wording))


def _secret(
    case: Complaint, definition: Definition, value: Any, eyes: tuple[Reader, Wording]
) -> Iterator[tuple[str, str]]:
    reader, wording = eyes
    if definition["type"] not in SPOKEN_KINDS or is_empty(value) or reader.may_read(case, definition):
        return
    if definition["type"] == "person":
        yield wording.words(definition, value), COVERED
        return
    named = isinstance(value, Mapping)
    spoken = str((named and value.get("name")) or (wording.words(definition, value) if named else value))
    yield spoken, masked(definition, value) or COVERED
