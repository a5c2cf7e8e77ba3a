"""What happened to a store: versions by time, what differs between two, and the way back."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from kg.rdf.terms import DefaultGraph, GraphName, Quad
from kg.store.base import Snapshot, Store, Transaction, VersionInfo
from kg.store.contents import changed_graphs, graph_key
from kg.store.digests import canonical
from kg.writing.publishing import Edit


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What to take from version ``old`` and what to add to it to get version ``new``, sorted.

    Blank nodes are named by RDFC-1.0 in each version for itself: where a graph with blank nodes
    differs, more of its lines may differ than were touched.
    """

    old: VersionInfo
    new: VersionInfo
    removed: tuple[Quad, ...]
    added: tuple[Quad, ...]


def difference(store: Store, old: int, new: int) -> Difference:
    """How version ``new`` differs from ``old``, whichever came first. Raises NotFound."""
    before, after = store.snapshot(old), store.snapshot(new)
    graphs = changed_graphs(before.info.graphs, after.info.graphs)
    was, now = _quads(before, graphs), _quads(after, graphs)
    return Difference(
        old=before.info,
        new=after.info,
        removed=tuple(sorted(was - now, key=str)),
        added=tuple(sorted(now - was, key=str)),
    )


def version_at(versions: Sequence[VersionInfo], time: datetime) -> VersionInfo:
    """Of ``versions``, newest first, the one that was current at ``time``, else the oldest."""
    newer = bisect_left(versions, 1, key=lambda each: each.time <= time)
    return versions[min(newer, len(versions) - 1)]


def returning_to(old: Snapshot) -> Edit:
    """The edit after which the store holds what version ``old`` does."""

    def edit(change: Transaction) -> None:
        wanted, present = old.info.graphs, change.graphs()
        for graph in changed_graphs(present, wanted):
            info = wanted.get(graph_key(graph))
            if info is None and not isinstance(graph, DefaultGraph):
                change.drop(graph)
            else:
                change.replace(graph, old.quads(graph), source=info.source if info else None)

    return edit


def _quads(snapshot: Snapshot, graphs: Iterable[GraphName]) -> set[Quad]:
    return {quad for graph in graphs for quad in canonical(snapshot.quads(graph))}
