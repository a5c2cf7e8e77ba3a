"""Digests of RDF content: equal triples have an equal digest on every machine and engine."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from hashlib import sha256
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile

from kg.rdf.terms import BlankNode, Quad, Triple
from kg.store.base import GraphInfo
from kg.store.blank_nodes import name_blank_nodes

_AT_ONCE = 200_000  # lines sorted in memory; beyond it they go through temporary files


def describe_graph(quads: Iterable[Quad], *, source: str | None = None) -> GraphInfo:
    """The number of ``quads``, which are distinct, and the SHA-256 of their canonical N-Quads.

    The lines are sorted by code point and end in a line feed each; blank nodes are named by
    RDFC-1.0. So ``LC_ALL=C sort | sha256sum`` agrees, where there are no blank nodes.
    """
    digest = sha256()
    triples = 0
    for line in sorted_lines(map(_line, canonical(quads))):
        digest.update(line)
        triples += 1
    return GraphInfo(triples=triples, digest=digest.hexdigest(), source=source)


def version_digest(graphs: Mapping[str, GraphInfo]) -> str:
    """The SHA-256 over one line per graph, sorted: its name, a space, its digest, a line feed."""
    lines = sorted(f"{name} {graph.digest}\n".encode() for name, graph in graphs.items())
    return sha256(b"".join(lines)).hexdigest()


def canonical(quads: Iterable[Quad]) -> Iterator[Quad]:
    """The quads, blank nodes named by RDFC-1.0, in no particular order.

    Those with blank nodes come last, since their names depend on each other. Raises InputError
    where they cannot be told apart in time.
    """
    blank: list[Quad] = []
    for quad in quads:
        if _may_have_blank_node(quad):
            blank.append(quad)
        else:
            yield quad
    yield from name_blank_nodes(blank)


def sorted_lines(
    lines: Iterator[bytes], *, at_once: int = _AT_ONCE, folder: Path | None = None
) -> Iterator[bytes]:
    """Lines, each with its line feed, in order; no more than ``at_once`` of them in memory.

    The others are in files without a name on the disk of ``folder``, or where such files go.
    """
    run = sorted(islice(lines, at_once))
    if len(run) < at_once:
        yield from run
        return
    with ExitStack() as files:
        runs = []
        while run:
            file = files.enter_context(TemporaryFile(dir=folder))
            file.writelines(run)
            file.seek(0)
            runs.append(file)
            run.clear()  # so that these go before the next ones come
            run = sorted(islice(lines, at_once))
        yield from heapq.merge(*runs)


def _line(quad: Quad) -> bytes:
    return f"{quad} .\n".encode()


def _may_have_blank_node(quad: Quad) -> bool:
    kinds = {type(quad.subject), type(quad.object), type(quad.graph_name)}
    return not kinds.isdisjoint({BlankNode, Triple})
