"""The embedded store: immutable versions, each an Oxigraph store in a folder of its own."""

from __future__ import annotations

import dataclasses
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from pyoxigraph import QuerySolutions, Variable
from pyoxigraph import Store as Oxigraph

from kg.errors import Conflict, NotFound
from kg.rdf.terms import GraphName, Quad, Solution, Term
from kg.store import durable, tables
from kg.store.base import VersionInfo, Versions
from kg.store.contents import successor
from kg.store.digests import version_digest
from kg.store.embedded.folder import Folder, Lock
from kg.store.embedded.transaction import EmbeddedTransaction
from kg.store.faults import corrupt, store_faults

_OPEN_VERSIONS = 4  # kept open per process; those in use stay open beyond that
_ATTEMPTS = 10  # at opening the live version while others publish and remove versions


class EmbeddedSnapshot:
    """One version, read-only. As long as this object lives, no process removes the version."""

    def __init__(self, info: VersionInfo, engine: Oxigraph, path: Path, lock: Lock | None) -> None:
        self._info = info
        self._engine = engine
        self._path = path
        self._lock = lock

    @property
    def info(self) -> VersionInfo:
        """What is known of this version."""
        return self._info

    @property
    def engine(self) -> Oxigraph:
        """The Oxigraph store itself, which refuses writing, for queries of any form."""
        return self._engine

    @property
    def folder(self) -> str:
        """The version's folder, for the processes that run queries from outside.

        Empty where the store is not there yet: no folder holds its version 0.
        """
        return str(self._path) if self._lock else ""

    def is_replaced(self) -> bool:
        """Whether another store has been put in the place of the one that this was read from."""
        return self._lock is not None and not self._lock.is_on(self._path)

    def select(self, query: str, bindings: Mapping[str, Term] | None = None) -> Iterator[Solution]:
        """The solutions of a SELECT query over the union of all graphs."""
        values = {Variable(name): value for name, value in (bindings or {}).items()}
        with store_faults(self._path):
            found = self._engine.query(query, use_default_graph_as_union=True, substitutions=values)
        if not isinstance(found, QuerySolutions):
            raise TypeError("select() takes a SELECT query")
        return self._rows(found)

    def quads(self, graph: GraphName | None = None) -> Iterator[Quad]:
        """All quads, or those of one graph; none where there is no such graph."""
        with store_faults(self._path):
            yield from self._engine.quads_for_pattern(None, None, None, graph)

    def _rows(self, found: QuerySolutions) -> Iterator[Solution]:
        names = [variable.value for variable in found.variables]
        with store_faults(self._path):
            for row in found:
                values = zip(names, row, strict=True)  # by place: by name costs ten times as much
                yield {name: value for name, value in values if value is not None}


class EmbeddedStore:
    """A store in the folder ``path``, which need not exist before the first ``begin``.

    Any number of processes may read it and write it at once. ``patience`` is for how many seconds
    a writer waits for others, ``batch`` how many quads a change holds in memory at once.
    """

    def __init__(self, path: Path, *, patience: float = 30.0, batch: int = 100_000) -> None:
        self.path = path
        self._folder = Folder(path)
        self._patience = patience
        self._batch = batch
        self._opened: OrderedDict[int, EmbeddedSnapshot] = OrderedDict()
        self._guard = threading.Lock()

    def snapshot(self, version: int | None = None) -> EmbeddedSnapshot:
        """The live version, or the one asked for. Raises NotFound, StoreCorrupt."""
        live = self._folder.current()
        if version is None or (live is None and version == 0):
            return self._open_live(live)
        found = self._open(version) if 0 <= version <= (live or 0) else None
        if found is None:
            raise NotFound(f"There is no version {version}.")
        return found

    def versions(self) -> Versions:
        """All versions that are kept, newest first; at least one, the empty version 0."""
        numbers = self._folder.numbers()
        if not numbers:
            return Versions([_EMPTY.number], lambda _: _EMPTY)
        return Versions(reversed(numbers), self._info)

    def begin(
        self, *, author: str, message: str, expected: str | None = None
    ) -> EmbeddedTransaction:
        """A change by ``author``, once other writers are done.

        Raises Conflict where ``expected`` is not the digest of the live version, Busy where others
        take too long, StoreUnwritable, StoreFull, StoreCorrupt.
        """
        lock, live = self._lock_for_writing(expected)
        try:
            engine = self.snapshot(live.number).engine
            with store_faults(self._folder.path):
                return EmbeddedTransaction(
                    self._folder,
                    lock,
                    live,
                    engine,
                    author=author,
                    message=message,
                    batch=self._batch,
                )
        except BaseException:
            lock.release()
            raise

    def rollback(
        self, to: int, *, author: str, message: str, expected: str | None = None
    ) -> VersionInfo:
        """A new version with the content of version ``to``; the live one where they are equal.

        Raises NotFound, and what ``begin`` raises.
        """
        lock, live = self._lock_for_writing(expected)
        try:
            old = self._info(to)
            if old is None or to > live.number:
                raise NotFound(f"There is no version {to}.")
            if old.digest == live.digest:
                return live
            info = successor(
                live, digest=old.digest, graphs=old.graphs, author=author, message=message
            )
            with store_faults(self._folder.path):
                self._folder.publish(self._folder.copy(to), info, like=to)
            return info
        finally:
            lock.release()

    def gc(self, *, keep: int) -> tuple[int, ...]:
        """Remove all but the newest ``keep`` versions, except those that any process has open.

        Returns the numbers of those removed; the live version never is one.
        """
        lock, _ = self._lock_for_writing(None)
        try:
            self.close()
            old = self._folder.numbers()[: -max(keep, 1)]
            return tuple(number for number in old if self._folder.remove(number))
        finally:
            lock.release()

    def close(self) -> None:
        """Let go of all versions that no snapshot is using."""
        with self._guard:
            self._opened.clear()

    def _open_live(self, number: int | None) -> EmbeddedSnapshot:
        """The live version, which was ``number``: others may publish and remove in the meantime."""
        for _ in range(_ATTEMPTS):
            if number is None:
                return EmbeddedSnapshot(_EMPTY, Oxigraph(), self._folder.path, None)
            found = self._open(number)
            if found is not None:
                return found
            number = self._folder.current()
        raise corrupt(self._folder.path, f"version {number}, which CURRENT names, is missing")

    def _open(self, number: int) -> EmbeddedSnapshot | None:
        """The version, open; None where it is gone or going."""
        with self._guard:
            found = self._opened.pop(number, None)
            if found is None or found.is_replaced():
                found = self._open_anew(number)
            if found is not None:
                self._opened[number] = found
            while len(self._opened) > _OPEN_VERSIONS:
                self._opened.popitem(last=False)
            return found

    def _open_anew(self, number: int) -> EmbeddedSnapshot | None:
        path = self._folder.version(number)
        with store_faults(path):
            try:
                lock = Lock(path)
            except FileNotFoundError:
                return None
            # Whoever removes a version locks it first, then gives it another name.
            if not (lock.try_shared() and lock.is_on(path)):
                lock.release()
                return None
            return EmbeddedSnapshot(self._folder.info(number), tables.open_closed(path), path, lock)

    def _info(self, number: int) -> VersionInfo | None:
        with store_faults(self._folder.path):
            try:
                return self._folder.info(number)
            except FileNotFoundError:
                return None

    def _lock_for_writing(self, expected: str | None) -> tuple[Lock, VersionInfo]:
        """The writers' lock and the live version, the left-overs of crashed writers removed."""
        lock = self._folder.lock_for_writing(self._patience)
        try:
            with store_faults(self._folder.path):
                self._folder.prepare()
                number = self._folder.current()
                live = self._create() if number is None else self._folder.info(number)
            _check_expected(live, expected)
        except BaseException:
            lock.release()
            raise
        return lock, live

    def _create(self) -> VersionInfo:
        """Publish the empty version 0."""
        info = dataclasses.replace(_EMPTY, time=datetime.now(UTC))
        new, written = self._folder.staging / "new", self._folder.staging / "written"
        tables.checkpoint(Oxigraph(str(written)), new, tables=0)
        self._folder.publish(new, info)
        durable.remove_all([written])
        return info


def _check_expected(live: VersionInfo, expected: str | None) -> None:
    if expected not in {None, live.digest}:
        raise Conflict(f"The store is at version {live.number} by now: read it, then write again.")


_EMPTY = VersionInfo(
    number=0,
    time=datetime.fromtimestamp(0, UTC),
    author="kg",
    message="Empty store",
    parent=None,
    digest=version_digest({}),
)
