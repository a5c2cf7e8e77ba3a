"""A change in the making to an embedded store: what is done to its graphs, and their digests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Self

from pyoxigraph import Store

from kg.errors import NotFound
from kg.rdf.terms import DefaultGraph, GraphName, Quad
from kg.store.base import GraphInfo, UpdateLimits, VersionInfo
from kg.store.contents import changed_graphs, graph_key, graph_name, successor
from kg.store.digests import version_digest
from kg.store.embedded.folder import Folder, Lock
from kg.store.embedded.staging import StagedStore
from kg.store.faults import store_faults


class EmbeddedTransaction:
    """The one open change of a store; it holds the writers' lock until its ``with`` block ends.

    It begins from the version ``base``, which is open as ``engine``.
    """

    def __init__(
        self,
        folder: Folder,
        lock: Lock,
        base: VersionInfo,
        engine: Store,
        *,
        author: str,
        message: str,
        batch: int,
    ) -> None:
        self._folder = folder
        self._lock = lock
        self._base = base
        self._author = author
        self._message = message
        self._staged = StagedStore(
            folder.staging,
            folder.base(base.number),
            quads=base.triples,
            engine=engine,
            batch=batch,
        )
        self._graphs = dict(base.graphs)
        self._pending: dict[GraphName, str | None] = {}  # sources of graphs to describe anew

    @property
    def base(self) -> VersionInfo:
        """The version that the change starts from."""
        return self._base

    def quads(self, graph: GraphName | None = None) -> Iterator[Quad]:
        """All staged quads, or those of one staged graph; valid until the next change."""
        with store_faults(self._folder.path):
            yield from self._staged.quads(graph)

    def replace(
        self, graph: GraphName, quads: Iterable[Quad], *, source: str | None = None
    ) -> None:
        """Make ``graph`` hold the triples of ``quads`` and no others.

        Where both fit into memory only the difference is written, so that a version needs no more
        disk than what is new in it.
        """
        with store_faults(self._folder.path):
            self._staged.replace(graph, quads)
            self._pending[graph] = source

    def insert(self, graph: GraphName, quads: Iterable[Quad]) -> None:
        """Add the triples of ``quads`` to ``graph``, which comes into being where there is none."""
        with store_faults(self._folder.path):
            self._staged.insert(graph, quads)
            self._pending[graph] = None

    def drop(self, graph: GraphName) -> None:
        """Remove ``graph``, or empty the default graph. Raises NotFound where there is none."""
        with store_faults(self._folder.path):
            if not self._staged.has(graph):
                raise NotFound(f"There is no graph {graph}.")
            self._staged.remove_graph(graph)
            self._pending[graph] = None

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
            self._staged.update(text, base_iri, limits)
            touched = self._all_graphs() if graphs is None else graphs
            self._pending.update(dict.fromkeys(touched))

    def graphs(self) -> Mapping[str, GraphInfo]:
        """All staged graphs, keyed as in ``VersionInfo.graphs``; empty ones too."""
        with store_faults(self._folder.path):
            while self._pending:
                graph, source = next(iter(self._pending.items()))
                self._describe(graph, source)
                del self._pending[graph]
        return dict(self._graphs)

    def changed(self) -> tuple[GraphName, ...]:
        """The graphs whose content differs from the base's, new and removed ones included."""
        return changed_graphs(self._base.graphs, self.graphs())

    def publish(self) -> VersionInfo:
        """Make the change the live version, durably; the base where nothing changed.

        The transaction goes on from the version published.
        """
        graphs = self.graphs()
        digest = version_digest(graphs)
        if digest == self._base.digest:
            return self._base
        info = successor(
            self._base, digest=digest, graphs=graphs, author=self._author, message=self._message
        )
        with store_faults(self._folder.path):
            self._folder.publish(self._staged.release(), info, like=info.parent)
            self._staged.start_from(self._folder.version(info.number))
        self._base = info
        return info

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        self._staged.remove()
        self._lock.release()

    def _all_graphs(self) -> Iterator[GraphName]:
        known = (graph_name(key) for key in self._graphs)
        return chain([DefaultGraph()], known, self._staged.readable().named_graphs())

    def _describe(self, graph: GraphName, source: str | None) -> None:
        key = graph_key(graph)
        before = self._base.graphs.get(key)
        known = source or (before.source if before else None)  # an edit does not change it
        info = self._staged.describe(graph, source=known)
        if info:
            self._graphs[key] = info
        else:
            self._graphs.pop(key, None)
