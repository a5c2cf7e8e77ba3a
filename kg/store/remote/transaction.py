"""A change to another engine: staged here on the graphs it touches, sent as one update."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from pyoxigraph import Store as Oxigraph

from kg.errors import Conflict, InputError, NotFound, StoreError, StoreUnreachable
from kg.rdf.terms import DefaultGraph, GraphName, Literal, NamedNode, Quad
from kg.store.base import GraphInfo, UpdateLimits, VersionInfo
from kg.store.contents import changed_graphs, graph_key, graph_name, successor
from kg.store.digests import describe_graph, version_digest
from kg.store.embedded.store import EmbeddedStore
from kg.store.remote.patches import Difference
from kg.store.remote.records import RECORD, Head, is_system, note, read_head, take, term
from kg.store.remote.service import Service


class RemoteTransaction:
    """The graphs that a change touches are fetched into an embedded store, and changed there.

    The update that carries them back does nothing at all if another commit came first.
    """

    def __init__(
        self, service: Service, head: Head, base: VersionInfo, *, author: str, message: str
    ) -> None:
        self._service = service
        self._head = head
        self._base = base
        self._author = author
        self._message = message
        self._home = TemporaryDirectory(prefix="kg-")
        self._before = Oxigraph()  # the graphs as they were
        self._stage = EmbeddedStore(Path(self._home.name)).begin(author="", message="")
        self._fetched: dict[str, GraphInfo | None] = {}  # as they were; None where there was none

    @property
    def base(self) -> VersionInfo:
        """The content that the change starts from."""
        return self._base

    def quads(self, graph: GraphName | None = None) -> Iterator[Quad]:
        """All staged quads, or those of one staged graph."""
        self._fetch(self._base.graphs if graph is None else [graph_key(graph)])
        return self._stage.quads(graph)

    def replace(
        self, graph: GraphName, quads: Iterable[Quad], *, source: str | None = None
    ) -> None:
        """Make ``graph`` hold the triples of ``quads`` and no others."""
        self._fetch([_named(graph)])
        self._stage.replace(graph, quads, source=source)

    def insert(self, graph: GraphName, quads: Iterable[Quad]) -> None:
        """Add the triples of ``quads`` to ``graph``."""
        self._fetch([_named(graph)])
        self._stage.insert(graph, quads)

    def drop(self, graph: GraphName) -> None:
        """Remove ``graph``. Raises NotFound where there is none."""
        self._fetch([_named(graph)])
        if graph_key(graph) not in self.graphs():
            raise NotFound(f"There is no graph {graph}.")
        self._stage.drop(graph)

    def update(
        self,
        text: str,
        *,
        base_iri: str | None = None,
        graphs: Iterable[GraphName] | None = None,
        limits: UpdateLimits | None = None,
    ) -> None:
        """Apply a SPARQL update, whole or not at all, on a copy of all graphs: it may read any.

        Raises what the embedded transaction raises, and InputError where it writes to the default
        graph, which other engines do not keep apart.
        """
        self._fetch(self._base.graphs)
        self._stage.update(text, base_iri=base_iri, graphs=graphs, limits=limits)
        for name in self._stage.graphs():
            _named(graph_name(name))
            self._fetched.setdefault(name, None)

    def graphs(self) -> Mapping[str, GraphInfo]:
        """All staged graphs, keyed as in ``VersionInfo.graphs``."""
        staged = self._stage.graphs()
        base = self._base.graphs
        found = {name: base[name] for name in base if name not in self._fetched}
        for name, before in self._fetched.items():
            now = staged.get(name)
            if now is not None:
                kept = before.source if before else None  # an edit does not change it
                found[name] = replace(now, source=now.source or kept)
        return found

    def changed(self) -> tuple[GraphName, ...]:
        """The graphs whose content differs from what it was, new and removed ones included."""
        before = {name: info for name, info in self._fetched.items() if info}
        after = self._stage.graphs()
        return changed_graphs(
            before, {name: after[name] for name in self._fetched.keys() & after.keys()}
        )

    def publish(self) -> VersionInfo:
        """Send the change as one update; the base where nothing changed.

        Raises Conflict where another commit came first, and StoreUnreachable or StoreTimeout: the
        message says where it cannot be known whether the change was made.
        """
        changed = self.changed()
        if not changed:
            return self._base
        graphs = dict(self.graphs())
        info = successor(
            self._base,
            digest=version_digest(graphs),
            graphs=graphs,
            author=self._author,
            message=self._message,
        )
        head = Head(
            number=info.number,
            time=info.time,
            author=info.author,
            message=info.message,
            parent=info.parent,
            digest=info.digest,
            commit=uuid.uuid4().hex,
        )
        self._send(";\n".join(self._operations(head, changed)), head)
        self._continue(info, head, changed)
        return info

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        self._stage.__exit__(*fault)
        self._home.cleanup()

    def _continue(self, info: VersionInfo, head: Head, changed: Iterable[GraphName]) -> None:
        """Go on from what was published."""
        self._base, self._head = info, head
        for graph in changed:
            self._before.remove_graph(graph)
            self._before.extend(self._stage.quads(graph))
            self._fetched[graph_key(graph)] = info.graphs.get(graph_key(graph))

    def _fetch(self, names: Iterable[str]) -> None:
        """Copy the graphs of these names that are not here yet."""
        for name in names:
            if name not in self._fetched:
                self._fetched[name] = self._copied(name)

    def _copied(self, name: str) -> GraphInfo | None:
        """What the graph of this name is, after it has been copied; None where there is none."""
        known = self._base.graphs.get(name)
        if known is None:
            return None
        graph = graph_name(name)
        self._before.extend(self._service.quads(NamedNode(name)))
        self._stage.insert(graph, self._quads_before(graph))
        return describe_graph(self._quads_before(graph), source=known.source)

    def _quads_before(self, graph: GraphName) -> Iterator[Quad]:
        return self._before.quads_for_pattern(None, None, None, graph)

    def _operations(self, head: Head, changed: Iterable[GraphName]) -> Iterator[str]:
        """Take the head if it still is the one we began with, then write if it is ours."""
        yield take(self._head, head)
        condition = f"GRAPH {RECORD} {{ {RECORD} {term('commit')} {Literal(head.commit)} }}"
        staged = self.graphs()
        for graph in changed:
            difference = Difference.between(
                graph, self._quads_before(graph), self._stage.quads(graph)
            )
            yield from difference.operations(condition)
            assert isinstance(graph, NamedNode)
            yield from note(graph, staged.get(graph.value), condition)

    def _send(self, text: str, head: Head) -> None:
        """Send the update, then ask whose head there is: an error alone does not tell."""
        fault: StoreError | None = None
        try:
            self._service.update(text)
        except StoreError as error:
            fault = error
        try:
            found = read_head(self._service)
        except StoreError as error:
            raise StoreUnreachable(
                f"{fault or error} Whether the change was made is not known: look before you"
                " repeat it."
            ) from error
        if found.commit == head.commit:
            return
        if fault is not None:
            raise fault
        raise Conflict("Another change came first, so nothing was written: read, then write again.")


def _named(graph: GraphName) -> str:
    """The key of a named graph. Raises InputError for any other."""
    if isinstance(graph, NamedNode) and not is_system(graph.value):
        return graph.value
    raise InputError(
        f"{'The default graph' if isinstance(graph, DefaultGraph) else graph} cannot be written:"
        " the store is another engine, in which only named graphs are kept apart."
    )
