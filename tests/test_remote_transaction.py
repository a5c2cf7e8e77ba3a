"""A commit to another engine whose answer does not tell whether it was done: what is told of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pyoxigraph import Store as Oxigraph

from kg.errors import Conflict, InputError, KgError, StoreUnreachable
from kg.rdf.terms import BlankNode, DefaultGraph, GraphName, Literal, NamedNode, Quad
from kg.store.remote.endpoints import Endpoints
from kg.store.remote.http import Http
from kg.store.remote.store import RemoteStore
from tests.servers.scripted import Asked, Said, Script, Scripted, oxigraph, scripted

GRAPH = NamedNode("urn:g")
QUAD = Quad(NamedNode("urn:a"), NamedNode("urn:b"), Literal("c"), GRAPH)
ERROR = Said(b"out of cheese", "text/plain", status=500)


@pytest.fixture(scope="module")
def other() -> Iterator[Scripted]:
    """The other engine."""
    with scripted() as found:
        yield found


@pytest.fixture
def content(other: Scripted) -> Oxigraph:
    """What the other engine holds, which does at first all that it is told to."""
    store = Oxigraph()
    other.script = oxigraph(store)
    return store


def publish(other: Scripted) -> int:
    """The number of the version that a commit of QUAD makes."""
    store = RemoteStore(Endpoints.of(other.url), Http())
    with store.begin(author="test", message="Add") as change:
        change.insert(GRAPH, [QUAD])
        return change.publish().number


def _failing(content: Oxigraph, answer: Said, *, does: bool, then: Said | None = None) -> Script:
    """Answers updates by ``answer``, done or not, and all that comes after one by ``then``."""
    right, updated = oxigraph(content), False

    def script(asked: Asked) -> Said:
        nonlocal updated
        if asked.query:
            return then if updated and then else right(asked)
        updated = True
        if does:
            right(asked)
        return answer

    return script


def test_an_error_after_the_commit_was_done_is_none(other: Scripted, content: Oxigraph) -> None:
    other.script = _failing(content, ERROR, does=True)
    assert publish(other) == 1
    assert QUAD in content


@pytest.mark.parametrize(
    ("answer", "error"), [(ERROR, StoreUnreachable), (Said(status=204), Conflict)]
)
def test_a_commit_that_was_not_done_fails_whatever_the_answer(
    other: Scripted, content: Oxigraph, answer: Said, error: type[KgError]
) -> None:
    other.script = _failing(content, answer, does=False)
    with pytest.raises(error):
        publish(other)
    assert len(content) == 0


@pytest.mark.parametrize("does", [True, False])
def test_where_nobody_can_tell_the_error_says_to_look(
    other: Scripted, content: Oxigraph, *, does: bool
) -> None:
    other.script = _failing(content, ERROR, does=does, then=ERROR)
    with pytest.raises(StoreUnreachable, match="is not known: look before"):
        publish(other)
    assert (QUAD in content) is does


@pytest.mark.parametrize("graph", [DefaultGraph(), BlankNode("g")], ids=str)
def test_only_named_graphs_are_written(
    other: Scripted, content: Oxigraph, graph: GraphName
) -> None:
    store = RemoteStore(Endpoints.of(other.url), Http())
    with (
        store.begin(author="test", message="Add") as change,
        pytest.raises(InputError, match="only named graphs"),
    ):
        change.insert(graph, [QUAD])
    assert len(content) == 0
