"""No way to a case shows what the permission function denies: roles × fields × ways, over the real portal.

Every answer of a case is a marker, and so is each reason that its page tells again. Each person asks each
way that is written here once, and all markers are looked for in the answer: the page, with its history,
pauses, level, hearing and notices; the desk; the list with its count, its sorts and its filters; searching,
autocomplete, similar cases and places; a step opened again, sent back with a mistake and checked; files, the
letter, the statement; the spreadsheet; reading copies; and what leaves by mail, short message and webhook.
Every address of the application – with the CSV exports and the bulk actions of the archive room – is asked in
test_archive_leaks.py, by four people; changing requests in tests/attack.
"""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from documents import files
from documents.actions import confiding, registration, steps
from documents.actions.confiding import Asked
from documents.actions.uploads import accept
from documents.audit import AuditEntry
from documents.complaint import Complaint
from documents.notice import Notice
from documents.person import Absence, Person, Post
from documents.policy import Policy, publish, roles_in_force
from documents.reading_copy import PARTS, Reader, copy_content
from documents.rules.access import may
from documents.volume import Volume
from jobs import papers
from portal.case_filters import SORTS
from tests.conftest import FOUNDED, Beginning
from tests.jobs.gateways import Gateway
from tests.long import LONG
from tests.pdf.reading import whole_text
from tests.portal import leaking
from tests.portal.conftest import NOW, SignIn
from tests.portal.leaking import KEY, STEP, Marked
from tests.portal.samples import COMPLAINT, TREATED, sent
from tests.portal.sending import sent_out, telling_everywhere

MARKER = re.compile(r"z[qs]\d{3}x")
# Ways in which everything that is allowed must be seen, so that the test cannot pass by showing nothing.
COMPLETE = {"page": {"intake", leaking.FORM, leaking.HELD}, "again": {leaking.FORM}, "export": {"intake"}}
# Who looks for it in every way in a short run; that it stands in no list or export is asked of everybody.
# Who reads a copy in a short run; in a long one everybody.
COPIED = ("at_role_0_4", "at_role_1_0", "at_role_2_3", "at_" + leaking.WHOLE, "elsewhere", "recused")
SECRETLY = {
    "at_role_3_4",
    "at_role_3_3",
    "at_role_0_4",
    "at_role_1_2",
    "elsewhere",
    "recused",
    "two_posts",
    "nobody",
}
COUNTED = re.compile(r"共 (\d+) 件")
# Each narrows the list in a way that fits both cases, or orders it.
NARROWED = (
    *(f"sort={one}" for one, _label in SORTS),
    *("status=open", "stage=received", "case_type=complaint", f"unit={leaking.HERE}", f"policy={KEY}"),
    *("channel=phone", "category=violation_fees", "due=today", "severity=high", "received_from=2026-01-01"),
)
NO_CELL, NO_PAGE = re.compile(r"^[et]\d|^a"), re.compile(r"^a")


ALL = (*leaking.fields(), *leaking.secrets())
EVERYTHING = {one.marker for one in ALL}


@dataclass
class World:
    """The case, and who may read what of it; and the confidential one beside it."""

    number: str
    secret: str
    letter: int
    allowed: Mapping[str, frozenset[str]]
    seen: frozenset[str]
    exporting: frozenset[str]
    files: Mapping[str, str]
    listed: frozenset[str]
    secret_files: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()  # what "asked" is asked, of the case and of the confidential one
    table: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def look(self, person: str, way: str, content: str, paper: Collection[str] = ()) -> set[str]:
        """Count what an answer shows, and what it must not; paper may show what is masked elsewhere."""
        found, open_ = set(MARKER.findall(content)), self.allowed[person] | set(paper)
        self.table[person, way, "allowed"] += len(found & open_)
        self.table[person, way, "denied"] += len(EVERYTHING - open_ - found)
        self.table[person, way, "leaked"] += len(found - open_)
        names = sorted(f"{one.name} {one.marker}" for one in ALL if one.marker in found - open_)
        self.wrong += [f"{person} {way}: {', '.join(names)}"] if names else []
        return found

    def counts(self, person: str, text: str, *, wanted: int) -> None:
        """A list counts no case that the person may not see, and each that he may."""
        found = [int(one) for one in COUNTED.findall(text)]
        self.table[person, "count", "allowed"] += wanted
        self.table[person, "count", "denied"] += 2 - wanted
        self.table[person, "count", "leaked"] += max(sum(found) - wanted, 0)
        self.wrong += [] if found == [wanted] else [f"{person} count: {found}, not {wanted}"]

    def in_sight(self, person: str) -> int:
        """How many of the two cases the person may see."""
        return (person in self.seen) + (person in self.listed)

    def must(self, person: str, way: str, *, shown: bool, wanted: bool) -> None:
        """Something was shown, or not, as the function says."""
        self.table[person, way, "allowed" if wanted else "denied"] += 1
        if shown and not wanted:
            self.table[person, way, "leaked"] += 1
        if shown != wanted:
            self.wrong.append(f"{person} {way}: {'shown' if shown else 'not shown'}")


def put_people() -> None:
    for key, posts in leaking.people().items():
        held = [Post(role=role, unit=unit) for role, unit in posts]
        away = [Absence(starts=FOUNDED, ends=NOW + timedelta(days=9), deputy="deputy")]
        absences = away if key in leaking.ABSENT else []
        told = {"name": f"人员{key}", "email": f"{key}@example.cn", "absences": absences}
        Person(id=key, login=key, posts=held, **told).save()
    Person(
        id=leaking.NAMED,
        login=leaking.NAMED,
        name=named_person(),
        posts=[Post(role="unit_head", unit=leaking.HERE)],
    ).save()


def named_person() -> str:
    return f"人员{leaking.NAMED}"


def file_of(marker: str, name: str) -> str:
    stream = io.BytesIO(f"{marker}\n".encode())
    return accept(stream, f"{name} {marker}.txt", actor=Person.get("cd_clerk"), now=NOW).id


def plainly(marker: str) -> str:
    return marker


def filed() -> tuple[Complaint, Complaint]:
    """The case, registered and with its evidence gathered by somebody who may read all of it; and its twin,
    which is confidential and known to one of those who look."""
    made = publish(leaking.definition(), by="setup", now=FOUNDED)
    put_people()
    case, twin = told(made, plainly, COMPLAINT["title"]), told(made, leaking.secret, leaking.TITLE)
    Complaint.collection().update_one({"_id": case.id}, {"$push": {"recused": "recused"}})
    for one in (case, twin):
        ask(one)
    asked = Asked(Person.get("cd_head"), NOW, f"涉及举报人 {leaking.REASON}")
    confiding.confide(twin.number, asked, ["at_" + leaking.WHOLE])
    return Complaint.get(case.number), Complaint.get(twin.number)


def ask(case: Complaint) -> None:
    """Ask whoever is complained about for a statement."""
    case = Complaint.get(case.number)
    said = leaking.asked()[0].marker
    said = leaking.secret(said) if case.title == leaking.TITLE else said
    values = {"heard_person": "asked", "hearing_question": said}
    whole = {"actor": Person.get("cd_clerk"), "now": NOW, "turn": case.turn}
    steps.perform(case.number, leaking.HEAR, values, submission=f"ask {case.number}", **whole)


def told(made: Policy, mark: Callable[[str], str], title: str) -> Complaint:
    clerk = Person.get("cd_clerk")
    values = json.loads(re.sub(r"zq\d{3}x", lambda found: mark(found[0]), json.dumps(leaking.values())))
    asked = {**COMPLAINT, "title": title, "respondent_name": named_person(), **values}
    case = registration.register(made, "complaint", asked, actor=clerk, now=NOW, submission=title)
    said: dict[str, Any] = {one.name: mark(one.marker) for one in leaking.evidence()}
    number, cell = (leaking.account(mark(one.marker)) for one in leaking.covered())
    said |= {"vi": number, "vt": [{"c0": cell}]}
    said |= {one.name: [file_of(mark(one.marker), one.name)] for one in leaking.papers()}
    whole = {"actor": clerk, "now": NOW, "turn": case.turn, "submission": f"{title} 2"}
    case = steps.perform(case.number, STEP, said, **whole)
    reasons = {one.name: mark(one.marker) for one in leaking.reasons()}
    whole |= {"turn": case.turn, "submission": f"{title} 3"}
    case = steps.perform(case.number, leaking.STILL, {**reasons, "new_level": "high"}, **whole)
    papers.render_letter(case.number, case.letters[0].seq, NOW.isoformat())
    return case


def judged(case: Complaint, twin: Complaint, also: Iterable[str] = ()) -> World:
    """What the permission function says, person by person."""
    scope, roles = case.case_scope(), leaking.definition()["roles"]
    reaches = {key: Person.get(key).reach(roles_in_force(), NOW) for key in (*leaking.people(), *also)}

    def open_to(person: str, one: Marked) -> bool:
        if one.veiled:
            return False  # it is shown to nobody who has not said why
        fields = [{"class": name, "sealed_to": list(one.sealed)} for name in one.closed]
        of = twin.case_scope() if one.marker.startswith("zs") else scope
        return all(may(reaches[person], "read", of, roles=roles, field=each) for each in fields)

    return World(
        number=case.number,
        secret=twin.number,
        listed=frozenset(twin.known_to),
        secret_files=tuple(one.file_id for one in twin.attachments),
        statements=(case.hearings[0].id, twin.hearings[0].id),
        letter=case.letters[0].seq,
        allowed={key: frozenset(one.marker for one in ALL if open_to(key, one)) for key in reaches},
        seen=frozenset(key for key, reach in reaches.items() if may(reach, "read", scope, roles=roles)),
        exporting=frozenset(
            key for key, reach in reaches.items() if may(reach, "export", scope, roles=roles)
        ),
        files={one.field: one.file_id for one in case.attachments},
    )


_filed = Beginning[tuple[str, str]]()


def filed_numbers() -> tuple[str, str]:
    case, twin = filed()
    return case.number, twin.number


@pytest.fixture
def world(policy: Policy, database: Any) -> World:
    case, twin = _filed.of(database, filed_numbers)
    return judged(Complaint.get(case), Complaint.get(twin))


def cells_of(content: bytes) -> str:
    book = load_workbook(io.BytesIO(content))
    return "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)


def ask_all(world: World, person: str, client: FlaskClient) -> None:
    """Every way that leads to the case."""
    case, step = f"/cases/{world.number}", f"/cases/{world.number}/steps/{STEP}"
    page, again = client.get(case), client.get(step)
    found = {"page": world.look(person, "page", page.text), "again": world.look(person, "again", again.text)}
    world.must(person, "open", shown=page.status_code == 200, wanted=person in world.seen)
    names_told(world, person, page.text if page.status_code == 200 else "")
    for way, address in {"list": "/cases", "desk": "/"}.items():
        shown = client.get(address).text
        world.look(person, way, shown)
        if way == "list":
            world.must(person, "row", shown=world.number in shown, wanted=person in world.seen)
            world.must(person, "secret row", shown=world.secret in shown, wanted=person in world.listed)
            world.counts(person, shown, wanted=world.in_sight(person))
    narrow(world, person, client)
    if again.status_code == 200:
        for way, address in {"echo": step, "check": f"{step}/check"}.items():
            world.look(person, way, client.post(address, data=sent(again.text, e1="x" * 99_999)).text)
    export = client.get("/cases.xlsx")
    found["export"] = world.look(person, "export", cells_of(export.data) if export.status_code == 200 else "")
    exported = export.status_code == 200 and world.number in cells_of(export.data)
    world.must(person, "export row", shown=exported, wanted=person in world.exporting)
    exported = export.status_code == 200 and world.secret in cells_of(export.data)
    wanted = person in world.exporting & world.listed
    world.must(person, "secret export", shown=exported, wanted=wanted)
    if person in SECRETLY or LONG:
        look_for_the_secret(world, person, client)
    complete(world, person, found)


def names_told(world: World, person: str, page: str) -> None:
    """Who was named, who was asked, who was passed over: told to who reads the field that says it."""
    allowed = world.allowed[person] if page else frozenset()
    named, heard = (leaking.ones()[one].marker in allowed for one in (2, 1))  # restricted, personal
    others = others_on(page)
    line = f"{named_person()}：投诉中被点名"
    world.must(person, "named", shown=line in others, wanted=named)
    cards = re.findall(r'id="hearings-title".*?</section>', others, re.DOTALL)
    world.must(person, "heard", shown="人员asked" in "".join(cards), wanted=heard)
    world.wrong += [f"{person}: named"] if named_person() in others and not named else []


def others_on(page: str) -> str:
    """The page of a case below its forms."""
    return page.partition('id="events-title"')[2]


def narrow(world: World, person: str, client: FlaskClient) -> None:
    """The list as one sort or one filter has it, in turns; with all of them in a long run."""
    turn = sorted(world.allowed).index(person)
    for one in NARROWED if LONG else (NARROWED[turn % len(NARROWED)],):
        shown = client.get(f"/cases?{one}").text
        world.look(person, "list", shown)
        world.must(person, "sort" if "sort" in one else "filter", shown=world.number in shown,
                   wanted=person in world.seen)  # fmt: skip
        world.must(person, "secret row", shown=world.secret in shown, wanted=person in world.listed)
        world.counts(person, shown, wanted=world.in_sight(person))


def look_for_the_secret(world: World, person: str, client: FlaskClient) -> None:
    """The confidential case, by its address, its words and what hangs on it."""
    case, known = f"/cases/{world.secret}", person in world.listed
    for way, address in {"page": case, "list": f"{case}/confidence", "step": f"{case}/steps/{STEP}"}.items():
        answer = client.get(address)
        world.look(person, f"secret {way}", answer.text)
        world.must(person, f"secret {way}", shown=answer.status_code == 200, wanted=known)
    shown = client.get(f"/cases?words={leaking.TITLE}").text
    world.look(person, "secret search", shown.replace(leaking.TITLE, ""))  # what was asked stands on the page
    world.must(person, "secret search", shown=world.secret in shown, wanted=known)
    shown = client.get(f"/lookups/cases?begins={leaking.TITLE}").text
    world.must(person, "secret autocomplete", shown=world.secret in shown, wanted=known)
    shown = client.get(f"{case}/files/{world.secret_files[0]}").text
    world.look(person, "secret file", shown)


def complete(world: World, person: str, found: Mapping[str, set[str]]) -> None:
    """Whether what is allowed is there as well."""
    for way, forms in COMPLETE.items():
        if (way == "export" and person not in world.exporting) or (way == "again" and not found["again"]):
            continue
        skipped = NO_CELL if way == "export" else NO_PAGE
        wanted = {one.marker for one in leaking.fields() if one.form in forms and not skipped.match(one.name)}
        if way == "export":
            wanted -= {one.marker for one in leaking.fields() if "restricted" in one.closed}
        missing = wanted & world.allowed[person] - found[way]
        world.wrong += [f"{person} {way}: does not show {sorted(missing)}"] if missing else []


def search_all(world: World, person: str, client: FlaskClient) -> None:
    """Finding, counting and offering by an answer says that it is there."""
    samples = {(one.closed[0], one.search): one for one in leaking.ones() if one.search}
    for (sensitivity, search), one in samples.items():
        if (sensitivity, search) == ("public", "text"):
            continue  # the titles of lists are found in the same way
        wanted = person in world.seen and one.marker in world.allowed[person]
        shown = client.get(f"/cases?words={one.marker}").text
        world.must(person, f"{search} search", shown=world.number in shown, wanted=wanted)
        world.counts(person, shown, wanted=int(wanted))
    for one in (samples["restricted", "text"],):
        wanted = person in world.seen and one.marker in world.allowed[person]
        offered = client.get(f"/lookups/cases?begins={one.marker}").text
        world.must(person, "autocomplete", shown=world.number in offered, wanted=wanted)
    one = samples["restricted", "exact"]
    similar = client.get(f"/lookups/similar/{KEY}/complaint?q_{one.name}={one.marker}").text
    wanted = person in world.seen and one.marker in world.allowed[person]
    world.must(person, "similar", shown=world.number in similar, wanted=wanted)
    for place in leaking.places():
        world.look(person, "places", client.get(f"/lookups/places/{KEY}/{place.name}").text)


def open_all(world: World, person: str, client: FlaskClient, letter: set[str]) -> None:
    """Files and letters."""
    for one in leaking.papers():
        answer = client.get(f"/cases/{world.number}/files/{world.files[one.name]}")
        world.look(person, "file", answer.text if answer.status_code == 200 else "")
        wanted = one.marker in world.allowed[person]
        world.must(person, "file", shown=answer.status_code == 200, wanted=wanted)
    answer = client.get(f"/cases/{world.number}/letters/{world.letter}")
    wanted = letter <= world.allowed[person] and person in world.seen
    world.must(person, "letter", shown=answer.status_code == 200, wanted=wanted)


def open_statements(world: World, person: str, client: FlaskClient) -> None:
    """Whoever was asked sees the question and what is opened, of the confidential case the question alone."""
    question, first, second, _ = (one.marker for one in leaking.asked())
    opened = {question, first, second}, {leaking.secret(question)}
    for key, wanted in zip(world.statements, opened, strict=True):
        answer = client.get(f"/statements/{key}")
        world.must(person, "statement", shown=answer.status_code == 200, wanted=person == "asked")
        found = set(MARKER.findall(answer.text))
        world.table[person, "statement", "denied"] += len(EVERYTHING - found)
        if found != (wanted if person == "asked" else set()):
            world.wrong.append(f"{person} statement: shows {sorted(found)}")


def printed(world: World, table: Callable[[str, object], None], title: str = "leaks") -> None:
    """The table of leaks: way by way, with the counts of all people together."""
    ways = list(dict.fromkeys(way for _person, way, _what in world.table))
    for way in ways:
        counts = Counter[str]()
        for (_person, known, what), number in world.table.items():
            counts[what] += number if known == way else 0
        line = "  ".join(f"{what} {counts[what]:>5}" for what in ("allowed", "denied", "leaked"))
        table(f"{title}: {way}", line)
        print(f"{way:<16}{line}")


def test_no_way_shows_what_the_function_denies(
    world: World, sign_in: SignIn, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    content = sign_in("at_" + leaking.WHOLE).get(f"/cases/{world.number}/letters/{world.letter}").data
    letter = set(MARKER.findall(whole_text(content, tmp_path)))
    assert len(letter) >= 3, "the letter merges answers"
    for person in leaking.people():
        client = sign_in(person)
        ask_all(world, person, client)
        search_all(world, person, client)
        open_all(world, person, client, letter)
        open_statements(world, person, client)
    printed(world, record_property)
    assert world.wrong == []


def test_a_reading_copy_shows_no_more(world: World) -> None:
    """Of what an archivist approves, forms and letters are covered; what is public is open to any reader."""
    clerks = {
        "solve": ("cd_clerk", TREATED),
        "pass_filing": ("intake_clerk", {"review_opinion": "处理得当。"}),
    }
    for key, (who, said) in {**clerks, "archive": ("archivist", {"archive_note": "无缺件。"})}.items():
        turn = Complaint.get(world.number).turn
        steps.perform(world.number, key, said, actor=Person.get(who), now=NOW, turn=turn, submission=key)
    case, roles = Complaint.get(world.number), roles_in_force()
    public = {one.marker for one in leaking.fields() if set(one.closed) == {"public"}}
    again = judged(case, Complaint.get(world.secret))
    for person in leaking.people() if LONG else COPIED:
        reader = Reader(Person.get(person), roles, frozenset(PARTS), "JY-1")
        volume = Volume(id=case.volume.number, cases=[case.number])
        content = copy_content(volume, reader, lambda one: files.read(one.file_id))
        shown = set(MARKER.findall(repr(content) + "".join(str(one.content) for one in content.enclosures)))
        personal = leaking.ones()[1].marker in again.allowed[person]  # what lies under a mask is no more
        read = {one.marker for one in leaking.fields() if one.veiled and personal}
        assert shown - again.allowed[person] - public - read == set(), person
        assert public <= shown, person
        whom = (named_person() in repr(content), "人员asked" in repr(content))
        kept = tuple(reader.may_read(case, {"class": one}) for one in ("restricted", "personal"))
        assert whom == kept, person  # a copy is for the reader himself, and for no deputy
        if person == "at_" + leaking.WHOLE:
            assert shown == {one.marker for one in leaking.fields() if not one.sealed}


def test_what_leaves_the_house_says_nothing(
    world: World, sign_in: SignIn, gateway: Gateway, record_property: Callable[[str, object], None]
) -> None:
    """Every rung tells by every way until all limits are missed; who was passed over is for readers."""
    telling_everywhere(KEY, Complaint.get(world.number).policy_version)
    told = sent_out(gateway, NOW + timedelta(days=90))
    assert len(gateway.taken) > 5
    for where, words in told.items():
        assert world.number in words, where
        if where != "AuditEntry":  # which is looked through below
            world.look("nobody", f"sent: {where}", words)
            world.must("nobody", f"sent: {where}", shown=named_person() in words, wanted=False)
    passed = Notice.objects(person=leaking.NAMED, number=world.number, sent=False)
    assert passed.count() > 0
    for person in ("at_role_3_0", "at_role_2_0", "at_role_1_0", "at_role_0_0"):
        page = sign_in(person).get(f"/cases/{world.number}").text
        reads = {leaking.ones()[one].marker for one in (1, 2)} <= world.allowed[person]
        beside = page.partition('class="aside"')[2]  # limits and notices, which stand beside the history
        world.must(person, "passed over", shown=named_person() in beside, wanted=reads)
    printed(world, record_property, "leaks outwards")
    assert world.wrong == []


def test_what_the_trail_keeps_says_nothing(world: World) -> None:
    closed = {one.marker for one in leaking.fields() if set(one.closed) != {"public"}}
    closed |= {one.marker for one in leaking.secrets()}
    rows = list(AuditEntry.collection().find({}))
    assert rows
    assert set(MARKER.findall(str(rows))) & closed == set()
