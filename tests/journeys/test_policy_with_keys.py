"""The same policy from nothing once more, with the keys alone; times and the letter with --long."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import Arrive
from tests.journeys.designing import KeyboardDesigner
from tests.journeys.founding import makes_everything
from tests.long import LONG

pytestmark = pytest.mark.early


def test_once_more_with_the_keyboard_alone(arrive: Arrive) -> None:
    admin = arrive("admin")
    designer = KeyboardDesigner(admin, "keys")
    makes_everything(designer, "keys", whole=LONG)
    designer.press(admin.page.get_by_role("link", name="后果与发布"))
    admin.sees("可以发布")
    designer.press(admin.page.get_by_role("button", name="发布第 1 版"))
    designer.press(admin.page.get_by_role("button", name="发布", exact=True).last)
    admin.sees("已发布第 1 版")
