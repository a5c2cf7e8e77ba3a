"""A store in the making: a version, and copies of it that are open only while they are written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from tempfile import mkdtemp

from pyoxigraph import Store

from kg.rdf.terms import DefaultGraph, GraphName, Quad
from kg.store import durable
from kg.store.base import GraphInfo, UpdateLimits
from kg.store.digests import describe_graph
from kg.store.embedded.updating import run_update, update_apart
from kg.store.tables import Draft, open_closed, replays_much

# After writing so many quads, and so large a part of the version, all tables are put in order.
_BULK = 50_000
_MUCH = 0.25


class StagedStore:
    """Begins as the store in ``base``, which holds ``quads`` quads and never changes itself.

    ``engine`` is another of the same content, open already. ``batch`` is how many quads a change
    holds in memory at once.

    Reading after writing seals what is written: files that are on the disk and not touched again.
    RocksDB is thus open for writing as briefly as can be; left open for longer, it would begin to
    merge the whole store's tables anew, for every change however small.
    """

    def __init__(
        self,
        staging: Path,
        base: Path,
        *,
        quads: int,
        engine: Store | None = None,
        batch: int = 100_000,
    ) -> None:
        self._home = Path(mkdtemp(dir=staging))
        self._copies = 0
        self._batch = batch
        self._much = max(quads * _MUCH, _BULK)
        self._written = 0
        self._place = base
        self._closed = engine
        self._draft: Draft | None = None

    def start_from(self, base: Path) -> None:
        """Begin anew as the store in ``base``."""
        self._place, self._closed, self._draft, self._written = base, None, None, 0

    def has(self, graph: GraphName) -> bool:
        """Whether there is such a graph, be it empty; there always is a default graph."""
        return isinstance(graph, DefaultGraph) or self.readable().contains_named_graph(graph)

    def quads(self, graph: GraphName | None = None) -> Iterator[Quad]:
        """All quads, or those of one graph; valid until the next change."""
        return _quads(self.sealed(), graph)

    def describe(self, graph: GraphName, *, source: str | None) -> GraphInfo | None:
        """What is known of a graph as written so far; None where there is none."""
        info = describe_graph(self.quads(graph), source=source)
        is_there = info.triples or (not isinstance(graph, DefaultGraph) and self.has(graph))
        return info if is_there else None

    def replace(self, graph: GraphName, quads: Iterable[Quad]) -> None:
        """Make ``graph`` hold the triples of ``quads`` and no others.

        Where both fit into memory only the difference is written, so that a version needs no more
        disk than what is new in it.
        """
        new = _placed(quads, graph)
        head = list(islice(new, self._batch))
        old = list(islice(_quads(self.readable(), graph), self._batch))
        if len(head) < self._batch and len(old) < self._batch:
            self._write_difference(graph, set(old), set(head))
        else:
            self.remove_graph(graph)
            self._add(graph, chain(head, new))

    def insert(self, graph: GraphName, quads: Iterable[Quad]) -> None:
        """Add the triples of ``quads`` to ``graph``, which comes into being where there is none."""
        self._add(graph, _placed(quads, graph))

    def remove_graph(self, graph: GraphName) -> None:
        """Remove ``graph``, quad by quad: Oxigraph would hold it in memory to do so at once."""
        engine = self._writable(0)
        for quad in _quads(engine, graph):
            engine.remove(quad)
        engine.remove_graph(graph)

    def readable(self) -> Store:
        """The store, open in whatever way."""
        if self._draft is not None:
            return self._draft.engine
        if self._closed is None:
            self._closed = open_closed(self._place)
        return self._closed

    def sealed(self) -> Store:
        """The store as written so far, read-only."""
        if self._draft is not None:
            sealed, left = self._new_place(), self._draft.place
            if self._written > self._much:
                self._draft.optimize()
            self._draft.seal(sealed)
            self._draft = None  # which closes it
            durable.remove_all([left])
            self._move_to(sealed)
        return self.readable()

    def update(self, text: str, base_iri: str | None, limits: UpdateLimits | None) -> None:
        """Apply a SPARQL update, with ``limits`` in a process of its own that can be killed."""
        if limits is None:
            run_update(self._writable(0), text, base_iri)
            return
        self.sealed()
        self._gather_logs()
        copy, result = self._new_place(), self._new_place()
        update_apart(text, base_iri, folder=self._place, draft=copy, result=result, limits=limits)
        self._move_to(result)
        durable.remove_all([copy])

    def release(self) -> Path:
        """Close the store and give its folder, sealed, away: whoever has it may move it."""
        self.sealed()
        self._closed = None
        return self._place

    def remove(self) -> None:
        """Close the store and remove all that is still here."""
        self._closed = self._draft = None
        durable.remove_all([self._home])

    def _writable(self, quads: int, *, bulk: bool = False) -> Store:
        """The store, open for writing about so many quads, with ``bulk`` by ``bulk_extend``."""
        self._written += quads
        if self._draft is None:
            self._gather_logs()
            self._draft, self._closed = Draft(self._place, self._new_place()), None
        if bulk:
            self._draft.bypass_log()
        return self._draft.engine

    def _add(self, graph: GraphName, quads: Iterator[Quad]) -> None:
        self._writable(0).add_graph(graph)
        while batch := list(islice(quads, self._batch)):
            if len(batch) < self._batch:
                self._writable(len(batch)).extend(batch)
            else:
                self._writable(len(batch), bulk=True).bulk_extend(batch)

    def _write_difference(self, graph: GraphName, old: set[Quad], new: set[Quad]) -> None:
        if old == new and self.has(graph):
            return
        engine = self._writable(len(old ^ new))
        engine.add_graph(graph)
        for quad in old - new:
            engine.remove(quad)
        engine.extend(new - old)

    def _gather_logs(self) -> None:
        """Make tables of the logs where they have become long: RocksDB does so as it opens them."""
        if replays_much(self._place):
            copy, tables = self._new_place(), self._new_place()
            Draft(self._place, copy).seal_as_tables(tables)
            durable.remove_all([copy])
            self._move_to(tables)

    def _move_to(self, sealed: Path) -> None:
        left, self._place = self._place, sealed
        self._closed = None
        if left.parent == self._home:
            durable.remove_all([left])

    def _new_place(self) -> Path:
        self._copies += 1
        return self._home / str(self._copies)


def _quads(engine: Store, graph: GraphName | None) -> Iterator[Quad]:
    return engine.quads_for_pattern(None, None, None, graph)


def _placed(quads: Iterable[Quad], graph: GraphName) -> Iterator[Quad]:
    return (Quad(quad.subject, quad.predicate, quad.object, graph) for quad in quads)
