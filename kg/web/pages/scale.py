"""From days to places on a line, and the marks along it.

Where most dates lie close together and few far away, the line is condensed: what lies between two
dates gets the less room for each day the further apart they are, and the marks are the dates.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from math import log1p
from statistics import fmean, median

MARGIN = 4.0  # percent that are left free on each side, for what has no bound there
END = 100.0
LETTER = 1.5  # percent that a letter of a mark takes, at the least
CROWDED = 4  # times that the usual gap is narrower than the mean one, where a line is condensed
_YEARS, _MONTHS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000), (1, 2, 3, 6)


@dataclass(frozen=True, slots=True)
class Mark:
    """A date on the line, at a percentage of it."""

    place: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Places, in percent of the line, of days from the first to the last of ``days``."""

    days: tuple[int, ...]
    places: tuple[float, ...]
    condensed: bool

    def place(self, day: date) -> float:
        """Where a day begins; outside the line's dates, at its margin."""
        number = day.toordinal()
        if number <= self.days[0]:
            return self.places[0]
        if number >= self.days[-1]:
            return self.places[-1]
        left = bisect_right(self.days, number) - 1
        first, last = self.days[left : left + 2]
        low, high = self.places[left : left + 2]
        return round(low + (high - low) * (number - first) / (last - first), 2)

    @property
    def marks(self) -> list[Mark]:
        """Dates to write along the line, as many as have room."""
        days = self.days if self.condensed else _round_days(self.days[0], self.days[-1])
        wanted = [date.fromordinal(each) for each in days]
        form = _form(wanted)
        found: list[Mark] = []
        for each in wanted:
            mark = Mark(self.place(each), each.strftime(form))
            width = LETTER * len(mark.label)
            free = not found or mark.place - found[-1].place >= width
            if free and mark.place + width <= END:
                found.append(mark)
        return found


def scale_of(dates: Iterable[date]) -> Scale | None:
    """The line on which all these dates have their place; None where there are none."""
    days = sorted({each.toordinal() for each in dates})
    if not days:
        return None
    if len(days) == 1:
        days.append(days[0] + 1)
    gaps = [later - earlier for earlier, later in pairwise(days)]
    condensed = median(gaps) * CROWDED < fmean(gaps)
    widths = [log1p(each) if condensed else float(each) for each in gaps]
    return Scale(days=tuple(days), places=_cumulated(widths), condensed=condensed)


def _cumulated(widths: Sequence[float]) -> tuple[float, ...]:
    share = (END - 2 * MARGIN) / sum(widths)
    places = [MARGIN]
    for width in widths:
        places.append(places[-1] + width * share)
    return tuple(round(each, 2) for each in places)


def _round_days(first: int, last: int) -> list[int]:
    """The beginnings of years, of months or of days, whichever are about as many as have room."""
    start, end = date.fromordinal(first), date.fromordinal(last)
    if last - first <= _room("2025-08-15"):
        return list(range(first, last + 1))
    for step in _MONTHS:
        if (last - first) / (30 * step) <= _room("2025-08"):
            return _months(start, end, step)
    years = end.year - start.year
    step = next(each for each in _YEARS if years / each <= _room("2025"))
    return _months(start, end, 12 * step)


def _room(label: str) -> int:
    """How many marks like this have room."""
    return int(END / LETTER / len(label))


def _months(start: date, end: date, step: int) -> list[int]:
    numbers = range(start.year * 12 + start.month - 1, end.year * 12 + end.month)
    firsts = (date(number // 12, number % 12 + 1, 1) for number in numbers if number % step == 0)
    return [each.toordinal() for each in firsts if start <= each <= end]


def _form(days: Iterable[date]) -> str:
    """As much of the dates as tells them apart: years alone where all are New Year's Days."""
    if all((each.month, each.day) == (1, 1) for each in days):
        return "%Y"
    return "%Y-%m" if all(each.day == 1 for each in days) else "%Y-%m-%d"


def day_after(day: date) -> date:
    """Where a day ends."""
    return day + timedelta(days=1) if day < date.max else day
