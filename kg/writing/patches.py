"""RDF Patch (https://afs.github.io/rdf-delta/rdf-patch.html): differences as text, and as edits."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kg.errors import Conflict, RdfSyntaxError
from kg.rdf.formats import N_QUADS
from kg.rdf.parsing import parse
from kg.rdf.terms import DefaultGraph, GraphName, Quad
from kg.store.base import Transaction
from kg.writing.history import Difference
from kg.writing.publishing import Edit

_VERSION = "urn:x-kg:version:"  # and the version's digest: the same content everywhere
_PREVIOUS = re.compile(rf"prev\s+<{_VERSION}([0-9a-f]+)>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """Rows in order, each with whether its quad is added; ``previous`` is a version's digest."""

    rows: tuple[tuple[bool, Quad], ...]
    previous: str | None = None


def write_patch(difference: Difference) -> Iterator[str]:
    """The lines of the patch that makes the new version of the old one."""
    yield f"H id <{_VERSION}{difference.new.digest}> .\n"
    yield f"H prev <{_VERSION}{difference.old.digest}> .\n"
    yield "TX .\n"
    yield from (f"D {quad} .\n" for quad in difference.removed)
    yield from (f"A {quad} .\n" for quad in difference.added)
    yield "TC .\n"


def read_patch(text: str) -> Patch:
    """The patch that a text is.

    Terms are written as in N-Quads; prefixes are not read. Raises RdfSyntaxError, also where a
    transaction is not committed.
    """
    additions: list[bool] = []
    document: list[str] = []  # line by line the quads of the text, so that errors tell the line
    previous, is_open = None, False
    for number, line in enumerate(text.split("\n"), start=1):
        code, _, rest = line.strip().partition(" ")
        document.append(rest if code in {"A", "D"} else "")
        match code:
            case "A" | "D":
                additions.append(code == "A")
            case "H":
                previous = _previous(rest) or previous
            case "TX" | "TC":
                is_open = code == "TX"
            case _ if code and not code.startswith("#"):
                raise _unreadable(f"{code[:20]!r} is no row that is read here", number)
    if is_open:
        raise _unreadable("the transaction is not committed, TC is missing", len(document))
    quads = parse("\n".join(document).encode(), N_QUADS, source="the patch")
    return Patch(rows=tuple(zip(additions, quads, strict=True)), previous=previous)


def applying(patch: Patch) -> Edit:
    """The edit that a patch is; Conflict where it was made for another content."""

    def edit(change: Transaction) -> None:
        if patch.previous not in {None, change.base.digest}:
            raise Conflict("The patch was made for another version: make it anew from this one.")
        by_graph: dict[GraphName, list[tuple[bool, Quad]]] = defaultdict(list)
        for is_added, quad in patch.rows:
            by_graph[quad.graph_name].append((is_added, quad))
        for graph, rows in by_graph.items():
            _apply(change, graph, rows)

    return edit


def _apply(change: Transaction, graph: GraphName, rows: Iterable[tuple[bool, Quad]]) -> None:
    """Apply rows in order; a graph that they empty is gone."""
    quads = set(change.quads(graph))
    was_there = bool(quads)
    for is_added, quad in rows:
        (quads.add if is_added else quads.discard)(quad)
    if quads or isinstance(graph, DefaultGraph):
        change.replace(graph, quads)
    elif was_there:
        change.drop(graph)


def _previous(header: str) -> str | None:
    """The digest of the version that a patch is for, where its header names one of ours."""
    found = _PREVIOUS.match(header)
    return found.group(1) if found else None


def _unreadable(what: str, line: int) -> RdfSyntaxError:
    return RdfSyntaxError(f"The patch, line {line}: {what}.", line=line)
