"""A change in the making to an embedded store: a copy of the live version, published or dropped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from pathlib import Path
from types import TracebackType
from typing import Self

from pyoxigraph import Store as Oxigraph

from kg.errors import NotFound
from kg.store import durable
from kg.store.base import GraphInfo, UpdateLimits, VersionInfo
from kg.store.digests import describe_graph, version_digest
from kg.store.faults import store_faults
from kg.store.folder import Folder, Lock
from kg.store.updating import run_update, update_apart
from kg.terms import BlankNode, DefaultGraph, GraphName, NamedNode, Quad

_BATCH = 100_000  # quads held in memory at once


class EmbeddedTransaction:
    """The one open change of a store, which holds the writers' lock until its ``with`` block ends.

    It is written in a copy that shares the tables of its base. Reading first seals the copy: from
    then on it is read-only and holds exactly the files that ``publish`` puts in place. RocksDB is
    thus open for writing only while there is something to write; left open for longer, it would
    begin to merge the whole store's tables anew, for every change however small.
    """

    def __init__(
        self, folder: Folder, lock: Lock, base: VersionInfo, *, author: str, message: str
    ) -> None:
        self._folder = folder
        self._lock = lock
        self._base = base
        self._author = author
        self._message = message
        self._place = folder.version(base.number)
        self._engine: Oxigraph | None = None
        self._writing = False
        self._copies = 0
        self._graphs = dict(base.graphs)
        self._sources: dict[GraphName, str | None] = {}  # of the graphs to be described anew

    @property
    def base(self) -> VersionInfo:
        """The version that the change starts from."""
        return self._base

    def quads(self, graph: GraphName | None = None) -> Iterator[Quad]:
        """All staged quads, or those of one staged graph; valid until the next change."""
        with store_faults(self._folder.path):
            yield from self._sealed().quads_for_pattern(None, None, None, graph)

    def replace(
        self, graph: GraphName, quads: Iterable[Quad], *, source: str | None = None
    ) -> None:
        """Make ``graph`` hold the triples of ``quads`` and no others.

        Where both fit into memory only the difference is written, so that a version needs no more
        disk than what is new in it.
        """
        with store_faults(self._folder.path):
            new = _placed(quads, graph)
            head = list(islice(new, _BATCH))
            old = list(islice(self._readable().quads_for_pattern(None, None, None, graph), _BATCH))
            if len(head) < _BATCH and len(old) < _BATCH:
                self._write_difference(graph, set(old), set(head))
            else:
                self._writable().remove_graph(graph)
                self._writable().add_graph(graph)
                self._writable().bulk_extend(chain(head, new))
            self._sources[graph] = source

    def insert(self, graph: GraphName, quads: Iterable[Quad]) -> None:
        """Add the triples of ``quads`` to ``graph``, which comes into being where there is none."""
        with store_faults(self._folder.path):
            new = _placed(quads, graph)
            head = list(islice(new, _BATCH))
            engine = self._writable()
            engine.add_graph(graph)
            if len(head) < _BATCH:
                engine.extend(head)
            else:
                engine.bulk_extend(chain(head, new))
            self._sources[graph] = None

    def drop(self, graph: GraphName) -> None:
        """Remove ``graph``, or empty the default graph. Raises NotFound where there is none."""
        with store_faults(self._folder.path):
            if not _exists(self._readable(), graph):
                raise NotFound(f"There is no graph {graph}.")
            self._writable().remove_graph(graph)
            self._sources[graph] = None

    def update(
        self,
        text: str,
        *,
        base_iri: str | None = None,
        graphs: Iterable[GraphName] | None = None,
        limits: UpdateLimits | None = None,
    ) -> None:
        """Apply a SPARQL update, whole or not at all. Raises QuerySyntaxError, InputError.

        ``graphs`` are those that it can write to, where the caller knows them: else every graph of
        the store is read once to find what has changed. With ``limits`` it runs in a process of its
        own, which is killed beyond them: QueryTimeout, QueryMemory.
        """
        with store_faults(self._folder.path):
            if limits is None:
                run_update(self._writable(), text, base_iri)
            else:
                self._update_apart(text, base_iri, limits)
            touched = graphs if graphs is not None else self._all_graphs(self._readable())
            self._sources.update(dict.fromkeys(touched))

    def graphs(self) -> Mapping[str, GraphInfo]:
        """All staged graphs, keyed as in ``VersionInfo.graphs``; empty ones too."""
        return self._described()

    def changed(self) -> tuple[GraphName, ...]:
        """The graphs whose content differs from the base's, new and removed ones included."""
        before, after = self._base.graphs, self._described()
        return tuple(
            graph_name(key)
            for key in sorted(before.keys() | after.keys())
            if _digest(before.get(key)) != _digest(after.get(key))
        )

    def publish(self) -> VersionInfo:
        """Make the change the live version, durably; the base where nothing changed."""
        graphs = self._described()
        digest = version_digest(graphs)
        if digest == self._base.digest:
            return self._base
        info = successor(
            self._base, digest=digest, graphs=graphs, author=self._author, message=self._message
        )
        with store_faults(self._folder.path):
            self._sealed()
            self._engine = None
            self._folder.publish(self._place, info)
        return info

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._engine = None
        durable.remove_all(self._folder.staging.iterdir())
        self._lock.release()

    def _readable(self) -> Oxigraph:
        """The staged store, open in whatever way."""
        if self._engine is None:
            self._engine = Oxigraph.read_only(str(self._place))
        return self._engine

    def _writable(self) -> Oxigraph:
        if self._engine is None or not self._writing:
            copy = self._new_place()
            self._folder.copy(self._place, copy)
            self._engine, self._place, self._writing = Oxigraph(str(copy)), copy, True
        return self._engine

    def _sealed(self) -> Oxigraph:
        """The staged store, read-only. A checkpoint flushes it and takes none but live files."""
        if self._engine is not None and self._writing:
            written, self._place = self._place, self._new_place()
            self._engine.backup(str(self._place))
            self._engine, self._writing = None, False
            durable.remove_all([written])
        return self._readable()

    def _update_apart(self, text: str, base_iri: str | None, limits: UpdateLimits) -> None:
        self._sealed()
        self._engine = None
        copy, result = self._new_place(), self._new_place()
        self._folder.copy(self._place, copy)
        update_apart(text, base_iri, folder=copy, result=result, limits=limits)
        self._place = result
        durable.remove_all([copy])

    def _new_place(self) -> Path:
        self._copies += 1
        return self._folder.staging / f"{self._copies}"

    def _write_difference(self, graph: GraphName, old: set[Quad], new: set[Quad]) -> None:
        if old == new and _exists(self._readable(), graph):
            return
        engine = self._writable()
        engine.add_graph(graph)
        for quad in old - new:
            engine.remove(quad)
        engine.extend(new - old)

    def _all_graphs(self, engine: Oxigraph) -> Iterator[GraphName]:
        known = (graph_name(key) for key in self._graphs)
        return chain([DefaultGraph()], known, engine.named_graphs())

    def _described(self) -> dict[str, GraphInfo]:
        """All staged graphs, those described anew that may have changed."""
        with store_faults(self._folder.path):
            while self._sources:
                graph, source = next(iter(self._sources.items()))
                self._describe(graph, source)
                del self._sources[graph]
        return dict(self._graphs)

    def _describe(self, graph: GraphName, source: str | None) -> None:
        key = graph_key(graph)
        engine = self._sealed()
        info = describe_graph(engine.quads_for_pattern(None, None, None, graph), source=source)
        if info.triples or (key and _exists(engine, graph)):
            self._graphs[key] = info
        else:
            self._graphs.pop(key, None)


def successor(
    live: VersionInfo,
    *,
    digest: str,
    graphs: dict[str, GraphInfo],
    author: str,
    message: str,
) -> VersionInfo:
    """The version after ``live``, with this content, and later in time whatever the clock says."""
    return VersionInfo(
        number=live.number + 1,
        time=max(datetime.now(UTC), live.time + timedelta(microseconds=1)),
        author=author,
        message=message,
        parent=live.number,
        digest=digest,
        graphs=graphs,
    )


def graph_key(graph: GraphName) -> str:
    """The key of a graph in ``VersionInfo.graphs``."""
    if isinstance(graph, DefaultGraph):
        return ""
    return graph.value if isinstance(graph, NamedNode) else str(graph)


def graph_name(key: str) -> GraphName:
    """The graph that a key of ``VersionInfo.graphs`` means."""
    if not key:
        return DefaultGraph()
    return BlankNode(key[2:]) if key.startswith("_:") else NamedNode(key)


def _placed(quads: Iterable[Quad], graph: GraphName) -> Iterator[Quad]:
    return (Quad(quad.subject, quad.predicate, quad.object, graph) for quad in quads)


def _exists(engine: Oxigraph, graph: GraphName) -> bool:
    return isinstance(graph, DefaultGraph) or engine.contains_named_graph(graph)


def _digest(graph: GraphInfo | None) -> str | None:
    return graph.digest if graph else None
