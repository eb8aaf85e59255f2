"""One stream over the open cases of a policy 在办案件流: carries only what those who ask read of a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from documents.complaint import Complaint

Row = Mapping[str, Any]
Progress = Callable[[int], None]
BATCH = 2_000


class Asker(Protocol):
    """Somebody who asks something of each case."""

    reads: Sequence[str]

    def ask(self, row: Row) -> None:
        """Take one case into account."""


def stream(
    policy: str, askers: Sequence[Asker], *, most: int, on_progress: Progress = lambda _done: None
) -> int:
    """Show every open case to those who ask, the oldest first when there are too many; how many it were."""
    wanted = [asker for asker in askers if asker.reads]
    if not wanted:
        return 0
    columns = dict.fromkeys((path for asker in wanted for path in asker.reads), 1)
    condition = {"policy": policy, "status": "open"}
    found = Complaint.collection().find(condition, {**apart(columns), "_id": 0})
    if Complaint.collection().count_documents(condition, limit=most + 1) > most:
        found = found.sort([("received_at", 1)]).limit(most)
    done = 0
    for done, row in enumerate(found.batch_size(BATCH), start=1):
        for asker in wanted:
            asker.ask(row)
        if done % BATCH == 0:
            on_progress(done)
    return done


def apart(columns: Mapping[str, int]) -> dict[str, int]:
    """MongoDB refuses to project a path and one below it."""
    return {
        path: 1
        for path in columns
        if not any(path != other and path.startswith(f"{other}.") for other in columns)
    }
