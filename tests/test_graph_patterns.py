"""Property paths are taken apart where they are plain, and never guessed at where they are not."""

from __future__ import annotations

import pytest

from kg.sparql.graph_patterns import Hop, Hops, path_hops, triple_patterns

P, Q = frozenset({"urn:p"}), frozenset({"urn:q"})


@pytest.mark.parametrize(
    ("path", "hops"),
    [
        ("<urn:p>", (Hop(P),)),
        ("^<urn:p>", (Hop(P, inverse=True),)),
        ("<urn:p>/<urn:q>*", (Hop(P), Hop(Q, repeated=True))),
        ("^(<urn:p>/^<urn:q>)", (Hop(Q), Hop(P, inverse=True))),
        ("<urn:p>|<urn:q>", (Hop(P | Q),)),
        ("^(<urn:p>|<urn:q>)?", (Hop(P | Q, inverse=True, repeated=True),)),
    ],
)
def test_a_plain_path_is_a_row_of_hops(path: str, hops: Hops) -> None:
    assert path_hops(path) == hops


@pytest.mark.parametrize(
    "path",
    [
        "",
        "(<urn:p>",
        "ex:undeclared",
        r"<urn:\u0070>",
        "!<urn:p>",
        "(<urn:p>/<urn:q>)*",
        "<urn:p>|<urn:p>/<urn:q>",
        "<urn:p>|^<urn:q>",
        "<urn:p>*|<urn:q>",
        "<urn:p>|<urn:q>+",
        "'text'",
        "<urn:p",
    ],
)
def test_any_other_path_could_mean_anything(path: str) -> None:
    assert path_hops(path) is None


@pytest.mark.parametrize(
    "query",
    [
        "ASK { ?s ?p ?o }",
        "SELECT ?s { ?s <urn:p> ?o } LIMIT 1",
        "SELECT ?s { SERVICE <urn:x> { ?s <urn:p> ?o } }",
        "SELECT ?s { ?s ex:p ?o }",
        "SELECT ?s { ?s <urn:p> ?o",
        "SELECT (COUNT(*) AS ?n) { ?s <urn:p> ?o }",
    ],
)
def test_any_other_query_could_look_at_anything(query: str) -> None:
    assert triple_patterns(query, {}) is None
