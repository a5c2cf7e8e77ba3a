"""A description says what a node says, what is said of it, and what both are called."""

from __future__ import annotations

import pytest
from pyoxigraph import RdfFormat, Store, Variable

from kg.rdf.terms import BlankNode, Literal, NamedNode, Term
from kg.store.processes.describing import describe

DATA = """
@prefix : <urn:> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
:facts {
  :anna :knows :ben ; :lives _:home .
  _:home :street [ :name "Main" ] .
  :ben :knows :carl .
  :dora :knows :anna .
}
:names {
  :anna rdfs:label "Anna" .
  :ben skos:prefLabel "Ben"@en .
  :carl rdfs:label "Carl" .
  :dora rdfs:label "Dora" ; :age 7 .
  :knows rdfs:label "knows" .
}
"""


@pytest.fixture(scope="module")
def store() -> Store:
    store = Store()
    store.load(DATA, RdfFormat.TRIG)
    return store


def described(store: Store, text: str, *, union: bool = True) -> set[str]:
    """The triples of a description, blank nodes as ``[]`` and IRIs without their scheme."""

    def ask(query: str, substitutions: dict[Variable, Term] | None = None, /) -> object:
        return store.query(query, use_default_graph_as_union=union, substitutions=substitutions)

    found = list(describe(text, ask, named=not union))
    assert len(found) == len(set(found))
    return {" ".join(_short(term) for term in triple) for triple in found}


def _short(term: object) -> str:
    if isinstance(term, BlankNode):
        return "[]"
    if isinstance(term, NamedNode):
        return term.value.rpartition("#")[2].removeprefix("urn:")
    assert isinstance(term, Literal)
    return term.value


ABOUT_ANNA = {
    "anna knows ben",
    "anna lives []",
    "[] street []",
    "[] name Main",
    "anna label Anna",
    "dora knows anna",
    "ben prefLabel Ben",
    "dora label Dora",
}


def test_an_iri_is_described_with_its_neighbours_names_and_its_blank_nodes(store: Store) -> None:
    assert described(store, "DESCRIBE <urn:anna>") == ABOUT_ANNA


def test_the_named_graphs_are_read_where_the_default_graph_is_strict(store: Store) -> None:
    assert described(store, "DESCRIBE <urn:anna>", union=False) == ABOUT_ANNA


def test_a_dataset_bounds_the_description(store: Store) -> None:
    text = "PREFIX : <urn:> DESCRIBE :dora FROM :facts"
    assert described(store, text, union=False) == {"dora knows anna"}
    text = "PREFIX : <urn:> DESCRIBE :dora FROM NAMED :names"
    assert described(store, text, union=False) == {"dora label Dora", "dora age 7"}


def test_variables_are_described_in_the_order_and_number_asked_for(store: Store) -> None:
    text = "DESCRIBE ?x { ?x <urn:knows> ?y } ORDER BY DESC(?x) LIMIT 1"
    assert described(store, text) == {
        "dora knows anna",
        "dora label Dora",
        "dora age 7",
        "anna label Anna",
    }


def test_all_variables_are_described(store: Store) -> None:
    text = "DESCRIBE * { ?x <urn:knows> <urn:carl> ; ?p <urn:carl> }"
    assert "ben knows carl" in described(store, text)
    assert "knows label knows" in described(store, text)


def test_a_blank_node_is_described_when_a_variable_has_it(store: Store) -> None:
    found = described(store, "DESCRIBE ?home { <urn:anna> <urn:lives> ?home }")
    assert found == {"anna lives []", "[] street []", "[] name Main", "anna label Anna"}


def test_an_iri_is_described_though_the_pattern_finds_nothing(store: Store) -> None:
    text = "DESCRIBE <urn:carl> ?x { ?x <urn:hates> ?y }"
    assert described(store, text) == {
        "ben knows carl",
        "carl label Carl",
        "ben prefLabel Ben",
    }


def test_what_is_unknown_or_a_literal_has_no_description(store: Store) -> None:
    assert described(store, "DESCRIBE <urn:nobody>") == set()
    assert described(store, "DESCRIBE ?age { ?x <urn:age> ?age }") == set()
    assert described(store, "DESCRIBE ?x") == set()
