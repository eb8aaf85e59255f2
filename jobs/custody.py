"""Looking round the archive (档案例行检查): what people who keep it must be told today."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from documents.actions import custody, holding, lending, recalling
from documents.policy import views_in_force


def look_round(now: str) -> int:
    """Tell of holds to be reviewed, loans that are over, and volumes that fell due. Each is told once.

    Loans of what their reader may no longer see are ended before.
    """
    moment = datetime.fromisoformat(now)
    policies = views_in_force()
    if not policies:
        return 0
    recalling.look_round(moment)
    today = moment.astimezone(ZoneInfo(policies[0].zone)).date()
    reminded = holding.remind(moment, today) + lending.remind(moment, today)
    return reminded + custody.tell_due(moment, today)
