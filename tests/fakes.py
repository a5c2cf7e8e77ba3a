"""Fakes of our own ports: a store of versions in memory, which counts the queries it is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pyoxigraph import QuerySolutions
from pyoxigraph import Store as Oxigraph

from kg.errors import NotFound
from kg.store.base import Transaction, VersionInfo
from kg.store.digests import describe_graph, version_digest
from kg.terms import GraphName, Quad, Solution, Term, Variable

START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Count:
    """How many queries there were."""

    queries: int = 0


class FakeSnapshot:
    """One version in memory; each query adds to ``count``."""

    def __init__(
        self, quads: Iterable[Quad], *, number: int = 1, count: Count | None = None
    ) -> None:
        self._engine = Oxigraph()
        self._engine.bulk_extend(quads)
        self._number = number
        self._count = count or Count()
        graphs = list(self._engine.named_graphs())
        self._graphs = {name.value: describe_graph(self.quads(name)) for name in graphs}

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
        self._count.queries += 1
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
        self.count = Count()
        self._versions: dict[int, FakeSnapshot] = {}
        self.publish(quads)

    def publish(self, quads: Iterable[Quad]) -> None:
        """Make a version with just these quads the current one."""
        number = max(self._versions, default=0) + 1
        self._versions[number] = FakeSnapshot(quads, number=number, count=self.count)

    def forget(self, version: int) -> None:
        """Keep a version no longer."""
        del self._versions[version]

    def snapshot(self, version: int | None = None) -> FakeSnapshot:
        """The current version, or the one asked for. Raises NotFound."""
        wanted = max(self._versions) if version is None else version
        if wanted not in self._versions:
            raise NotFound(f"There is no version {wanted}.")
        return self._versions[wanted]

    def versions(self) -> tuple[VersionInfo, ...]:
        """All versions, newest first."""
        return tuple(self._versions[number].info for number in sorted(self._versions, reverse=True))

    def begin(self, *, author: str, message: str, expected: str | None = None) -> Transaction:
        """Raises NotImplementedError: tests publish whole versions."""
        raise NotImplementedError

    def close(self) -> None:
        """Nothing to let go of."""
