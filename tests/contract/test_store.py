"""The contract of a store: each test looks at the whole content after what it does."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from kg.errors import Conflict, InputError, NotFound, QuerySyntaxError
from kg.rdf.terms import BlankNode, DefaultGraph, GraphName, Literal, NamedNode, Quad
from kg.store.base import Store
from tests.content import EX, ONE, THREE, TWO, P, content, put, quads, triples, update

XSD = "http://www.w3.org/2001/XMLSchema#"


def test_a_new_store_is_version_0_with_no_graphs(store: Store) -> None:
    info = store.snapshot().info
    assert (info.number, info.parent, info.triples, dict(info.graphs)) == (0, None, 0, {})
    assert tuple(store.versions()) == (info,)
    assert content(store.snapshot()) == {}


def test_a_change_becomes_the_next_version_with_author_and_message(store: Store) -> None:
    with store.begin(author="Ada", message="First") as change:
        change.replace(ONE, quads("a", "b"))
        published = change.publish()
    assert (published.number, published.parent) == (1, 0)
    assert (published.author, published.message) == ("Ada", "First")
    assert {name: graph.triples for name, graph in published.graphs.items()} == {ONE.value: 2}
    assert store.snapshot().info == published
    assert [version.number for version in store.versions()] == [1, 0]
    assert content(store.snapshot()) == {ONE: triples(quads("a", "b"))}


def test_replacing_a_graph_leaves_nothing_of_the_old_and_the_others_alone(store: Store) -> None:
    put(store, ONE, "a", "b", "c")
    put(store, TWO, "x")
    put(store, ONE, "a", "new")
    assert content(store.snapshot()) == {
        ONE: triples(quads("a", "new")),
        TWO: triples(quads("x")),
    }


def test_replacing_ignores_the_graph_that_the_quads_name(store: Store) -> None:
    with store.begin(author="test", message="put") as change:
        change.replace(ONE, [Quad(P, P, P, TWO)])
        change.publish()
    assert content(store.snapshot()) == {ONE: triples([Quad(P, P, P)])}


def test_a_graph_without_triples_exists_until_it_is_dropped(store: Store) -> None:
    put(store, ONE)
    assert store.snapshot().info.graphs[ONE.value].triples == 0
    with store.begin(author="test", message="drop") as change:
        change.drop(ONE)
        change.publish()
    assert dict(store.snapshot().info.graphs) == {}


def test_inserting_adds_to_what_is_there(store: Store) -> None:
    put(store, ONE, "a")
    with store.begin(author="test", message="insert") as change:
        change.insert(ONE, quads("a", "b"))
        change.insert(TWO, quads("x"))
        change.publish()
    assert content(store.snapshot()) == {
        ONE: triples(quads("a", "b")),
        TWO: triples(quads("x")),
    }


@pytest.mark.parametrize("graph", [ONE, DefaultGraph()], ids=["named", "default"])
def test_a_dropped_graph_is_gone(store: Store, graph: GraphName) -> None:
    put(store, graph, "a")
    put(store, TWO, "x")
    with store.begin(author="test", message="drop") as change:
        change.drop(graph)
        change.publish()
    assert content(store.snapshot()) == {TWO: triples(quads("x"))}
    assert set(store.snapshot().info.graphs) == {TWO.value}


def test_dropping_a_graph_that_is_not_there_changes_nothing(store: Store) -> None:
    before = put(store, ONE, "a")
    with store.begin(author="test", message="drop") as change:
        with pytest.raises(NotFound):
            change.drop(TWO)
        assert change.changed() == ()
        assert change.publish() == before
    assert content(store.snapshot()) == {ONE: triples(quads("a"))}


def test_the_default_graph_has_the_empty_key(store: Store) -> None:
    info = put(store, DefaultGraph(), "a")
    assert set(info.graphs) == {""}
    assert content(store.snapshot()) == {DefaultGraph(): triples(quads("a"))}


@pytest.mark.parametrize("known", [(ONE, TWO), None], ids=["graphs known", "graphs unknown"])
def test_an_update_changes_several_graphs_at_once(
    store: Store, known: tuple[GraphName, ...] | None
) -> None:
    put(store, ONE, "a", "b")
    put(store, THREE, "same")
    text = f"MOVE {ONE} TO {TWO} ; DELETE DATA {{ GRAPH {TWO} {{ <{EX}sa> {P} 'a' }} }}"
    with store.begin(author="test", message="update") as change:
        change.update(text, graphs=known)
        assert set(change.changed()) == {ONE, TWO}
        change.publish()
    assert content(store.snapshot()) == {
        TWO: triples(quads("a", "b")[1:]),
        THREE: triples(quads("same")),
    }
    assert set(store.snapshot().info.graphs) == {TWO.value, THREE.value}


def test_an_update_that_deletes_and_inserts_as_many_triples_is_a_change(store: Store) -> None:
    before = put(store, ONE, "a")
    after = update(
        store,
        "DELETE { GRAPH ?g { ?s ?p 'a' } } INSERT { GRAPH ?g { ?s ?p 'b' } }"
        " WHERE { GRAPH ?g { ?s ?p 'a' } }",
    )
    assert after.digest != before.digest
    assert content(store.snapshot()) == {ONE: frozenset({(f"<{EX}sa>", str(P), '"b"')})}


def test_an_update_resolves_relative_iris_against_the_base(store: Store) -> None:
    with store.begin(author="test", message="update") as change:
        change.update("INSERT DATA { GRAPH <graph/one> { <sa> <p> 'a' } }", base_iri=EX)
        change.publish()
    assert content(store.snapshot()) == {ONE: triples(quads("a"))}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> } }", QuerySyntaxError),
        (
            "INSERT DATA { <urn:s> <urn:p> 1 } ; CREATE GRAPH <urn:h> ; CREATE GRAPH <urn:h>",
            InputError,
        ),
        (f"CLEAR ALL ; DROP GRAPH {THREE}", InputError),
    ],
    ids=["syntax", "second operation fails", "last operation fails"],
)
def test_an_update_that_fails_changes_nothing(
    store: Store, text: str, error: type[Exception]
) -> None:
    before = put(store, ONE, "a")
    with store.begin(author="test", message="update") as change:
        with pytest.raises(error):
            change.update(text)
        assert content(change) == {ONE: triples(quads("a"))}
        assert change.publish() == before
    assert content(store.snapshot()) == {ONE: triples(quads("a"))}


def test_a_syntax_error_has_line_and_column(store: Store) -> None:
    with (
        store.begin(author="test", message="update") as change,
        pytest.raises(QuerySyntaxError) as caught,
    ):
        change.update("INSERT DATA {\n  <urn:s> <urn:p> }")
    assert (caught.value.line, caught.value.column) == (2, 19)
    assert content(store.snapshot()) == {}


def test_a_change_is_seen_in_its_transaction_and_nowhere_else(store: Store) -> None:
    put(store, ONE, "a")
    with store.begin(author="test", message="not published") as change:
        change.insert(ONE, quads("a", "b"))
        change.replace(TWO, quads("x"))
        assert content(change) == {ONE: triples(quads("a", "b")), TWO: triples(quads("x"))}
        assert content(store.snapshot()) == {ONE: triples(quads("a"))}
    assert content(store.snapshot()) == {ONE: triples(quads("a"))}
    assert store.snapshot().info.number == 1


def test_reading_and_writing_may_alternate_in_a_change(store: Store) -> None:
    with store.begin(author="test", message="in turns") as change:
        for number in range(3):
            change.insert(ONE, quads(*range(number + 1)))
            assert content(change) == {ONE: triples(quads(*range(number + 1)))}
        change.publish()
    assert content(store.snapshot()) == {ONE: triples(quads(0, 1, 2))}


def test_an_exception_undoes_the_change_and_lets_the_next_writer_in(store: Store) -> None:
    put(store, ONE, "a")
    with contextlib.suppress(ZeroDivisionError), store.begin(author="t", message="fails") as change:
        change.replace(ONE, quads("b"))
        raise ZeroDivisionError
    assert content(store.snapshot()) == {ONE: triples(quads("a"))}
    put(store, ONE, "c")
    assert content(store.snapshot()) == {ONE: triples(quads("c"))}


def test_quads_that_end_in_an_error_leave_nothing_behind(store: Store) -> None:
    def broken() -> Iterator[Quad]:
        yield from quads("b", "c")
        raise EOFError

    put(store, ONE, "a")
    with pytest.raises(EOFError), store.begin(author="test", message="fails") as change:
        change.replace(ONE, broken())
    assert content(store.snapshot()) == {ONE: triples(quads("a"))}


def test_a_snapshot_stays_as_it_is_while_others_publish(store: Store) -> None:
    put(store, ONE, "a")
    snapshot = store.snapshot()
    put(store, ONE, "b")
    assert content(snapshot) == {ONE: triples(quads("a"))}
    assert content(store.snapshot()) == {ONE: triples(quads("b"))}


def test_a_transaction_may_publish_more_than_once(store: Store) -> None:
    with store.begin(author="test", message="two versions") as change:
        change.replace(ONE, quads("a"))
        first = change.publish()
        change.replace(ONE, quads("b"))
        assert change.changed() == (ONE,)
        second = change.publish()
    assert (first.number, second.number, second.parent) == (1, 2, 1)
    assert content(store.snapshot()) == {ONE: triples(quads("b"))}


def test_an_outdated_expectation_is_a_conflict_and_writes_nothing(store: Store) -> None:
    first = put(store, ONE, "a")
    second = put(store, ONE, "b")
    with pytest.raises(Conflict):
        store.begin(author="test", message="late", expected=first.digest)
    assert content(store.snapshot()) == {ONE: triples(quads("b"))}
    with store.begin(author="test", message="in time", expected=second.digest) as change:
        assert change.base == second


def test_equal_content_is_no_new_version(store: Store) -> None:
    first = put(store, ONE, "a", "b")
    assert put(store, ONE, "a", "b") == first
    assert update(store, f"CLEAR GRAPH {ONE} ; CREATE SILENT GRAPH {TWO}") != first
    put(store, TWO)
    with store.begin(author="test", message="back") as change:
        change.replace(ONE, reversed(quads("a", "b")))
        change.drop(TWO)
        assert change.publish().digest == first.digest
    assert content(store.snapshot()) == {ONE: triples(quads("a", "b"))}


def test_versions_follow_each_other_in_time(store: Store) -> None:
    for value in range(4):
        put(store, ONE, value)
    times = [version.time for version in store.versions()]
    assert times == sorted(set(times), reverse=True)
    assert all(time.utcoffset() == timedelta(0) for time in times)


def test_an_older_version_is_read_by_its_number(store: Store) -> None:
    put(store, ONE, "a")
    put(store, ONE, "b")
    assert content(store.snapshot(0)) == {}
    assert content(store.snapshot(1)) == {ONE: triples(quads("a"))}
    assert content(store.snapshot(2)) == {ONE: triples(quads("b"))}


@pytest.mark.parametrize("number", [-1, 2, 10**12])
def test_a_version_that_never_was_is_not_found(store: Store, number: int) -> None:
    put(store, ONE, "a")
    with pytest.raises(NotFound):
        store.snapshot(number)
    assert content(store.snapshot()) == {ONE: triples(quads("a"))}


def test_the_source_of_a_graph_is_kept_while_it_is_edited(store: Store) -> None:
    """So that a build sees whether the file has changed since; a graph made anew has none."""
    with store.begin(author="test", message="build") as change:
        change.replace(ONE, quads("a"), source="digest of a file")
        change.replace(TWO, quads("x"), source="digest of another")
        change.publish()
    put(store, ONE, "b")
    graphs = store.snapshot().info.graphs
    assert graphs[ONE.value].source == "digest of a file"
    assert graphs[TWO.value].source == "digest of another"
    with store.begin(author="test", message="drop") as change:
        change.drop(ONE)
        change.publish()
    put(store, ONE, "a")
    assert store.snapshot().info.graphs[ONE.value].source is None


def test_select_reads_all_graphs_and_binds_values(store: Store) -> None:
    put(store, ONE, "a", "b")
    put(store, TWO, "c")
    snapshot = store.snapshot()
    found = snapshot.select("SELECT ?s ?o WHERE { ?s ?p ?o } ORDER BY ?o")
    assert [row["o"] for row in found] == [Literal("a"), Literal("b"), Literal("c")]
    bound = snapshot.select("SELECT ?s ?o WHERE { ?s ?p ?o }", {"o": Literal("b")})
    assert [row["s"] for row in bound] == [NamedNode(f"{EX}sb")]


def test_select_leaves_out_what_is_unbound(store: Store) -> None:
    put(store, ONE, "a")
    rows = store.snapshot().select("SELECT ?o ?x WHERE { ?s ?p ?o OPTIONAL { ?o ?p ?x } }")
    assert list(rows) == [{"o": Literal("a")}]


def test_a_bound_value_is_never_query_text(store: Store) -> None:
    put(store, ONE, "a")
    hostile = Literal('" } ; DROP ALL #')
    rows = store.snapshot().select("SELECT ?s ?o WHERE { ?s ?p ?o }", {"o": hostile})
    assert list(rows) == []
    assert content(store.snapshot()) == {ONE: triples(quads("a"))}


def test_a_graph_that_is_not_there_has_no_quads(store: Store) -> None:
    put(store, ONE, "a")
    assert list(store.snapshot().quads(TWO)) == []
    assert list(store.snapshot().quads(DefaultGraph())) == []


@pytest.mark.parametrize(
    "literal",
    [
        Literal("日本語 \U0001f5fe e\u0301"),
        Literal('a "quoted" \\ line\nand\ttab \r\u0001'),
        Literal("プーチン", language="ja"),
        Literal("2022/.."),
        Literal("2025-08-17", datatype=NamedNode(f"{XSD}date")),
        Literal("137", datatype=NamedNode(f"{XSD}integer")),
        Literal("", datatype=NamedNode(f"{EX}datatype")),
    ],
    ids=str,
)
def test_literals_come_back_as_they_went_in(store: Store, literal: Literal) -> None:
    with store.begin(author="test", message="literal") as change:
        change.replace(ONE, [Quad(P, P, literal)])
        change.publish()
    assert [quad.object for quad in store.snapshot().quads(ONE)] == [literal]


def test_blank_nodes_are_kept_and_their_names_do_not_matter(store: Store) -> None:
    def chain(first: str, second: str) -> list[Quad]:
        one, two = BlankNode(first), BlankNode(second)
        return [Quad(P, P, one), Quad(one, P, two), Quad(two, P, Literal("end"))]

    with store.begin(author="test", message="blank nodes") as change:
        change.replace(ONE, chain("a", "b"))
        first = change.publish()
    with store.begin(author="test", message="other names") as change:
        change.replace(ONE, chain("y", "x"))
        assert change.publish() == first
    assert len(content(store.snapshot())[ONE]) == 3


def test_writers_queue_and_none_is_lost(store: Store) -> None:
    def write(writer: int) -> None:
        for number in range(3):
            put(store, NamedNode(f"{EX}graph/{writer}-{number}"), writer, number)

    writers = [threading.Thread(target=write, args=(writer,)) for writer in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert store.snapshot().info.number == 9
    assert content(store.snapshot()) == {
        NamedNode(f"{EX}graph/{writer}-{number}"): triples(quads(writer, number))
        for writer in range(3)
        for number in range(3)
    }
