"""The tools beside the designer: trying scenarios, renaming, supplements, import and export."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from documents import trial
from documents.actions import drafting
from documents.audit import AuditEntry
from documents.bundles.packing import bundle_files, zip_bytes
from documents.draft import Draft
from documents.draft_insight import insight
from documents.named_contact import NamedContact
from documents.pack_files import definition
from documents.person import Person
from documents.policy import publish
from documents.unit import Unit
from documents.work_calendar import WorkCalendarRecord

NOW = datetime(2026, 2, 24, 1, 0, tzinfo=UTC)


def field(key: str) -> dict[str, Any]:
    intake = next(one for one in Draft.of("p01").definition["forms"] if one["key"] == "intake")
    return next(one for part in intake["sections"] for one in part["fields"] if one["key"] == key)


def test_the_scenarios_of_a_draft_are_played(admin: FlaskClient, draft: Draft) -> None:
    page = admin.get("/admin/designer/p01/try")
    assert page.status_code == 200
    assert "相符" in page.text
    assert "不符</span>" not in page.text.replace('<span class="label">不符</span>', "")


def test_what_came_out_can_be_taken_as_expected(admin: FlaskClient, draft: Draft) -> None:
    change = {"do": "set", "path": "limits[supervise].amount", "value": 1}
    drafting.edit("p01", [change], actor="admin", now=NOW)
    page = admin.get("/admin/designer/p01/try").text
    key = page.split('name="scenario" value="')[1].split('"')[0]
    admin.post("/admin/designer/p01/try/accept", data={"scenario": key})
    left = admin.get("/admin/designer/p01/try").text.count('name="scenario"')
    assert left == page.count('name="scenario"') - 1
    drafting.undo("p01", actor="admin", now=NOW)
    assert admin.get("/admin/designer/p01/try").text.count('name="scenario"') == left + 1


def test_a_rename_is_shown_first_and_then_done(admin: FlaskClient, draft: Draft) -> None:
    place = "forms[intake].sections[matter].fields[demand]"
    sent = {"place": place, "new": "claim", "verb": "rename"}
    dry = admin.post("/admin/designer/p01/rename", data=sent)
    assert "更名为 claim" in dry.text
    assert field("demand"), "a dry run changes nothing"
    admin.post("/admin/designer/p01/rename", data={**sent, "confirmed": "yes"})
    assert field("claim")
    assert Draft.of("p01").definition["migrate"][-1]["to"] == "claim"


def test_a_rename_that_cannot_be_is_refused_in_words(admin: FlaskClient, draft: Draft) -> None:
    place = "forms[intake].sections[matter].fields[demand]"
    page = admin.post("/admin/designer/p01/rename", data={"place": place, "new": "facts", "verb": "rename"})
    assert page.status_code == 409
    assert "facts 已被使用" in page.text


def test_an_option_is_merged(admin: FlaskClient, draft: Draft) -> None:
    sent = {"place": "lists.channels[fax]", "new": "phone", "verb": "merge", "confirmed": "yes"}
    admin.post("/admin/designer/p01/rename", data=sent)
    fax = next(one for one in Draft.of("p01").definition["lists"]["channels"] if one["key"] == "fax")
    assert fax["merged_into"] == "phone"


def test_a_supplement_is_attached_where_it_was_put(admin: FlaskClient, draft: Draft) -> None:
    assert "海昌房地产集团" in admin.get("/admin/designer/p01/attach").text
    page = admin.get("/admin/designer/p01/attach/p08")
    assert page.status_code == 200
    hooks = {
        "hook_decision_form": "review",
        "hook_decision_step": "complaint/pass_review",
        "hook_assessor": "intake_head",
        "hook_assessor_unit": "intake_department",
    }
    shown = admin.post("/admin/designer/p01/attach/p08", data=hooks)
    assert "附加到草稿，并更新这些案例" in shown.text
    assert "第 4 步补填：投诉性质" in shown.text
    meanwhile = admin.post(
        "/admin/designer/p01/attach/p08", data={**hooks, "confirmed": "yes", "revision": "7"}
    )
    assert "草稿刚才又有修改" in meanwhile.text
    assert "supplements" not in Draft.of("p01").definition["policy"]
    revision = str(Draft.of("p01").revision)
    admin.post("/admin/designer/p01/attach/p08", data={**hooks, "confirmed": "yes", "revision": revision})
    done = Draft.of("p01").definition
    sent_back = next(one for one in done["scenarios"] if one["key"] == "sent_back")
    assert "complaint_nature" in sent_back["note"]["zh"]
    assert all(one.passed for one in trial.run(insight(Draft.of("p01")).definition))
    assert [one["key"] for one in done["policy"]["supplements"]] == ["p08"]
    review = next(one for one in done["forms"] if one["key"] == "review")
    assert review["sections"][-1]["key"] == "nature_p08"
    drafting.undo("p01", actor="admin", now=NOW)
    assert "supplements" not in Draft.of("p01").definition["policy"]


def test_a_hook_left_open_is_asked_for(admin: FlaskClient, draft: Draft) -> None:
    page = admin.post("/admin/designer/p01/attach/p08", data={})
    assert page.status_code == 409
    assert "请为" in page.text


def test_a_draft_is_exported_and_imported_again(admin: FlaskClient, draft: Draft) -> None:
    raw = admin.get("/admin/designer/p01/export.zip").data
    changed = definition("p01")
    changed["policy"]["document_number"] = "〔2026〕1号"
    fresh = zip_bytes(bundle_files(changed))
    assert raw != fresh
    admin.post("/admin/designer/import", data={"bundle": (io.BytesIO(fresh), "p01.zip")})
    assert Draft.of("p01").definition["policy"]["document_number"] == "〔2026〕1号"
    assert admin.get("/admin/designer/p01/export.zip").data == fresh


def test_a_named_contact_is_chosen_for_the_house_and_given_to_somebody_else_later(
    admin: FlaskClient, draft: Draft
) -> None:
    contact = {"key": "secretary", "label": {"zh": "董事会秘书", "en": "Board secretary"}}
    rung = f"ladders[main].rungs[{draft.definition['ladders'][0]['rungs'][0]['key']}].tell"
    tell = [{"contact": "secretary", "at": "union"}]
    for operation in (
        {"do": "set", "path": "contacts", "value": [contact]},
        {"do": "set", "path": rung, "value": tell},
    ):
        drafting.edit("p01", [operation], actor="admin", now=NOW)
    canvas = admin.get("/admin/designer/p01/contacts/secretary").text
    assert "尚未选定" in canvas
    assert "/admin/designer/p01/house" in canvas
    panel = admin.get("/admin/designer/p01/ladders/main").text
    assert "董事会秘书" in panel
    gate = admin.get("/admin/designer/p01/house").text
    assert "没有选定指定联系人“董事会秘书”" in gate
    assert (
        admin.post("/admin/designer/p01/house", data={"bind-contacts.secretary": "cd_head"}).status_code
        == 302
    )
    assert NamedContact.chosen("p01") == {"secretary": "cd_head"}
    publish(Draft.of("p01").definition, by="admin", now=NOW)
    drafting.discard("p01", actor="admin", now=NOW)
    page = admin.get("/admin/designer/p01/house").text  # no draft is open: of the version in force
    assert '<option value="cd_head" selected>' in page
    admin.post("/admin/designer/p01/house", data={"bind-contacts.secretary": "intake_head"})
    assert NamedContact.chosen("p01") == {"secretary": "intake_head"}
    assert [
        one.facts["person"] for one in AuditEntry.objects(verb="choose_contact").order_by("at", "id")
    ] == [
        [None, "cd_head"],
        ["cd_head", "intake_head"],
    ]
    assert Person.get("intake_head").name in admin.get("/admin/policies/p01/2/roles").text
    Person.objects(id="intake_head").update(active=False)
    assert "已不在岗" in admin.get("/admin/designer/p01/house").text


def test_an_upload_shows_what_the_house_lacks_and_sets_it_up(admin: FlaskClient, draft: Draft) -> None:
    Unit.objects(id="QH").update(unset__fonds_number=1)
    changed = definition("p01")
    changed["policy"]["calendar"] = "elsewhere"
    changed["roles"].append(
        {**changed["roles"][0], "key": "greeter", "label": {"zh": "迎宾", "en": "Greeter"}}
    )
    fresh = zip_bytes(bundle_files(changed))
    page = admin.post("/admin/designer/import", data={"bundle": (io.BytesIO(fresh), "p01.zip")})
    assert page.location.endswith("/admin/designer/p01/house")
    page = admin.get(page.location)
    assert "没有工作日历“elsewhere”" in page.text
    assert '<option value="shipped" selected>' in page.text
    assert 'name="bind-fonds.QH"' in page.text
    person = Person.objects(posts__unit="QH-SL").first()
    wrong = {"bind-calendar": "shipped", "bind-roles.greeter": "nobody@QH-SL", "bind-fonds.QH": "0128"}
    refused = admin.post("/admin/designer/p01/house", data=wrong)
    assert refused.status_code == 409
    assert "什么都没有改" in refused.text
    assert WorkCalendarRecord.objects(id="elsewhere").first() is None
    good = {**wrong, "bind-roles.greeter": f"{person.id}@QH-SL"}
    assert admin.post("/admin/designer/p01/house", data=good).status_code == 302
    assert Unit.get("QH").fonds_number == "0128"
    assert ("greeter", "QH-SL") in Person.get(person.id).viewer().posts
    assert WorkCalendarRecord.get("elsewhere").definition["key"] == "elsewhere"
    assert admin.get("/admin/designer/p01/export.zip").data == fresh
    Person.objects(id=person.id).update(pull__posts={"role": "greeter", "unit": "QH-SL"})
    WorkCalendarRecord.objects(id="elsewhere").delete()


@pytest.mark.parametrize("raw", [b"", b"not a zip", b"PK\x03\x04" + b"\x00" * 50])
def test_a_broken_upload_changes_nothing(admin: FlaskClient, draft: Draft, raw: bytes) -> None:
    page = admin.post("/admin/designer/import", data={"bundle": (io.BytesIO(raw), "p01.zip")})
    assert page.status_code == 422
    assert "没有导入" in page.text
    assert Draft.of("p01").revision == 1
