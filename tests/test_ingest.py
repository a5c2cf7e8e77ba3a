"""A build publishes what has changed, takes out what is gone, and never loses an edit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kg.errors import Conflict, NotConforming
from kg.rdf.iris import Iris
from kg.rdf.namespaces import RDFS
from kg.rdf.terms import Literal, NamedNode, Quad
from kg.settings import Settings
from kg.sources import Sources
from kg.store.embedded.store import EmbeddedStore
from kg.store.opening import open_store
from kg.writing.ingest import Built, build
from tests.knowledge import ID

IRIS = Iris(Settings().namespace)
PUTIN = NamedNode(f"{ID}putin")
ALSO = Quad(PUTIN, NamedNode(f"{RDFS}seeAlso"), NamedNode("http://www.wikidata.org/entity/Q7747"))


@pytest.fixture
def store(own_store: str) -> EmbeddedStore:
    """The built store, to write to."""
    opened = open_store(Settings(store=str(own_store)))
    assert isinstance(opened, EmbeddedStore)
    return opened


@pytest.fixture(scope="module")
def sources() -> Sources:
    """The shipped source files."""
    return Sources.read(Settings())


def with_graph(sources: Sources, name: str, *quads: Quad) -> Sources:
    """The sources with one graph changed; with none of ``quads`` it is gone."""
    graphs = {key: found for key, found in sources.graphs.items() if key != name}
    return replace(sources, graphs={**graphs, name: quads} if quads else graphs)


def rebuild(store: EmbeddedStore, sources: Sources, *, force: bool = False) -> Built:
    """A build by the test."""
    return build(store, sources, IRIS, author="test", force=force)


def test_nothing_is_published_where_nothing_changed(store: EmbeddedStore, sources: Sources) -> None:
    before = store.snapshot().info
    built = rebuild(store, sources)
    assert (built.version, built.changed, built.report) == (before, (), None)
    assert store.snapshot().info == before


def test_a_changed_graph_is_written_and_told(store: EmbeddedStore, sources: Sources) -> None:
    changed = with_graph(sources, "entities", *sources.graphs["entities"], ALSO)
    built = rebuild(store, changed)
    assert built.changed == ("entities",)
    assert built.report is not None
    assert built.report.conforms
    assert built.seconds > 0
    assert ALSO.triple in {quad.triple for quad in store.snapshot().quads(IRIS.graph("entities"))}


def test_a_graph_whose_file_is_gone_is_taken_out(store: EmbeddedStore, sources: Sources) -> None:
    extra = Quad(PUTIN, ALSO.predicate, PUTIN)
    rebuild(store, with_graph(sources, "extra", extra))
    assert IRIS.graph("extra").value in store.snapshot().info.graphs
    assert rebuild(store, sources).changed == ("extra",)
    assert IRIS.graph("extra").value not in store.snapshot().info.graphs


def test_a_graph_that_no_build_put_there_is_left_alone(
    store: EmbeddedStore, sources: Sources
) -> None:
    guest = NamedNode("https://guest.example/graph")
    insert(store, guest, ALSO)
    assert rebuild(store, sources).changed == ()
    assert guest.value in store.snapshot().info.graphs


def test_an_edit_stands_until_the_file_changes(store: EmbeddedStore, sources: Sources) -> None:
    """Then the build stops, unless it is forced."""
    insert(store, IRIS.graph("entities"), ALSO)
    assert rebuild(store, sources).changed == ()
    edited = store.snapshot().info
    label = Quad(PUTIN, NamedNode(f"{RDFS}comment"), Literal("changed", language="en"))
    changed = with_graph(sources, "entities", *sources.graphs["entities"], label)
    with pytest.raises(Conflict, match="'entities' was edited in the store"):
        rebuild(store, changed)
    assert store.snapshot().info == edited
    rebuild(store, changed, force=True)
    kept = {quad.triple for quad in store.snapshot().quads(IRIS.graph("entities"))}
    assert label.triple in kept
    assert ALSO.triple not in kept


def test_an_edit_that_was_merged_into_the_file_is_no_conflict(
    store: EmbeddedStore, sources: Sources
) -> None:
    insert(store, IRIS.graph("entities"), ALSO)
    merged = with_graph(sources, "entities", *sources.graphs["entities"], ALSO)
    digest = store.snapshot().info.digest
    assert rebuild(store, merged).version.digest == digest
    assert rebuild(store, merged).changed == ()


def test_what_does_not_conform_is_not_published(store: EmbeddedStore, sources: Sources) -> None:
    before = store.snapshot().info
    entities = sources.graphs["entities"]
    identifier = NamedNode("http://purl.org/dc/terms/identifier")
    broken = (q for q in entities if (q.subject, q.predicate) != (PUTIN, identifier))
    with pytest.raises(NotConforming) as caught:
        rebuild(store, with_graph(sources, "entities", *broken))
    assert {each.node for each in caught.value.report.results} == {PUTIN}
    assert store.snapshot().info == before


def insert(store: EmbeddedStore, graph: NamedNode, quad: Quad) -> None:
    """Edit a graph in the store."""
    with store.begin(author="editor", message="edit") as change:
        change.insert(graph, [quad])
        change.publish()
