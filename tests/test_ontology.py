"""The ontology is complete, documented in two languages, and harmless to reason with."""

from __future__ import annotations

import unicodedata
from collections import Counter
from itertools import combinations
from pathlib import Path

import owlrl
import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse
from rdflib import OWL as RDFLIB_OWL
from rdflib import RDF as RDFLIB_RDF
from rdflib import Graph, URIRef

from tests.knowledge import (
    BASE,
    CONCEPT_FILES,
    EKG,
    ONTOLOGY_FILES,
    OWL,
    RDFS,
    ask,
    column,
    knowledge,
    knowledge_in_rdflib,
)

FILES = [*ONTOLOGY_FILES, *CONCEPT_FILES]

TOPS = ("SourcedItem", "Actor", "Place", "Situation", "Norm", "Article", "Passage")
ITEMS = ("Event", "Participation", "Membership", "LegalInstrument", "Claim")
ACTORS = ("Person", "State", "Institution", "Group")
CLAIMS = (
    "Report",
    "Statement",
    "IntentionAscription",
    "NormStance",
    "Judgement",
    "Forecast",
    "Recommendation",
)

SCHEMES = {
    "status": 5,
    "polarity": 2,
    "certainty": 4,
    "type": 20,
    "role": 17,
    "speechAct": 7,
    "verdict": 6,
    "normRelation": 3,
    "charge": 1,
}

# Where a stated subclass would let a reasoner conclude what the article does not say.
TRAPS = [
    ("Membership", "subClassOf", "http://www.w3.org/ns/org#Membership"),
    ("State", "subClassOf", "https://schema.org/Country"),
    ("before", "subPropertyOf", "http://www.w3.org/2006/time#before"),
    ("evidence", "subPropertyOf", "http://www.w3.org/ns/prov#wasDerivedFrom"),
]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_turtle_in_nfc_without_blank_nodes(path: Path) -> None:
    """Blank nodes are renamed by every store, and text that is not in NFC never compares equal."""
    text = path.read_text(encoding="utf-8")
    quads = list(parse(text, RdfFormat.TURTLE))
    assert quads
    assert not [quad for quad in quads if BlankNode in {type(term) for term in quad}]
    assert unicodedata.is_normalized("NFC", text)


def test_there_are_25_classes_and_41_properties() -> None:
    """Every term of the model is declared once, under one kind."""
    kinds = Counter(row["kind"].removeprefix(OWL) for row in _terms())
    assert kinds["Class"] == 25
    assert kinds["ObjectProperty"] + kinds["DatatypeProperty"] == 41
    assert kinds["TransitiveProperty"] == len({"partOf", "before"})


def test_every_term_has_a_label_and_a_definition_in_english_and_japanese() -> None:
    """One of each per language; a definition is a sentence that starts with a capital letter."""
    for term in {row["term"] for row in _terms()}:
        for predicate in (f"{RDFS}label", f"{RDFS}comment"):
            assert sorted(_languages(term, predicate)) == ["en", "ja"], (term, predicate)
        for definition in _texts(term, f"{RDFS}comment"):
            first = definition.value[0]
            assert first == first.upper()
            assert definition.value.endswith((".", "。"))


def test_every_term_says_which_ontology_defines_it() -> None:
    """A term met alone leads to its documentation."""
    undefined = column(
        "SELECT ?term WHERE { ?term a ?kind FILTER(STRSTARTS(STR(?term), STR(ekg:)))"
        f" FILTER NOT EXISTS {{ ?term rdfs:isDefinedBy <{BASE}ontology> }} }}"
    )
    assert undefined == []


def test_every_property_has_one_domain_and_one_range() -> None:
    """Two domains would mean both at once, and a missing one says nothing."""
    counts = {
        predicate: Counter(
            row["property"]
            for row in ask(f"SELECT ?property {{ ?property rdfs:{predicate} ?class }}")
            if row["property"].startswith(EKG)
        )
        for predicate in ("domain", "range")
    }
    properties = {row["term"] for row in _terms() if not row["kind"].endswith("Class")}
    assert counts["domain"] == counts["range"] == Counter(properties)


def test_only_the_tops_have_no_superclass_of_ours() -> None:
    """Seven tops; everything else is under exactly one of our classes."""
    rows = ask(
        "SELECT ?class ?super { ?class a owl:Class OPTIONAL { ?class rdfs:subClassOf ?super"
        " FILTER(STRSTARTS(STR(?super), STR(ekg:))) } }"
    )
    own = [row for row in rows if row["class"].startswith(EKG)]
    tops = {row["class"].removeprefix(EKG) for row in own if "super" not in row}
    assert tops == set(TOPS)
    assert len(own) == 25


def test_classes_that_must_not_be_confused_are_disjoint() -> None:
    """Each pair is stated once, and no other pair."""
    expected = {
        frozenset(pair)
        for group in (TOPS, ITEMS, ACTORS, CLAIMS)
        for pair in combinations(group, 2)
    }
    stated = [
        frozenset((row["a"].removeprefix(EKG), row["b"].removeprefix(EKG)))
        for row in ask("SELECT ?a ?b { ?a owl:disjointWith ?b }")
    ]
    assert Counter(stated) == Counter(expected)


@pytest.mark.parametrize(("term", "relation", "foreign"), TRAPS)
def test_an_alignment_that_would_conclude_too_much_is_only_a_close_match(
    term: str, relation: str, foreign: str
) -> None:
    """The foreign term is named, and implies nothing."""
    assert foreign in column(f"SELECT ?match {{ ekg:{term} skos:closeMatch ?match }}")
    assert foreign not in column(f"SELECT ?above {{ ekg:{term} rdfs:{relation} ?above }}")


def test_no_axiom_is_put_on_the_terms_of_others() -> None:
    """A foreign term is declared, and nothing more is said of it."""
    said = ask(
        "SELECT ?term ?predicate { GRAPH <https://w3id.org/editorial-kg/graph/ontology>"
        " { ?term ?predicate ?value FILTER(?predicate != rdf:type) } }"
    )
    foreign = {row["term"] for row in said if not row["term"].startswith(BASE)}
    assert foreign == set()


def test_every_foreign_term_in_an_axiom_is_declared() -> None:
    """Tools that do not fetch other vocabularies still know what kind of thing a term is."""
    undeclared = column(
        "SELECT DISTINCT ?above { ?term rdfs:subClassOf|rdfs:subPropertyOf ?above"
        " FILTER NOT EXISTS { ?above a ?kind } }"
    )
    assert undeclared == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_scheme_has_its_concepts_each_described_in_both_languages(scheme: str) -> None:
    """A concept has a label and a definition per language, and a slug that ends its IRI."""
    iri = f"{BASE}scheme/{scheme}"
    concepts = column(f"SELECT ?concept {{ ?concept a skos:Concept ; skos:inScheme <{iri}> }}")
    assert len(concepts) == SCHEMES[scheme]
    assert set(concepts) == set(column(f"SELECT ?top {{ ?top skos:topConceptOf <{iri}> }}"))
    for term in [iri, *concepts]:
        for predicate in ("prefLabel", "definition"):
            name = f"http://www.w3.org/2004/02/skos/core#{predicate}"
            assert sorted(_languages(term, name)) == ["en", "ja"], (term, predicate)
    for concept in concepts:
        slug = column(f"SELECT ?slug {{ <{concept}> dcterms:identifier ?slug }}")
        assert slug == [concept.rpartition("/")[2]]


def test_there_are_no_other_schemes_and_no_concept_is_in_two() -> None:
    """The nine schemes hold all concepts."""
    schemes = column("SELECT ?scheme { ?scheme a skos:ConceptScheme }")
    assert {iri.rpartition("/")[2] for iri in schemes} == set(SCHEMES)
    memberships = column("SELECT ?concept { ?concept skos:inScheme ?scheme }")
    assert len(memberships) == len(set(memberships)) == sum(SCHEMES.values())


def test_reasoning_over_everything_finds_no_contradiction() -> None:
    """The OWL RL closure has no member of owl:Nothing and no clash."""
    closure, clashes = _closure()
    assert list(closure.subjects(RDFLIB_RDF.type, RDFLIB_OWL.Nothing)) == []
    assert clashes == []


def test_reasoning_notices_a_contradiction() -> None:
    """The test above can fail: a hoped-for ceasefire typed as an event is found out."""
    ceasefire = URIRef(f"{BASE}id/ceasefire-in-ukraine")
    _, clashes = _closure((ceasefire, RDFLIB_RDF.type, URIRef(f"{EKG}Event")))
    assert any("ceasefire-in-ukraine" in clash for clash in clashes)


def _closure(*more: tuple[URIRef, URIRef, URIRef]) -> tuple[Graph, list[str]]:
    """The OWL RL closure of ontology, concepts, articles and ``more``, and the clashes in it."""
    graph = Graph()
    for triple in [*knowledge_in_rdflib().triples((None, None, None)), *more]:
        graph.add(triple)
    reasoner = owlrl.OWLRL_Semantics(graph, axioms=False, daxioms=False, rdfs=False)
    reasoner.closure()
    return graph, list(reasoner.error_messages)


def _terms() -> list[dict[str, str]]:
    """Each declaration of a term of ours: the term and its kind."""
    rows = ask("SELECT ?term ?kind { ?term a ?kind FILTER(STRSTARTS(STR(?kind), STR(owl:))) }")
    return [row for row in rows if row["term"].startswith(EKG)]


def _texts(subject: str, predicate: str) -> list[Literal]:
    found = knowledge().quads_for_pattern(NamedNode(subject), NamedNode(predicate), None, None)
    return [quad.object for quad in found if isinstance(quad.object, Literal)]


def _languages(subject: str, predicate: str) -> list[str]:
    return [text.language or "" for text in _texts(subject, predicate)]
