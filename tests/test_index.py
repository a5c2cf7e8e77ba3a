"""A small index answers what readers of ontology and shapes ask."""

from __future__ import annotations

from kg.rdf.formats import TURTLE
from kg.rdf.parsing import parse
from kg.rdf.terms import Literal, NamedNode
from kg.schema.index import Index

X = "http://x.example/"
BOAT = NamedNode(f"{X}boat")
INDEX = Index(
    parse(
        b"""@prefix : <http://x.example/> .
        :boat a :Ferry ; :name "Boat"@en , "\xe8\x88\xb9"@ja , "B-1" ; :crew 4 , :ann , _:x ;
            :stops ( :quay :pier ) ; :none () .
        :ann a :Person .""",
        TURTLE,
    )
)


def test_values_come_in_the_order_of_the_source() -> None:
    crew = INDEX.objects(BOAT, f"{X}crew")
    assert crew[:2] == [Literal(4), NamedNode(f"{X}ann")]
    assert INDEX.value(BOAT, f"{X}crew") == Literal(4)
    assert INDEX.objects(BOAT, f"{X}captain") == []
    assert INDEX.value(BOAT, f"{X}captain") is None


def test_text_and_iris_are_told_apart() -> None:
    assert INDEX.text(BOAT, f"{X}crew") == "4"
    assert INDEX.iris(BOAT, f"{X}crew") == [f"{X}ann"]
    assert INDEX.texts(BOAT, f"{X}name") == {"en": "Boat", "ja": "船", "": "B-1"}


def test_things_are_found_by_value_and_by_class() -> None:
    assert INDEX.subjects(f"{X}crew", NamedNode(f"{X}ann")) == [BOAT]
    assert INDEX.instances(f"{X}Ferry") == [BOAT]
    assert INDEX.instances(f"{X}Barge") == []


def test_lists_are_walked_to_their_end() -> None:
    stops, none = INDEX.value(BOAT, f"{X}stops"), INDEX.value(BOAT, f"{X}none")
    assert stops is not None
    assert none is not None
    assert list(INDEX.items(stops)) == [NamedNode(f"{X}quay"), NamedNode(f"{X}pier")]
    assert list(INDEX.items(none)) == []


def test_a_triple_in_two_graphs_counts_once() -> None:
    twice = parse(b"<x:a> <x:b> <x:c> .", TURTLE) * 2
    assert Index(twice).objects(NamedNode("x:a"), "x:b") == [NamedNode("x:c")]
