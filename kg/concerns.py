"""What a change must be validated with: the graphs that link to it, and what it links to.

Only graphs that a change does not write are looked up, and those are in its base: so its cost is
that of what it touches, however many other graphs there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.iris import Iris
from kg.sources import VOCABULARY
from kg.store.base import Snapshot
from kg.terms import BlankNode, DefaultGraph, GraphName, NamedNode, Quad, Term

# Graphs of what articles share: every article is read together with them.
SHARED = ("concepts", "entities")

_LINKING = """
SELECT ?graph ?subject ?property ?node WHERE { GRAPH ?graph { ?subject ?property ?node } }
"""
_DESCRIBING = """
SELECT ?graph ?node ?property ?value WHERE { GRAPH ?graph { ?node ?property ?value } }
"""
# Shapes ask whether anything refers to a node, not how often: a few of a hub's links suffice.
_FEW_LINKING = f"{_LINKING} LIMIT 100"


class Concerns:
    """Looks around a change in its base version; ``written`` are the graphs that it writes."""

    def __init__(self, base: Snapshot, iris: Iris, written: Iterable[GraphName]) -> None:
        self._base = base
        vocabulary = {iris.graph(name) for name in VOCABULARY}
        self._ignored: set[Term | DefaultGraph] = {*written, *vocabulary}
        self._shared = [iris.graph(name) for name in SHARED]

    def linking_graphs(self, nodes: Iterable[Term]) -> set[NamedNode]:
        """The graphs, beyond those written, that point to any of ``nodes``."""
        return {graph for node in nodes for graph, _ in self._found(_LINKING, node)}

    def context(self, data: Iterable[Quad], *, of: Iterable[GraphName]) -> Iterator[Quad]:
        """What is known elsewhere of the nodes of ``data``, which are the quads of graphs ``of``.

        All shared graphs, what other graphs say of the nodes, and what points to the subjects.
        """
        self._ignored.update(of)
        quads = tuple(data)
        for graph in self._shared:
            if graph not in self._ignored:
                yield from self._base.quads(graph)
        self._ignored.update(self._shared)
        subjects = {quad.subject for quad in quads}
        for node in subjects | {quad.object for quad in quads}:
            yield from (quad for _, quad in self._found(_DESCRIBING, node))
        for node in subjects:
            yield from (quad for _, quad in self._found(_FEW_LINKING, node))

    def _found(self, query: str, node: Term) -> Iterator[tuple[NamedNode, Quad]]:
        """The quads that a query finds for ``node``, in graphs that are not ignored."""
        if not isinstance(node, NamedNode):
            return
        for row in self._base.select(query, {"node": node}):
            graph, subject, predicate = row["graph"], row.get("subject", node), row["property"]
            assert isinstance(graph, NamedNode)
            assert isinstance(predicate, NamedNode)
            assert isinstance(subject, NamedNode | BlankNode)
            if graph not in self._ignored:
                yield graph, Quad(subject, predicate, row.get("value", node), graph)


def touched(before: Iterable[Quad], after: Iterable[Quad]) -> set[Term]:
    """The subjects of which the two say different things."""
    return {quad.subject for quad in set(before) ^ set(after)}
