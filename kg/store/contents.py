"""What versions hold, graph by graph: the keys of graphs, what two versions differ in, the next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from kg.rdf.terms import BlankNode, DefaultGraph, GraphName, NamedNode
from kg.store.base import GraphInfo, VersionInfo


def successor(
    live: VersionInfo,
    *,
    digest: str,
    graphs: Mapping[str, GraphInfo],
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


def changed_graphs(
    before: Mapping[str, GraphInfo], after: Mapping[str, GraphInfo]
) -> tuple[GraphName, ...]:
    """The graphs that are in one only, or have another content."""
    return tuple(
        graph_name(key)
        for key in sorted(before.keys() | after.keys())
        if _digest(before.get(key)) != _digest(after.get(key))
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


def _digest(graph: GraphInfo | None) -> str | None:
    return graph.digest if graph else None
