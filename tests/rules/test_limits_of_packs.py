"""The shipped policies say what the table of all limits says: its rows, counted with their own limits."""

import pytest

from documents.pack_files import definition
from documents.rules.deadlines import deadline
from documents.rules.limits import SET_BY_SOMEBODY
from documents.rules.policy import PolicyView
from tests.rules.test_policy_limits import COUNTED
from tests.rules.time_world import BANK, at, shown

# Row of the table → the limit of the pack. "Immediately" has an internal number, which is the pack's own;
# rows without a limit are steps at once (1), yearly hand-over (9) or no clock of a case.
LIMITS = {
    **{2: "same_day", 3: "supervise", 4: "handle", 6: "report_up", 7: "cap"},
    **{13: "dispatch", 14: "finish", 15: "report_unfinished", 16: "escalate", 18: "revisit", 19: "on_site"},
    **{25: "issue_sheet", 26: "reply_general", 27: "interim", 28: "permanent"},
    **{30: "reply_general", 31: "reply_complex", 34: "pass_on", 39: "month", 40: "week"},
    **{44: "acknowledge", 45: "investigate", 46: "plan", 48: "acknowledge_feedback", 49: "feedback_result"},
    **{50: "promise", 52: "finish", 56: "finish", 58: "feedback", 59: "revisit"},
}
AT_ONCE = {
    **{
        12: ("p01", "violation"),
        21: ("p02", "pass_on"),
        22: ("p03", "presence_p03"),
        23: ("p03", "crisis_team_p03"),
    },
    **{24: ("p04", "first_review"), 29: ("p06", "acknowledge"), 33: ("p09", "report_emergency")},
    **{36: ("p10", "report_hq"), 43: ("p11", "react"), 51: ("p15", "sheet_reply"), 55: ("p15", "regulator")},
    57: ("p19", "answer"),
}
SET = {5: ("p01", "superior"), 32: ("p09", "resolve"), 35: ("p10", "check"), 38: ("p10", "node")}
ROWS = [row for row in COUNTED if row[0] in LIMITS]


@pytest.mark.parametrize(("row", "policy", "_definition", "start", "expected"), ROWS)
def test_the_pack_counts_as_the_table(row, policy, _definition, start, expected):
    limit = PolicyView(definition(policy.lower())).time_limit(LIMITS[row])
    assert shown(deadline(limit, at(start), BANK).due_at) == expected


@pytest.mark.parametrize(("pack", "key"), AT_ONCE.values())
def test_what_is_due_at_once_has_an_internal_number(pack, key):
    limit = PolicyView(definition(pack)).time_limit(key)
    assert (limit.counted_in, bool(limit.amount)) == ("immediately", True)


@pytest.mark.parametrize(("pack", "key"), SET.values())
def test_what_somebody_sets_has_no_number(pack, key):
    assert PolicyView(definition(pack)).time_limit(key).counted_in in SET_BY_SOMEBODY


def test_every_counted_row_is_looked_up_in_its_pack():
    assert {row for row, *_ in COUNTED} - set(LIMITS) - set(AT_ONCE) == {1, 9}
