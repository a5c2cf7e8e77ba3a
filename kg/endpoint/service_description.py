"""The SPARQL service description (SPARQL 1.1 Service Description), from what is live."""

from __future__ import annotations

from collections.abc import Iterator

from kg.rdf.formats import RDF_FORMATS, RESULTS_FORMATS
from kg.rdf.namespaces import FORMATS, RDF, SD, VOID, XSD
from kg.rdf.terms import DefaultGraph, Literal, NamedNode, Quad, Term
from kg.settings import Settings
from kg.store.base import VersionInfo


def service_description(endpoint: str, settings: Settings, version: VersionInfo) -> list[Quad]:
    """What the SPARQL service at the URL ``endpoint`` can do and which graphs it has now."""
    return [
        Quad(subject, predicate, value, DefaultGraph())
        for subject, predicate, value in _statements(endpoint, settings, version)
    ]


_Statement = tuple[NamedNode, NamedNode, Term]


def _statements(endpoint: str, settings: Settings, version: VersionInfo) -> Iterator[_Statement]:
    service, dataset = NamedNode(endpoint), NamedNode(f"{endpoint}#dataset")
    default = NamedNode(f"{endpoint}#default-graph")
    yield service, _TYPE, _sd("Service")
    yield service, _sd("endpoint"), service
    yield service, _sd("supportedLanguage"), _sd("SPARQL11Query")
    for each in (*RESULTS_FORMATS, *RDF_FORMATS):
        if each.w3c:
            yield service, _sd("resultFormat"), NamedNode(f"{FORMATS}{each.w3c}")
    yield service, _sd("feature"), _sd("EmptyGraphs")
    if settings.union_default_graph:
        yield service, _sd("feature"), _sd("UnionDefaultGraph")
    if settings.federation_allow:
        yield service, _sd("feature"), _sd("BasicFederatedQuery")
    yield service, _sd("defaultDataset"), dataset
    yield dataset, _TYPE, _sd("Dataset")
    yield dataset, _sd("defaultGraph"), default
    yield default, _TYPE, _sd("Graph")
    triples = version.triples if settings.union_default_graph else _triples(version, "")
    yield default, NamedNode(f"{VOID}triples"), _integer(triples)
    for name in sorted(version.graphs):
        if name:
            yield from _named_graph(endpoint, dataset, name, _triples(version, name))


def _named_graph(
    endpoint: str, dataset: NamedNode, name: str, triples: int
) -> Iterator[_Statement]:
    entry = NamedNode(f"{endpoint}#graph={name.replace('#', '%23')}")
    yield dataset, _sd("namedGraph"), entry
    yield entry, _TYPE, _sd("NamedGraph")
    yield entry, _sd("name"), NamedNode(name)
    graph = NamedNode(f"{entry.value}&content")
    yield entry, _sd("graph"), graph
    yield graph, _TYPE, _sd("Graph")
    yield graph, NamedNode(f"{VOID}triples"), _integer(triples)


def _triples(version: VersionInfo, graph: str) -> int:
    known = version.graphs.get(graph)
    return known.triples if known else 0


def _sd(name: str) -> NamedNode:
    return NamedNode(f"{SD}{name}")


def _integer(number: int) -> Literal:
    return Literal(str(number), datatype=NamedNode(f"{XSD}integer"))


_TYPE = NamedNode(f"{RDF}type")
