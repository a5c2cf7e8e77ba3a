"""The nodes that a change can have other results for, be they in graphs that it does not write."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from functools import cached_property

from kg.rdf.terms import GraphName, NamedNode, Term, Triple
from kg.store.base import Snapshot
from kg.validation.reach import Reach
from kg.validation.ways import Place, Way
from kg.writing.links import Links, UncertainError


class Dependents:
    """Looks for them by what the shapes look at (``Reach``), in what was and what will be.

    A new result takes a match of a path or pattern that holds a triple added or that lacks one
    removed; all that has to match with it was there before or is there now. So the ways of
    ``Reach``, along links old and new, lead from the triple to the node of the result.
    """

    def __init__(
        self, base: Snapshot, reach: Reach, *, removed: Set[Triple], added: Set[Triple]
    ) -> None:
        self._reach = reach
        self._changed = removed | added
        self._links = Links(base, added)
        self._walked: dict[tuple[bool, Way], Set[Term]] = {}

    @cached_property
    def touched(self) -> set[Term]:
        """The subjects of which something else is said."""
        return {triple.subject for triple in self._changed}

    def nodes(self) -> Set[Term] | None:
        """All nodes that may have other results; None where nobody can tell."""
        if self._reach.looks is None:
            return None
        try:
            return self.touched.union(*(self._walk(key) for key in self._starts))
        except UncertainError:
            return None

    def elsewhere(
        self, *, written: Set[GraphName], gone: Set[Term]
    ) -> Mapping[NamedNode, Set[Term] | None]:
        """By graph, those that stand in none of the graphs ``written``; None for all of a graph.

        They are those that link to a triple changed, be it through others; those ``gone`` from the
        graphs written; and others where they stand in a graph that links to a subject changed.
        """
        if self._reach.looks is None:
            return dict.fromkeys(self._linking - written)
        found: dict[NamedNode, set[Term]] = defaultdict(set)
        try:
            for graph, node in self._found(written, gone):
                found[graph].add(node)
        except UncertainError:
            return dict.fromkeys({*found, *self._linking} - written)
        return found

    def _found(self, written: Set[GraphName], gone: Set[Term]) -> Iterator[tuple[NamedNode, Term]]:
        yield from self._placed(gone, written)
        for key in self._starts:
            is_of_links, way = key
            if not is_of_links and way and not self._linking - written:
                continue
            for graph, node in self._placed(self._walk(key), written):
                if is_of_links or graph in self._linking:
                    yield graph, node

    def _placed(
        self, nodes: Iterable[Term], written: Set[GraphName]
    ) -> Iterator[tuple[NamedNode, Term]]:
        for node, graphs in self._links.graphs(nodes, Place.SUBJECT).items():
            for graph in graphs - written:
                yield graph, node

    @cached_property
    def _starts(self) -> Mapping[tuple[bool, Way], Set[Term]]:
        """From which nodes which ways lead on, and whether those are ways of links alone."""
        found: dict[tuple[bool, Way], set[Term]] = defaultdict(set)
        for triple in self._changed:
            for look in self._reach.looks_at(triple):
                found[look.is_of_links, look.way].add(look.start.node(triple))
        return found

    def _walk(self, key: tuple[bool, Way]) -> Set[Term]:
        if key not in self._walked:
            self._walked[key] = self._links.walk(self._starts[key], key[1])
        return self._walked[key]

    @cached_property
    def _linking(self) -> Set[NamedNode]:
        """The graphs that link to a subject changed, those that are written too."""
        named = (node for node in self.touched if isinstance(node, NamedNode))
        return set[NamedNode]().union(*self._links.graphs(named, Place.OBJECT).values())
