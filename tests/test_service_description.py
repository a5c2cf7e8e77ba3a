"""The service description tells what is live."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from kg.endpoint.service_description import service_description
from kg.rdf.formats import RDF_FORMATS, RESULTS_FORMATS
from kg.rdf.namespaces import SD, VOID
from kg.rdf.terms import Literal, NamedNode
from kg.schema.index import Index
from kg.settings import Settings
from kg.store.base import GraphInfo, VersionInfo

ENDPOINT = "http://localhost/sparql"
SERVICE = NamedNode(ENDPOINT)
VERSION = VersionInfo(
    number=1,
    time=datetime(2026, 1, 1, tzinfo=UTC),
    author="a",
    message="m",
    parent=0,
    digest="d",
    graphs={
        "": GraphInfo(triples=2, digest="x"),
        "http://example.org/g#1": GraphInfo(triples=3, digest="y"),
    },
)


def described(settings: Settings, version: VersionInfo = VERSION) -> Index:
    return Index(service_description(ENDPOINT, settings, version))


def test_every_format_on_offer_is_named() -> None:
    """A client can tell from the description what it may ask for."""
    formats = described(Settings()).iris(SERVICE, f"{SD}resultFormat")
    assert len(set(formats)) == len(RESULTS_FORMATS) + len(RDF_FORMATS)


def test_the_reading_of_the_default_graph_is_told() -> None:
    """The union feature is there just where the setting is on, and the count follows it."""
    for union, triples in ((True, "5"), (False, "2")):
        index = described(replace(Settings(), union_default_graph=union))
        features = index.iris(SERVICE, f"{SD}feature")
        assert (f"{SD}UnionDefaultGraph" in features) is union
        default = NamedNode(f"{ENDPOINT}#default-graph")
        assert index.text(default, f"{VOID}triples") == triples


def test_federation_is_told_only_where_it_is_allowed() -> None:
    """With an allow-list the endpoint says that it can federate."""
    assert f"{SD}BasicFederatedQuery" not in described(Settings()).iris(SERVICE, f"{SD}feature")
    allowing = replace(Settings(), federation_allow=("https://example.org/",))
    assert f"{SD}BasicFederatedQuery" in described(allowing).iris(SERVICE, f"{SD}feature")


def test_a_graph_that_comes_appears() -> None:
    """The named graphs are those of the version, with their sizes."""
    more = {**VERSION.graphs, "http://example.org/h": GraphInfo(triples=7, digest="z")}
    index = described(Settings(), replace(VERSION, graphs=more))
    entries = index.objects(NamedNode(f"{ENDPOINT}#dataset"), f"{SD}namedGraph")
    names = {index.text(entry, f"{SD}name"): entry for entry in entries}
    assert set(names) == {"http://example.org/g#1", "http://example.org/h"}
    graph = index.value(names["http://example.org/h"], f"{SD}graph")
    assert graph is not None
    count = index.value(graph, f"{VOID}triples")
    assert isinstance(count, Literal)
    assert count.value == "7"
