"""A whole dataset as one graph, on disk, for any number of processes to read."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from pyoxigraph import Store

from kg.rdf.terms import Literal, NamedNode, Quad, Term
from kg.store.faults import store_faults

_AT_ONCE = 200_000  # quads; left to itself Oxigraph takes a gigabyte for a million


def write_merged(folder: Path, quads: Iterable[Quad]) -> None:
    """Put the triples of ``quads``, which name no graph, into a store in ``folder``, a new one.

    Few of them are in memory at once. Raises what ``store_faults`` makes of a full or broken disk.
    """
    with store_faults(folder):
        store, rest = Store(str(folder)), iter(quads)
        while batch := list(islice(rest, _AT_ONCE)):
            store.bulk_extend(batch)
        store.flush()


def open_merged(folder: Path) -> Store:
    """The store that ``write_merged`` made, for reading."""
    with store_faults(folder):
        return Store.read_only(str(folder))


def quads_of_property(store: Store, predicate: NamedNode) -> list[Quad]:
    """All quads with this predicate."""
    return list(store.quads_for_pattern(None, predicate, None))


def has_subject(store: Store, node: Term) -> bool:
    """Whether a quad has ``node`` for its subject."""
    if isinstance(node, Literal):
        return False
    return next(iter(store.quads_for_pattern(node, None, None)), None) is not None
