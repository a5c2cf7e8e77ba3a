"""How two things hang together: the shortest ways through items, with their evidence."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TypeAlias

from kg.documents.description import Json, Presenter, Writer
from kg.documents.lookup import Lookup
from kg.questions.rows import ONTOLOGY, node_of
from kg.rdf.namespaces import SCHEMA, SKOS
from kg.rdf.terms import NamedNode
from kg.schema.patterns import iris, listed
from kg.schema.schema import Schema

PATIENCE = 2.0  # seconds before the search stops, between two of its queries
BREADTH = 20_000  # links that one query may bring

_SOURCE = f"{ONTOLOGY}accordingTo"
_ROLES = frozenset(f"{ONTOLOGY}{name}" for name in ("doer", "affects"))
_NEGATION = f"{ONTOLOGY}negationOf"
# Links that explain nothing: everything has a kind, a status and a place in an article.
_MEANINGLESS = frozenset({f"{SKOS}Concept", f"{SKOS}ConceptScheme", f"{ONTOLOGY}Passage"})
_ASIDE = frozenset({f"{ONTOLOGY}passageOf", f"{SCHEMA}publisher", f"{SCHEMA}sameAs"})

_LINKS = """\
SELECT DISTINCT ?near ?link ?far ?forth WHERE {{
  {{ VALUES ?near {{ {near} }} VALUES ?link {{ {links} }} ?near ?link ?far BIND(1 AS ?forth) }}
  UNION
  {{ VALUES ?near {{ {near} }} VALUES ?link {{ {links} }} ?far ?link ?near BIND(0 AS ?forth) }}
  FILTER(isIRI(?far))
}} LIMIT {limit}"""


class _By(Enum):
    """By what a thing was reached, where that bars a way on.

    What one source says of two things does not link them; nor does a situation link those who would
    take part in it, unless a claim puts it forward: nothing else gives evidence of it.
    """

    SOURCE = auto()
    SITUATION = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class _Place:
    """A thing as reached in one manner."""

    node: NamedNode
    by: _By = _By.OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """A link from a place to the next: ``forth`` where the property leads that way."""

    start: _Place
    link: str
    forth: bool
    end: _Place


Way: TypeAlias = tuple[_Step, ...]


@dataclass(slots=True)
class _Search:
    """What has been found so far: by which steps each place was first reached."""

    reached: dict[_Place, list[_Step]] = field(default_factory=dict)
    complete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanations:
    """Explanations from one version: one query for each link of the longest, one to show them."""

    lookup: Lookup
    presenter: Presenter
    schema: Schema

    def between(
        self, start: NamedNode, end: NamedNode, *, longest: int, limit: int
    ) -> dict[str, Json]:
        """Up to ``limit`` of the shortest ways of at most ``longest`` links from one to the other.

        ``complete`` is false where the search stopped for time or size before it was sure.
        """
        search = self._search(start, end, longest)
        ends = [_Place(end, by) for by in _By]
        ways = [way for place in ends for way in _ways(search, place, limit)]
        ways = sorted(ways, key=len)[:limit]
        ways = [way for way in ways if len(way) == len(ways[0])]
        nodes = {place.node for way in ways for step in way for place in (step.start, step.end)}
        between = sorted(nodes - {start, end}, key=str)
        description = self.lookup.describe_all(between, linked=[start, end])
        shown = self.presenter.writer(description)
        return {
            "from": shown.reference(start),
            "to": shown.reference(end),
            "length": len(ways[0]) if ways else None,
            "complete": search.complete,
            "explanations": [self._written(way, shown, end) for way in ways],
        }

    def _search(self, start: NamedNode, end: NamedNode, longest: int) -> _Search:
        """Breadth first: the places at one more link in each round, until ``end`` is among them."""
        search = _Search(reached={_Place(start): []})
        frontier = [_Place(start)]
        stop = time.monotonic() + PATIENCE
        for _ in range(longest):
            if not frontier or any(place.node == end for place in search.reached):
                break
            if time.monotonic() > stop:
                search.complete = False
                break
            found: dict[_Place, list[_Step]] = {}
            for step in self._steps(frontier, search):
                if step.end not in search.reached:
                    found.setdefault(step.end, []).append(step)
            search.reached |= found
            frontier = list(found)
        return search

    def _steps(self, frontier: Iterable[_Place], search: _Search) -> Iterator[_Step]:
        places: dict[NamedNode, list[_Place]] = {}
        for place in frontier:
            places.setdefault(place.node, []).append(place)
        query = _LINKS.format(near=listed(places), links=iris(self._links()), limit=BREADTH)
        rows = list(self.lookup.select(query))
        search.complete &= len(rows) < BREADTH
        for row in rows:
            link, forth = node_of(row, "link").value, str(row["forth"]).startswith('"1"')
            for place in places[node_of(row, "near")]:
                if not _is_barred(place, link, forth=forth):
                    end = _Place(node_of(row, "far"), _by(link, forth=forth))
                    yield _Step(start=place, link=link, forth=forth, end=end)

    def _links(self) -> list[str]:
        """The properties of the schema by which things are linked in a way that explains."""
        members = (each for found in self.schema.own_members.values() for each in found)
        return sorted(
            {
                each.predicate
                for each in members
                if each.predicate
                and not each.view
                and not each.datatype
                and each.predicate not in _ASIDE
                and _MEANINGLESS.isdisjoint(each.classes)
            }
        )

    def _written(self, way: Way, shown: Writer, end: NamedNode) -> dict[str, Json]:
        names = {
            each.predicate: each.name
            for found in self.schema.own_members.values()
            for each in found
            if each.predicate
        }
        return {
            "steps": [
                {
                    "link": names[step.link],
                    "forth": step.forth,
                    "thing": (
                        shown.reference(end) if step.end.node == end else shown.whole(step.end.node)
                    ),
                }
                for step in way
            ]
        }


def _by(link: str, *, forth: bool) -> _By:
    if link == _SOURCE and forth:
        return _By.SOURCE
    if link == _NEGATION or (link in _ROLES and not forth):
        return _By.SITUATION
    return _By.OTHER


def _is_barred(place: _Place, link: str, *, forth: bool) -> bool:
    if place.by is _By.SOURCE:
        return link == _SOURCE
    return place.by is _By.SITUATION and link in _ROLES and forth


def _ways(search: _Search, place: _Place, limit: int) -> list[Way]:
    """Up to ``limit`` ways from the start to a place, in a stable order."""
    steps = search.reached.get(place)
    if steps is None:
        return []
    if not steps:
        return [()]
    ordered = sorted(steps, key=lambda each: (each.start.node.value, each.link, each.forth))
    found: list[Way] = []
    for step in ordered:
        found += [(*way, step) for way in _ways(search, step.start, limit - len(found))]
        if len(found) >= limit:
            break
    return found
