"""Every competency question is answered as expected, in Oxigraph and in rdflib alike."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from pyoxigraph import NamedNode, QueryBoolean, QueryResultsFormat, QuerySolutions
from rdflib import RDFS, Graph, Literal, Namespace, URIRef
from rdflib.namespace import RDF, SH

from tests.knowledge import BASE, ROOT, SCHEMA, knowledge, knowledge_in_rdflib

FOLDER = ROOT / "queries"
STEMS = sorted(path.stem for path in FOLDER.glob("*.rq"))
HEADER = re.compile(r"#\+ (?P<key>[a-z]+): ?(?P<value>.*)|#\+   - (?P<item>[a-z]+)")
QUERY = Namespace(f"{BASE}query/")
SDO = Namespace(SCHEMA)
LIBRARIES = ("oxigraph", "rdflib")
README_GRAPHS = [NamedNode(f"{BASE}graph/{name}") for name in ("entities", "yomiuri-2025-08-17")]

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """A query with what stands beside it."""

    summary: str
    description: str
    tags: tuple[str, ...]
    sparql: str
    expected: Answer
    metadata: Graph


@cache
def question(stem: str) -> Question:
    """The question of this name, from its three files."""
    text = (FOLDER / f"{stem}.rq").read_text(encoding="utf-8")
    header, _, sparql = text.partition("\n\n")
    fields = [HEADER.fullmatch(line) for line in header.splitlines()]
    assert all(fields), f"{stem}: a header line that grlc would not understand"
    found = [field for field in fields if field]
    values = {field["key"]: field["value"] for field in found if field["key"]}
    return Question(
        summary=values["summary"],
        description=values["description"],
        tags=tuple(field["item"] for field in found if field["item"]),
        sparql=sparql,
        expected=json.loads((FOLDER / f"{stem}.srj").read_text(encoding="utf-8")),
        metadata=Graph().parse(FOLDER / f"{stem}.ttl"),
    )


def test_there_are_26_questions_with_three_files_each() -> None:
    """None is lost, and none is left without its answer or its metadata."""
    assert len(STEMS) == 26
    files = {path.name for path in FOLDER.iterdir() if path.name != "README.md"}
    assert files == {f"{stem}.{suffix}" for stem in STEMS for suffix in ("rq", "srj", "ttl")}


@pytest.mark.parametrize("stem", STEMS)
@pytest.mark.parametrize("library", LIBRARIES)
def test_a_question_has_the_expected_answer(library: str, stem: str) -> None:
    """The same rows in the same order, in whichever library."""
    found = question(stem)
    answer = _in_oxigraph(found.sparql) if library == "oxigraph" else _in_rdflib(found.sparql)
    assert answer == found.expected


@pytest.mark.parametrize("stem", STEMS)
def test_a_question_is_answered_from_the_two_graphs_that_its_readme_names(stem: str) -> None:
    """A store without a union default graph answers alike when it is told these graphs."""
    found = question(stem)
    results = knowledge().query(found.sparql, default_graph=[*README_GRAPHS])
    assert isinstance(results, QuerySolutions | QueryBoolean)
    assert json.loads(results.serialize(format=QueryResultsFormat.JSON) or b"") == found.expected


@pytest.mark.parametrize("stem", STEMS)
def test_the_metadata_repeats_the_query_word_for_word(stem: str) -> None:
    """Tools that read the Turtle ask the same question as those that read the query file."""
    found = question(stem)
    form = "ask" if re.search(r"^ASK\b", found.sparql, re.MULTILINE) else "select"
    node = QUERY[stem]
    assert found.metadata.value(node, SH[form]) == Literal(found.sparql)
    assert set(found.metadata.objects(node, RDF.type)) == {
        SH.SPARQLExecutable,
        SH[f"SPARQL{form.capitalize()}Executable"],
    }
    assert set(found.metadata.subjects()) == {node}


@pytest.mark.parametrize("stem", STEMS)
def test_the_question_is_put_in_english_and_japanese(stem: str) -> None:
    """The English one is the header's summary, and the keywords are its tags."""
    found = question(stem)
    node = QUERY[stem]
    comments = {
        text.language: str(text)
        for text in found.metadata.objects(node, RDFS.comment)
        if isinstance(text, Literal)
    }
    assert set(comments) == {"en", "ja"}
    assert comments["en"] == found.summary
    assert {str(word) for word in found.metadata.objects(node, SDO.keywords)} == set(found.tags)
    assert found.metadata.value(node, SH.prefixes) == URIRef(f"{BASE}shapes")


def test_the_prefixes_are_those_that_the_shapes_declare() -> None:
    """A tool that takes them from sh:prefixes reads each query as it is written."""
    declared = Graph().parse(ROOT / "shapes" / "prefixes.ttl")
    namespaces = {
        str(declared.value(node, SH.prefix)): str(declared.value(node, SH.namespace))
        for node in declared.objects(URIRef(f"{BASE}shapes"), SH.declare)
    }
    used = {
        prefix: namespace
        for stem in STEMS
        for prefix, namespace in re.findall(r"PREFIX (\w+): <(.+)>", question(stem).sparql)
    }
    assert used.items() <= namespaces.items()


@pytest.mark.parametrize("stem", STEMS)
def test_the_header_is_yaml_that_names_no_endpoint(stem: str) -> None:
    """grlc reads the lines as YAML, where a colon and a space inside a value would end it."""
    found = question(stem)
    assert found.summary.endswith("?")
    assert found.description.endswith(".")
    assert not [text for text in (found.summary, found.description) if ": " in text]
    assert found.tags
    assert "endpoint" not in (FOLDER / f"{stem}.rq").read_text(encoding="utf-8")


@pytest.mark.parametrize("stem", STEMS)
def test_a_property_path_has_one_end_bound(stem: str) -> None:
    """Some engines refuse a repeated path between two variables."""
    assert not re.search(r"\?\w+ \S+[+*] \?\w+", question(stem).sparql)


def _in_oxigraph(sparql: str) -> Answer:
    results = knowledge().query(sparql, use_default_graph_as_union=True)
    assert isinstance(results, QuerySolutions | QueryBoolean)
    return _read(results.serialize(format=QueryResultsFormat.JSON))


def _in_rdflib(sparql: str) -> Answer:
    return _read(knowledge_in_rdflib().query(sparql).serialize(format="json"))


def _read(document: bytes | None) -> Answer:
    """A result document, less what carries no meaning."""
    assert document is not None
    answer: Answer = json.loads(document)
    return answer
