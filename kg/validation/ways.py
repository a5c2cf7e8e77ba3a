"""Ways through patterns of paths and queries, from a triple that they match to the focus node."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from enum import Enum
from itertools import count
from typing import TypeAlias

from kg.rdf.terms import Term, Triple
from kg.sparql.graph_patterns import Hop, Node, TriplePattern, Variable


class Place(Enum):
    """Where a node stands in a triple."""

    SUBJECT = "subject"
    PREDICATE = "predicate"
    OBJECT = "object"

    def node(self, triple: Triple) -> Term:
        """The node that stands there in a triple."""
        if self is Place.PREDICATE:
            return triple.predicate
        return triple.subject if self is Place.SUBJECT else triple.object


@dataclass(frozen=True, slots=True)
class Step:
    """From a node to those in the ``end`` of triples in whose ``start`` it stands.

    The triples have one of ``predicates``, any where they are None; ``repeated`` is any number of
    times, none included.
    """

    start: Place
    end: Place
    predicates: frozenset[str] | None = None
    repeated: bool = False


Way: TypeAlias = tuple[Step, ...]


def taken(step: Step, nodes: Set[Term], once: Callable[[Set[Term]], Set[Term]]) -> Set[Term]:
    """Where ``step`` leads from any of ``nodes``; ``once`` says where it does taken once."""
    if not step.repeated:
        return once(nodes)
    found, new = set(nodes), nodes
    while new := once(new) - found:
        found |= new
    return found


@dataclass(frozen=True, slots=True)
class Edge:
    """A triple pattern of a single predicate, or where ``repeated`` only a way along such."""

    subject: Node
    predicates: frozenset[str] | None
    object: Node
    verb: Variable | None
    group: tuple[int, ...]
    repeated: bool = False

    def steps(self, node: Node) -> Iterator[tuple[Step, Node]]:
        """The ways along this pattern from one of its variables, those against the arrow first."""
        ends = ((Place.OBJECT, self.object), (Place.SUBJECT, self.subject))
        predicates = self.predicates
        if node == self.object:
            step = Step(Place.OBJECT, Place.SUBJECT, predicates, self.repeated)
            yield step, self.subject
        if node == self.subject:
            yield Step(Place.SUBJECT, Place.OBJECT, predicates, self.repeated), self.object
        if node == self.verb:
            yield from ((Step(Place.PREDICATE, place), end) for place, end in ends)


def edges_of(patterns: Iterable[TriplePattern]) -> Sequence[Edge]:
    """The patterns with each path taken apart; what is repeated as its triples and ways to them."""
    edges: list[Edge] = []
    numbers = count()
    for pattern in patterns:
        inner = [Variable(f"/{next(numbers)}") for _ in pattern.path[1:]]
        stops = [pattern.subject, *inner, pattern.object]
        for hop, start, end in zip(pattern.path, stops, stops[1:], strict=False):
            ends = (end, start) if hop.inverse else (start, end)
            edges += _hop_edges(hop, ends, pattern, numbers)
    return edges


def _hop_edges(
    hop: Hop, ends: tuple[Node, Node], pattern: TriplePattern, numbers: Iterator[int]
) -> Iterator[Edge]:
    start, end = ends
    one = Edge(start, hop.predicates, end, pattern.verb, pattern.group)
    if not hop.repeated:
        yield one
        return
    before, after = Variable(f"/{next(numbers)}"), Variable(f"/{next(numbers)}")
    yield replace(one, object=before, repeated=True)
    yield replace(one, subject=before, object=after)
    yield replace(one, subject=after, repeated=True)


def way_from(edge: Edge, edges: Sequence[Edge], focus: Variable) -> tuple[Place, Way] | None:
    """The shortest way from a place in a pattern to the focus node; None where none leads there."""
    places = (
        (Place.SUBJECT, edge.subject),
        (Place.OBJECT, edge.object),
        (Place.PREDICATE, edge.verb),
    )
    ways = [
        (place, way)
        for place, node in places
        if isinstance(node, Variable) and (way := way_back(node, edges, focus)) is not None
    ]
    return min(ways, key=lambda found: len(found[1]), default=None)


def way_back(start: Variable, edges: Sequence[Edge], focus: Variable) -> Way | None:
    """The shortest way along patterns, through variables only: constants are met from anywhere."""
    ahead: deque[tuple[Node, Way]] = deque([(start, ())])
    seen: set[Node] = {start}
    while ahead:
        node, way = ahead.popleft()
        if node == focus:
            return way
        for edge in edges:
            for step, end in edge.steps(node):
                if isinstance(end, Variable) and end not in seen:
                    seen.add(end)
                    ahead.append((end, (*way, step)))
    return None
