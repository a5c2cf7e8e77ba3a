"""The first article is in the graph whole, sourced item by item, and asserts no allegation."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, parse

from kg.store.embedded.store import EmbeddedStore
from tests.knowledge import (
    ARTICLE,
    ARTICLE_FILES,
    BASE,
    DCTERMS,
    EKG,
    ID,
    RDF,
    RDFS,
    XSD,
    ask,
    column,
    ekg,
    quads_of,
    source,
)

ENTITIES = NamedNode(f"{BASE}graph/entities")
ARTICLE_GRAPH = NamedNode(f"{BASE}graph/yomiuri-2025-08-17")
TYPE = NamedNode(f"{RDF}type")
LABEL = NamedNode(f"{RDFS}label")
IDENTIFIER = NamedNode(f"{DCTERMS}identifier")

# What the article puts forward and what it puts it forward about, by class: 137 in all.
INVENTORY = {
    "Person": 2,
    "State": 4,
    "Institution": 3,
    "Group": 3,
    "Place": 6,
    "Norm": 3,
    "Situation": 32,
    "Measure": 5,
    "Event": 13,
    "Participation": 26,
    "Membership": 3,
    "LegalInstrument": 1,
    "Report": 5,
    "Statement": 7,
    "Demand": 1,
    "IntentionAscription": 5,
    "Judgement": 6,
    "NormStance": 3,
    "Forecast": 3,
    "Recommendation": 6,
}
SHARED = {"Person", "State", "Institution", "Group", "Place", "Norm", "Situation", "Measure"}

STATUS_OF = {
    "Event": "reported-fact",
    "Participation": "reported-fact",
    "Membership": "reported-fact",
    "LegalInstrument": "reported-fact",
    "Report": "reported-fact",
    "Statement": "attributed-statement",
    "Demand": "attributed-statement",
    "IntentionAscription": "editorial-judgement",
    "Judgement": "editorial-judgement",
    "NormStance": "editorial-judgement",
    "Forecast": "forecast",
    "Recommendation": "recommendation",
}

# What no plain triple may say. A situation names those who would act, which asserts nothing of
# them, and the warrant names the person it is against, which is a fact about the warrant.
ALLEGATIONS = [
    ("ukraine", "nato", set()),
    ("united-states", "icc", set()),
    ("russia", "russia-ukraine-war-2022", set()),
    ("russia", "norm-no-aggression", set()),
    ("russia", "norm-sovereignty", set()),
    ("russia", "norm-territorial-integrity", set()),
    ("united-states", "norm-sovereignty", set()),
    ("putin", "ceasefire-in-ukraine", set()),
    ("putin", "putin-accepts-ceasefire", {"doer"}),
    ("putin", "icc-arrest-warrant-putin", {"issuedAgainst"}),
]

CONCEPT_LINKS = {
    "status",
    "polarity",
    "certainty",
    "role",
    "speechAct",
    "verdict",
    "normRelation",
    "charge",
}


def test_the_whole_inventory_is_in_the_graph() -> None:
    """137 items, each under its class, and 24 passages of one article."""
    found = Counter(quad.object for quad in source().quads_for_pattern(None, TYPE, None, None))
    counts = {name: found[ekg(name)] for name in INVENTORY}
    assert counts == INVENTORY
    assert sum(counts.values()) == 137
    assert (found[ekg("Passage")], found[ekg("Article")]) == (24, 1)


def test_what_articles_share_stands_in_the_file_of_entities() -> None:
    """Actors, places, norms, situations and measures are shared; what is put forward is not."""
    for name in INVENTORY:
        graphs = {quad.graph_name for quad in _instances(name)}
        assert graphs == {ENTITIES if name in SHARED else ARTICLE_GRAPH}, name


def test_no_triple_stands_in_two_graphs(built_store: Path) -> None:
    """The engine would count it twice in their union."""
    triples = Counter(quad.triple for quad in EmbeddedStore(built_store).snapshot().quads())
    assert len(triples) > 5000
    assert [triple for triple, count in triples.items() if count > 1] == []


def test_superclasses_are_left_to_the_program() -> None:
    """The source files state one class of ours per thing, the most specific one."""
    ours = Counter(
        quad.subject
        for path in ARTICLE_FILES
        for quad in quads_of(path)
        if quad.predicate == TYPE and _iri(quad.object).startswith(EKG)
    )
    assert set(ours.values()) == {1}
    assert len(ours) == 137 + 24 + 1


def test_every_item_has_evidence_one_status_and_one_source() -> None:
    """The three things that make an item traceable; the status is the one its class calls for."""
    for name, status in STATUS_OF.items():
        for quad in _instances(name):
            assert _objects(quad.subject, "evidence"), quad.subject
            assert len(_objects(quad.subject, "accordingTo")) == 1, quad.subject
            assert _objects(quad.subject, "status") == [f"{BASE}concept/{status}"], quad.subject


def test_a_status_agrees_with_the_source() -> None:
    """Only what somebody other than the publisher says is an attributed statement."""
    rows = ask("SELECT ?status ?actor { ?item ekg:status ?status ; ekg:accordingTo ?actor }")
    for row in rows:
        attributed = row["status"].endswith("/attributed-statement")
        assert attributed == (row["actor"] != f"{ID}yomiuri-shimbun"), row


def test_every_sentence_but_the_credit_line_is_cited() -> None:
    """Nothing in the text was passed over; the credit line grounds the metadata only."""
    uncited = column(
        "SELECT ?passage { ?passage a ekg:Passage"
        " FILTER NOT EXISTS { ?item ekg:evidence ?passage } }"
    )
    assert uncited == [f"{ARTICLE}/p13s1"]


def test_every_link_leads_to_something_in_the_graph() -> None:
    """No IRI of ours is mentioned without being described."""
    described = {_iri(quad.subject) for quad in source()}
    dangling = {
        iri
        for path in ARTICLE_FILES
        for quad in quads_of(path)
        for iri in (_iri(quad.object), _iri(quad.predicate))
        if iri.startswith(BASE) and iri not in described
    }
    assert dangling == set()


def test_a_concept_comes_from_the_scheme_of_its_property() -> None:
    """A role is no verdict: the scheme is named like the property that points to it."""
    rows = ask(
        "SELECT DISTINCT ?property ?scheme"
        " { ?item ?property ?value . ?value skos:inScheme ?scheme }"
    )
    links = {
        row["property"].removeprefix(EKG): row["scheme"].rpartition("/")[2]
        for row in rows
        if row["property"].startswith(EKG)
    }
    assert links == {name: name for name in CONCEPT_LINKS}


@pytest.mark.parametrize("path", ARTICLE_FILES, ids=lambda path: path.stem)
def test_literals_are_of_four_kinds_and_nodes_have_iris(path: Path) -> None:
    """Only what every store keeps as it is: plain, English or Japanese text, integers, dates."""
    kinds = {f"{XSD}string", f"{RDF}langString", f"{XSD}integer", f"{XSD}date"}
    for quad in parse(path.read_text(encoding="utf-8"), RdfFormat.TURTLE):
        assert BlankNode not in {type(quad.subject), type(quad.object)}
        if isinstance(quad.object, Literal):
            assert quad.object.datatype.value in kinds, quad
            assert quad.object.language in {None, "en", "ja"}, quad
            assert quad.object.value == quad.object.value.strip(), quad
            assert unicodedata.is_normalized("NFC", quad.object.value), quad


def test_everything_has_one_english_and_one_japanese_label() -> None:
    """Labels are what people see first, so none is missing, and none is a slug."""
    for quad in source().quads_for_pattern(None, IDENTIFIER, None, None):
        if _iri(quad.subject).startswith(ID):
            assert isinstance(quad.object, Literal)
            labels = _labels(quad.subject)
            assert [label.language for label in labels] == ["en", "ja"], quad.subject
            assert all(len(label.value) <= 120 for label in labels), quad.subject
            assert quad.object.value not in {label.value for label in labels}, quad.subject


def test_a_slug_is_short_and_ends_the_iri() -> None:
    """At most 64 characters of lower-case ASCII with hyphens."""
    slugs = [
        (_iri(quad.subject), quad.object.value)
        for quad in source().quads_for_pattern(None, IDENTIFIER, None, None)
        if isinstance(quad.object, Literal)
    ]
    assert len([iri for iri, _ in slugs if iri.startswith(ID)]) == 137 + 24 + 1
    for iri, slug in slugs:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug), slug
        assert len(slug) <= 64
        assert iri.endswith(f"/{slug}")


@pytest.mark.parametrize(("one", "other", "allowed"), ALLEGATIONS)
def test_an_allegation_is_no_plain_triple(one: str, other: str, allowed: set[str]) -> None:
    """Nothing else links the two directly, in either direction."""
    linked = column(
        f"SELECT ?property {{ {{ id:{one} ?property id:{other} }}"
        f" UNION {{ id:{other} ?property id:{one} }} }}"
    )
    assert {iri.removeprefix(EKG) for iri in linked} == allowed


def test_ukraine_and_nato_meet_only_in_a_situation_and_a_demand() -> None:
    """Nothing that the paper reports as fact points to both."""
    meeting = column("SELECT ?node { ?node ?one id:ukraine ; ?other id:nato } ORDER BY ?node")
    assert meeting == [f"{ID}ukraine-in-nato", f"{ARTICLE}/dem-ukraine-outside-nato"]


def test_actors_state_nothing() -> None:
    """Whatever is said of an actor is said by an item that has a source."""
    own = column(
        "SELECT DISTINCT ?property { ?actor a ekg:Actor ; ?property ?value"
        " FILTER(?property NOT IN (rdf:type, rdfs:label, skos:altLabel, dcterms:identifier,"
        " schema:sameAs)) }"
    )
    assert own == []


def test_a_situation_carries_no_status() -> None:
    """It says who would act and be affected, and what it is the absence of: nothing is asserted."""
    stated = column("SELECT DISTINCT ?property { ?situation a ekg:Situation ; ?property ?value }")
    own = {iri.removeprefix(EKG) for iri in stated if iri.startswith(EKG)}
    assert own == {"doer", "affects", "negationOf"}


def _instances(name: str) -> list[Quad]:
    return list(source().quads_for_pattern(None, TYPE, ekg(name), None))


def _objects(subject: NamedNode | BlankNode | Triple, name: str) -> list[str]:
    found = source().quads_for_pattern(subject, ekg(name), None, None)
    return [_iri(quad.object) for quad in found]


def _labels(subject: NamedNode | BlankNode | Triple) -> list[Literal]:
    found = source().quads_for_pattern(subject, LABEL, None, None)
    labels = [quad.object for quad in found if isinstance(quad.object, Literal)]
    return sorted(labels, key=lambda label: label.language or "")


def _iri(term: object) -> str:
    """The IRI of a term that is one, else nothing."""
    return term.value if isinstance(term, NamedNode) else ""
