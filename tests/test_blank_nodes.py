"""Blank nodes get their canonical names, in bounded time whoever made them."""

from __future__ import annotations

import time

import pytest
from pyoxigraph import CanonicalizationAlgorithm, Dataset

from kg.errors import InputError
from kg.rdf.terms import BlankNode, DefaultGraph, Literal, NamedNode, Quad
from kg.store.blank_nodes import name_blank_nodes

P, REST = NamedNode("urn:p"), NamedNode("urn:rest")


def clique(size: int) -> list[Quad]:
    """Blank nodes that all point at each other."""
    nodes = [BlankNode(f"n{number}") for number in range(size)]
    return [Quad(one, P, two, DefaultGraph()) for one in nodes for two in nodes if one != two]


def ring(size: int) -> list[Quad]:
    """Blank nodes that point at the one before and the one after them."""
    nodes = [BlankNode(f"r{number}") for number in range(size)]
    pairs = zip(nodes, nodes[1:] + nodes[:1], strict=True)
    return [
        Quad(*ends, DefaultGraph()) for one, two in pairs for ends in ((one, P, two), (two, P, one))
    ]


def lists(number: int, length: int) -> list[Quad]:
    """Lists that all hold the same value again and again."""
    return [
        quad
        for which in range(number)
        for at in range(length)
        for cell in [BlankNode(f"l{which}c{at}")]
        for quad in (
            Quad(cell, P, Literal("same"), DefaultGraph()),
            Quad(cell, REST, BlankNode(f"l{which}c{at + 1}"), DefaultGraph()),
        )
    ]


def canonical(quads: list[Quad]) -> set[Quad]:
    """What RDFC-1.0 makes of the quads when it takes its time."""
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return set(dataset)


@pytest.mark.parametrize(
    "quads",
    [[], clique(3), clique(5), ring(9), lists(3, 10), lists(8, 10), clique(3) + lists(2, 2)],
    ids=["none", "3 alike", "5 alike", "9 in a ring", "30 in lists", "80 in lists", "mixed"],
)
def test_names_are_those_of_rdfc_wherever_they_are_found(quads: list[Quad]) -> None:
    assert set(name_blank_nodes(quads)) == canonical(quads)


def test_what_would_take_hours_is_refused_in_time() -> None:
    start = time.monotonic()
    with pytest.raises(InputError, match="give them IRIs"):
        name_blank_nodes(clique(12), seconds=0.5)
    assert time.monotonic() - start < 10


def test_what_is_plain_takes_no_other_process() -> None:
    many = [
        Quad(NamedNode("urn:s"), P, BlankNode(f"n{number}"), DefaultGraph()) for number in range(40)
    ]
    start = time.process_time()
    assert len(set(name_blank_nodes(many))) == 40
    assert time.process_time() - start < 0.2
