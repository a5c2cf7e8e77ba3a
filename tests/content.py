"""Small graphs for tests of stores, and the content of a store as plain sets to compare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from kg.rdf.terms import DefaultGraph, GraphName, Literal, NamedNode, Quad
from kg.store.base import Snapshot, Store, Transaction, VersionInfo

EX = "http://example.org/"
P = NamedNode(f"{EX}p")
ONE, TWO, THREE = (NamedNode(f"{EX}graph/{name}") for name in ("one", "two", "three"))

Content = dict[GraphName, frozenset[tuple[str, str, str]]]


def quads(*values: object) -> list[Quad]:
    """A triple per value, in no graph: a change puts them where it says."""
    return [
        Quad(NamedNode(f"{EX}s{value}"), P, Literal(str(value)), DefaultGraph()) for value in values
    ]


@contextmanager
def quick_folder() -> Iterator[Path]:
    """A folder in memory where the system has one, for tests that are not about the disk."""
    memory = Path("/dev/shm")  # noqa: S108
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        yield Path(name)


def content(source: Snapshot | Transaction) -> Content:
    """All triples by graph, as N-Triples terms; graphs without triples are left out."""
    found: dict[GraphName, set[tuple[str, str, str]]] = {}
    for quad in source.quads():
        triple = (str(quad.subject), str(quad.predicate), str(quad.object))
        found.setdefault(quad.graph_name, set()).add(triple)
    return {graph: frozenset(triples) for graph, triples in found.items()}


def triples(of: Iterable[Quad]) -> frozenset[tuple[str, str, str]]:
    """Triples as ``content`` gives them."""
    return frozenset((str(quad.subject), str(quad.predicate), str(quad.object)) for quad in of)


def put(store: Store, graph: GraphName, *values: object) -> VersionInfo:
    """Publish ``graph`` with a triple per value and no others."""
    with store.begin(author="test", message="put") as change:
        change.replace(graph, quads(*values))
        return change.publish()


def update(store: Store, text: str, *, graphs: tuple[GraphName, ...] | None = None) -> VersionInfo:
    """Publish what a SPARQL update does."""
    with store.begin(author="test", message="update") as change:
        change.update(text, graphs=graphs)
        return change.publish()


def fill(store: Store, found: Iterable[Quad]) -> None:
    """Publish quads, each in its graph."""
    graphs: dict[GraphName, list[Quad]] = {}
    for quad in found:
        graphs.setdefault(quad.graph_name, []).append(quad)
    with store.begin(author="test", message="fill") as change:
        for graph, own in graphs.items():
            change.replace(graph, own)
        change.publish()
