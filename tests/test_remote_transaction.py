"""A commit to another engine whose answer does not tell whether it was done: what is told of it."""

from __future__ import annotations

import pytest
from pyoxigraph import Store as Oxigraph

from kg.errors import Conflict, InputError, KgError, StoreUnreachable
from kg.rdf.terms import BlankNode, DefaultGraph, GraphName, Literal, NamedNode, Quad
from kg.store.remote.endpoints import Endpoints
from kg.store.remote.http import Http
from kg.store.remote.store import RemoteStore
from tests.servers.scripted import Asked, Said, Script, Scripted, oxigraph

GRAPH = NamedNode("urn:g")
QUAD = Quad(NamedNode("urn:a"), NamedNode("urn:b"), Literal("c"), GRAPH)
ERROR = Said(b"out of cheese", "text/plain", status=500)


def publish(other: Scripted) -> int:
    """The number of the version that a commit of QUAD makes."""
    store = RemoteStore(Endpoints.of(other.url), Http())
    with store.begin(author="test", message="Add") as change:
        change.insert(GRAPH, [QUAD])
        return change.publish().number


def _failing(there: Oxigraph, answer: Said, *, does: bool, then: Said | None = None) -> Script:
    """Answers updates by ``answer``, done or not, and all that comes after one by ``then``."""
    right, updated = oxigraph(there), False

    def script(asked: Asked) -> Said:
        nonlocal updated
        if asked.query:
            return then if updated and then else right(asked)
        updated = True
        if does:
            right(asked)
        return answer

    return script


def test_an_error_after_the_commit_was_done_is_none(other: Scripted, there: Oxigraph) -> None:
    other.script = _failing(there, ERROR, does=True)
    assert publish(other) == 1
    assert QUAD in there


@pytest.mark.parametrize(
    ("answer", "error"), [(ERROR, StoreUnreachable), (Said(status=204), Conflict)]
)
def test_a_commit_that_was_not_done_fails_whatever_the_answer(
    other: Scripted, there: Oxigraph, answer: Said, error: type[KgError]
) -> None:
    other.script = _failing(there, answer, does=False)
    with pytest.raises(error):
        publish(other)
    assert len(there) == 0


@pytest.mark.parametrize("does", [True, False])
def test_where_nobody_can_tell_the_error_says_to_look(
    other: Scripted, there: Oxigraph, *, does: bool
) -> None:
    other.script = _failing(there, ERROR, does=does, then=ERROR)
    with pytest.raises(StoreUnreachable, match="is not known: look before"):
        publish(other)
    assert (QUAD in there) is does


@pytest.mark.parametrize("graph", [DefaultGraph(), BlankNode("g")], ids=str)
def test_only_named_graphs_are_written(other: Scripted, there: Oxigraph, graph: GraphName) -> None:
    store = RemoteStore(Endpoints.of(other.url), Http())
    with (
        store.begin(author="test", message="Add") as change,
        pytest.raises(InputError, match="only named graphs"),
    ):
        change.insert(graph, [QUAD])
    assert len(there) == 0
