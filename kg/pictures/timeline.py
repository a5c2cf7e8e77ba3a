"""Things in time: when each can have been, as it says itself or as follows from the others.

Which classes have periods the shapes say (a date that begins one, ``sh:lessThanOrEquals``), and by
roles (``api:role``) which members tell the date, the whole that a thing is a part of, and what
comes later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from typing import TypeAlias, cast

from kg.documents.description import Json
from kg.pictures.edtf import Span, When, parse_edtf
from kg.schema.filters import Filter, Kind, filters_of
from kg.schema.members import Member, Profile
from kg.schema.schema import Collection, Schema

TIMELINE_LIMIT = 200  # things that one picture shows

Thing: TypeAlias = Mapping[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """A thing in time.

    ``when`` is what it says itself, if anything; ``span`` the days on which it can have been, from
    all that is known. ``wholes`` and ``later`` are the IRIs of things in the same timeline;
    ``depth`` counts the wholes above it.
    """

    thing: Thing
    when: When | None
    span: Span
    wholes: tuple[str, ...]
    later: tuple[str, ...]
    depth: int = 0

    @property
    def iri(self) -> str:
        """The thing's IRI."""
        return str(self.thing["iri"])


def dated_collections(schema: Schema) -> dict[str, Member]:
    """The collections of things that have periods, by name, and the member that begins these."""
    found = ((each, begin_of(schema, each)) for each in schema.collections.values())
    return {collection.name: member for collection, member in found if member}


def begin_of(schema: Schema, collection: Collection) -> Member | None:
    """The member by which things of a collection begin a period, if they have any."""
    own = schema.profile([collection.class_iri]).own
    return next((each for each in own if each.until and each.predicate), None)


def timelines_about(schema: Schema, profile: Profile) -> dict[str, str]:
    """By the collections that have a timeline, the filter that keeps to what has to do with a thing
    of some classes: events to their actor, say. None for things that are in the timeline.
    """
    found: dict[str, str] = {}
    for name in dated_collections(schema):
        class_iri = schema.collections[name].class_iri
        ways = (each for each in filters_of(schema, class_iri) if _leads_to(each, profile))
        way = next(ways, None)
        if way and class_iri not in profile.lineage:
            found[name] = way.name
    return found


def _leads_to(way: Filter, profile: Profile) -> bool:
    """Whether a filter is by things of these classes, and not by where an item comes from."""
    classes = {iri for each in way.members for iri in each.classes if not each.role}
    return way.kind is Kind.ENTITY and not classes.isdisjoint(profile.lineage)


def happenings(schema: Schema, class_iri: str, things: Iterable[Json]) -> list[Happening]:
    """Things in their JSON form as they follow one another, parts after their wholes."""
    reader = _Reader(schema, class_iri)
    found = [reader.happening(cast("Thing", each)) for each in things]
    known = {each.iri for each in found}
    inside = [_within(each, known) for each in found]
    return _in_order(_narrowed(inside))


def written(happening: Happening) -> dict[str, Json]:
    """A thing as JSON with the days on which it can have been, and whether it says so itself."""
    span = happening.span
    return {
        **happening.thing,
        "span": {
            "first": span.first.isoformat() if span.first else None,
            "last": span.last.isoformat() if span.last else None,
            "stated": happening.when is not None,
        },
    }


class _Reader:
    """Reads the members that tell of time."""

    def __init__(self, schema: Schema, class_iri: str) -> None:
        profile = schema.profile([class_iri])
        self._names = {each.role: each.name for each in profile.own if each.role}
        begin = next((each for each in profile.own if each.until), None)
        until = begin.until if begin else None
        end = next((each for each in profile.own if each.predicate == until), None)
        self._begin = begin.name if begin else None
        self._end = end.name if end else None

    def happening(self, thing: Thing) -> Happening:
        when = self._when(thing)
        wholes = self._things(thing, "whole")
        span = Span(first=_day(thing, self._begin), last=_day(thing, self._end))
        spans = [span, *([_extent(when)] if when else [])]
        # A whole need not be in the timeline itself: its date is shown wherever it is linked.
        spans += [_extent(found) for found in map(self._when, wholes) if found]
        return Happening(
            thing=thing,
            when=when,
            span=_common(spans),
            wholes=tuple(str(each["iri"]) for each in wholes),
            later=tuple(str(each["iri"]) for each in self._things(thing, "later")),
        )

    def _when(self, thing: Thing) -> When | None:
        text = thing.get(self._names.get("date", ""))
        try:
            return parse_edtf(text) if isinstance(text, str) else None
        except ValueError:  # the shapes refuse it, but they may be others than ours
            return None

    def _things(self, thing: Thing, role: str) -> list[Thing]:
        values = thing.get(self._names.get(role, ""))
        found = values if isinstance(values, list) else [values]
        return [cast("Thing", each) for each in found if isinstance(each, Mapping)]


def _day(thing: Thing, name: str | None) -> date | None:
    value = thing.get(name) if name else None
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _extent(when: When) -> Span:
    return Span(first=when.begin.first, last=when.end.last)


def _common(spans: Sequence[Span]) -> Span:
    """The days that all spans have in common."""
    firsts = [each.first for each in spans if each.first]
    lasts = [each.last for each in spans if each.last]
    return Span(first=max(firsts, default=None), last=min(lasts, default=None))


def _within(happening: Happening, known: set[str]) -> Happening:
    """The same with the links alone that stay among the things known."""
    return replace(
        happening,
        wholes=tuple(each for each in happening.wholes if each in known),
        later=tuple(each for each in happening.later if each in known),
    )


def _narrowed(found: Sequence[Happening]) -> list[Happening]:
    """With what follows: a part lies in its whole, and what is earlier neither ends nor begins
    after what is later.
    """
    spans = {each.iri: each.span for each in found}
    for _ in found:  # each round carries a bound one link further
        before = dict(spans)
        for each in found:
            spans[each.iri] = _common([spans[each.iri], *(spans[up] for up in each.wholes)])
            for later in each.later:
                spans[later] = _common([spans[later], Span(first=spans[each.iri].first)])
                spans[each.iri] = _common([spans[each.iri], Span(last=spans[later].last)])
        if spans == before:
            break
    return [replace(each, span=spans[each.iri]) for each in found]


def _in_order(found: Sequence[Happening]) -> list[Happening]:
    """What can have begun first comes first, but nothing before what is earlier; parts follow
    their whole.
    """
    return _Order(found).result


class _Order:
    """Puts things in order, level by level of the parts."""

    def __init__(self, found: Sequence[Happening]) -> None:
        self._by_iri = {each.iri: each for each in found}
        self._parts: dict[str | None, list[Happening]] = {}
        for each in found:
            self._parts.setdefault(self._whole(each), []).append(each)
        self.result: list[Happening] = []
        self._seen: set[str] = set()
        self._add(None, 0)
        for each in found:  # parts of one another, in a ring
            if each.iri not in self._seen:
                self.result.append(each)

    def _whole(self, happening: Happening) -> str | None:
        return next((each for each in happening.wholes if each != happening.iri), None)

    def _add(self, whole: str | None, depth: int) -> None:
        level = self._parts.get(whole, [])
        for each in _sorted(level, self._blocks(level)):
            self._seen.add(each.iri)
            self.result.append(replace(each, depth=depth))
            self._add(each.iri, depth + 1)

    def _blocks(self, level: Sequence[Happening]) -> dict[str, set[str]]:
        """By each thing of a level, those of it that are later, or have a part that is."""
        here = {each.iri for each in level}
        return {
            each.iri: {
                found
                for late in self._later(each)
                if (found := self._up_to(here, late)) and found != each.iri
            }
            for each in level
        }

    def _later(self, happening: Happening) -> list[str]:
        """What is later than a thing or than any part of it."""
        parts = self._parts.get(happening.iri, ())
        return [*happening.later, *(late for each in parts for late in self._later(each))]

    def _up_to(self, level: set[str], iri: str) -> str | None:
        """Which thing of a level another one is, or is a part of."""
        up: str | None = iri
        for _ in self._by_iri:  # no longer than a chain of wholes can be, even where it is a ring
            if up is None or up in level:
                return up
            up = self._whole(self._by_iri[up])
        return None


def _sorted(level: Sequence[Happening], blocks: Mapping[str, set[str]]) -> Iterator[Happening]:
    """By when they can have begun, but none before what is earlier, unless that is a ring."""
    waiting = {each.iri: each for each in sorted(level, key=_begin)}
    blockers = dict.fromkeys(waiting, 0)
    for later in chain.from_iterable(blocks.values()):
        blockers[later] += 1
    while waiting:
        ready = next((iri for iri in waiting if not blockers[iri]), next(iter(waiting)))
        for later in blocks[ready]:
            blockers[later] -= 1
        yield waiting.pop(ready)


def _begin(happening: Happening) -> tuple[date, date, str]:
    span = happening.span
    return (span.first or date.max, span.last or date.max, happening.iri)
