"""Events as a slice holds them: those that the server had to send in fragments are joined, or refused."""

from __future__ import annotations

from typing import Any

import bson
import pytest
from bson.raw_bson import RawBSONDocument
from bson.timestamp import Timestamp

from documents.backup import RAW, BackupBroken
from documents.backup_redo import whole_events

TIME = Timestamp(7, 1)


def sent(fragment: int = 0, of: int = 0, **told: Any) -> RawBSONDocument:
    """What the server sends: each top-level field of an event stands in one fragment."""
    split = {"splitEvent": {"fragment": fragment, "of": of}} if of else {}
    return RawBSONDocument(bson.encode({"_id": {"_data": "82"}, **split, **told}), RAW)


FIRST = sent(
    1, 2, operationType="replace", clusterTime=TIME, ns={"db": "d", "coll": "c"}, documentKey={"_id": 1}
)
SECOND = sent(2, 2, fullDocument={"_id": 1, "long": "x" * 100})
PLAIN = sent(operationType="delete", clusterTime=TIME)


def test_fragments_become_one_event() -> None:
    one, two, three = whole_events([PLAIN, FIRST, SECOND, PLAIN])
    assert (one, three) == (PLAIN, PLAIN)
    assert (two["operationType"], two["clusterTime"], two["documentKey"]["_id"]) == ("replace", TIME, 1)
    assert bson.decode(two["fullDocument"].raw) == {"_id": 1, "long": "x" * 100}


@pytest.mark.parametrize(
    "events",
    [
        pytest.param([FIRST], id="the second is missing"),
        pytest.param([SECOND], id="the first is missing"),
        pytest.param([FIRST, PLAIN, SECOND], id="something between"),
        pytest.param([FIRST, FIRST, SECOND], id="one twice"),
    ],
)
def test_fragments_that_do_not_follow_are_refused(events: list[RawBSONDocument]) -> None:
    with pytest.raises(BackupBroken, match="damaged"):
        list(whole_events(events))
