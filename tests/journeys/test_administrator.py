"""系统管理员, who keeps the house but sees no complaint."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.conftest import Arrive


def test_she_opens_every_page_of_the_administration(arrive: Arrive) -> None:
    admin = arrive("admin")
    admin.page.locator('[data-menu="admin"]').click()
    admin.settles()
    links = admin.page.locator(".side-menu a")
    addresses = [links.nth(index).get_attribute("href") or "" for index in range(links.count())]
    assert len(addresses) >= 8
    for address in addresses:
        admin.opens(address)
        expect(admin.page.get_by_role("heading", level=1)).not_to_be_empty()
        expect(admin.page.locator(".side-menu [aria-current=page]")).to_have_count(1)


def test_the_units_and_people_are_hers_and_the_complaints_are_not(arrive: Arrive) -> None:
    admin = arrive("admin")
    admin.opens("/admin/units/")
    admin.sees("城东信用社")
    admin.opens("/admin/people/")
    admin.sees("王敏")
    admin.opens("/cases")
    admin.sees("还没有投诉")
    expect(admin.page.get_by_role("link", name="登记投诉")).to_have_count(0)


def test_nobody_else_opens_the_administration(arrive: Arrive) -> None:
    wang = arrive("chengdong")
    expect(wang.page.locator('[data-menu="admin"]')).to_have_count(0)
    answer = wang.page.goto(wang.address + "/admin/people/")
    assert answer is not None
    assert answer.status in (403, 404)
    expect(wang.page.get_by_role("heading", name=re.compile("王敏"))).to_have_count(0)
