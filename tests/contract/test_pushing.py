"""Graphs get into every store and back, and a second push has nothing to send."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from kg.errors import StoreUnreachable
from kg.exchange.pushing import Fate, Plan, Pushed, Via, pulling, push
from kg.rdf.terms import BlankNode, Literal, NamedNode, Quad
from kg.store.opening import TemporaryStore
from kg.store.remote.service import Service
from kg.store.remote.store import remote_service
from tests.content import EX, ONE, THREE, TWO, P, content, put
from tests.servers.kinds import KINDS
from tests.servers.running import Server
from tests.servers.started import Servers

PREFIX = f"{EX}graph/"
TANGLED = [
    Quad(BlankNode("a"), P, BlankNode("b")),
    Quad(BlankNode("b"), P, Literal("水", language="ja")),
]


@pytest.fixture
def own() -> Iterator[TemporaryStore]:
    """The store that is pushed from."""
    with closing(TemporaryStore()) as store:
        yield store


def _service(server: Server) -> Service:
    given = server.settings
    own = type(given)(remote_user=given.store_user, remote_password=given.store_password)
    return remote_service(own, given.store, update=given.store_update, graphs=given.store_graphs)


def _fates(found: tuple[Pushed, ...]) -> dict[str, Fate]:
    assert [each.folds for each in found if each.folds] == []
    return {each.graph.removeprefix(PREFIX): each.fate for each in found}


@pytest.mark.parametrize("via", [Via.GRAPHS, Via.UPDATE])
@pytest.mark.parametrize("kind", KINDS)
def test_a_push_ends_in_equal_graphs_and_the_next_sends_nothing(
    servers: Servers, own: TemporaryStore, kind: str, via: Via
) -> None:
    service = _service(servers.get(kind))
    put(own, ONE, "a", "b")
    with own.begin(author="test", message="blank nodes") as change:
        change.insert(TWO, TANGLED)
        change.publish()
    plan = Plan(snapshot=own.snapshot(), prefix=PREFIX, via=via)
    planned = Plan(snapshot=own.snapshot(), prefix=PREFIX, via=via, dry_run=True)
    assert _fates(push(planned, service)) == {"one": Fate.PENDING, "two": Fate.PENDING}
    assert _fates(push(plan, service)) == {"one": Fate.SENT, "two": Fate.SENT}
    assert _fates(push(plan, service)) == {"one": Fate.SAME, "two": Fate.SAME}
    service.update(f"CLEAR GRAPH {TWO}")
    assert _fates(push(plan, service)) == {"one": Fate.SAME, "two": Fate.SENT}


class _Broken(Service):
    """A service to which the way breaks off after the first update."""

    def update(self, text: str) -> None:
        """Send it, then fail for the next."""
        super().update(text)
        raise StoreUnreachable("the way is broken off")


def test_a_push_that_was_broken_off_goes_on_where_it_was(
    servers: Servers, own: TemporaryStore
) -> None:
    service = _service(servers.get("oxigraph"))
    broken = _Broken(service.endpoints, service.http, timeout=10)
    put(own, ONE, "a", "b")
    put(own, TWO, "x")
    plan = Plan(snapshot=own.snapshot(), prefix=PREFIX, via=Via.UPDATE)
    with pytest.raises(StoreUnreachable):
        push(plan, broken)
    assert _fates(push(plan, service)) == {"one": Fate.SAME, "two": Fate.SENT}


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_changed_since_is_sent_and_the_rest_pruned(
    servers: Servers, own: TemporaryStore, kind: str
) -> None:
    service = _service(servers.get(kind))
    put(own, ONE, "a", "b")
    put(own, THREE, "x")
    push(Plan(snapshot=own.snapshot(), prefix=PREFIX), service)
    old = own.snapshot()
    put(own, ONE, "a", "c")
    put(own, TWO, "new")
    with own.begin(author="test", message="drop") as change:
        change.drop(THREE)
        change.publish()
    now = own.snapshot()
    kept = push(Plan(snapshot=now, prefix=PREFIX, since=old), service)
    assert _fates(kept) == {"one": Fate.SENT, "two": Fate.SENT, "three": Fate.EXTRA}
    pruned = push(Plan(snapshot=now, prefix=PREFIX, prune=True), service)
    assert _fates(pruned) == {"one": Fate.SAME, "two": Fate.SAME, "three": Fate.REMOVED}
    assert list(service.quads(THREE)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_pulled_is_what_was_pushed(
    servers: Servers, own: TemporaryStore, kind: str
) -> None:
    service = _service(servers.get(kind))
    put(own, ONE, "a", "b")
    put(own, NamedNode(f"{EX}elsewhere"), "x")
    push(Plan(snapshot=own.snapshot(), prefix=PREFIX), service)
    with closing(TemporaryStore()) as other:
        with other.begin(author="test", message="pull") as change:
            pulling(service, (), prefix=PREFIX)(change)
            change.publish()
        assert content(other.snapshot()) == {ONE: content(own.snapshot())[ONE]}
