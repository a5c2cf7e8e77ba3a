"""The format table: every way of naming a format leads to one row, and only one."""

from __future__ import annotations

from collections import Counter

import pytest

from kg.errors import UnknownFormat
from kg.rdf.formats import (
    ENTITY_FORMATS,
    JSON,
    JSON_LD,
    N_QUADS,
    N_TRIPLES,
    RDF_FORMATS,
    RDF_XML,
    RESULTS_CSV,
    RESULTS_FORMATS,
    RESULTS_JSON,
    RESULTS_TSV,
    RESULTS_XML,
    TRIG,
    TURTLE,
    Family,
    Format,
    by_name,
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("turtle", TURTLE),
        ("ttl", TURTLE),
        ("TTL", TURTLE),
        ("text/turtle", TURTLE),
        (" application/x-turtle ", TURTLE),
        ("nt", N_TRIPLES),
        ("nq", N_QUADS),
        ("application/n-quads", N_QUADS),
        ("trig", TRIG),
        ("jsonld", JSON_LD),
        ("json-ld", JSON_LD),
        ("rdf", RDF_XML),
        ("owl", RDF_XML),
        ("rdf+xml", RDF_XML),
    ],
)
def test_an_rdf_format_is_found_by_name_suffix_type_and_alias(name: str, expected: Format) -> None:
    assert by_name(name, RDF_FORMATS) is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("json", RESULTS_JSON),
        ("application/json", RESULTS_JSON),
        ("srx", RESULTS_XML),
        ("csv", RESULTS_CSV),
        ("text/tab-separated-values", RESULTS_TSV),
    ],
)
def test_a_results_format_is_found_likewise(name: str, expected: Format) -> None:
    assert by_name(name, RESULTS_FORMATS) is expected


def test_a_name_means_what_is_on_offer() -> None:
    """``json`` is SPARQL results of a query, and plain JSON of an entity."""
    assert by_name("json", ENTITY_FORMATS) is JSON
    assert by_name("json", RESULTS_FORMATS) is RESULTS_JSON


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownFormat, match=r"'yaml'.*turtle, jsonld") as caught:
        by_name("yaml", RDF_FORMATS)
    assert caught.value.offered == tuple(each.name for each in RDF_FORMATS)


@pytest.mark.parametrize("offered", [RDF_FORMATS, RESULTS_FORMATS, ENTITY_FORMATS])
def test_no_name_is_taken_twice_in_one_offer(offered: tuple[Format, ...]) -> None:
    spelled = Counter(
        word
        for each in offered
        for word in {each.name, each.suffix, each.media_type, *each.aliases}
    )
    assert [word for word, count in spelled.items() if count > 1] == []


def test_only_text_types_take_a_charset() -> None:
    """RFC 6657: text/* has no safe default, and the others define their own."""
    for each in (*RDF_FORMATS, *RESULTS_FORMATS, JSON):
        assert each.text == each.media_type.startswith("text/"), each.name
        assert ("charset=utf-8" in each.content_type) == each.text


def test_rdf_formats_are_those_that_carry_rdf() -> None:
    assert all(each.is_rdf for each in RDF_FORMATS)
    assert not any(each.is_rdf for each in (*RESULTS_FORMATS, JSON))
    assert {each.family for each in RDF_FORMATS} == {Family.GRAPH, Family.DATASET}
