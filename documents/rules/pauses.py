"""Pauses 暂停: dated intervals during which a clock stands still."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from documents.rules.broken import RuleBroken
from documents.rules.durations import aware

Pause = tuple[datetime, datetime | None]  # from, until; None while it lasts


@dataclass(frozen=True)
class Pauses:
    """暂停: the ended intervals, merged and in order, and since when the clock stands still now."""

    ended: tuple[tuple[datetime, datetime], ...] = ()
    open_since: datetime | None = None

    def spend(
        self,
        start: datetime,
        amount: timedelta,
        *,
        between: Callable[[datetime, datetime], timedelta],
        add: Callable[[datetime, timedelta], datetime],
    ) -> datetime:
        """The moment at which the amount has run, standing still in every pause."""
        position = start
        for begin, end in self.ended:
            run = between(position, begin)
            if run >= amount:
                break
            amount -= run
            position = end
        return add(position, amount)

    def running(
        self, start: datetime, end: datetime, *, between: Callable[[datetime, datetime], timedelta]
    ) -> timedelta:
        """What counts between two moments, without the pauses."""
        total = between(start, end)
        for begin, finish in self.ended:
            if begin < end and start < finish:
                total -= between(max(begin, start), min(finish, end))
        return total

    def days(self, to_local: Callable[[datetime], datetime]) -> list[tuple[date, date]]:
        """Stretches of days left out: after the day on which a pause begins, up to the day it ends.

        The mirror of day zero: the day of stopping still counts, the day of going on does not.
        A pause within one day takes no day away.
        """
        stretches: list[tuple[date, date]] = []
        for begin, end in self.ended:
            first, last = to_local(begin).date(), to_local(end).date()
            if stretches and first <= stretches[-1][1]:
                stretches[-1] = stretches[-1][0], last
            elif first < last:
                stretches.append((first, last))
        return stretches


def merged(pauses: Sequence[Pause], started_at: datetime) -> Pauses:
    """The pauses in order, overlaps joined, anything before the start left out."""
    ended: list[tuple[datetime, datetime]] = []
    for given, end in sorted(map(_checked, pauses), key=lambda pause: pause[0]):
        begin = max(given, started_at)
        joined = ended and begin <= ended[-1][1]
        if end is None:
            open_since = ended.pop()[0] if joined else begin
            return Pauses(tuple(ended), open_since)
        if joined:
            ended[-1] = ended[-1][0], max(end, ended[-1][1])
        elif end > begin:
            ended.append((begin, end))
    return Pauses(tuple(ended))


def _checked(pause: Pause) -> Pause:
    begin, end = pause
    begin = aware(begin).astimezone(UTC)
    if end is None:
        return begin, None
    end = aware(end).astimezone(UTC)
    if end < begin:
        raise RuleBroken("pause_ends_before_start", begin=begin.isoformat(), end=end.isoformat())
    return begin, end
