"""Documents are read with the place of every fault, and written alike every time."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from pyoxigraph import CanonicalizationAlgorithm, Dataset

from kg.errors import InputError, RdfSyntaxError, UnknownFormat
from kg.rdf.formats import JSON_LD, N_QUADS, N_TRIPLES, RDF_FORMATS, RDF_XML, TRIG, TURTLE, Format
from kg.rdf.parsing import format_of, parse, parse_file, parse_folder, serialize, serialize_to
from kg.rdf.terms import BlankNode, Literal, NamedNode, Quad

BOAT = NamedNode("https://kg.example/id/boat")
NAME = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
GRAPH = NamedNode("https://kg.example/graph/boats")
QUADS = [
    Quad(BOAT, NAME, Literal("Boat", language="en"), GRAPH),
    Quad(BOAT, NAME, Literal("船", language="ja"), GRAPH),
]

DOCTYPE = b'<!DOCTYPE rdf:RDF [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><rdf:RDF/>'


@pytest.mark.parametrize("rdf_format", RDF_FORMATS, ids=lambda each: each.name)
def test_what_is_written_can_be_read(rdf_format: Format) -> None:
    """Triples survive every format, graph names those that have them."""
    again = parse(serialize(QUADS, rdf_format), rdf_format)
    assert {quad.triple for quad in again} == {quad.triple for quad in QUADS}
    keeps_names = rdf_format in {N_QUADS, TRIG, JSON_LD}
    assert ({quad.graph_name for quad in again} == {GRAPH}) == keeps_names


@pytest.mark.parametrize("rdf_format", RDF_FORMATS, ids=lambda each: each.name)
def test_equal_content_is_written_alike(rdf_format: Format) -> None:
    """Neither the order of the quads nor repeats show."""
    assert serialize([*reversed(QUADS), *QUADS], rdf_format) == serialize(QUADS, rdf_format)


def test_only_used_prefixes_are_written() -> None:
    text = serialize(QUADS, TURTLE).decode()
    assert "@prefix rdfs:" in text
    assert "@prefix skos:" not in text


def test_quads_are_streamed_as_they_come() -> None:
    output = BytesIO()
    serialize_to(iter(QUADS), N_QUADS, output)
    assert output.getvalue().decode().splitlines() == [f"{quad} ." for quad in QUADS]
    triples = BytesIO()
    serialize_to(iter(QUADS), N_TRIPLES, triples)
    assert triples.getvalue().count(b"\n") == 2


def test_a_syntax_error_has_its_place() -> None:
    with pytest.raises(RdfSyntaxError, match=r"^boats\.ttl, line 3, column \d+: ") as caught:
        parse(b"@prefix : <http://x.example/> .\n:a :b :c .\n:a :b ] .", TURTLE, source="boats.ttl")
    assert caught.value.line == 3
    assert caught.value.column is not None


@pytest.mark.parametrize(
    "data",
    [DOCTYPE, b'<?xml version="1.0"?>\n<!-- x -->\n' + DOCTYPE, b"\xef\xbb\xbf " + DOCTYPE],
)
def test_rdf_xml_with_a_doctype_is_refused(data: bytes) -> None:
    """Entities can make gigabytes of a few hundred bytes."""
    with pytest.raises(RdfSyntaxError, match="DOCTYPE"):
        parse(data, RDF_XML)


def test_a_remote_context_is_never_fetched() -> None:
    document = b'{"@context": "https://context.example/x", "@id": "https://kg.example/id/boat"}'
    with pytest.raises(RdfSyntaxError):
        parse(document, JSON_LD)


def test_text_that_is_no_rdf_is_refused() -> None:
    with pytest.raises(RdfSyntaxError):
        parse(b"Dear editor, this is a letter.", TURTLE)


def test_blank_nodes_keep_their_labels() -> None:
    (quad,) = parse(b"_:crew <http://x.example/p> 1 .", TURTLE)
    assert quad.subject == BlankNode("crew")


def test_blank_nodes_survive_writing() -> None:
    crew = parse(b"_:a <http://x.example/p> _:b . _:b <http://x.example/p> _:a .", TURTLE)
    again = parse(serialize(crew, TURTLE), TURTLE)
    assert _canonical(again) == _canonical(crew)


def test_a_file_is_read_by_its_suffix(tmp_path: Path) -> None:
    path = tmp_path / "boats.nq"
    path.write_bytes(serialize(QUADS, N_QUADS))
    assert set(parse_file(path)) == set(QUADS)


def test_relative_iris_resolve_against_the_file(tmp_path: Path) -> None:
    path = tmp_path / "boats.ttl"
    path.write_text("<#a> <#b> <#c> .")
    (quad,) = parse_file(path)
    assert quad.subject == NamedNode(f"{path.as_uri()}#a")


@pytest.mark.parametrize("name", ["boats.txt", "boats", "boats.ttl.bak"])
def test_an_unknown_suffix_is_answered_with_the_known_ones(name: str) -> None:
    with pytest.raises(UnknownFormat, match=r"unknown extension .*\.ttl"):
        format_of(Path(name))


def test_a_missing_file_is_an_input_error(tmp_path: Path) -> None:
    path = tmp_path / "boats.ttl"
    with pytest.raises(InputError, match=r"boats\.ttl: No such file"):
        parse_file(path)


def test_a_folder_is_read_in_the_order_of_its_names(tmp_path: Path) -> None:
    """Only Turtle files directly in it count."""
    (tmp_path / "b.ttl").write_text("<http://x.example/b> a <http://x.example/T> .")
    (tmp_path / "a.ttl").write_text("<http://x.example/a> a <http://x.example/T> .")
    (tmp_path / "notes.txt").write_text("no RDF")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "c.ttl").write_text("<http://x.example/c> a <http://x.example/T> .")
    subjects = [quad.subject for quad in parse_folder(tmp_path)]
    assert subjects == [NamedNode("http://x.example/a"), NamedNode("http://x.example/b")]


def _canonical(quads: list[Quad]) -> Dataset:
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return dataset
