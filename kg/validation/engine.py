"""SHACL validation (https://www.w3.org/TR/shacl/): pySHACL, straight over an Oxigraph store.

Over a store, pySHACL answers constraints in SPARQL about a hundred times faster than over a graph
of rdflib's. A constraint on the graph as a whole has the focus node ekgs:graph and returns the
offenders as ?value: they, not ekgs:graph, are the nodes of our results.
"""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from typing import Any, Self, TypeAlias

import rdflib
from pyoxigraph import Store
from pyshacl import ShapesGraph
from pyshacl import Validator as Engine
from pyshacl.constraints import ALL_CONSTRAINT_PARAMETERS
from pyshacl.graph_abstraction import OxigraphDataGraph
from pyshacl.pytypes import SHACLExecutor

from kg.errors import EmptyGraph, ShapesError
from kg.rdf.formats import N_QUADS
from kg.rdf.namespaces import SH
from kg.rdf.parsing import parse
from kg.rdf.terms import BlankNode, Literal, NamedNode, Quad, Term, Triple
from kg.validation.origins import Origins
from kg.validation.reach import Reach
from kg.validation.report import Report, Result, Severity
from kg.validation.surroundings import Surroundings
from kg.validation.targets import NOTHING_DESCRIBED, WHOLE_GRAPH, Targets, described
from kg.validation.validators import Portion, Shared

__all__ = ["Report", "Result", "Severity", "Validator"]

_PARAMETERS = frozenset(ALL_CONSTRAINT_PARAMETERS)
_Triple: TypeAlias = tuple[Any, Any, Any]  # rdflib has no name for a pattern's parts

# pySHACL tells what it cannot do by exceptions; a log would say it twice.
_ENGINE_LOG = logging.getLogger(f"{__name__}.engine")
_LITERALS_LOG = logging.getLogger("rdflib.term")


class Validator:
    """Validates graphs against one set of shapes, which it prepares once."""

    def __init__(self, *, shapes: Iterable[Quad], ontology: Iterable[Quad]) -> None:
        """Raises ShapesError where shapes, or their property paths, are none."""
        prepared = tuple(shapes)
        self._ontology = tuple(ontology)
        self._targets = Targets(prepared)
        self._reach = Reach(prepared)
        self._shared: tuple[str, Surroundings] | None = None
        _ENGINE_LOG.setLevel(logging.CRITICAL)
        _LITERALS_LOG.setLevel(logging.ERROR)  # an ill-typed literal is a result, not a log line
        with _engine_errors():
            self._origins = Origins(prepared)
            self._shapes = _Shapes(_engine_graph(prepared))
            self._by_node = {_from_rdflib(shape.node): shape for shape in self._shapes.shapes}

    def reports(self, portions: Iterable[Portion]) -> Generator[Report]:
        """The report on each portion in turn. Raises what ``validate`` raises."""
        for each in portions:
            yield self.validate(
                each.data, context=each.context, shared=each.shared, partial=each.partial
            )

    def validate(
        self,
        data: Iterable[Quad],
        *,
        context: Iterable[Quad] = (),
        shared: Shared | None = None,
        partial: bool = False,
    ) -> Report:
        """The report on ``data``, graph names ignored, superclass types already filled in.

        ``context`` is what else is known of the nodes that the data link to; nodes of which only
        the context says something are not checked. What is ``shared`` is context too, and kept in
        memory until another takes its place. Without shapes everything conforms. Raises EmptyGraph
        where the data describe nothing that a shape is about, unless they are ``partial``, and
        ShapesError where the shapes cannot be run.
        """
        if not self._targets:
            return Report()
        ours, known = tuple(data), (*self._ontology, *context)
        if not ours:
            raise EmptyGraph("The graph is empty.")
        store = Store()
        store.extend(_nameless((*known, *ours)))
        if shared:
            around = self._surroundings(shared).of(self._targets.candidates(ours), store)
            store.extend(around)
            known = (*known, *around)
        focus_nodes = self._targets.focus_nodes(ours, known=known)
        nodes = described(ours)
        found = chain.from_iterable(focus_nodes.values())
        if self._targets.are_found and not partial and nodes.isdisjoint(found):
            raise EmptyGraph(NOTHING_DESCRIBED)
        return self.check(store, focus_nodes).without(described(known) - nodes)

    def _surroundings(self, shared: Shared) -> Surroundings:
        if self._shared is None or self._shared[0] != shared.digest:
            self._shared = None  # the memory of both at once is not needed
            quads = _nameless(parse(shared.read(), N_QUADS))
            self._shared = shared.digest, Surroundings(quads, self._reach)
        return self._shared[1]

    @property
    def targets(self) -> Targets:
        """Which nodes the shapes are about."""
        return self._targets

    def check(self, data: Store, focus_nodes: Mapping[Term, set[Term]]) -> Report:
        """The report on these nodes for each of these shapes, by the default graph of ``data``.

        A node's results depend on the graph alone, not on the other nodes that are checked with it.
        Raises ShapesError.
        """
        results = tuple(self._run(data, focus_nodes))
        paths = self._origins.path_graphs(result.path for result in results)
        return Report.of(results, paths)

    def _run(self, data: Store, focus_nodes: Mapping[Term, set[Term]]) -> Iterator[Result]:
        """Each shape on its nodes, found here: pySHACL would check those of the context too."""
        graph = _DataGraph(data)
        found: list[tuple[object, ...]] = []
        with _engine_errors(), _literals_as_written():
            for shape, nodes in focus_nodes.items():
                focus = [_to_rdflib(node) for node in nodes]
                found += self._by_node[shape].validate(SHACLExecutor(), graph, focus=focus)[1]
            report, _ = Engine.create_validation_report(self._shapes, not found, found)
        for node in report.objects(None, rdflib.URIRef(f"{SH}result")):
            yield self._result(_properties(report, node))

    def _result(self, found: Mapping[str, list[Term]]) -> Result:
        focus, value = found["focusNode"][0], _first(found, "value")
        if focus == WHOLE_GRAPH and value is not None:
            focus, value = value, None
        constraint = self._origins.constraint(found)
        return Result(
            severity=_severity(_iri(found["resultSeverity"][0])),
            node=focus,
            path=self._origins.path(_first(found, "resultPath")),
            value=None if value == focus else value,
            constraint=constraint,
            component=_iri(found["sourceConstraintComponent"][0]),
            messages=self._origins.messages(constraint, found.get("resultMessage", [])),
        )


class _Shapes(ShapesGraph):
    """Shapes in which pySHACL, for every node that it checks, looks for a shape's constraints."""

    def __init__(self, graph: rdflib.Graph) -> None:
        super().__init__(graph, logger=_ENGINE_LOG)
        self._constraints: dict[object, list[tuple[rdflib.term.Node, ...]]] = {}

    def predicate_objects(self, s: rdflib.term.Node) -> list[tuple[rdflib.term.Node, ...]]:
        """What is said of a shape, as far as it names a constraint."""
        if s not in self._constraints:
            pairs = self.graph.predicate_objects(s)
            self._constraints[s] = [pair for pair in pairs if pair[0] in _PARAMETERS]
        return self._constraints[s]


class _ReadGraph(rdflib.Graph):
    """A graph that is read far more often than written, and answers from memory."""

    def __init__(self) -> None:
        self._found: dict[object, tuple[Any, ...]] = {}
        super().__init__()

    def add(self, triple: _Triple) -> Self:
        """As ``Graph.add``; whatever was found before may be another now."""
        self._found.clear()
        return super().add(triple)

    def triples(self, triple: _Triple) -> Generator[Any]:
        """As ``Graph.triples``."""
        if triple not in self._found:
            self._found[triple] = tuple(super().triples(triple))
        yield from self._found[triple]


class _DataGraph(OxigraphDataGraph):
    """The graph under validation; true without counting all its triples, thrice for each result."""

    def __bool__(self) -> bool:
        return True


@contextmanager
def _engine_errors() -> Iterator[None]:
    """Translates what pySHACL and the libraries below it raise over shapes that they cannot run.

    ``re.error`` comes of a value with a backslash in it where pySHACL fills in a message.
    """
    try:
        yield
    except (RuntimeError, SyntaxError, ValueError, LookupError, TypeError, re.error) as error:
        raise ShapesError(f"The shapes cannot be run: {error}") from error


@contextmanager
def _literals_as_written() -> Iterator[None]:
    """Keeps rdflib from rewriting literals: it takes the zone off a date before a pattern sees it.

    It is a setting of the process; whoever uses rdflib elsewhere at the same moment shares it.
    """
    before = rdflib.NORMALIZE_LITERALS
    rdflib.NORMALIZE_LITERALS = False
    try:
        yield
    finally:
        rdflib.NORMALIZE_LITERALS = before


def _nameless(quads: Iterable[Quad]) -> Iterator[Quad]:
    return (Quad(quad.subject, quad.predicate, quad.object) for quad in quads)


def _engine_graph(shapes: Iterable[Quad]) -> rdflib.Graph:
    graph = _ReadGraph()
    for quad in shapes:
        graph.add((_to_rdflib(quad.subject), _to_rdflib(quad.predicate), _to_rdflib(quad.object)))
    return graph


def _to_rdflib(term: Term) -> rdflib.term.Node:
    if isinstance(term, Literal):
        if term.language:
            return rdflib.Literal(term.value, lang=term.language)
        return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value))
    if isinstance(term, Triple):
        raise ShapesError("Shapes cannot have triple terms.")
    return rdflib.BNode(term.value) if isinstance(term, BlankNode) else rdflib.URIRef(term.value)


def _from_rdflib(node: rdflib.term.Node) -> Term:
    if isinstance(node, rdflib.BNode):
        return BlankNode(str(node))
    if isinstance(node, rdflib.Literal):
        datatype = NamedNode(str(node.datatype)) if node.datatype else None
        return Literal(str(node), language=node.language, datatype=datatype)
    return NamedNode(str(node))


def _properties(report: rdflib.Graph, node: rdflib.term.Node) -> dict[str, list[Term]]:
    """What a report says of a result, by local name."""
    found: dict[str, list[Term]] = defaultdict(list)
    for predicate, value in report.predicate_objects(node):
        found[str(predicate).removeprefix(SH)].append(_from_rdflib(value))
    return found


def _severity(iri: str) -> Severity:
    try:
        return Severity(iri.removeprefix(SH))
    except ValueError as error:
        raise ShapesError(
            f"<{iri}> is no severity: name sh:Violation, sh:Warning or sh:Info."
        ) from error


def _first(found: Mapping[str, list[Term]], name: str) -> Term | None:
    return found[name][0] if name in found else None


def _iri(term: Term) -> str:
    assert isinstance(term, NamedNode)
    return term.value
