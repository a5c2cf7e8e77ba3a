"""Names for blank nodes that follow from what is said of them (RDFC-1.0), found in bounded time.

Telling blank nodes apart takes exponential time where many look alike: ten that all point at each
other take hours, and Oxigraph neither gives up nor lets other threads run. Such graphs are named in
a process of their own that ends at a deadline.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable

from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse, serialize

from kg.errors import InputError
from kg.rdf.terms import BlankNode, Quad
from kg.store.sandbox import child_environment

_COMMAND = "import sys; from kg.store.blank_nodes import main; main(float(sys.argv[1]))"
_FEW = 6  # so many take milliseconds whatever they look like
_SOME = 50  # so many do where none has to be told from another at the same place

_Place = tuple[str, str, str]


def name_blank_nodes(quads: Iterable[Quad], *, seconds: float = 10.0) -> Iterable[Quad]:
    """The quads with the names of RDFC-1.0. Raises InputError where that takes too long."""
    dataset = Dataset(quads)
    if _are_hard(dataset):
        return _named_apart(dataset, seconds)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


def main(seconds: float) -> None:
    """The child process: N-Quads in, N-Quads with canonical names out."""
    signal.setitimer(signal.ITIMER_REAL, seconds)  # whose signal ends the process
    dataset = Dataset(parse(sys.stdin.buffer, RdfFormat.N_QUADS))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    serialize(dataset, sys.stdout.buffer, RdfFormat.N_QUADS)


def _named_apart(dataset: Dataset, seconds: float) -> Iterable[Quad]:
    done = subprocess.run(
        [sys.executable, "-s", "-c", _COMMAND, str(seconds)],
        input=serialize(dataset, format=RdfFormat.N_QUADS),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=child_environment(),
        check=False,
    )
    if done.returncode:
        raise InputError(
            f"The blank nodes look too much alike to be told apart in {seconds:g} s:"
            " give them IRIs."
        )
    return parse(done.stdout, RdfFormat.N_QUADS)


def _are_hard(dataset: Dataset) -> bool:
    """Whether RDFC-1.0 may have to try many orders of the blank nodes that look alike."""
    looks: dict[BlankNode, list[_Place]] = defaultdict(list)
    for quad in dataset:
        for node in _blank_nodes(quad):
            looks[node].append(_place(quad, node))
    kinds = {node: tuple(sorted(places)) for node, places in looks.items()}
    sizes = Counter(kinds.values())
    alike = {node: kind for node, kind in kinds.items() if sizes[kind] > 1}
    if len(alike) <= _FEW:
        return False
    return len(alike) > _SOME or _has_choice(dataset, alike)


def _has_choice(dataset: Dataset, alike: dict[BlankNode, tuple[_Place, ...]]) -> bool:
    """Whether any of the nodes has two neighbours that look alike at the same place."""
    neighbours = Counter(
        (node, _place(quad, node), alike[other])
        for quad in dataset
        for node in _blank_nodes(quad)
        for other in _blank_nodes(quad) - {node}
        if node in alike and other in alike
    )
    return any(count > 1 for count in neighbours.values())


def _blank_nodes(quad: Quad) -> set[BlankNode]:
    terms = (quad.subject, quad.object, quad.graph_name)
    return {term for term in terms if isinstance(term, BlankNode)}


def _place(quad: Quad, node: BlankNode) -> _Place:
    """What a quad says of one of its blank nodes, whatever their names."""
    subject, value = (
        ("self" if term == node else "_") if isinstance(term, BlankNode) else str(term)
        for term in (quad.subject, quad.object)
    )
    return subject, quad.predicate.value, value
