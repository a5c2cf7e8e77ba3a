"""Validation: what is checked, what a report says, and what is refused before it."""

from __future__ import annotations

import logging
from functools import cache
from pathlib import Path

import pyshacl
import pytest
import rdflib
from pyoxigraph import Store
from pyshacl.graph_abstraction import DataGraph
from rdflib.query import ResultRow

from kg.errors import EmptyGraph, ShapesError
from kg.rdf.formats import TURTLE
from kg.rdf.namespaces import PREFIXES, SH
from kg.rdf.parsing import parse, parse_file, parse_folder
from kg.rdf.terms import BlankNode, Literal, NamedNode, Quad, Term
from kg.schema.schema import Schema
from kg.schema.shapes import read_schema
from kg.sources import materialise, read_data
from kg.validation.engine import Validator
from kg.validation.report import Report, Result, Severity

ROOT = Path(__file__).resolve().parents[1]
INVALID = ROOT / "tests" / "data" / "invalid"
X = "https://boats.example/"
PROLOGUE = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
PROLOGUE += f"@prefix : <{X}> .\n"

ONTOLOGY = ":Ferry rdfs:subClassOf :Vessel ."
SHAPES = """
    :VesselShape a sh:NodeShape ; sh:targetClass :Vessel ; sh:property :name , :port .
    :name sh:path rdfs:label ; sh:minCount 1 ; sh:maxLength 10 ;
        sh:message "A vessel has a short name."@en , "船には短い名前がある。"@ja .
    :port sh:path :port ; sh:class :Port ; sh:severity sh:Warning .
"""
GOOD = ':dora a :Vessel ; rdfs:label "Dora" .'


def quads(turtle: str) -> list[Quad]:
    """The quads of a piece of Turtle in the usual prefixes."""
    return parse(f"{PROLOGUE}{turtle}".encode(), TURTLE)


def validator(shapes: str = SHAPES, ontology: str = ONTOLOGY) -> Validator:
    """A validator for shapes in Turtle."""
    return Validator(shapes=quads(shapes), ontology=quads(ontology))


def report(data: str, shapes: str = SHAPES, *, context: str = "") -> Report:
    """The report on data in Turtle."""
    return validator(shapes).validate(quads(data), context=quads(context))


def only_result(data: str, shapes: str = SHAPES) -> Result:
    """The one result that a report has."""
    (result,) = report(data, shapes).results
    return result


def x(name: str) -> NamedNode:
    """A node of the tests' namespace."""
    return NamedNode(f"{X}{name}")


# What is refused before anything is checked


def test_without_shapes_everything_conforms_even_nothing() -> None:
    assert validator("").validate([]) == Report()
    assert validator("").validate(quads(GOOD)).conforms


def test_an_empty_graph_is_refused() -> None:
    """SHACL would let it pass, and a PUT of nothing would wipe a graph."""
    with pytest.raises(EmptyGraph, match="empty"):
        validator().validate([])


@pytest.mark.parametrize("data", [":dora rdfs:label 'Dora' .", ":dora a :Vesel ."])
def test_a_graph_that_describes_nothing_is_refused(data: str) -> None:
    with pytest.raises(EmptyGraph, match="describes nothing"):
        report(data)


def test_what_only_the_context_describes_does_not_count_as_description() -> None:
    with pytest.raises(EmptyGraph):
        report(":dora rdfs:label 'Dora' .", context=":other a :Vessel ; rdfs:label 'Other' .")


def test_shapes_about_named_nodes_alone_refuse_only_the_empty_graph() -> None:
    shapes = (
        ":S a sh:NodeShape ; sh:targetNode :dora ; sh:property [ sh:path :port ; sh:minCount 1 ] ."
    )
    assert not report(":ada :port :north .", shapes).conforms


# What is checked


@pytest.mark.parametrize(
    ("target", "data"),
    [
        ("sh:targetClass :Vessel", ":dora a :Vessel ."),
        ("sh:targetClass :Vessel", ":dora a :Ferry ."),
        ("sh:targetClass :Vessel", ":dora a :Raft . :Raft rdfs:subClassOf :Vessel ."),
        ("sh:targetNode :dora", ":dora a :Vessel ."),
        ("sh:targetSubjectsOf :port", ":dora :port :north ."),
        ("sh:targetObjectsOf :owns", ":ada :owns :dora . :dora a :Vessel ."),
        ("a rdfs:Class", ":dora a :S ."),
    ],
)
def test_every_kind_of_target_finds_its_nodes(target: str, data: str) -> None:
    shapes = (
        f":S a sh:NodeShape ; {target} ; sh:property :p . :p sh:path rdfs:label ; sh:minCount 1 ."
    )
    assert only_result(data, shapes).node == x("dora")


def test_a_linked_node_has_the_class_that_the_context_gives_it() -> None:
    data = ':dora a :Vessel ; rdfs:label "Dora" ; :port :north .'
    assert report(data).warnings
    assert report(data, context=":north a :Port .") == Report()


def test_nodes_of_the_context_are_not_checked() -> None:
    assert report(GOOD, context=":nameless a :Vessel .") == Report()


def test_a_node_of_the_context_that_the_data_add_to_is_checked() -> None:
    result = report(":nameless :port :north .", context=":nameless a :Vessel . :north a :Port .")
    assert [each.node for each in result.results] == [x("nameless")]


def test_graph_names_do_not_matter() -> None:
    named = [Quad(q.subject, q.predicate, q.object, x("graph")) for q in quads(GOOD)]
    assert validator().validate(named) == Report()


def test_two_shapes_that_find_the_same_make_one_result() -> None:
    shapes = SHAPES + ":Again a sh:NodeShape ; sh:targetClass :Ferry ; sh:property :name ."
    assert only_result(":dora a :Ferry .", shapes).constraint == f"{X}name"


# What a result says


def test_a_result_names_node_path_value_severity_and_constraint() -> None:
    result = only_result(':dora a :Vessel ; rdfs:label "Dora of the North" .')
    assert result == Result(
        severity=Severity.VIOLATION,
        node=x("dora"),
        path=f"{PREFIXES['rdfs']}label",
        value=Literal("Dora of the North"),
        constraint=f"{X}name",
        component=f"{SH}MaxLengthConstraintComponent",
        messages={"en": "A vessel has a short name.", "ja": "船には短い名前がある。"},
    )


def test_a_message_is_told_in_the_language_asked_for_else_in_english() -> None:
    result = only_result(":dora a :Vessel .")
    assert result.message("ja") == "船には短い名前がある。"
    assert result.message("fr") == result.message("en") == "A vessel has a short name."


def test_results_of_shapes_without_a_message_say_what_pyshacl_says() -> None:
    (result,) = report(':dora a :Vessel ; rdfs:label "Dora" ; :port :north .').results
    assert "Port" in result.message()


def test_an_anonymous_shape_is_named_by_the_shape_that_it_is_part_of() -> None:
    shapes = ":S a sh:NodeShape ; sh:targetClass :Vessel ; sh:property [ sh:path :port ;"
    shapes += " sh:minCount 1 ] ."
    assert only_result(GOOD, shapes).constraint == f"{X}S"


def test_a_path_of_several_properties_is_sparql_and_stays_rdf_in_the_report() -> None:
    shapes = """:S a sh:NodeShape ; sh:targetClass :Vessel ; sh:property :captained .
        :captained sh:path ( [ sh:inversePath :commands ] rdfs:label ) ; sh:minCount 1 ."""
    found = report(GOOD, shapes)
    assert [result.path for result in found.results] == [
        f"(^<{X}commands>)/<{PREFIXES['rdfs']}label>"
    ]
    graph = as_rdflib(found)
    ask = f"ASK {{ ?r <{SH}resultPath>/rdf:rest*/rdf:first/<{SH}inversePath> <{X}commands> }}"
    assert graph.query(ask).askAnswer


def test_literals_are_reported_as_they_are_written() -> None:
    """Values are not tidied up on the way: a date keeps its zone, an integer its zeros."""
    shapes = """:S a sh:NodeShape ; sh:targetClass :Vessel ; sh:property :built .
        :built sh:path :built ; sh:pattern "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" ."""
    result = only_result(':dora a :Vessel ; :built "2025-08-15+09:00"^^xsd:date .', shapes)
    assert result.value == Literal("2025-08-15+09:00", datatype=NamedNode(f"{PREFIXES['xsd']}date"))


# Constraints on the graph as a whole

WHOLE = """
    :Vessels a sh:NodeShape ; sh:targetNode ekgs:graph ; sh:severity sh:Info ; sh:sparql :sameName .
    :sameName sh:message "{?other} is called {?name} too."@en , "{?other} の名前も {?name}。"@ja ;
        sh:select \"\"\"SELECT $this ?value ?path ?other ?name WHERE {
            ?value <http://www.w3.org/2000/01/rdf-schema#label> ?name .
            ?other <http://www.w3.org/2000/01/rdf-schema#label> ?name .
            FILTER(?value != ?other)
            BIND(<http://www.w3.org/2000/01/rdf-schema#label> AS ?path) }\"\"\" .
"""
TWINS = ':dora rdfs:label "Dora" . id:dora-two rdfs:label "Dora" .'


def test_the_offenders_are_the_nodes_of_a_constraint_on_the_whole_graph() -> None:
    found = report(TWINS, WHOLE)
    assert [result.node for result in found.results] == [
        x("dora"),
        NamedNode(f"{PREFIXES['id']}dora-two"),
    ]
    assert {(result.path, result.value) for result in found.results} == {
        (f"{PREFIXES['rdfs']}label", None)
    }
    assert {result.constraint for result in found.results} == {f"{X}sameName"}


def test_a_message_with_variables_keeps_its_languages_and_shortens_iris() -> None:
    first = report(TWINS, WHOLE).results[0]
    assert first.messages == {
        "en": "id:dora-two is called Dora too.",
        "ja": "id:dora-two の名前も Dora。",
    }


def test_an_offender_that_only_the_context_describes_is_left_out() -> None:
    found = report(':dora rdfs:label "Dora" .', WHOLE, context=':twin rdfs:label "Dora" .')
    assert [result.node for result in found.results] == [x("dora")]


# The report


def test_warnings_and_notices_do_not_stop_a_graph_from_conforming() -> None:
    found = report(':dora a :Vessel ; rdfs:label "Dora" ; :port :nowhere .')
    assert found.conforms
    assert [each.severity for each in found.warnings] == [Severity.WARNING]


@pytest.mark.parametrize(
    ("messages", "languages", "message"),
    [
        ({"en": "a", "ja": "b"}, ("ja",), "b"),
        ({"en": "a", "ja": "b"}, ("fr",), "a"),
        ({"": "c", "ja": "b"}, (), "c"),
        ({"ja": "b"}, ("fr",), "b"),
        ({}, ("en",), "ekgs:C06"),
    ],
)
def test_a_message_is_in_the_language_that_is_known_best_else_any(
    messages: dict[str, str], languages: tuple[str, ...], message: str
) -> None:
    found = Result(
        severity=Severity.VIOLATION,
        node=x("dora"),
        path=None,
        value=None,
        constraint=f"{PREFIXES['ekgs']}C06",
        component=f"{SH}MinCountConstraintComponent",
        messages=messages,
    )
    assert found.message(*languages) == message


def test_results_come_gravest_first_and_in_the_same_order_on_every_run() -> None:
    data = quads(":ada a :Vessel ; :port :nowhere . :ben a :Vessel . :dora a :Vessel .")
    found = validator().validate(data)
    assert [str(each.severity) for each in found.results] == ["Violation"] * 3 + ["Warning"]
    assert validator().validate(reversed(data)) == found


def test_the_report_is_told_as_text_one_block_for_each_result() -> None:
    found = report(':dora a :Vessel ; rdfs:label "Dora of the North" ; :port id:nowhere .')
    summary, violation, warning = found.text("ja").split("\n\n")
    assert summary == "1 violation, 1 warning."
    assert violation.splitlines() == [
        "Violation: 船には短い名前がある。",
        f"  node        {X}dora",
        "  path        rdfs:label",
        '  value       "Dora of the North"',
        f"  constraint  {X}name",
    ]
    assert "id:nowhere" in warning


def test_a_report_without_results_says_so() -> None:
    assert report(GOOD).text() == "Conforms."


def test_the_report_as_rdf_is_what_shacl_asks_for() -> None:
    """Each result has the properties that SHACL §3.6.2 requires, and sh:conforms means none."""
    found = report(":dora a :Vessel ; :port :nowhere .")
    rows = as_rdflib(found).query(
        """SELECT ?node ?path ?severity ?shape WHERE {
            ?report a sh:ValidationReport ; sh:conforms false ; sh:result ?result .
            ?result a sh:ValidationResult ; sh:focusNode ?node ; sh:resultPath ?path ;
                sh:resultSeverity ?severity ; sh:sourceShape ?shape ; sh:resultMessage ?message ;
                sh:sourceConstraintComponent ?component }"""
    )
    assert {tuple(map(str, row)) for row in rows if isinstance(row, ResultRow)} == {
        (f"{X}dora", f"{PREFIXES['rdfs']}label", f"{SH}Violation", f"{X}name"),
        (f"{X}dora", f"{X}port", f"{SH}Warning", f"{X}port"),
    }
    assert as_rdflib(report(GOOD)).query("ASK { ?r sh:conforms true }").askAnswer


def as_rdflib(found: Report) -> rdflib.Graph:
    """The report as RDF, read by a library that is not ours."""
    store = Store()
    store.extend(found.quads())
    graph = rdflib.Graph()
    graph.bind("sh", SH)
    triples = "".join(f"{quad.triple} .\n" for quad in store)
    return graph.parse(data=triples, format="nt")


# Shapes that cannot be run


@pytest.mark.parametrize(
    ("shapes", "said"),
    [
        (WHOLE.replace("FILTER(?value", "MINUS { ?value a ?other } FILTER(?value"), "MINUS"),
        (WHOLE.replace("FILTER(", "FILTR("), "cannot be run"),
        (SHAPES.replace("sh:maxLength 10", "sh:maxLength 'ten'"), "axLength"),
        (SHAPES.replace("sh:minCount 1", "sh:minCount 1 , 2"), "minCount"),
        (SHAPES.replace("sh:path rdfs:label", "sh:path [ :up rdfs:label ]"), "path"),
        (SHAPES.replace("sh:property :name , :port", "sh:property :nowhere"), "nowhere"),
        (SHAPES.replace("sh:Warning", ":Grave") + ":port sh:minCount 1 .", "severity"),
    ],
)
def test_broken_shapes_are_an_error_of_the_shapes_not_of_the_data(shapes: str, said: str) -> None:
    """pySHACL would say of some of them that the data do not conform."""
    with pytest.raises(ShapesError, match=said):
        report(":dora a :Vessel ; rdfs:label 'Dora' .", shapes)


def test_a_backslash_in_a_message_variable_is_an_error_of_the_shapes() -> None:
    """pySHACL takes it for an escape; shapes that may meet one have to keep it out."""
    with pytest.raises(ShapesError, match="escape"):
        report(TWINS.replace('"Dora"', r'"D\\ora"'), WHOLE)


def test_nothing_is_logged_about_data_that_are_wrong(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        report(':dora a :Vessel ; rdfs:label "2025-13-45"^^xsd:date .')
    assert caplog.records == []


# Our shapes, held to pySHACL's own way of running them


@cache
def our_schema() -> Schema:
    """The project's own schema."""
    return read_schema(
        ontology=parse_folder(ROOT / "ontology"), shapes=parse_folder(ROOT / "shapes")
    )


@pytest.mark.parametrize("name", ["C06", "C12_order", "S05", "S33"])
def test_we_find_just_what_pyshacl_finds_by_itself(name: str) -> None:
    """We choose the focus nodes and leave the documentation out: neither changes a result."""
    data = list(materialise(parse_file(INVALID / f"{name}.ttl"), our_schema()))
    concepts = read_data(sorted((ROOT / "ontology" / "concepts").glob("*.ttl")), our_schema())
    ontology, shapes = parse_folder(ROOT / "ontology"), parse_folder(ROOT / "shapes")
    ours = Validator(shapes=shapes, ontology=ontology).validate(data, context=concepts)
    foreign = {quad.subject for quad in (*ontology, *concepts)}
    assert sorted((each.constraint, str(each.node)) for each in ours.results) == [
        each
        for each in _by_pyshacl((*ontology, *concepts, *data), shapes)
        if each[1] not in foreign
    ]


def _by_pyshacl(data: tuple[Quad, ...], shapes: list[Quad]) -> list[tuple[str, str]]:
    store = Store()
    store.extend(Quad(quad.subject, quad.predicate, quad.object) for quad in data)
    graph = rdflib.Graph().parse(data="".join(f"{quad.triple} .\n" for quad in shapes), format="nt")
    _, found, _ = pyshacl.validate(DataGraph.from_oxigraph_store(store), shacl_graph=graph)
    assert isinstance(found, rdflib.Graph)
    rows = found.query(
        """SELECT DISTINCT ?source ?focus ?value WHERE {
            ?result sh:focusNode ?focus ; sh:sourceShape ?shape .
            OPTIONAL { ?result sh:sourceConstraint ?constraint }
            OPTIONAL { ?result sh:value ?value }
            BIND(COALESCE(?constraint, ?shape) AS ?source) }""",
        initNs={"sh": SH},
    )
    whole = f"{PREFIXES['ekgs']}graph"
    found_rows = [row for row in rows if isinstance(row, ResultRow)]
    offenders = ((row[0], row[2] if str(row[1]) == whole else row[1]) for row in found_rows)
    return sorted({(str(source), str(_term(node))) for source, node in offenders})


def _term(node: object) -> Term:
    return BlankNode(str(node)) if isinstance(node, rdflib.BNode) else NamedNode(str(node))
