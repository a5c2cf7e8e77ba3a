"""The shapes: each constraint fires on its bad example alone, and the API can be read off them."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from kg.rdf.namespaces import API, OWL, PREFIXES, RDF, RDFS, SH
from kg.rdf.parsing import parse_file, parse_folder
from kg.rdf.terms import BlankNode, Literal, NamedNode, Quad, Term
from kg.schema.index import Index
from kg.schema.schema import Schema, local_name
from kg.schema.shapes import read_schema
from kg.sources import materialise, read_data
from kg.validation.engine import Validator
from kg.validation.report import Report, Severity

ROOT = Path(__file__).resolve().parents[1]
INVALID = sorted((ROOT / "tests" / "data" / "invalid").glob("*.ttl"))
MINIMAL = ROOT / "tests" / "data" / "valid" / "minimal.ttl"
EKG, EKGS = PREFIXES["ekg"], PREFIXES["ekgs"]

LISTED = [f"C{number:02}" for number in range(1, 36)] + [f"S{number:02}" for number in range(1, 41)]
WARNINGS = {"C32", "S21", "S22", "S23", "S33", "S34"}
NOTICES = {"S35"}
COLLECTIONS = {
    "actors",
    "institutions",
    "events",
    "norms",
    "claims",
    "statements",
    "demands",
    "intentions",
    "norm-stances",
    "judgements",
    "forecasts",
    "recommendations",
    "reports",
    "situations",
    "measures",
    "instruments",
    "places",
    "articles",
    "participations",
    "memberships",
    "passages",
    "concepts",
    "schemes",
}
# Reused terms are called what a reader of JSON expects, not by their local names.
REUSED_NAMES = {
    f"{RDFS}label": "labels",
    f"{PREFIXES['skos']}altLabel": "altLabels",
    f"{PREFIXES['skos']}prefLabel": "prefLabels",
    f"{PREFIXES['dcterms']}type": "kind",
}


@cache
def ontology() -> tuple[Quad, ...]:
    """The ontology's quads."""
    return tuple(parse_folder(ROOT / "ontology"))


@cache
def shapes() -> tuple[Quad, ...]:
    """The shapes' quads."""
    return tuple(parse_folder(ROOT / "shapes"))


@cache
def schema() -> Schema:
    """The schema that both make."""
    return read_schema(ontology=ontology(), shapes=shapes())


@cache
def index() -> Index:
    """The shapes by subject and predicate."""
    return Index(shapes())


@cache
def concepts() -> tuple[Quad, ...]:
    """The concepts that data may link to."""
    return read_data(sorted((ROOT / "ontology" / "concepts").glob("*.ttl")), schema())


@cache
def validator() -> Validator:
    """One for all tests, as in the program."""
    return Validator(shapes=shapes(), ontology=ontology())


def report_on(path: Path) -> Report:
    """The report on a file, with nothing but the concepts around it."""
    return validator().validate(materialise(parse_file(path), schema()), context=concepts())


def constraint_of(path: Path) -> str:
    """The constraint that a bad example breaks: its name up to an underscore, if any."""
    return path.stem.partition("_")[0]


def subjects(predicate: str) -> set[Term]:
    """All nodes of the shapes that have a property."""
    return {quad.subject for quad in shapes() if quad.predicate.value == f"{SH}{predicate}"}


def named(nodes: set[Term]) -> set[str]:
    """The local names of nodes, which must be IRIs."""
    assert all(isinstance(node, NamedNode) for node in nodes)
    return {node.value.removeprefix(EKGS) for node in nodes if isinstance(node, NamedNode)}


def constraints() -> set[str]:
    """The constraints: whatever has a message."""
    return named(subjects("message"))


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_a_bad_example_breaks_just_the_constraint_it_is_named_after(path: Path) -> None:
    name = constraint_of(path)
    report = report_on(path)
    assert {result.constraint for result in report.results} == {f"{EKGS}{name}"}
    expected = (
        Severity.WARNING
        if name in WARNINGS
        else Severity.INFO
        if name in NOTICES
        else Severity.VIOLATION
    )
    assert {result.severity for result in report.results} == {expected}
    described = {quad.subject for quad in parse_file(path)}
    assert all(
        isinstance(each.node, BlankNode) or each.node in described for each in report.results
    )
    assert all(set(result.messages) == {"en", "ja"} for result in report.results)
    assert not any("{?" in text for each in report.results for text in each.messages.values())


def test_the_good_example_conforms_without_any_result() -> None:
    assert report_on(MINIMAL) == Report()


def test_the_good_example_has_an_item_of_every_class() -> None:
    types = {quad.object for quad in parse_file(MINIMAL) if quad.predicate.value == f"{RDF}type"}
    used = {up for each in types for up in schema().superclasses(_iri(each))}
    assert used >= set(_own_classes())


def test_every_constraint_has_a_bad_example_and_every_bad_example_a_constraint() -> None:
    assert {constraint_of(path) for path in INVALID} == constraints()


def test_all_75_listed_constraints_are_there() -> None:
    assert len(LISTED) == 75
    assert set(LISTED) <= constraints()


def test_the_listed_sparql_constraints_are_sparql_constraints() -> None:
    in_sparql = named(set(index().instances(f"{SH}SPARQLConstraint")))
    assert in_sparql >= {name for name in LISTED if name.startswith("S")}
    assert in_sparql <= constraints()


@pytest.mark.parametrize("name", sorted(constraints()))
def test_a_constraint_is_described_in_english_and_japanese(name: str) -> None:
    for predicate in ("message", "name", "description"):
        texts = index().texts(NamedNode(f"{EKGS}{name}"), f"{SH}{predicate}")
        assert set(texts) == {"en", "ja"}, predicate
        assert all(text.strip() for text in texts.values())
        assert re.search(r"[ぁ-んァ-ン一-龥]|SHA-256", texts["ja"]), predicate


@pytest.mark.parametrize("node", sorted(subjects("select"), key=str), ids=lambda node: node.value)
def test_a_query_uses_its_message_variables_and_nothing_that_shacl_forbids(node: Term) -> None:
    """SHACL-SPARQL has no VALUES, MINUS or SERVICE, and messages show what the query returns."""
    query = index().text(node, f"{SH}select") or ""
    assert not re.search(r"\b(VALUES|MINUS|SERVICE)\b", query)
    head = query.partition("WHERE")[0]
    for message in index().texts(node, f"{SH}message").values():
        assert set(re.findall(r"\{\?(\w+)\}", message)) <= set(re.findall(r"\?(\w+)", head))


def test_both_languages_of_a_message_show_the_same_variables() -> None:
    for name in constraints():
        texts = index().texts(NamedNode(f"{EKGS}{name}"), f"{SH}message")
        shown = {frozenset(re.findall(r"\{\?\w+\}", text)) for text in texts.values()}
        assert len(shown) == 1, name


def test_the_whole_article_has_no_result_at_all() -> None:
    """So there is no warning to explain either."""
    data = read_data(sorted((ROOT / "articles").glob("*.ttl")), schema())
    report = validator().validate((*data, *concepts()))
    assert report == Report(), report.text()


def test_every_class_of_the_ontology_has_a_shape_in_a_file_of_its_name() -> None:
    for class_iri in (*_own_classes(), f"{PREFIXES['skos']}Concept"):
        name = local_name(class_iri)
        own = Index(parse_file(ROOT / "shapes" / f"{name}.ttl"))
        shape = NamedNode(f"{EKGS}{name}")
        assert own.iris(shape, f"{SH}targetClass") == [class_iri]
        assert set(own.texts(shape, f"{SH}name")) == {"en", "ja"}
        assert set(own.texts(shape, f"{SH}description")) == {"en", "ja"}


def test_collections_are_those_that_the_design_names() -> None:
    assert set(schema().collections) == COLLECTIONS


def test_every_property_of_the_ontology_is_a_member_under_its_own_name() -> None:
    kinds = (f"{OWL}ObjectProperty", f"{OWL}DatatypeProperty")
    found = Index(ontology())
    properties = {
        node.value
        for kind in kinds
        for node in found.instances(kind)
        if isinstance(node, NamedNode) and node.value.startswith(EKG)
    }
    assert {iri: {local_name(iri)} for iri in properties} == {
        iri: names for iri, names in _names_by_property().items() if iri.startswith(EKG)
    }


def test_a_reused_property_has_one_name_everywhere() -> None:
    for iri, names in _names_by_property().items():
        assert names == {REUSED_NAMES.get(iri, local_name(iri))}


@pytest.mark.parametrize("class_iri", sorted(schema().classes))
def test_a_class_has_no_two_members_of_one_name_inherited_and_views_included(
    class_iri: str,
) -> None:
    shapes_by_name = defaultdict(set)
    for each in schema().superclasses(class_iri):
        for member in schema().own_members.get(each, ()):
            shapes_by_name[member.name].add(member.shape)
    assert {name: found for name, found in shapes_by_name.items() if len(found) > 1} == {}


def test_every_member_is_named_described_grouped_and_ordered() -> None:
    groups = {node.value for node in index().instances(f"{SH}PropertyGroup") if _is_iri(node)}
    for members in schema().own_members.values():
        for member in members:
            assert set(member.labels) == {"en", "ja"}, member.shape
            assert set(member.descriptions) == {"en", "ja"}, member.shape
            assert member.group in groups, member.shape
            assert member.order < float("inf"), member.shape


def test_a_member_of_one_object_is_single_where_its_shape_allows_one() -> None:
    """JSON shows an array just where a second value would conform."""
    single = {
        member.name
        for member in schema().members_of([f"{EKG}Statement", f"{EKG}Passage", f"{EKG}Event"])
        if member.single
    }
    assert single >= {"identifier", "status", "accordingTo", "content", "paragraph", "earliest"}
    assert not single & {"evidence", "about", "partOf", "kind", "labels", "statements"}


def test_views_are_never_run() -> None:
    """A shape that a view points to has no target, so nothing is validated by it."""
    views = {quad.object for quad in shapes() if quad.predicate.value == f"{API}view"}
    targeted = {quad.subject for quad in shapes() if quad.predicate.value.startswith(f"{SH}target")}
    assert views
    assert not views & targeted


def test_constraints_and_members_have_names_in_our_namespace() -> None:
    for predicate in ("path", "message", "codeIdentifier", "targetClass", "select"):
        nodes = {node for node in subjects(predicate) if predicate != "path" or _is_member(node)}
        assert all(isinstance(node, NamedNode) and node.value.startswith(EKGS) for node in nodes)


def _is_member(node: Term) -> bool:
    return bool(index().objects(node, f"{SH}codeIdentifier"))


def _names_by_property() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for members in schema().own_members.values():
        for member in members:
            if member.predicate and not member.view:
                found[member.predicate].add(member.name)
    return found


def _own_classes() -> list[str]:
    return [iri for iri in schema().classes if iri.startswith(EKG)]


def _is_iri(term: Term) -> bool:
    return isinstance(term, NamedNode)


def _iri(term: Term) -> str:
    assert isinstance(term, NamedNode | Literal)
    return term.value
