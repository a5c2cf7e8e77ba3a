"""Ways along the links of a version, and of triples that a change adds to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import partial
from itertools import chain, islice

from kg.rdf.terms import BlankNode, Literal, NamedNode, Term, Triple
from kg.store.base import Snapshot
from kg.validation.ways import Place, Step, Way, taken

# The variables are the values of ``Place``.
_TRIPLES = """
SELECT ?subject ?predicate ?object WHERE { GRAPH ?graph { ?subject ?predicate ?object } }
"""
_FEW = 200  # triples of a node that are fetched once, whatever their predicates
_FEW_TRIPLES = f"{_TRIPLES} LIMIT {_FEW}"
_GRAPHS = """
SELECT DISTINCT ?graph ?{place} WHERE {{
    VALUES ?{place} {{ {nodes} }} GRAPH ?graph {{ ?subject ?predicate ?object }}
}}
"""
_AT_ONCE = 500  # nodes in one query


class UncertainError(Exception):
    """A way leads over a node that no query can name: a blank one, or a triple term."""


class Links:
    """Looks up links, each but once. What is removed from the version is still a link."""

    def __init__(self, base: Snapshot, added: Iterable[Triple]) -> None:
        self._base = base
        self._added: dict[tuple[Place, Term], list[Triple]] = defaultdict(list)
        for triple in added:
            for place in Place:
                self._added[place, place.node(triple)].append(triple)
        self._few: dict[tuple[Place, Term], Sequence[Mapping[str, Term]]] = {}
        self._graphs: dict[tuple[Place, Term], set[NamedNode]] = {}

    def walk(self, nodes: Iterable[Term], way: Way) -> Set[Term]:
        """Where ``way`` leads from any of ``nodes``. Raises UncertainError."""
        found: Set[Term] = set(nodes)
        for step in way:
            found = taken(step, found, partial(self._step, step))
        return found

    def graphs(self, nodes: Iterable[Term], place: Place) -> Mapping[Term, Set[NamedNode]]:
        """For each node the graphs of the version in which it stands there; none for literals.

        ``nodes`` are asked for together, where they have not been before. Raises UncertainError.
        """
        asked = [node for node in nodes if _can_stand(node, Place.SUBJECT)]
        new = dict.fromkeys(each for each in asked if (place, each) not in self._graphs)
        self._graphs.update(((place, node), set()) for node in new)
        for batch in listed(new):
            query = _GRAPHS.format(place=place.value, nodes=batch)
            for row in self._base.select(query):
                if isinstance(row["graph"], NamedNode):
                    self._graphs[place, row[place.value]].add(row["graph"])
        return {node: self._graphs[place, node] for node in asked}

    def _step(self, step: Step, nodes: Iterable[Term]) -> Set[Term]:
        return set(chain.from_iterable(self._next(node, step) for node in nodes))

    def _next(self, node: Term, step: Step) -> set[Term]:
        if not _can_stand(node, step.start):
            return set()
        found = {
            step.end.node(triple)
            for triple in self._added.get((step.start, node), ())
            if step.predicates is None or triple.predicate.value in step.predicates
        }
        for row in self._rows(node, step):
            predicate = row["predicate"]
            assert isinstance(predicate, NamedNode)
            if step.predicates is None or predicate.value in step.predicates:
                found.add(row[step.end.value])
        return found

    def _rows(self, node: Term, step: Step) -> Iterable[Mapping[str, Term]]:
        """The triples with ``node`` at the start of a step, perhaps some of other predicates."""
        known = self._few.get((step.start, node))
        bindings = {step.start.value: node}
        if known is None:
            known = tuple(self._base.select(_FEW_TRIPLES, bindings))
            self._few[step.start, node] = known
        if len(known) < _FEW:
            return known
        if step.predicates is None or step.start is Place.PREDICATE:
            return self._base.select(_TRIPLES, bindings)
        named = (bindings | {"predicate": NamedNode(each)} for each in step.predicates)
        return chain.from_iterable(self._base.select(_TRIPLES, each) for each in named)


def listed(nodes: Iterable[Term]) -> Iterator[str]:
    """Nodes as VALUES lists them (SPARQL 1.1 Query §10.2), as many at a time as a query takes."""
    left = iter(nodes)
    while batch := " ".join(map(str, islice(left, _AT_ONCE))):
        yield batch


def _can_stand(node: Term, place: Place) -> bool:
    """Whether a triple can have ``node`` there. Raises UncertainError where it cannot be asked."""
    if isinstance(node, BlankNode | Triple):
        raise UncertainError
    return place is Place.OBJECT or not isinstance(node, Literal)
