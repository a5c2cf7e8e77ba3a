"""Digests: what they are over, and that nothing else matters to them."""

from __future__ import annotations

import hashlib
import random
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.rdf.terms import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple
from kg.store.base import GraphInfo
from kg.store.digests import canonical, describe_graph, sorted_lines, version_digest

G, P = NamedNode("http://example.org/g"), NamedNode("http://example.org/p")
TERMS = st.one_of(
    st.integers(0, 3).map(lambda number: NamedNode(f"http://example.org/{number}")),
    st.integers(0, 3).map(lambda number: BlankNode(f"b{number}")),
)
LITERALS = st.text(max_size=5).map(Literal)
QUADS = st.builds(Quad, TERMS, st.just(P), st.one_of(TERMS, LITERALS), st.just(G))
UNHURRIED = settings(deadline=None)  # the machine may be busy


def test_the_digest_is_that_of_sorted_n_quads() -> None:
    quads = [
        Quad(P, P, Literal("é\n", language="fr"), G),
        Quad(P, P, Literal("a"), G),
    ]
    lines = (
        '<http://example.org/p> <http://example.org/p> "a" <http://example.org/g> .\n'
        '<http://example.org/p> <http://example.org/p> "é\\n"@fr <http://example.org/g> .\n'
    )
    expected = hashlib.sha256(lines.encode()).hexdigest()
    assert describe_graph(quads, source="x") == GraphInfo(triples=2, digest=expected, source="x")


def test_a_version_digest_is_over_sorted_names_and_digests() -> None:
    graphs = {name: GraphInfo(triples=0, digest=name[-1:] * 64) for name in ("urn:b", "", "urn:a")}
    lines = f" \nurn:a {'a' * 64}\nurn:b {'b' * 64}\n"
    assert version_digest(graphs) == hashlib.sha256(lines.encode()).hexdigest()
    assert version_digest({}) == hashlib.sha256().hexdigest()


@UNHURRIED
@given(st.sets(QUADS, max_size=8), st.randoms(), st.permutations(["w", "x", "y", "z"]))
def test_neither_order_nor_names_of_blank_nodes_matter(
    quads: set[Quad], chance: random.Random, names: list[str]
) -> None:
    renamed = [_renamed(quad, lambda node: BlankNode(names[int(node.value[1:])])) for quad in quads]
    chance.shuffle(renamed)
    assert describe_graph(renamed) == describe_graph(quads)
    assert set(canonical(renamed)) == set(canonical(quads))


@UNHURRIED
@given(st.sets(QUADS, max_size=8), QUADS)
def test_one_triple_more_is_another_digest(quads: set[Quad], more: Quad) -> None:
    same = more in quads
    assert (describe_graph(quads | {more}).digest == describe_graph(quads).digest) == same


def test_blank_nodes_inside_triple_terms_are_named_too() -> None:
    def quoting(name: str) -> Quad:
        return Quad(P, P, Triple(P, P, BlankNode(name)), G)

    assert describe_graph([quoting("a")]) == describe_graph([quoting("b")])


def test_a_blank_node_that_is_another_is_told_from_one_that_is_the_same() -> None:
    one, two = BlankNode("one"), BlankNode("two")
    same = [Quad(one, P, one, DefaultGraph())]
    other = [Quad(one, P, two, DefaultGraph())]
    assert describe_graph(same).digest != describe_graph(other).digest


@UNHURRIED
@given(st.lists(st.binary(max_size=3).map(lambda text: text.replace(b"\n", b"") + b"\n")))
def test_lines_are_sorted_however_many_fit_into_memory(lines: list[bytes]) -> None:
    assert list(sorted_lines(iter(lines), at_once=3)) == sorted(lines)


def test_more_lines_are_kept_in_the_folder_that_is_named(tmp_path: Path) -> None:
    lines = [b"c\n", b"a\n", b"b\n"]
    assert list(sorted_lines(iter(lines), at_once=2, folder=tmp_path)) == sorted(lines)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(FileNotFoundError):
        list(sorted_lines(iter(lines), at_once=2, folder=tmp_path / "none"))


def test_no_more_lines_are_in_memory_than_may_be() -> None:
    """A few more are on their way; ten times as many lines take no more memory."""
    long = (f"{number % 97:04}{' ' * 100_000}\n".encode() for number in range(200))
    tracemalloc.start()
    try:
        count = sum(1 for _ in sorted_lines(long, at_once=20))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 200
    assert peak < 35 * 100_000


def _renamed(quad: Quad, rename: Callable[[BlankNode], BlankNode]) -> Quad:
    subject, value = (
        rename(term) if isinstance(term, BlankNode) else term
        for term in (quad.subject, quad.object)
    )
    assert isinstance(subject, NamedNode | BlankNode)
    return Quad(subject, quad.predicate, value, quad.graph_name)
