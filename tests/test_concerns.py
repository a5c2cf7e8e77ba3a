"""What is validated with a change is enough: the report has all that the change brings about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

from kg.errors import EmptyGraph
from kg.progress import unwatched
from kg.rdf.formats import N_QUADS, TURTLE
from kg.rdf.iris import Iris
from kg.rdf.namespaces import RDF
from kg.rdf.parsing import parse, parse_file
from kg.rdf.terms import GraphName, NamedNode, Quad, Term, Triple
from kg.settings import Settings
from kg.sources import VOCABULARY, materialise
from kg.validation.engine import Validator
from kg.validation.reach import Reach
from kg.validation.report import Report, Severity
from kg.validation.validators import Portion
from kg.writing.concerns import Concerns
from kg.writing.dependents import Dependents
from tests.fakes import FakeSnapshot
from tests.rest import quads, sources
from tests.test_shapes import INVALID

IRIS = Iris(Settings().namespace)
ENTITIES, ARTICLE, CONCEPTS = (
    IRIS.graph(name) for name in ("entities", "yomiuri-2025-08-17", "concepts")
)
TYPE = NamedNode(f"{RDF}type")
X = "https://boats.example/"
BOATS = f"""
@prefix : <{X}> . @prefix sh: <http://www.w3.org/ns/shacl#> .
:Boat a sh:NodeShape ; sh:targetClass :Boat ; sh:property [
    sh:path ( :owner :home ) ; sh:class :Port ; sh:minCount 1 ] .
"""

# Changes of what others look at.
CHANGES: Mapping[str, Callable[[Any], bool]] = {
    "a type less": lambda quad: quad.subject.value.endswith("id/putin") and quad.predicate == TYPE,
    "no situations": lambda quad: quad.object.value.endswith("#Situation"),
    "no identifiers": lambda quad: quad.predicate.value.endswith("/identifier"),
}


@cache
def validator() -> Validator:
    """A validator with our shapes."""
    return Validator(shapes=sources().shapes, ontology=sources().ontology)


@cache
def reach() -> Reach:
    """What our shapes look at."""
    return Reach(sources().shapes)


@cache
def concepts() -> tuple[Quad, ...]:
    """What every example is read together with."""
    return tuple(quad for quad in quads() if quad.graph_name == CONCEPTS)


def typed(triples: Iterable[Triple]) -> frozenset[Triple]:
    """Triples with their superclass types, as every write has them."""
    found = (Quad(each.subject, each.predicate, each.object) for each in triples)
    return frozenset(quad.triple for quad in materialise(found, sources().schema))


def in_graph(triples: Iterable[Triple], graph: GraphName) -> list[Quad]:
    """The triples as quads of a graph."""
    return [Quad(each.subject, each.predicate, each.object, graph) for each in triples]


def results(triples: Set[Triple]) -> set[tuple[Term, str, Term | None]]:
    """What validating all of an example finds."""
    try:
        report = validator().validate(in_graph(triples, ARTICLE), context=concepts())
    except EmptyGraph:
        return set()
    return {(each.node, each.constraint, each.value) for each in report.results}


def dependents(old: Set[Triple], new: Set[Triple]) -> Set[Term]:
    """The nodes that an example's change is said to have other results for.

    It is all of them where that cannot be told, as of blank nodes.
    """
    base = FakeSnapshot([*in_graph(old, ARTICLE), *concepts()])
    nodes = Dependents(base, reach(), removed=old - new, added=new - old).nodes()
    return {each.subject for each in old | new} if nodes is None else nodes


@pytest.mark.parametrize("path", INVALID[::2], ids=lambda path: path.stem)
def test_whatever_has_other_results_after_a_change_is_found(path: Path) -> None:
    """For a triple of each bad example, drawn by its name, that goes and that comes."""
    triples = [quad.triple for quad in parse_file(path)]
    gone = triples[crc32(path.stem.encode()) % len(triples)]
    more, less = typed(triples), typed(each for each in triples if each != gone)
    found, without = results(more), results(less)
    assert {node for node, *_ in without - found} <= dependents(more, less)
    assert {node for node, *_ in found - without} <= dependents(less, more)


def violations(report: Report) -> set[tuple[Term, str, str | None, Term | None]]:
    """What stands in the way of a write."""
    found = (each for each in report.results if each.severity is Severity.VIOLATION)
    return {(each.node, each.constraint, each.path, each.value) for each in found}


def shared(portion: Portion) -> Iterator[Quad]:
    """What many portions have around them."""
    if portion.shared:
        yield from parse(portion.shared.read(), N_QUADS)


def portions(
    base: Sequence[Quad],
    graph: NamedNode,
    after: Iterable[Quad],
    known: Reach,
    *,
    small: int = 1_000,
    portion: int = 10_000,
) -> list[Portion]:
    """What a change of a graph is validated in."""
    changed: dict[GraphName, list[Quad]] = {graph: list(after)}
    concerns = Concerns(FakeSnapshot(base), IRIS, known, changed, small=small, portion=portion)
    return [
        Portion(list(each.data), [*each.context, *shared(each)], partial=each.partial)
        for each in concerns.portions(unwatched)
    ]


@pytest.mark.parametrize("name", CHANGES)
def test_narrowed_validation_finds_what_validating_everything_finds(name: str) -> None:
    """The graph of entities changes; they and the article show the same violations."""
    kept = [quad for quad in quads() if quad.graph_name != ENTITIES or not CHANGES[name](quad)]
    vocabulary = {IRIS.graph(each) for each in VOCABULARY}
    whole = validator().validate(quad for quad in kept if quad.graph_name not in vocabulary)
    after = [quad for quad in kept if quad.graph_name == ENTITIES]
    parts = portions(quads(), ENTITIES, after, reach(), small=0)
    assert violations(whole)
    assert violations(Report.united(validator().reports(parts))) == violations(whole)


def boats(text: str, graph: str) -> list[Quad]:
    """Turtle on boats as a graph."""
    return [
        Quad(quad.subject, quad.predicate, quad.object, NamedNode(graph))
        for quad in parse(f"@prefix : <{X}> . {text}".encode(), TURTLE)
    ]


FLEET = [
    *boats(":ann a :Person ; :home :hull . :bob a :Person ; :home :hull .", "urn:people"),
    *boats(":hull a :Port .", "urn:ports"),
    *boats(":tern a :Boat ; :owner :ann . :wren a :Boat ; :owner :bob .", "urn:a"),
    *boats(":gull a :Boat ; :owner :ann . :note :about :ann .", "urn:b"),
    *boats(":swan a :Boat ; :owner :bob .", "urn:c"),
]


def checked(graph: str, text: str, *, shapes: str = BOATS) -> set[str]:
    """The nodes validated beyond a graph that is replaced, by their local names."""
    known = Reach(parse(shapes.encode(), TURTLE))
    found = portions(FLEET, NamedNode(graph), boats(text, graph), known)
    beyond = {quad for each in found for quad in each.data if quad.graph_name != NamedNode(graph)}
    return {str(quad.subject).strip("<>_:").removeprefix(X) for quad in beyond}


def test_what_nobody_looks_at_concerns_nobody_else() -> None:
    more = ":ann a :Person ; :home :hull ; :age 40 . :bob a :Person ; :home :hull ."
    assert checked("urn:people", more) == set()


def test_nodes_that_look_at_a_change_are_found_also_over_others() -> None:
    moved = ":ann a :Person ; :home :york . :bob a :Person ; :home :hull ."
    assert checked("urn:people", moved) == {"tern", "gull"}
    assert checked("urn:ports", ":hull a :Town .") == {"tern", "gull", "wren", "swan"}


def test_what_a_graph_no_longer_describes_is_validated_where_others_do() -> None:
    again = [*FLEET, *boats(":tern :colour :red .", "urn:d")]
    known = Reach(parse(BOATS.encode(), TURTLE))
    last = portions(again, NamedNode("urn:d"), boats(":x :y :z .", "urn:d"), known)[-1]
    assert {quad.subject for quad in last.data} == {NamedNode(f"{X}tern")}
    assert set(boats(":wren a :Boat ; :owner :bob .", "urn:a")) <= set(last.context)


def test_shapes_that_cannot_be_read_have_all_that_links_validated() -> None:
    text = ":ann a :Person ; :home :hull ; :age 40 . :bob a :Person ; :home :hull ."
    beyond = checked("urn:people", text, shapes=f"{BOATS} :Boat sh:js :program .")
    assert beyond == {"tern", "gull", "wren", "note"}


def test_graphs_are_validated_as_many_at_a_time_as_fit_in_memory() -> None:
    known = Reach(parse(BOATS.encode(), TURTLE))
    moved = boats(":ann a :Person ; :home :york . :bob a :Person ; :home :rye .", "urn:people")
    found = portions(FLEET, NamedNode("urn:people"), moved, known, portion=8)
    graphs = [{str(quad.graph_name).strip("<>") for quad in each.data} for each in found]
    assert graphs == [{"urn:people"}, {"urn:a", "urn:b"}, {"urn:c"}]
    assert [each.partial for each in found] == [False, True, True]


def test_of_a_large_graph_written_only_what_can_change_is_validated() -> None:
    known = Reach(parse(BOATS.encode(), TURTLE))
    moved = boats(":ann a :Person ; :home :york . :bob a :Person ; :home :hull .", "urn:people")
    first = portions(FLEET, NamedNode("urn:people"), moved, known, small=3)[0]
    assert {quad.subject for quad in first.data} == {NamedNode(f"{X}ann")}
    assert set(moved) <= {*first.data, *first.context}
