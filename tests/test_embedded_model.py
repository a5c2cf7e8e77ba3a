"""The embedded store against a dictionary: whatever is done in whatever order, they stay equal."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from kg.errors import InputError, NotFound
from kg.rdf.terms import DefaultGraph, GraphName, NamedNode
from kg.store.embedded.store import EmbeddedStore
from kg.store.embedded.transaction import EmbeddedTransaction
from tests.content import ONE, TWO, Content, content, quads, quick_folder, triples

GRAPHS = st.sampled_from([ONE, TWO, DefaultGraph()])
NAMED = st.sampled_from([ONE, TWO])
VALUES = st.frozensets(st.integers(0, 3), max_size=3)
Model = dict[GraphName, frozenset[int]]


class EmbeddedStoreMachine(RuleBasedStateMachine):
    """A graph is modelled by the set of its values; an empty set is a graph without triples."""

    @initialize()
    def empty(self) -> None:
        self.stack = ExitStack()
        self.store = EmbeddedStore(self.stack.enter_context(quick_folder()) / "store")
        self.model: Model = {}
        self.history: dict[int, Model] = {0: {}}

    def change(self) -> EmbeddedTransaction:
        return self.store.begin(author="test", message="a step")

    def publish(self, change: EmbeddedTransaction) -> None:
        """Publish; a new version, and only then, is one more in the history."""
        info = change.publish()
        known = self.history[max(self.history)]
        if visible(self.model) != visible(known):
            self.history[info.number] = dict(self.model)
        assert info.number == max(self.history)
        assert set(info.graphs) == {getattr(graph, "value", "") for graph in visible(self.model)}

    @rule(graph=GRAPHS, values=VALUES)
    def replace(self, graph: GraphName, values: frozenset[int]) -> None:
        with self.change() as change:
            change.replace(graph, quads(*values))
            self.model[graph] = values
            self.publish(change)

    @rule(graph=GRAPHS, values=VALUES)
    def insert(self, graph: GraphName, values: frozenset[int]) -> None:
        with self.change() as change:
            change.insert(graph, quads(*values))
            self.model[graph] = self.model.get(graph, frozenset()) | values
            self.publish(change)

    @rule(graph=GRAPHS)
    def drop(self, graph: GraphName) -> None:
        with self.change() as change:
            if graph in self.model or isinstance(graph, DefaultGraph):
                change.drop(graph)
                self.model.pop(graph, None)
            else:
                with pytest.raises(NotFound):
                    change.drop(graph)
            self.publish(change)

    @rule(graph=NAMED, gone=st.integers(0, 3), new=st.integers(0, 3))
    def update(self, graph: NamedNode, gone: int, new: int) -> None:
        """Two values of one graph, in one update of two operations."""
        with self.change() as change:
            change.update(
                f"DELETE DATA {{ GRAPH {graph} {{ {line(gone)} }} }} ;"
                f"INSERT DATA {{ GRAPH {graph} {{ {line(new)} }} }}"
            )
            self.model[graph] = (self.model.get(graph, frozenset()) - {gone}) | {new}
            self.publish(change)

    @rule(source=NAMED, to=NAMED)
    def move(self, source: NamedNode, to: NamedNode) -> None:
        """MOVE does nothing onto itself, and does not make a graph where there is no triple."""
        with self.change() as change:
            if source in self.model:
                change.update(f"MOVE {source} TO {to}")
                self.model[to] = self.model.pop(source)
                if source != to and not self.model[to]:
                    del self.model[to]
            else:
                with pytest.raises(InputError):
                    change.update(f"CLEAR ALL ; DROP GRAPH {source}")
            self.publish(change)

    @rule(graph=GRAPHS, first=VALUES, then=VALUES)
    def several_steps(self, graph: GraphName, first: frozenset[int], then: frozenset[int]) -> None:
        """Reading between two writes of one change."""
        with self.change() as change:
            change.replace(graph, quads(*first))
            assert content(change) == expected({**self.model, graph: first})
            change.insert(graph, quads(*then))
            self.model[graph] = first | then
            self.publish(change)

    @rule(graph=GRAPHS, values=VALUES)
    def abandon(self, graph: GraphName, values: frozenset[int]) -> None:
        with self.change() as change:
            change.replace(graph, quads(*values))
            change.update("CLEAR ALL")

    @rule(data=st.data())
    def roll_back(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.history)))
        info = self.store.rollback(number, author="test", message="back")
        self.model = dict(self.history[number])
        self.history.setdefault(info.number, dict(self.model))
        assert info.number == max(self.history)

    @invariant()
    def contents_are_equal(self) -> None:
        assert content(self.store.snapshot()) == expected(self.model)

    def teardown(self) -> None:
        for number, model in self.history.items():
            assert content(self.store.snapshot(number)) == expected(model)
        assert {version.number for version in self.store.versions()} == set(self.history)
        self.stack.close()


def line(value: int) -> str:
    """The triple of a value, as ``quads`` makes it."""
    (quad,) = quads(value)
    return f"{quad.subject} {quad.predicate} {quad.object}"


def visible(model: Model) -> Model:
    """What a version knows: the default graph only counts where it has triples."""
    return {
        graph: values
        for graph, values in model.items()
        if values or not isinstance(graph, DefaultGraph)
    }


def expected(model: Model) -> Content:
    """The content that a store with this model has."""
    return {graph: triples(quads(*values)) for graph, values in model.items() if values}


TestEmbeddedStore = EmbeddedStoreMachine.TestCase
TestEmbeddedStore.settings = settings(max_examples=8, stateful_step_count=12, deadline=None)
