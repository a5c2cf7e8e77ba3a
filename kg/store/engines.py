"""Who runs queries from outside: processes of ours on a version's files, or another engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from kg.settings import Settings
from kg.store.base import QueryRequest, Snapshot
from kg.store.embedded.store import EmbeddedSnapshot
from kg.store.processes.workers import PoolCounts, QueryPool


class Reply(Protocol):
    """The result of a query: iterate over it for its bytes, and close it in any case.

    Iterating raises KgError where the query fails half-way: what was read is not the result.
    """

    @property
    def complete(self) -> bytes | None:
        """The whole result, if it came in one piece."""
        ...

    @property
    def waited(self) -> float:
        """For how many seconds the query was queued."""
        ...

    def __iter__(self) -> Iterator[bytes]: ...

    def close(self) -> None:
        """End the query if its result has not been read to the end."""
        ...


class Engine(Protocol):
    """Runs queries whose policy has been checked. Threads share it; made after any fork."""

    @property
    def is_versioned(self) -> bool:
        """Whether a version's digest tells all that a result depends on, so that it can be kept."""
        ...

    @property
    def counts(self) -> PoolCounts:
        """How many queries run and wait now, and how many were ended early."""
        ...

    def start(self) -> None:
        """Get ready before the first query comes; it would else wait for that."""
        ...

    def run(self, snapshot: Snapshot, request: QueryRequest, *, client: int | None = None) -> Reply:
        """The answer to ``request``, as soon as it begins.

        ``client`` is the file descriptor of the connection that the answer goes to: when its other
        end closes, the query ends. Raises QuerySyntaxError, ParameterError, UnknownFormat, Refused,
        QueryInterrupted, Busy, StoreError.
        """
        ...

    def close(self) -> None:
        """End all queries."""
        ...


@dataclass(frozen=True, slots=True)
class VersionEngine:
    """Runs queries on the files of embedded versions."""

    pool: QueryPool

    @property
    def is_versioned(self) -> bool:
        """A version never changes."""
        return True

    @property
    def counts(self) -> PoolCounts:
        """What the processes are doing and have done."""
        return self.pool.counts

    def start(self) -> None:
        """Start the processes."""
        self.pool.start()

    def run(self, snapshot: Snapshot, request: QueryRequest, *, client: int | None = None) -> Reply:
        """The answer to ``request``. Raises what ``QueryPool.run`` raises."""
        if not isinstance(snapshot, EmbeddedSnapshot):
            raise TypeError("query processes read the files of an embedded store only")
        return self.pool.run(snapshot.folder, request, client=client)

    def close(self) -> None:
        """End all queries and their processes."""
        self.pool.close()


def open_engine(settings: Settings) -> Engine:
    """What runs queries on the store of ``settings.store``; nothing starts before it is used."""
    if "://" in settings.store:
        from kg.store.remote.passing import PassingEngine  # slow to import, and seldom needed

        return PassingEngine(union_default_graph=settings.union_default_graph)
    return VersionEngine(
        QueryPool(
            processes=settings.query_processes,
            memory_mib=settings.query_memory,
            queue=settings.query_queue,
            network=bool(settings.federation_allow),
        )
    )
