"""Fakes of our own ports: a store of versions in memory, and one that counts its queries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pyoxigraph import QuerySolutions
from pyoxigraph import Store as Oxigraph

from kg.errors import NotFound
from kg.rdf.terms import DefaultGraph, GraphName, Quad, Solution, Term, Variable
from kg.store.base import Snapshot, Store, Transaction, VersionInfo, Versions
from kg.store.digests import describe_graph, version_digest

START = datetime(2026, 1, 1, tzinfo=UTC)


class FakeSnapshot:
    """One version in memory."""

    def __init__(self, quads: Iterable[Quad], *, number: int = 1) -> None:
        self._engine = Oxigraph()
        self._engine.bulk_extend(quads)
        self._number = number
        names = {name.value: name for name in self._engine.named_graphs()}
        self._graphs = {key: describe_graph(self.quads(name)) for key, name in names.items()}
        if any(self.quads(DefaultGraph())):
            self._graphs[""] = describe_graph(self.quads(DefaultGraph()))

    @property
    def info(self) -> VersionInfo:
        """What is known of this version."""
        return VersionInfo(
            number=self._number,
            time=START + timedelta(days=self._number),
            author="test",
            message=f"version {self._number}",
            parent=self._number - 1,
            digest=version_digest(self._graphs),
            graphs=self._graphs,
        )

    def select(self, query: str, bindings: Mapping[str, Term] | None = None) -> Iterator[Solution]:
        """The solutions over the union of all graphs."""
        values = {Variable(name): value for name, value in (bindings or {}).items()}
        found = self._engine.query(query, use_default_graph_as_union=True, substitutions=values)
        assert isinstance(found, QuerySolutions)
        names = [variable.value for variable in found.variables]
        for row in found:
            pairs = zip(names, row, strict=True)
            yield {name: value for name, value in pairs if value is not None}

    def quads(self, graph: GraphName | None = None) -> Iterator[Quad]:
        """All quads, or those of one graph."""
        yield from self._engine.quads_for_pattern(None, None, None, graph)


class FakeStore:
    """Versions in memory, the last one current; ``publish`` adds one, ``forget`` removes one."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self._versions: dict[int, FakeSnapshot] = {}
        self.publish(quads)

    def publish(self, quads: Iterable[Quad]) -> None:
        """Make a version with just these quads the current one."""
        number = max(self._versions, default=0) + 1
        self._versions[number] = FakeSnapshot(quads, number=number)

    def forget(self, version: int) -> None:
        """Keep a version no longer."""
        del self._versions[version]

    def snapshot(self, version: int | None = None) -> FakeSnapshot:
        """The current version, or the one asked for. Raises NotFound."""
        wanted = max(self._versions) if version is None else version
        if wanted not in self._versions:
            raise NotFound(f"There is no version {wanted}.")
        return self._versions[wanted]

    def versions(self) -> Versions:
        """All versions, newest first."""
        found = {number: snapshot.info for number, snapshot in self._versions.items()}
        return Versions(sorted(found, reverse=True), found.get)

    def begin(self, *, author: str, message: str, expected: str | None = None) -> Transaction:
        """Raises NotImplementedError: tests publish whole versions."""
        raise NotImplementedError

    def close(self) -> None:
        """Nothing to let go of."""


@dataclass(frozen=True, slots=True)
class CountingSnapshot:
    """Another snapshot, each of whose queries is told."""

    inner: Snapshot
    told: Callable[[], None]

    @property
    def info(self) -> VersionInfo:
        """What is known of the version."""
        return self.inner.info

    def select(self, query: str, bindings: Mapping[str, Term] | None = None) -> Iterator[Solution]:
        """The solutions, after the query has been told."""
        self.told()
        return self.inner.select(query, bindings)

    def quads(self, graph: GraphName | None = None) -> Iterator[Quad]:
        """All quads, or those of one graph."""
        return self.inner.quads(graph)


class CountingStore:
    """Another store, of whose snapshots it counts the ``queries``."""

    def __init__(self, inner: Store) -> None:
        self.queries = 0
        self._inner = inner

    def snapshot(self, version: int | None = None) -> CountingSnapshot:
        """The current version, or the one asked for. Raises NotFound."""
        return CountingSnapshot(self._inner.snapshot(version), self._count)

    def versions(self) -> Versions:
        """All versions, newest first."""
        return self._inner.versions()

    def begin(self, *, author: str, message: str, expected: str | None = None) -> Transaction:
        """A change to the other store."""
        return self._inner.begin(author=author, message=message, expected=expected)

    def close(self) -> None:
        """Close the other store."""
        self._inner.close()

    def _count(self) -> None:
        self.queries += 1
