"""No address shows more than the permission function allows, with a confidential volume on the shelf.

Both cases are sealed, packed, lent, held, listed, inspected; every address of the application is asked by who
keeps an archive and does not know of the confidential one. What is given away – sheets, paper, packages – is
opened and read.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, url_for

from admin_views.completeness import bar_of
from documents import files
from documents.actions import confiding
from documents.actions.confiding import Asked
from documents.blind_index import called
from documents.complaint import Complaint
from documents.handover_list import handover_list
from documents.notice import Notice
from documents.person import Person, Post
from documents.policy import Policy
from documents.print_order import PrintOrder
from documents.register import Reader
from documents.transfer import TransferPackage
from documents.volume import Volume
from jobs import surroundings as house
from jobs.surroundings import Surroundings
from pdf import verifier
from tests.conftest import DATABASE_NAME, Beginning
from tests.long import LONG
from tests.pdf.reading import whole_text
from tests.portal import leaking, test_leaks
from tests.portal.conftest import NOW, SignIn
from tests.portal.filed_leaks import KNOWING, OUTSIDER, PUBLIC_ARCHIVIST, Shelf, sealed
from tests.portal.leaking import CLASSES, KEY, STEP
from tests.portal.samples import COMPLAINT
from tests.portal.test_leaks import MARKER, World, cells_of, judged, printed

# Where the number of the confidential case stands for who may not know of it, and why.
NUMBERED = {
    "transfers.package": "every number of a year is inside its package or has its reason (decision 019)",
}
# Where it has a mark instead.
MARKED = ("register.index", "register.file", "numbers.index", "transfers.index", "transfers.progress")


def known(world: World, shelf: Shelf) -> dict[str, list[Any]]:
    """What there is to fill addresses with, by the name of the part; most of it belongs to the case."""
    nothing = "duty_id order move what_if change upload path"
    notices = [one.id for one in Notice.objects.limit(3)]
    return {
        **{one: ["none"] for one in nothing.split()},
        **{
            "number": [world.number, world.secret],
            "volume_number": list(shelf.volumes),
            "seq": [world.letter],
            "sheet": [1],
            "version": [1],
            "year": [2026],
            "statement": [*world.statements],
        },
        **{
            "file_id": [*world.files.values(), *world.secret_files],
            "policy": [KEY],
            "key": [KEY, STEP],
            "case_type": ["complaint"],
        },
        **{
            "form": ["intake"],
            "field": ["p2"],
            "section": ["forms"],
            "element": ["intake"],
            "kind": ["webhook"],
        },
        **{"person_id": ["recused"], "code": ["QH-CD"], "letter": [leaking.LETTER], "limit": ["handle"]},
        **{
            "listed": ["channels"],
            "workflow": ["complaint"],
            "notice": [*notices, "none"],
            "export_type": ["csv"],
        },
        **shelf.parts,
    }


def addresses(app: Flask, world: World, shelf: Shelf) -> Iterator[tuple[str, str]]:
    """Every address that reads; one with a part that is not known here fails, so that none is left out."""
    parts, of_volumes = known(world, shelf), {"number": list(shelf.volumes)}
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint in ("static", "assets.asset"):
            continue
        assert rule.arguments <= set(parts), f"say in `known` what {rule.rule} is about"
        about = parts | (of_volumes if rule.endpoint.startswith(VOLUMES) else {})
        for number in range(max((len(about[one]) for one in rule.arguments), default=1)):
            given = {one: about[one][number % len(about[one])] for one in rule.arguments}
            with app.test_request_context():
                yield rule.endpoint, url_for(rule.endpoint, **given)
            if rule.endpoint.endswith(".index_view"):  # a list as its second column sorts it, from the end
                with app.test_request_context():
                    yield rule.endpoint, url_for(rule.endpoint, sort=1, desc=1)
    yield from shelf.real(app)


@pytest.fixture
def workshop(mongo_uri: str, valkey_url: str, tmp_path: Path) -> Iterator[None]:
    """Jobs of this process have scratch space of their own."""
    house._told[:] = [Surroundings(mongo_uri, DATABASE_NAME, valkey_url, folder=tmp_path)]
    yield
    house._told.clear()


def shown_in(content: bytes, folder: Path) -> str:
    """All that can be read in what was given away: sheets, paper, and everything within a package."""
    if content.startswith(b"%PDF-"):
        return whole_text(content, folder)
    if not content.startswith(b"PK"):
        return content.decode(errors="ignore")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if "[Content_Types].xml" in archive.namelist():
            return cells_of(content)
        return "\n".join(f"{name}\n{shown_in(archive.read(name), folder)}" for name in archive.namelist())


VOLUMES = ("archive.", "lending.readings", "lending.export", "inspections.inspect", "signatures.")
# Where who keeps the archive is turned away like the others, or sees rules: asked of these, and with --long.
ORGANISING = frozenset(
    {
        *("designer", "gate", "policies", "calendars", "units", "people", "ways", "what_ifs", "clock"),
        *("timers", "lookups", "profile", "second_factor", "health", "rights", "sign_ins", "supervision"),
    }
)
_shelf = Beginning[tuple[str, str, Shelf]]()


def shelved() -> tuple[str, str, Shelf]:
    case, twin = test_leaks.filed()
    return case.number, twin.number, sealed(case, twin)


@pytest.fixture
def shelf(policy: Policy, workshop: None, database: Any) -> tuple[World, Shelf]:
    case, twin, made = _shelf.of(database, shelved)
    return judged(Complaint.get(case), Complaint.get(twin), (OUTSIDER, PUBLIC_ARCHIVIST, "archivist")), made


def test_no_address_of_the_application_shows_more(
    app: Flask,
    shelf: tuple[World, Shelf],
    sign_in: SignIn,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    """Who may do everything but read is sent to every address; so is who may do it in another unit, and who
    keeps the archive: of all classes, or of some."""
    world, made = shelf
    for _endpoint, address in made.real(app):  # what they opened stands in the trail
        sign_in("archivist").get(address)
    asked, numbered, marked = Counter[int](), set[str](), set[str]()
    titled = defaultdict[str, set[str]](set)
    for person in ("at_role_0_4", "elsewhere", PUBLIC_ARCHIVIST, OUTSIDER):
        client = sign_in(person)
        keeps = person in (PUBLIC_ARCHIVIST, OUTSIDER)
        for endpoint, address in addresses(app, world, made):
            if keeps and not LONG and endpoint.partition(".")[0] in ORGANISING:
                continue
            answer = client.get(address)
            asked[answer.status_code] += 1
            shown = shown_in(answer.data, tmp_path)
            world.look(person, endpoint, shown, on_paper(world, person, answer.mimetype))
            numbered |= {endpoint} if world.secret in shown and world.secret not in address else set()
            named = COMPLAINT["complainant_name"] in shown  # inside the title of the volume
            titled[person] |= {endpoint} if named else set()
            marked |= {endpoint} if called(world.secret) in shown else set()
    printed(world, record_property, "archive leaks")
    assert asked[200] > 100, asked
    assert world.wrong == []
    assert numbered <= set(NUMBERED), numbered - set(NUMBERED)
    assert set(MARKED) <= marked, marked
    assert titled[PUBLIC_ARCHIVIST] == set()
    assert {"archive.index", "archive.spines", "receiving.index", "inspections.index"} <= titled[OUTSIDER]


def test_what_is_done_to_many_at_once_answers_as_for_none(
    app: Flask, shelf: tuple[World, Shelf], sign_in: SignIn
) -> None:
    """Bulk actions of the archive room, on what is confidential and on what there is not: who is not on the
    list gets the same answer, who is on it another."""
    world, made = shelf
    chosen = {
        "filing.prepare": ("number", world.secret, "LK-TS-2026-0224-9999"),
        "disposal.put_on_list": ("volume", made.volumes[1], "none"),
    }
    for endpoint, (name, kept, none) in chosen.items():
        with app.test_request_context():
            address = url_for(endpoint, unit="QH")
        same = {}
        for person in (OUTSIDER, "archivist"):
            answers = [
                sign_in(person).post(address, data={name: [one]}, follow_redirects=True)
                for one in (kept, none)
            ]
            world.look(OUTSIDER, f"bulk {name}", answers[0].text if person == OUTSIDER else "")
            told = [re.sub(NONCE, "", one.text).replace(kept, "…").replace(none, "…") for one in answers]
            same[person] = (answers[0].status_code, told[0]) == (answers[1].status_code, told[1])
        assert same == {OUTSIDER: True, "archivist": False}, endpoint
    assert world.wrong == []


NONCE = re.compile(r'nonce="[^"]*"|name="csrf[^>]*>|\d\d:\d\d:\d\d')


def on_paper(world: World, person: str, mimetype: str | None) -> set[str]:
    """What lies under a mask on pages is whole on paper, for who may read it."""
    personal = leaking.ones()[1].marker in world.allowed[person]
    given_away = mimetype in ("application/pdf", "application/octet-stream")
    return {one.marker for one in leaking.fields() if one.veiled and personal and given_away}


def test_each_package_holds_what_its_maker_may_know_and_accounts_for_the_rest(
    app: Flask, shelf: tuple[World, Shelf], sign_in: SignIn, tmp_path: Path
) -> None:
    """Both verify; the usual one names a confidential volume by its number, the other is for its list."""
    _world, made = shelf
    content = {}
    for package, who in zip(made.packages, (OUTSIDER, "archivist"), strict=True):
        found = TransferPackage.get(package)
        content[who] = files.read(found.built.file_id)
        with zipfile.ZipFile(io.BytesIO(content[who])) as archive:
            archive.extractall(tmp_path / who)
        assert verifier.verify(tmp_path / who / found.built.name) == []
        assert (found.built.volumes, found.check_result.whole) == (1, True)
    usual, apart = (shown_in(content[who], tmp_path) for who in (OUTSIDER, "archivist"))
    assert {one for one in MARKER.findall(usual) if one.startswith("zs")} == set()
    assert {leaking.TITLE, leaking.FILE} <= set(MARKER.findall(apart))
    assert {one for one in MARKER.findall(apart) if one.startswith("zq")} == set()
    kept = Volume.get(made.volumes[1])
    for words in ("保密，另行移交", f"{kept.pages} 页，SHA-256 {kept.sha256}", kept.id, kept.case):
        assert words in usual, words
    assert "其中1个保密或须回避，只列编号" in usual
    assert "不属保密，在普通移交包" in apart
    for package in made.packages:  # every number has its piece of the bar, and its words
        bar = bar_of(TransferPackage.get(package).check_result)
        assert (bar.total, [piece.count for piece in bar.pieces]) == (2, [1, 1])

    address = "/admin/transfers/package.zip?unit=QH&year=2026"
    fetched = {who: sign_in(who).get(f"{address}&confidential=1") for who in (*KNOWING[2:], OUTSIDER)}
    assert {who: answer.status_code for who, answer in fetched.items()} == {
        "intake_head": 200,
        "archivist": 200,
        OUTSIDER: 404,
    }
    assert sign_in(OUTSIDER).get(address).status_code == 200


def test_a_title_names_nobody_to_who_may_not_read_the_name(
    shelf: tuple[World, Shelf], sign_in: SignIn
) -> None:
    _world, made = shelf
    page, name = "/admin/archive/?unit=QH", COMPLAINT["complainant_name"]
    shown = {who: sign_in(who).get(page).text for who in (OUTSIDER, PUBLIC_ARCHIVIST)}
    assert [name in text for text in shown.values()] == [True, False]
    assert all(COMPLAINT["title"] in text for text in shown.values())
    assert f"关于投诉“{COMPLAINT['title']}”的处理材料" in html.unescape(shown[PUBLIC_ARCHIVIST])
    package = TransferPackage.get(made.packages[0])
    listed = [str(handover_list(package, reader=Reader(frozenset(reads)))) for reads in (["public"], CLASSES)]
    assert [name in text for text in listed] == [False, True]
    Volume.collection().update_many({}, {"$unset": {"title_classes": 1, "open_title": 1}})  # sealed before
    old = {who: sign_in(who).get(page).text for who in (OUTSIDER, PUBLIC_ARCHIVIST)}
    assert [name in text for text in old.values()] == [True, False]
    assert "2026年办结的投诉材料" in old[PUBLIC_ARCHIVIST]
    assert made.volumes[0] in old[PUBLIC_ARCHIVIST]


def test_what_was_taken_away_is_given_again_to_who_may_still_know(
    shelf: tuple[World, Shelf], sign_in: SignIn
) -> None:
    """A case becomes confidential after packages and exports were made: fetching them is asked again."""
    world, made = shelf
    year = "unit=QH&year=2026"
    register = f"/admin/register/exports/{made.parts['order_id'][0]}"
    exports = [register, f"/admin/transfers/form.pdf?{year}"]
    client = sign_in(OUTSIDER)
    assert [client.get(one).status_code for one in exports] == [200, 200]
    tried = f"/admin/numbers/?{year}&words={world.secret}"
    assert made.volumes[1] not in client.get(tried).text  # nobody finds out by trying
    assert made.volumes[1] in sign_in("archivist").get(tried).text

    asked = Asked(Person.get("cd_head"), NOW, "举报人要求")
    confiding.confide(world.number, asked)  # who fetched it yesterday may not know of it today
    refused = client.get(f"/admin/transfers/package.zip?{year}")
    assert (refused.status_code, "包内有 1 卷保密" in refused.text) == (409, True)
    for one in exports:
        refused = client.get(one)
        assert (refused.status_code, "有 1 件投诉现在保密或须您回避" in refused.text) == (409, True), one
    for page in ("transfers", "receiving", "archive", "numbers", "register"):
        text = client.get(f"/admin/{page}/?{year}").text
        assert COMPLAINT["title"] not in text, page
        assert world.number not in text, page
    confiding.change_list(world.number, asked, add=[OUTSIDER])
    assert [client.get(one).status_code for one in exports] == [200, 200]
    PrintOrder.collection().update_many({}, {"$unset": {"named": 1}})  # as they were made before
    assert [client.get(one).status_code for one in exports] == [409, 409]
    Person.objects(id=OUTSIDER).update(posts=[Post(role="role_1_4", unit="QH-CD")])  # reads less now
    refused = client.get(register)
    assert (refused.status_code, "岗位或可看的级别已变" in refused.text) == (409, True)
