"""The content of a version as one RDF document, byte for byte the same wherever it is equal."""

from __future__ import annotations

from kg.errors import InputError, NotFound
from kg.rdf.formats import Format
from kg.rdf.iris import Iris
from kg.rdf.parsing import serialize
from kg.rdf.terms import NamedNode
from kg.store.base import Snapshot
from kg.store.digests import canonical


def export(snapshot: Snapshot, rdf_format: Format, *, graph: NamedNode | None = None) -> bytes:
    """All graphs of a version, or one, as a document of this format.

    Quads are sorted and blank nodes named by RDFC-1.0. Formats without graph names get the triples
    of all graphs together, each once. Raises NotFound where the version has no such graph.
    """
    if graph is not None and graph.value not in snapshot.info.graphs:
        known = ", ".join(
            iri.rpartition("/")[2] or "default" for iri in sorted(snapshot.info.graphs)
        )
        raise NotFound(f"The store has no graph <{graph.value}>. It has: {known or 'none'}.")
    return serialize(canonical(snapshot.quads(graph)), rdf_format)


def graph_name(text: str, iris: Iris) -> NamedNode:
    """The graph that ``text`` means: an IRI, or a short name such as ``entities``."""
    try:
        return NamedNode(text) if ":" in text else iris.graph(text)
    except ValueError as error:
        raise InputError(f"{text!r} names no graph: {error}.") from error
