"""Solutions as nodes and groups of nodes."""

from __future__ import annotations

from collections.abc import Iterable

from kg.rdf.namespaces import BASE
from kg.rdf.terms import NamedNode, Solution

ONTOLOGY = f"{BASE}ontology#"


def grouped(rows: Iterable[Solution], key: str, value: str) -> dict[NamedNode, list[NamedNode]]:
    """The distinct values of one variable by those of another, in the order of the rows."""
    found: dict[NamedNode, dict[NamedNode, None]] = {}
    for row in rows:
        if key in row:
            values = found.setdefault(node_of(row, key), {})
            if value in row:
                values[node_of(row, value)] = None
    return {node: list(values) for node, values in found.items()}


def nodes(rows: Iterable[Solution], name: str) -> list[NamedNode]:
    """The distinct values of one variable, in the order of the rows."""
    return list(dict.fromkeys(node_of(row, name) for row in rows if name in row))


def node_of(row: Solution, name: str) -> NamedNode:
    """The IRI that a variable is bound to: constraint C06 sees to it that things have one."""
    found = row[name]
    assert isinstance(found, NamedNode), "no blank nodes in articles"
    return found
