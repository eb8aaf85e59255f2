"""The portal on real servers in the Qinghe union; the administrator, a wrong role and a stranger open it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from documents.actions import drafting
from documents.draft import Draft
from tests.portal.conftest import (  # noqa: F401 - the fixtures of the portal's tests serve here too
    SignIn,
    app,
    application,
    perform,
    register,
    sign_in,
    stranger,
    submissions,
)


@pytest.fixture
def admin(sign_in: SignIn) -> FlaskClient:  # noqa: F811 - the fixture of that name is asked for
    """A signed-in administrator."""
    return sign_in("admin")


@pytest.fixture
def draft(admin: FlaskClient) -> Draft:
    """An open draft of P01, begun by the administrator."""
    return drafting.start("p01", actor="admin", now=datetime(2026, 2, 24, 1, 0, tzinfo=UTC))
