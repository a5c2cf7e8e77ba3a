"""What a change must be validated with: what it can have other results for, and all around that.

Only graphs that a change does not write are looked up, and those are in its base: so its cost is
that of what it touches, however many other graphs there are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import chain

from kg.progress import Progress
from kg.rdf.formats import N_QUADS
from kg.rdf.iris import Iris
from kg.rdf.namespaces import RDF
from kg.rdf.parsing import serialize
from kg.rdf.terms import BlankNode, DefaultGraph, GraphName, NamedNode, Quad, Solution, Term
from kg.sources import VOCABULARY
from kg.store.base import Snapshot
from kg.validation.reach import Reach
from kg.validation.targets import described
from kg.validation.validators import Portion, Shared
from kg.writing.dependents import Dependents
from kg.writing.links import listed

# Graphs of what articles share: every article is read together with them.
SHARED = ("concepts", "entities")

# Shapes ask whether anything refers to a node, not how often: a few of a hub's links suffice. What
# links is told with its classes: thousands of nodes without any would be thousands of results.
_LINKING = """
SELECT ?graph ?subject ?property ?node ?class WHERE {{
    GRAPH ?graph {{ ?subject ?property ?node }} FILTER(?graph NOT IN ({unasked}))
    OPTIONAL {{ GRAPH ?graph {{ ?subject a ?class }} }}
}} LIMIT 300
"""
_DESCRIBING = """
SELECT ?graph ?subject ?property ?value WHERE {{
    VALUES ?subject {{ {nodes} }}
    GRAPH ?graph {{ ?subject ?property ?value }} FILTER(?graph NOT IN ({unasked}))
}}
"""
_FEW_GRAPHS = 20  # that a query leaves out itself

_TYPE = NamedNode(f"{RDF}type")
_SMALL = 5_000  # triples of a written graph that is validated whole: a second's work
_PORTION = 50_000  # triples of the other graphs in one portion, some hundred megabytes
_STEP = "Validating what links to it"


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Quads to validate, and the others of their graphs, with which they are validated."""

    data: Sequence[Quad]
    rest: Sequence[Quad]

    @classmethod
    def of(cls, parts: Iterable[tuple[Iterable[Quad], Set[Term] | None]]) -> _Chosen:
        """The quads of several graphs about the nodes named with each, or all of it."""
        data: list[Quad] = []
        rest: list[Quad] = []
        for quads, nodes in parts:
            for quad in quads:
                (data if nodes is None or quad.subject in nodes else rest).append(quad)
        return cls(data, rest)


class Concerns:
    """Looks around a change: the graphs it writes will hold ``after``, the others are ``base``.

    The base is taken to conform, so that it is enough to ask for results that the change can bring
    about (``Dependents``). Beyond the graphs written, two articles that contradict each other do
    not block one another.
    """

    def __init__(
        self,
        base: Snapshot,
        iris: Iris,
        reach: Reach,
        after: Mapping[GraphName, Collection[Quad]],
        *,
        small: int = _SMALL,
        portion: int = _PORTION,
    ) -> None:
        """Written graphs of up to ``small`` triples are validated whole.

        Of the others, graphs of some ``portion`` triples are in memory at a time.
        """
        self._base = base
        self._after = after
        self._small, self._size = small, portion
        self._ignored = {*after, *(iris.graph(name) for name in VOCABULARY)}
        self._shared = [iris.graph(name) for name in SHARED]
        old = {quad.triple for graph in after for quad in base.quads(graph)}
        new = {quad.triple for quads in after.values() for quad in quads}
        self._dependents = Dependents(base, reach, removed=old - new, added=new - old)

    def portions(self, progress: Progress) -> Iterator[Portion]:
        """What to validate, bounded in memory: the graphs written, then what depends on them.

        Of a large graph written, and of all others, it is the nodes alone that can have other
        results. A node's results are its own, whatever else is validated with it (SHACL §3.4).
        """
        written = self._written()
        if written.data:
            yield self._portion(written, of=())
        elsewhere = self._elsewhere()
        done = 0
        for graphs in self._portioned(elsewhere):
            progress(_STEP, done=done, total=len(elsewhere))
            chosen = _Chosen.of((self._base.quads(name), elsewhere[name]) for name in graphs)
            yield self._portion(chosen, of=graphs)
            done += len(graphs)
            progress(_STEP, done=done, total=len(elsewhere))

    def _written(self) -> _Chosen:
        written = self._after.values()
        is_any_large = any(len(quads) > self._small for quads in written)
        nodes = self._dependents.nodes() if is_any_large else None
        return _Chosen.of((quads, nodes if len(quads) > self._small else None) for quads in written)

    def _elsewhere(self) -> Mapping[NamedNode, Set[Term] | None]:
        gone = self._dependents.touched - described(chain.from_iterable(self._after.values()))
        return self._dependents.elsewhere(written=self._ignored, gone=gone)

    def _portioned(self, graphs: Iterable[NamedNode]) -> Iterator[Sequence[NamedNode]]:
        """The graphs in order, as many at a time as may be in memory."""
        known = self._base.info.graphs
        portion: list[NamedNode] = []
        size = 0
        for graph in sorted(graphs, key=str):
            size += known[graph.value].triples
            if portion and size > self._size:
                yield portion
                portion, size = [], known[graph.value].triples
            portion.append(graph)
        if portion:
            yield portion

    def _portion(self, chosen: _Chosen, *, of: Sequence[NamedNode]) -> Portion:
        """What is chosen of the graphs ``of``, or of those written, with all around it."""
        around = _Around(self._base, self._shared, {*self._ignored, *of})
        written = chain.from_iterable(self._after.values()) if of else ()
        context = chain(chosen.rest, written, around.context(chosen.data, chosen.rest))
        partial = bool(of or chosen.rest)
        return Portion(chosen.data, context, self._shared_graphs(around.whole), partial)

    def _shared_graphs(self, graphs: Sequence[NamedNode]) -> Shared | None:
        """Graphs of the base as one document."""
        if not graphs:
            return None
        digests = (self._base.info.graphs[graph.value].digest for graph in graphs)
        quads = self._base.quads
        return Shared(
            " ".join(digests),
            lambda: serialize(chain.from_iterable(map(quads, graphs)), N_QUADS),
        )


class _Around:
    """What is known of nodes in graphs that are not ``ignored``."""

    def __init__(
        self, base: Snapshot, shared: Sequence[NamedNode], ignored: Set[GraphName]
    ) -> None:
        self._base = base
        known = base.info.graphs
        self.whole = [each for each in shared if each not in ignored and each.value in known]
        self._ignored: Set[Term | DefaultGraph] = {*ignored, *shared}
        named = sorted(str(each) for each in self._ignored if isinstance(each, NamedNode))
        self._unasked = ", ".join(named[:_FEW_GRAPHS])

    def context(self, data: Sequence[Quad], rest: Sequence[Quad]) -> Iterator[Quad]:
        """What other graphs say of all nodes, and of what points to ``data`` and to their values.

        Without the shared graphs, which are known ``whole``.
        """
        nodes = {node for quad in chain(data, rest) for node in (quad.subject, quad.object)}
        found = self._describing(each for each in nodes if isinstance(each, NamedNode))
        near = {node for quad in data for node in (quad.subject, quad.object)}
        known = near & (described(data) | described(rest))
        linking = (self._linking(each) for each in known if isinstance(each, NamedNode))
        for quad in chain(found, *linking):
            if quad.graph_name not in self._ignored:
                yield quad

    def _describing(self, nodes: Iterable[NamedNode]) -> Iterator[Quad]:
        for batch in listed(nodes):
            query = _DESCRIBING.format(nodes=batch, unasked=self._unasked)
            for row in self._base.select(query):
                yield _quad(row, row["subject"], row["property"], row["value"])

    def _linking(self, node: NamedNode) -> Iterator[Quad]:
        query = _LINKING.format(unasked=self._unasked)
        for row in self._base.select(query, {"node": node}):
            yield _quad(row, row["subject"], row["property"], node)
            if "class" in row:
                yield _quad(row, row["subject"], _TYPE, row["class"])


def _quad(row: Solution, subject: Term, predicate: Term, value: Term) -> Quad:
    """The quad of these terms in the graph that a row names."""
    graph = row["graph"]
    assert isinstance(graph, NamedNode | BlankNode)
    assert isinstance(subject, NamedNode | BlankNode)
    assert isinstance(predicate, NamedNode)
    return Quad(subject, predicate, value, graph)
