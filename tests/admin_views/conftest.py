"""The portal on real servers in the Qinghe union; the administrator, a wrong role and a stranger open it."""

from __future__ import annotations

from tests.portal.conftest import (  # noqa: F401 - the fixtures of the portal's tests serve here too
    app,
    application,
    perform,
    policy,
    register,
    sign_in,
    stranger,
    submissions,
    union,
)
