"""The same policy from nothing once more, with the keys alone."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import Arrive
from tests.journeys.designing import KeyboardDesigner
from tests.journeys.founding import makes_everything

pytestmark = pytest.mark.early


def test_once_more_with_the_keyboard_alone(arrive: Arrive) -> None:
    admin = arrive("admin")
    designer = KeyboardDesigner(admin, "keys")
    makes_everything(designer, "keys")
    designer.press(admin.page.get_by_role("link", name="后果与发布"))
    admin.sees("可以发布")
    designer.press(admin.page.get_by_role("button", name="发布第 1 版"))
    designer.press(admin.page.get_by_role("button", name="发布", exact=True).last)
    admin.sees("已发布第 1 版")
