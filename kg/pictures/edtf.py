"""Dates that are not known to the day: the part of EDTF that constraint C13 lets in.

Extended Date/Time Format, levels 0 to 2 (https://www.loc.gov/standards/datetime/): a year, month or
day, an interval, or one date of a range; approximate (``~``), uncertain (``?``) or both (``%``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

_DAY = timedelta(days=1)
_DECEMBER = 12
_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?([~?%])?")
_RANGE = re.compile(r"\[(?P<first>.*?)\.\.(?P<last>.*?)\]")
_ALONE = re.compile(r"\[([\d-]+)\]")


class Form(StrEnum):
    """What a date says of when something was."""

    DATE = "date"  # on this day, or at some time in this month or year
    INTERVAL = "interval"  # from one date to another; without a last one, with an open end
    ONE_OF = "one-of"  # at one date between two


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The first and last day on which something can have been; None where nobody says.

    ``text`` is the year, month or day that says so, where it is one, and what follows how sure it
    is.
    """

    first: date | None = None
    last: date | None = None
    text: str = field(default="", compare=False)
    approximate: bool = field(default=False, compare=False)
    uncertain: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A date of EDTF: when something can have begun, when ended, and how sure that is."""

    form: Form
    begin: Span
    end: Span

    @property
    def doubtful(self) -> bool:
        """Whether a date in it is approximate or uncertain."""
        return any(each.approximate or each.uncertain for each in (self.begin, self.end))

    @property
    def certain(self) -> Span | None:
        """The days on which it was under way in any case, the last one open if the end is."""
        first = self.begin.last if self.form is Form.INTERVAL else self.begin.first
        if first is None or (self.form is not Form.INTERVAL and self.begin.first != self.end.last):
            return None
        last = self.end.first
        return Span(first=first, last=last) if last is None or first <= last else None


def parse_edtf(text: str) -> When:
    """What a date says. Raises ValueError for what is none, or not in these forms."""
    one_of = _RANGE.fullmatch(text)
    if one_of:
        first, last = _span(one_of["first"]), _span(one_of["last"])
        begin, end = replace(first, last=last.last), replace(last, first=first.first)
        return When(form=Form.ONE_OF, begin=begin, end=end)
    start, slash, rest = _ALONE.sub(r"\1", text).partition("/")
    found = _span(start)
    return When(
        form=Form.INTERVAL if slash else Form.DATE,
        begin=found,
        end=_span(rest) if slash else found,
    )


def _span(text: str) -> Span:
    """The days of a year, month or day; none for an end that is open or unknown."""
    if text in {"", ".."}:
        return Span()
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no date in the supported forms of EDTF.")
    year, month, day = (int(each) if each else None for each in match.groups()[:3])
    assert year is not None, "a date begins with its year"
    first = date(year, month or 1, day or 1)
    return Span(
        first=first,
        last=first if day else _last(year, month),
        text=text.rstrip("~?%"),
        approximate=match[4] in {"~", "%"},
        uncertain=match[4] in {"?", "%"},
    )


def _last(year: int, month: int | None) -> date:
    if month is None or month == _DECEMBER:
        return date(year, _DECEMBER, 31)
    return date(year, month + 1, 1) - _DAY
