"""An administrator who has never seen it: from nothing to a policy that a clerk works with, in the portal."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import Arrive
from tests.journeys.designing import Designer
from tests.journeys.founding import is_worked_with, makes_everything

pytestmark = pytest.mark.early


def test_from_nothing_to_a_working_policy(arrive: Arrive) -> None:
    admin = arrive("admin")
    makes_everything(Designer(admin, "opinions"), "opinions")
    admin.presses("后果与发布")
    admin.sees("可以发布")
    admin.presses("发布第 1 版")
    admin.page.get_by_role("button", name="发布", exact=True).last.click()
    admin.sees("已发布第 1 版")
    is_worked_with(arrive("chengdong"), "opinions")
