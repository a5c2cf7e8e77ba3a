"""What the results of some nodes rest on, out of a graph too large to be read for each validation.

Shapes tell how far they look (``reach``), from the triples that decide to the nodes of the results.
Here it is gone the other way round: from nodes to the triples that can decide on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import replace
from functools import partial
from itertools import chain

from pyoxigraph import Store

from kg.rdf.terms import Literal, NamedNode, Quad, Term
from kg.validation.reach import Look, Reach
from kg.validation.ways import Place, Step, Way, taken

_FEW = 4  # predicates that are asked for one by one; of more of them a node's triples are sifted


class Surroundings:
    """A graph that many validations share, kept in memory; its quads name no graph."""

    def __init__(self, quads: Iterable[Quad], reach: Reach) -> None:
        self._reach = reach
        self._graph = Store()
        self._graph.extend(quads)

    def of(self, nodes: Set[Term], beside: Store) -> set[Quad]:
        """All that shapes can look at here when they check ``nodes``, by links here and ``beside``.

        It is all there is where the shapes do not tell plainly what they look at.
        """
        looks = self._reach.looks
        if looks is None:
            return set(self._graph)
        walk = _Walk((self._graph, beside), nodes)
        found = {quad for node in nodes for quad in _quads(self._graph, Place.SUBJECT, node, None)}
        for look in looks:
            found.update(self._seen(look, walk))
        return found

    def _seen(self, look: Look, walk: _Walk) -> Iterator[Quad]:
        for node in walk.to(_inverse(look.way)):
            for quad in _quads(self._graph, look.start, node, look.predicates):
                if look.value in (None, quad.object):
                    yield quad


class _Walk:
    """Goes from ``nodes`` along ways through several graphs at once, each way but once."""

    def __init__(self, graphs: tuple[Store, ...], nodes: Set[Term]) -> None:
        self._graphs = graphs
        self._found: dict[Way, Set[Term]] = {(): nodes}

    def to(self, way: Way) -> Set[Term]:
        """Where ``way`` leads."""
        if way not in self._found:
            step = way[-1]
            self._found[way] = taken(step, self.to(way[:-1]), partial(self._next, step))
        return self._found[way]

    def _next(self, step: Step, nodes: Set[Term]) -> Set[Term]:
        quads = (
            _quads(graph, step.start, node, step.predicates)
            for node in nodes
            for graph in self._graphs
        )
        return {step.end.node(quad.triple) for quad in chain.from_iterable(quads)}


def _inverse(way: Way) -> Way:
    return tuple(replace(step, start=step.end, end=step.start) for step in reversed(way))


def _quads(
    graph: Store, place: Place, node: Term, predicates: frozenset[str] | None
) -> Iterator[Quad]:
    """The triples with ``node`` in a place and one of ``predicates``, any where they are None."""
    if predicates is None or len(predicates) > _FEW or place is Place.PREDICATE:
        found = _matching(graph, place, node)
        return (quad for quad in found if not predicates or quad.predicate.value in predicates)
    named = (_matching(graph, place, node, NamedNode(each)) for each in predicates)
    return chain.from_iterable(named)


def _matching(
    graph: Store, place: Place, node: Term, predicate: NamedNode | None = None
) -> Iterator[Quad]:
    if place is Place.OBJECT:
        return graph.quads_for_pattern(None, predicate, node)
    if place is Place.SUBJECT and not isinstance(node, Literal):
        return graph.quads_for_pattern(node, predicate, None)
    if place is Place.PREDICATE and isinstance(node, NamedNode):
        return graph.quads_for_pattern(None, node, None)
    return iter(())
