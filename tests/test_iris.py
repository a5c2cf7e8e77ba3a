"""Ids are strict: what is no id is refused before it comes near a query."""

from __future__ import annotations

import pytest

from kg.errors import NotFound
from kg.rdf.iris import ID_LIMIT, Iris
from kg.rdf.terms import NamedNode

IRIS = Iris("https://kg.example/")


@pytest.mark.parametrize("local_id", ["putin", "alaska-summit-2025", "yomiuri-2025-08-17/p6s1"])
def test_an_id_becomes_an_iri_and_back(local_id: str) -> None:
    node = IRIS.thing("id", local_id)
    assert node == NamedNode(f"https://kg.example/id/{local_id}")
    assert IRIS.local_id(node.value, "id") == local_id


@pytest.mark.parametrize(
    "local_id",
    [
        "",
        "Putin",
        "-putin",
        "putin-",
        "a--b",
        "a_b",
        "a/b/c",
        "../etc/passwd",
        "putin>",
        "x> . <y",
        'quo"te',
        "nul\0",
        "pu\\u0074in",
        "プーチン",
        "putin\n",
        "a" * (ID_LIMIT + 1),
    ],
)
def test_what_is_no_id_is_not_found(local_id: str) -> None:
    with pytest.raises(NotFound, match="is no id"):
        IRIS.thing("id", local_id)


@pytest.mark.parametrize(
    "iri",
    [
        "https://kg.example/concept/summit",
        "https://other.example/id/putin",
        "https://kg.example/id/",
        "https://kg.example/id/Putin",
    ],
)
def test_a_foreign_iri_has_no_local_id(iri: str) -> None:
    assert IRIS.local_id(iri, "id") is None


def test_a_graph_is_named_under_the_namespace() -> None:
    assert IRIS.graph("entities") == NamedNode("https://kg.example/graph/entities")
