"""The page of things in time: a table whose last column is the picture.

So the picture needs no script, reads aloud as a table, and its rows are links. Beside it, lines
lead from what is earlier to what is later, which is all that is known of many things.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kg.pictures.edtf import Form, Span, When
from kg.pictures.timeline import Happening, Thing
from kg.schema.schema import Collection
from kg.web.pages.dates import Dates, bounds
from kg.web.pages.layout import rendered, translator
from kg.web.pages.scale import Scale, day_after, scale_of

DEEPEST = 4  # how far parts are moved in
SHORT = 1.2  # percent
LANES = 5  # lines beside one another at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A stretch of the line, in percent; ``kind`` is how it is drawn."""

    kind: str
    start: float
    width: float

    @property
    def is_point(self) -> bool:
        """Whether it is so short that only a point can be seen."""
        return self.width < SHORT


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A line in its lane beside a row: it starts here, ends here, or passes by."""

    lane: int
    starts: bool
    ends: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A thing in time as the page shows it; ``words`` tell when."""

    thing: Thing
    depth: int
    words: str
    when: When | None
    span: Span
    bars: Sequence[Bar]
    threads: Sequence[Thread]
    later: Sequence[Thing]


def timeline_page(
    collection: Collection,
    found: Sequence[Happening],
    *,
    count: int,
    filters: Sequence[tuple[str, str]],
) -> bytes:
    """The page of a timeline that shows ``found`` of the ``count`` things that filters let by."""
    scale = scale_of(day for each in found for day in _days(each))
    rows = rows_of(found, scale, Dates(texts=translator()))
    lanes = 1 + max((each.lane for row in rows for each in row.threads), default=-1)
    return rendered(
        "timeline.html",
        collection=collection,
        rows=rows,
        marks=scale.marks if scale else (),
        condensed=scale is not None and scale.condensed,
        lanes=lanes,
        count=count,
        filters=filters,
    )


def rows_of(found: Sequence[Happening], scale: Scale | None, dates: Dates) -> list[Row]:
    """The rows of a timeline, with what is drawn in each, and ``dates`` in words."""
    by_iri = {each.iri: each.thing for each in found}
    threads = _threads(found)
    return [
        Row(
            thing=each.thing,
            depth=min(each.depth, DEEPEST),
            words=_words(each, dates),
            when=each.when,
            span=each.span,
            bars=_bars(each, scale) if scale else (),
            threads=threads[each.iri],
            later=[by_iri[late] for late in each.later],
        )
        for each in found
    ]


def _days(happening: Happening) -> Iterable[date]:
    """The days at which something about a thing begins or ends."""
    when = happening.when
    spans = [happening.span, *([when.begin, when.end] if when else [])]
    firsts = (each.first for each in spans if each.first)
    lasts = (day_after(each.last) for each in spans if each.last)
    return [*firsts, *lasts]


def _words(happening: Happening, dates: Dates) -> str:
    """When: what the thing says itself, else what follows."""
    when, span = happening.when, happening.span
    if when is None:
        first, last = (day and dates.day(day) for day in (span.first, span.last))
        key = f"timeline.undated{bounds(first, last)}"
        return dates.texts(key, first=first, last=last)
    words = dates.when(when)
    whole = when.form is Form.DATE and when.begin.first != when.begin.last
    return dates.texts("timeline.within", when=words) if whole else words


def _bars(happening: Happening, scale: Scale) -> list[Bar]:
    """Where it can have been, lighter, and where it was in any case; faded where nobody says."""
    span, when = happening.span, happening.when
    if when is None:
        return [_bar("follows", span, scale)] if span.first or span.last else []
    found = []
    if when.certain != span:
        found.append(_bar("possible", span, scale))
    if when.certain:
        found.append(_bar("certain", when.certain, scale))
    if when.doubtful:
        found.append(_bar("doubtful", span, scale))
    return found


def _bar(kind: str, span: Span, scale: Scale) -> Bar:
    """From the first day to the end of the last; to the edge of the picture where one is open."""
    start = scale.place(span.first) if span.first else 0.0
    end = scale.place(day_after(span.last)) if span.last else 100.0
    return Bar(kind=kind, start=start, width=round(max(end - start, 0.0), 2))


def _threads(found: Sequence[Happening]) -> Mapping[str, Sequence[Thread]]:
    """For each row the lines from what is earlier to what is later, each in a lane of its own."""
    place = {each.iri: row for row, each in enumerate(found)}
    links = sorted(
        tuple(sorted((place[each.iri], place[late]))) for each in found for late in each.later
    )
    threads: dict[str, list[Thread]] = {each.iri: [] for each in found}
    free = [0] * LANES  # the row from which on a lane is free
    for first, last in links:
        lane = next((each for each in range(LANES) if free[each] <= first), LANES - 1)
        free[lane] = last
        for row in range(first, last + 1):
            thread = Thread(lane=lane, starts=row == first, ends=row == last)
            threads[found[row].iri].append(thread)
    return threads
