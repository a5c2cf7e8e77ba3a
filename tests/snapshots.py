"""A snapshot in memory, for tests of what reads one: the port's smallest implementation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

import pyoxigraph

from kg.store.base import VersionInfo
from kg.terms import GraphName, Quad, Solution, Term, Variable


class MemorySnapshot:
    """Version 1 of a dataset with just these quads."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self._engine = pyoxigraph.Store()
        self._engine.extend(quads)

    @property
    def info(self) -> VersionInfo:
        """What is known of this version."""
        time = datetime(2026, 1, 2, tzinfo=UTC)
        return VersionInfo(
            number=1, time=time, author="test", message="test", parent=None, digest=""
        )

    def select(self, query: str, bindings: Mapping[str, Term] | None = None) -> Iterator[Solution]:
        """The solutions over the union of all graphs."""
        values = {Variable(name): value for name, value in (bindings or {}).items()}
        found = self._engine.query(query, use_default_graph_as_union=True, substitutions=values)
        assert isinstance(found, pyoxigraph.QuerySolutions)
        names = [variable.value for variable in found.variables]
        for row in found:
            yield {name: value for name, value in zip(names, row, strict=True) if value is not None}

    def quads(self, graph: GraphName | None = None) -> Iterator[Quad]:
        """All quads, or those of one graph."""
        yield from self._engine.quads_for_pattern(None, None, None, graph)
