"""Whatever is written in whatever order: the store holds what a dictionary of sets would."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from kg.writing.history import returning_to
from kg.writing.publishing import Origin
from tests.writers import TURTLE, UPDATE, plain, writer

GRAPHS = st.sampled_from(["", "urn:g", "urn:h"])
TRIPLES = st.frozensets(st.integers(0, 5), max_size=4)
Model = dict[str, frozenset[int]]


def turtle(numbers: frozenset[int]) -> str:
    """A document that says these numbers."""
    return " ".join(f"<urn:a> <urn:b> {number} ." for number in numbers)


def path(graph: str) -> str:
    """Where a graph is; the empty name is the default graph's."""
    return f"/data?graph={graph}" if graph else "/data?default"


class Writes(RuleBasedStateMachine):
    """The protocol's operations, each beside what it does to the model."""

    def __init__(self) -> None:
        super().__init__()
        self.opened = ExitStack()
        folder = Path(self.opened.enter_context(tempfile.TemporaryDirectory()))
        self.writer = self.opened.enter_context(writer(plain(folder)))
        self.model: Model = {"": frozenset()}
        self.past: dict[int, Model] = {0: dict(self.model)}

    def teardown(self) -> None:
        """Remove the store."""
        self.opened.close()

    def remember(self, status: int, *expected: int) -> None:
        """Check a status, and keep what the version that is now current should hold."""
        assert status in expected, (status, expected)
        self.past[self.writer.live.number] = dict(self.model)

    @rule(graph=GRAPHS, numbers=TRIPLES)
    def put(self, graph: str, numbers: frozenset[int]) -> None:
        """Replace a graph."""
        expected = 204 if graph in self.model else 201
        self.model[graph] = numbers
        self.remember(self.writer.put(path(graph), turtle(numbers)).status_code, expected)

    @rule(graph=GRAPHS, numbers=TRIPLES)
    def post(self, graph: str, numbers: frozenset[int]) -> None:
        """Add to a graph."""
        expected = 204 if graph in self.model else 201
        self.model[graph] = self.model.get(graph, frozenset()) | numbers
        sent = self.writer.send("POST", path(graph), turtle(numbers), content_type=TURTLE)
        self.remember(sent.status_code, expected)

    @rule(graph=GRAPHS)
    def delete(self, graph: str) -> None:
        """Remove a graph, or empty the default graph."""
        expected = 204 if graph in self.model else 404
        self.model.pop(graph, None)
        self.model.setdefault("", frozenset())
        self.remember(self.writer.send("DELETE", path(graph)).status_code, expected)

    @rule(graph=GRAPHS, number=st.integers(0, 5))
    def patch(self, graph: str, number: int) -> None:
        """Take a number from a graph."""
        expected = 204 if graph in self.model else 404
        if graph in self.model:
            self.model[graph] -= {number}
        text = f"DELETE DATA {{ <urn:a> <urn:b> {number} }}"
        sent = self.writer.send("PATCH", path(graph), text, content_type=UPDATE)
        self.remember(sent.status_code, expected)

    @rule(source=GRAPHS.filter(bool), sink=GRAPHS.filter(bool))
    def update(self, source: str, sink: str) -> None:
        """Add one graph to another by a pattern."""
        found = self.model.get(source, frozenset())
        if found:
            self.model[sink] = self.model.get(sink, frozenset()) | found
        where = f"WHERE {{ GRAPH <{source}> {{ ?s ?p ?o }} }}"
        text = f"INSERT {{ GRAPH <{sink}> {{ ?s ?p ?o }} }} {where}"
        self.remember(self.writer.update(text).status_code, 204)

    @rule(text=st.sampled_from(["INSERT DATA { oops", "CLEAR ALL ; CREATE GRAPH <urn:g> ; x"]))
    def fail(self, text: str) -> None:
        """Send what cannot be applied."""
        self.remember(self.writer.update(text).status_code, 400)

    @rule(share=st.floats(0, 1))
    def roll_back(self, share: float) -> None:
        """Return to a version that there was."""
        number = sorted(self.past)[int(share * (len(self.past) - 1))]
        self.model = dict(self.past[number])
        store, origin = self.writer.store, Origin(author="test", message="back")
        self.writer.writing.publisher.publish(returning_to(store.snapshot(number)), origin)
        self.remember(200, 200)

    @invariant()
    def holds_what_the_model_says(self) -> None:
        """Graph by graph."""
        snapshot = self.writer.store.snapshot()
        assert set(snapshot.info.graphs) | {""} == set(self.model)
        for graph, numbers in self.model.items():
            held = {int(line.split('"')[1]) for line in self.writer.triples(path(graph))}
            assert held == numbers


TestWrites = Writes.TestCase
TestWrites.settings = settings(
    max_examples=6,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
