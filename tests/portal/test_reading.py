"""Reading is audited: every address that shows a case or a file leaves an entry, and new ones cannot hide."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from documents.audit import AuditEntry
from documents.complaint import Complaint
from documents.volume import Volume
from portal.reading import digest_of
from portal.views import signing_in
from tests.conftest import DEMONSTRATED
from tests.portal.conftest import Register, SignIn
from tests.portal.doors import let_in
from tests.portal.noting import notes
from tests.portal.samples import COMPLAINT

PROJECT = Path(__file__).resolve().parents[2]
PEOPLE = ("admin", "archivist", "intake_head", "cd_clerk")

OWN_WORK = "one's own work: number, subject and deadline of what waits for the person"
# What needs no entry, and why. Whatever stands here must say a reason that an auditor accepts.
WITHOUT: dict[str, tuple[str, ...]] = {
    OWN_WORK: (
        *("drafts.list_drafts", "notices.inbox", "notices.open_notice", "uploads.drawing"),
        *("loans.index", "lending.index"),
    ),
    "numbers, subjects and deadlines for the running of the system; nothing of the complainant": (
        *("timers.export", "outbox.export", "numbers.index", "what_ifs.change"),
        *("what_ifs.index", "gate.shifts", "gate.examine", "gate.index", "gate.move"),
        *("gate.versions", "transfers.index", "signatures.index", "fixity.index", "holds.index", "holds.new"),
        *("later.index", "destructions.index", "lending.readings"),
        *("designer.replay", "reports.index"),
    ),
    "a counter or a bar that tells how far a job is": (
        *("designer.replay_progress", "destructions.progress", "filing.batch_progress"),
        *("filing.progress", "gate.count", "gate.progress", "inspections.progress", "register.progress"),
        *("reports.progress", "transfers.progress", "what_ifs.change_progress", "what_ifs.progress"),
    ),
    "single values of one's own cases while a form is typed into; the case itself is noted": (
        *("lookups.value", "lookups.places", "lookups.units"),
    ),
    "no case is shown: organisation, policies, calendars, settings, the frame": (
        *(
            "admin.index",
            "assets.asset",
            "static",
            "health.healthz",
            "health.readyz",
            "health.measures",
            "signing_in.sign_in",
            "signing_in.ask_code",
            "forgotten.ask",
            "forgotten.follow",
            "intake.choose",
        ),
        *("intake.fill", "profile.keys", "profile.profile", "calendars.ical", "calendars.index"),
        *("calendars.new", "calendars.year", "duties.complete", "duties.index", "duties.show"),
        *("inspections.settings", "people.new"),
        *("sign_ins.index",),
        *("units.index", "units.new", "units.show", "ways.index", "ways.new", "ways.show"),
        *("policies.forms", "policies.index", "policies.letters", "policies.limits", "policies.lists"),
        *("policies.more", "policies.overview", "policies.roles", "policies.versions", "policies.workflows"),
        *("designer.attach", "designer.condition", "designer.element", "designer.form_paper"),
        *("designer.house", "designer.import_bundle", "designer.index", "designer.letter_paper"),
        *("designer.names", "designer.new", "designer.overview", "designer.play_one", "designer.preview"),
        *("designer.rename", "designer.revision", "designer.section", "designer.supplements"),
        *("designer.try_scenarios", "designer.export_bundle"),
        *(
            "retaliation.show",
            "profile.own_password",
            "second_factor.set_up",
            "rights.index",
            "rights.person",
            "rights.form",
        ),
    ),
}
# Noted by their views; opened by the tests of their own pages, where such a case, volume or file is at hand.
ELSEWHERE: dict[str, tuple[str, ...]] = {
    "tests/admin_views/test_archive_room.py": (
        *("archive.file", "archive.original", "archive.picture", "archive.spines"),
    ),
    "tests/admin_views/test_archive_year_end.py": (
        *("transfers.package", "transfers.form_file", "register.file"),
    ),
    "tests/admin_views/test_archive_reports.py": (
        *("reports.cases", "reports.edit", "reports.file", "reports.report"),
    ),
    "tests/admin_views/test_filing_pages.py": ("filing.batch", "filing.form", "later.later"),
    "tests/admin_views/test_holds_pages.py": ("holds.show",),
    "tests/admin_views/test_disposal_pages.py": (
        *("destructions.show", "destructions.certificate", "disposal.index", "archive.index"),
    ),
    "tests/admin_views/test_lending_pages.py": (
        "loans.read",
        "loans.picture",
        "lending.export",
        "lending.show",
    ),
    "tests/admin_views/test_inspection_pages.py": (
        *("inspections.machine", "inspections.printed", "inspections.show"),
    ),
    "tests/admin_views/test_running.py": ("duties.evidence", "outbox.details_view"),
    "tests/admin_views/test_who_has_seen.py": ("seen.index", "seen.export"),
    "tests/admin_views/test_doors.py": (
        *("people.export", "audit.export", "people.show", "audit.details_view"),
        "timers.details_view",
    ),
    "tests/portal/test_recusal.py": ("kin.show",),
    "tests/jobs/test_packages.py": ("receiving.received", "receiving.index"),
    "tests/portal/test_uploads.py": ("files.attachment", "files.drawing"),
    "tests/portal/test_case_page.py": ("files.letter", "files.volume"),
    "tests/portal/test_intake.py": ("lookups.similar",),
    "tests/portal/test_confidence.py": ("confidence.show",),
    "tests/portal/test_statements.py": ("statements.show", "statements.attachment"),
    "tests/portal/test_revealing.py": ("revealing.ask",),
    "tests/portal/test_out_of_sight.py": ("what_ifs.show", "what_ifs.workbook"),
}
HERE = (
    *("cases.case", "cases.list_cases", "cases.export", "steps.show", "lookups.cases", "watch.watch"),
    *("register.index", "filing.index", "duties.export", "desk.desk", "supervision.index"),
    *("clock.index", "clock.live", "clock.rehearsal", "timers.index_view", "outbox.index_view"),
    *("audit.index_view", "people.index_view", "inspections.index"),
)


def rules(app: Flask) -> Iterator[Rule]:
    """Every address that can be read."""
    yield from (rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()))


def test_every_address_is_noted_or_says_why_not(application: Flask) -> None:
    known = [*HERE, *(one for group in (*WITHOUT.values(), *ELSEWHERE.values()) for one in group)]
    assert sorted({rule.endpoint for rule in rules(application)} - set(known)) == []
    assert sorted(set(known) - {rule.endpoint for rule in rules(application)}) == []
    assert set(HERE) & {one for group in WITHOUT.values() for one in group} == set()


def test_each_view_that_is_opened_elsewhere_writes_an_entry(application: Flask) -> None:
    assert [file for file in ELSEWHERE if not (PROJECT / file).exists()] == []
    silent = [one for group in ELSEWHERE.values() for one in group if not notes(application, one)]
    assert silent == []


@pytest.mark.parametrize("endpoint", ["people.new", "archive.spines", "files.drawing", "rights.index"])
def test_the_reading_of_a_view_is_its_own(application: Flask, endpoint: str) -> None:
    """Beside others in their modules that note: those that show nothing are not taken to do so."""
    assert notes(application, endpoint) == (endpoint in {"archive.spines", "files.drawing"})


@pytest.fixture
def house(application: Flask, played: int) -> Iterator[Flask]:
    """The demo, at the moment for which it was played."""
    before = dict(application.config)
    application.config.update(CLOCK=lambda: DEMONSTRATED, WTF_CSRF_ENABLED=False)
    yield application
    application.config.update(before)


def browser(app: Flask, person: str) -> FlaskClient:
    client = app.test_client()
    let_in(client, person, app.config["CLOCK"]())
    return client


def names_of_titles() -> dict[str, set[str]]:
    """By what the cases with a subject, and the volumes in which they are, stand in the trail."""
    found: dict[str, set[str]] = {}
    for one in Complaint.objects.only("title", "number"):
        if len(one.title) > 4:
            found.setdefault(one.title, set()).add(one.number)
    for volume in Volume.objects.only("id", "cases"):
        for names in found.values():
            names.update([volume.id] if names & set(volume.cases) else [])
    return found


def noted_for(person: str) -> set[str]:
    """The cases and volumes that entries of this person name; they are taken away for the next page."""
    entries = AuditEntry.objects(by=person)
    found = {one.subject for one in entries} | {
        name for one in entries for name in one.facts.get("cases", ())
    }
    entries.delete()
    return found


def test_no_page_shows_a_case_without_an_entry(house: Flask) -> None:
    """Every address without arguments, as four people: whose subject stands there is named in an entry."""
    known, shown, silent = names_of_titles(), 0, []
    exempt = {one for group in WITHOUT.values() for one in group}
    plain = [rule for rule in rules(house) if not rule.arguments and rule.endpoint not in WITHOUT[OWN_WORK]]
    for person in PEOPLE:
        client = browser(house, person)
        noted_for(person)
        for rule in plain:
            if rule.endpoint in exempt and person != "admin":
                continue  # what needs no entry is looked at by who sees the most
            answer = client.get(rule.rule)
            file = "attachment" in str(answer.headers)
            text = answer.text if answer.mimetype == "text/html" and answer.status_code == 200 else ""
            titles = [title for title in known if title in text]
            noted = noted_for(person) if titles or file else set()
            shown += bool(titles)
            if any(not known[title] & noted for title in titles) or (file and not noted):
                silent.append((person, rule.endpoint))
    assert silent == []
    assert shown > 10


def test_the_pages_of_a_case_leave_who_saw_which_protected_field(house: Flask) -> None:
    case = Complaint.objects(status="open", stage="handling").first()
    who = "intake_head"
    client = browser(house, who)
    wanted = {"fields": ["complainant_phone"], "usual": "联系投诉人"}
    assert client.post(f"/cases/{case.number}/reveal", data=wanted).status_code == 302
    assert client.get(f"/cases/{case.number}").status_code == 200
    page = AuditEntry.objects(verb="read", subject=case.number, by=who).first()
    assert page.facts["way"] == "page"
    assert "complainant_phone" in page.facts["fields"]


def test_a_step_is_a_reading_and_a_refusal_is_none(sign_in: SignIn, register: Register) -> None:
    case = register()
    client = sign_in("cd_clerk")
    assert client.get(f"/cases/{case.number}/steps/report").status_code == 200
    assert AuditEntry.objects.get(verb="read", by="cd_clerk").facts["way"] == "step"
    assert sign_in("hk_clerk").get(f"/cases/{case.number}").status_code == 404
    assert AuditEntry.objects(by="hk_clerk").count() == 0


def test_searched_words_are_kept_as_a_digest_only(app: Flask, sign_in: SignIn, register: Register) -> None:
    case = register()
    client = sign_in("cd_clerk")
    client.get("/cases", query_string={"words": COMPLAINT["complainant_phone"], "status": "open"})
    client.get("/lookups/cases", query_string={"begins": "转账"})
    client.get("/cases.xlsx", query_string={"words": "手续费"})
    told = list(AuditEntry.objects(verb__in=("search", "export"), by="cd_clerk").order_by("id"))
    assert COMPLAINT["complainant_phone"] not in str([one.to_mongo() for one in told])
    assert "转账" not in str([one.facts for one in told])
    with app.app_context():
        assert told[0].facts["words"] == digest_of(COMPLAINT["complainant_phone"])
    assert (told[0].facts["cases"], told[0].facts["filters"]) == ([case.number], {"status": "open"})
    client.get("/cases", query_string={"words": case.number})
    assert sum(one.facts.get("number") == case.number for one in AuditEntry.objects) == 1


def test_a_page_without_its_entry_is_not_given_out(
    sign_in: SignIn, register: Register, monkeypatch: pytest.MonkeyPatch, app: Flask
) -> None:
    case = register()
    client = sign_in("cd_clerk")
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def full(_rows: Any) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("portal.reading.page_entries.note_page", full)
    answer = client.get(f"/cases/{case.number}")
    assert answer.status_code == 500
    assert case.title not in answer.text


def test_signing_in_out_and_failing_are_noted_without_the_words(stranger: FlaskClient) -> None:
    for login, password in (("chengdong", "wrong"), ("MyPassw0rd!", "x"), ("chengdong", "juanzong")):
        stranger.post("/sign-in", data={"login": login, "password": password})
    stranger.post("/sign-out")
    told = list(AuditEntry.objects(verb__startswith="sign_").order_by("id"))
    assert [(one.verb, one.by) for one in told] == [
        ("sign_in_failed", "stranger"),
        ("sign_in_failed", "stranger"),
        ("sign_in", "cd_clerk"),
        ("sign_out", "cd_clerk"),
    ]
    assert told[0].subject == "person:cd_clerk"
    assert told[1].subject.startswith("login:")
    assert "MyPassw0rd!" not in str([one.to_mongo() for one in told])


def test_a_closed_door_is_noted_once(stranger: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing_in, "FOR_AN_ACCOUNT", 2)
    for _ in range(6):
        stranger.post("/sign-in", data={"login": "chengdong", "password": "wrong"})
    told = AuditEntry.objects(verb="sign_in_failed")
    assert (told.count(), told.filter(facts__closed__exists=True).count()) == (3, 1)
