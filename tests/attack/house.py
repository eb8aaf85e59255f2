"""The house that is attacked 被攻击的机构: a marked case, things of every kind, and who attacks."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from argon2 import PasswordHasher

from documents import files
from documents.actions import drafting
from documents.actions.appraising import facts_at
from documents.actions.uploads import accept
from documents.calendar_change import CalendarChange
from documents.case_move import CaseMove
from documents.complaint import Complaint
from documents.destruction import Destruction
from documents.duty import Duty
from documents.filing_batch import FilingBatch, FilingEntry
from documents.hold import Hold
from documents.inspection import Inspection
from documents.loan import Loan
from documents.notice import Notice
from documents.outbox import OutboxMessage
from documents.person import Person, Post
from documents.policy import roles_in_force
from documents.print_order import PrintOrder
from documents.replay_order import ReplayOrder
from documents.report import Report
from documents.reveal import ASKED, Reveal
from documents.rules.access import may
from documents.sign_in import SignIn, hash_of
from documents.transfer import TransferPackage
from documents.upload import Draft, Upload
from documents.volume import Volume
from documents.way_out import WayOut
from documents.what_if import WhatIf
from tests.attack.classes import HEADS, READERS, REGISTERS
from tests.conftest import FOUNDED
from tests.portal import leaking, test_leaks
from tests.portal.conftest import NOW

PASSWORD = "juanzong"
OWNER = "at_role_3_4"  # reads everything of the marked case; the things of one person are this one's
# Marks of what belongs to no field of the case.
DRAFT, UPLOAD, NOTICE, LOAN, VOLUME, HOLD, REPORT, MAIL, LIST = (f"zq9{number:02}x" for number in range(9))


WHOLE = frozenset(leaking.MAY[-1])


@dataclass(frozen=True)
class Attacker:
    """One who should not 攻击者: signed in as whom, and which operations his roles grant."""

    name: str
    person: str = ""  # nobody
    may: frozenset[str] = frozenset()
    sees_the_case: bool = False
    gone: str = ""  # why the sign-in does not count any more: expired, closed
    is_asked: bool = False  # for a statement; that alone he may read and give
    owes: str = ""  # what he must do before anything else: choose a password, set up a second factor
    kept_away: bool = False  # whatever his roles grant: nothing about the case is there for him


ATTACKERS = (
    Attacker("stranger"),
    Attacker("expired session", "expired", gone="expired"),
    Attacker("closed account", "closed", gone="closed"),
    Attacker("one-time password", "once", owes="password"),
    Attacker("second factor owed", "owing", WHOLE, owes="factor"),
    Attacker("wrong unit", "elsewhere", WHOLE, kept_away=True),
    Attacker("complained person", "accused", frozenset({REGISTERS})),
    Attacker("asked for a statement", "asked", WHOLE, is_asked=True, kept_away=True),
    Attacker("recused handler", "recused", WHOLE, kept_away=True),
    Attacker("read-only person", "at_role_3_0", frozenset({READERS}), sees_the_case=True),
    Attacker("administrator", "admin", frozenset({"administer"})),
    Attacker("archivist", "archivist", frozenset({"archive", "duties", HEADS, READERS}), sees_the_case=True),
)


# Who may do almost everything: what they are tricked into sending without knowing it must not be taken.
TRICKED = (
    Attacker("whoever may all", OWNER, WHOLE | {REGISTERS}, sees_the_case=True),
    *(one for one in ATTACKERS if one.person in ("admin", "archivist")),
)


EVERYBODY = (*ATTACKERS, *TRICKED)


@dataclass
class House:
    """Who may see which mark, and what addresses are filled with."""

    number: str
    letter: int
    things: frozenset[str] = frozenset()  # in the archive room, about the case: their ids
    marks: Mapping[str, frozenset[str]] = field(default_factory=dict)  # those that a person may see


def furnish() -> House:
    """Everything there is to attack."""
    case, twin = test_leaks.filed()
    hashed = PasswordHasher().hash(PASSWORD)
    posts = [Post(role=leaking.WHOLE, unit=leaking.HERE)]
    for key in ("expired", "closed", "once", "owing", "accused"):
        Person(id=key, login=key, name=f"人员{key}", posts=posts, email=f"{key}@example.cn").save()
    Person.objects(id="accused").update(set__posts=[Post(role="handler", unit=leaking.HERE)])
    for key in ("asked", "recused"):  # who keep the archive in which all about the case lies
        Person.objects(id=key).update(push__posts=Post(role="archivist", unit="QH-DA"))
    Person.objects(id="once").update(set__password_once=True)
    Person.objects.update(set__password_hash=hashed)
    Complaint.collection().update_one({"_id": case.id}, {"$push": {"recused": "accused"}})
    _things(case)
    marks = {one.name: _open_to(one, case, twin) for one in EVERYBODY}
    return House(case.number, case.letters[0].seq, _about(case), marks)


def _things(case: Complaint) -> None:
    """One of every kind of thing that has an address, each with its mark."""
    owner, when = Person.get(OWNER), {"at": NOW, "beat_at": NOW}
    accept(io.BytesIO(f"{UPLOAD}\n".encode()), f"{UPLOAD}.txt", actor=owner, now=NOW)
    Upload.objects(by=OWNER).update(set__drawn=True)
    Draft.keep(f"{OWNER}:/x", by=OWNER, form="/x", values={"q_title": [DRAFT]}, now=NOW)
    said = {"zh": NOTICE, "en": NOTICE}
    Notice(
        id="n:1", person=OWNER, number=case.number, case=str(case.id), title=said, body=said, at=NOW
    ).save()
    OutboxMessage(id="m:1:mail", to="a@b.cn", subject=MAIL, body=MAIL, created_at=NOW).save()
    _browsers(case)
    _archive(case)
    policy = {"policy": leaking.KEY, "by": OWNER}
    CaseMove(to_version=1, **policy, **when).save()
    ReplayOrder(
        definition={"policy": {"key": leaking.KEY}},
        sha256="0" * 64,
        cases=1,
        by_name=owner.name,
        at=NOW,
        touched_at=NOW,
        **policy,
    ).save()
    WhatIf(kind="calendar", subject="cn", base=1, by=OWNER, **when).save()
    CalendarChange(calendar="cn", to_version=1, scope="new", by=OWNER, **when).save()
    WayOut(id="robot", kind="webhook", name="系统", url="https://a.example.cn/hook").save()
    drafting.start(leaking.KEY, actor=OWNER, now=NOW)


def _browsers(case: Complaint) -> None:
    """A browser in which the owner is signed in, and what he asked for in it."""
    signed_in, late = hash_of("the owner's"), NOW.replace(year=2100)
    SignIn(id=signed_in, person=OWNER, since=NOW, seen=NOW, idle=10**9, ends=late).save()
    asked = {"fields": ["p2"], "reason": "因为", "state": ASKED, "asked_at": NOW, "until": late}
    Reveal(case=case.number, person=OWNER, sitting=signed_in, **asked).save()


def _archive(case: Complaint) -> None:
    """The things of the archive room."""
    stored = files.store(io.BytesIO(VOLUME.encode()), "案卷.pdf", media_type="application/pdf")
    kept = {"zh": "10年", "en": "10 years", "code": "D10", "years": 10}
    sizes = {"pages": 1, "sheets": 1, "size": stored.size, "sha256": stored.sha256, "file_id": stored.id}
    days = {"opened_on": "2026-02-13", "closed_on": "2026-02-24"}
    of = {"policy": leaking.KEY, "owner": "QH"}
    number = "0128-TS·2026-D10-0001"
    place = {"fonds": "0128", "year": 2026, "unit": "QH-CD", "retention": kept, "scope": list(case.scope)}
    Volume(
        id=number,
        cases=[case.number],
        case_type="complaint",
        title=VOLUME,
        sealed_at=NOW,
        recused=Complaint.get(case.number).recused,
        originals=[{"file_id": stored.id, "name": "x", "size": 1, "sha256": "0"}],
        **{**of, **sizes, **days, **place},
    ).save()
    asked = {"asked_by": OWNER, "asked_name": "某人", "asked_at": NOW}
    Loan(number="JY-1", volume=number, purpose=LOAN, until="2026-03-10", **asked, **of).save()
    review = {"since": "2026-02-24", "review_on": "2026-08-24"}
    Hold(
        name=HOLD, cases=[case.number], units=["QH"], reason=HOLD, basis="x", by=OWNER, at=NOW, **review
    ).save()
    made = {"made_by": OWNER, "made_name": "某人", "made_at": NOW}
    Destruction(number="XH-1", lines=[{"volume": number, "title": LIST}], **of, **made).save()
    _filed(case)
    Inspection(
        subject="volume", number=number, title=VOLUME, owner="QH", stage="filing", at=NOW, by=OWNER, ok=True
    ).save()
    PrintOrder(
        kind="register",
        form="xlsx",
        policy=leaking.KEY,
        unit="QH",
        year=2026,
        by=OWNER,
        by_name="某人",
        at=NOW,
    ).save()
    _running(case)


def _filed(case: Complaint) -> None:
    """The case in a batch of its handler, who was recused afterwards."""
    batch = FilingBatch(prepared_by="recused", prepared_name="经办", prepared_at=NOW).save()
    open_then = Complaint.get(case.number)
    open_then.recused = []
    FilingEntry(batch=batch.id, case=case.number, open=True, **facts_at(NOW)(open_then)).save()


def _about(case: Complaint) -> frozenset[str]:
    """The ids of all that is about the case in the archive room, and the case itself."""
    kinds = (Volume, Loan, Hold, Destruction, FilingBatch, Inspection)
    return frozenset({case.number, *(str(one.id) for kind in kinds for one in kind.objects)})


def _running(case: Complaint) -> None:
    """A duty, a report, a package."""
    of = {"policy": leaking.KEY, "policy_version": 1}
    whole = {"first": "2026-01-01", "last": "2026-12-31"}
    name = {"zh": "全年报告", "en": "Annual report"}
    duty = {"key": "annual_report", "unit": "QH-SL", "due_at": NOW, "period": whole, "label": name}
    Duty(id="leaks:annual:2026:QH-SL", **duty, **of).save()
    days = {"first": "2026-01-01", "cut_off": "2026-12-31", "first_at": NOW, "after_at": NOW + timedelta(1)}
    section = {"key": "x", "label": name, "text": REPORT}
    drafted = {"known_at": NOW, "drafted_by": OWNER, "drafted_at": NOW, "sections": [section]}
    annual = {"id": "leaks:annual:2026:QH", "key": "annual_report", "year": 2026, "unit": "QH"}
    Report(**{**annual, **drafted, **days, **of}).save()
    TransferPackage(
        id="leaks:QH:2026", unit="QH", year=2026, state="checked", made_by=OWNER, made_at=NOW, **of
    ).save()


def _open_to(attacker: Attacker, case: Complaint, twin: Complaint) -> frozenset[str]:
    """The marks that he may see, as the permission function says field by field."""
    person = Person.objects(id=attacker.person).first() if attacker.person and not attacker.gone else None
    if person is None or attacker.owes:
        return frozenset()
    found = _read_by(person, case, leaking.fields()) | _read_by(person, twin, leaking.secrets())
    if attacker.sees_the_case:
        found.add(NOTICE)  # the page of a case says who was told what
    if attacker.is_asked:
        question, *opened = (one.marker for one in leaking.asked()[:3])
        found |= {question, leaking.secret(question), *opened}
    if attacker.name == "archivist":
        found |= {LOAN, VOLUME, HOLD, LIST}
    return frozenset(found | ({MAIL} if "administer" in attacker.may else set()))


def _read_by(person: Person, case: Complaint, fields: Iterable[leaking.Marked]) -> set[str]:
    roles = roles_in_force()
    reach, scope = person.reach(roles), Complaint.get(case.number).case_scope()
    return {
        one.marker
        for one in fields
        if all(may(reach, "read", scope, roles=roles, field={"class": name}) for name in one.closed)
    }


def settle(attacker: Attacker) -> None:
    """After he signed in: he is as his name says, and nobody else owes a second factor."""
    Person.objects(id=attacker.person).update(set__active=attacker.gone != "closed")
    if attacker.gone == "expired":
        SignIn.objects(person=attacker.person).update(set__ends=FOUNDED)
    SignIn.objects(person=attacker.person).update(set__owes_factor=attacker.owes == "factor")
