"""Out of a shared graph, nodes get what their results rest on: no result differs for it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from pyoxigraph import Store

from kg.errors import EmptyGraph
from kg.rdf.formats import N_QUADS, TURTLE
from kg.rdf.iris import Iris
from kg.rdf.parsing import parse, parse_file, serialize
from kg.rdf.terms import NamedNode, Quad, Term
from kg.settings import Settings
from kg.sources import materialise
from kg.validation.engine import Validator
from kg.validation.reach import Reach
from kg.validation.report import Report
from kg.validation.surroundings import Surroundings
from kg.validation.validators import Shared
from kg.writing.concerns import SHARED
from tests.rest import quads, sources
from tests.test_shapes import INVALID

IRIS = Iris(Settings().namespace)
X = "https://boats.example/"
PREFIXES = f"@prefix : <{X}> . @prefix sh: <http://www.w3.org/ns/shacl#> .\n"
HOMES = """
:Boat a sh:NodeShape ; sh:targetClass :Boat ;
    sh:property [ sh:path ( :owner :home ) ; sh:class :Port ; sh:minCount 1 ]
"""
FLEET = """
:ann :home :kobe ; :age 40 . :bob :home :nara . :kobe a :Port ; :near :nara . :nara a :City .
:cutter :owner :ann
"""


def turtle(text: str) -> list[Quad]:
    """The triples of a text about boats."""
    return parse(f"{PREFIXES}{text} .".encode(), TURTLE)


def seen(shapes: str, *nodes: str, beside: str = "") -> set[Quad]:
    """What of the fleet is around some nodes."""
    small = Store()
    small.extend(turtle(beside) if beside else ())
    around = Surroundings(turtle(FLEET), Reach(turtle(shapes)))
    return around.of({NamedNode(X + name) for name in nodes}, small)


def test_nothing_is_taken_that_no_shape_looks_at() -> None:
    assert seen(HOMES, "boat", beside=":boat :owner :ann") == set(
        turtle(":ann :home :kobe . :kobe a :Port")
    )


def test_links_in_the_graph_itself_are_followed_and_a_node_is_taken_whole() -> None:
    assert seen(HOMES, "cutter") == set(
        turtle(":cutter :owner :ann . :ann :home :kobe . :kobe a :Port")
    )
    assert seen(HOMES, "ann") == set(turtle(":ann :home :kobe ; :age 40"))


def test_all_is_taken_where_shapes_do_not_tell_what_they_look_at() -> None:
    anything = ':Any a sh:NodeShape ; sh:targetClass :Boat ; sh:sparql [ sh:select "?" ]'
    assert seen(anything, "boat") == set(turtle(FLEET))


def validator() -> Validator:
    """A validator with our shapes, which has nothing in memory yet."""
    return Validator(shapes=sources().shapes, ontology=sources().ontology)


def shared(around: Iterable[Quad]) -> Shared:
    """Quads as they are shared."""
    document = serialize(around, N_QUADS)
    return Shared(f"{len(document)}", lambda: document)


def report(data: list[Quad], around: list[Quad], *, whole: bool) -> Report | str:
    """The report on data with all that is around them, or with what they need of it."""
    try:
        if whole:
            return checker.validate(data, context=around)
        return checker.validate(data, shared=shared(around))
    except EmptyGraph as error:
        return str(error)


checker = validator()


@pytest.mark.parametrize("hole", range(4))
def test_the_article_with_a_hole_has_the_report_it_has_with_all_around_it(hole: int) -> None:
    names = {IRIS.graph(name) for name in SHARED}
    around = [quad for quad in quads() if quad.graph_name in names]
    article = [quad for quad in quads() if quad.graph_name == IRIS.graph("yomiuri-2025-08-17")]
    start = hole * len(article) // 4
    data = article[:start] + article[start + 40 :]
    expected = report(data, around, whole=True)
    assert isinstance(expected, Report)
    assert expected.results
    assert report(data, around, whole=False) == expected


@pytest.mark.parametrize("path", INVALID[::3], ids=lambda path: path.stem)
def test_half_of_a_bad_example_has_the_report_it_has_beside_the_other_half(path: Path) -> None:
    triples = list(materialise(parse_file(path), sources().schema))
    nodes: list[Term] = sorted({quad.subject for quad in triples}, key=str)
    half = set(nodes[::2])
    data = [quad for quad in triples if quad.subject in half]
    concepts = [quad for quad in quads() if quad.graph_name == IRIS.graph("concepts")]
    around = [*concepts, *(quad for quad in triples if quad.subject not in half)]
    assert report(data, around, whole=False) == report(data, around, whole=True)


def test_what_is_shared_is_read_once_and_read_anew_when_it_is_another() -> None:
    fresh = Validator(shapes=turtle(HOMES), ontology=())
    read: list[str] = []

    def reading(name: str, text: str) -> Shared:
        def document() -> bytes:
            read.append(name)
            return serialize(turtle(text), N_QUADS)

        return Shared(name, document)

    boat = turtle(":boat a :Boat ; :owner :ann")
    conforming = [
        fresh.validate(boat, shared=each).conforms
        for each in (
            reading("one", FLEET),
            reading("one", FLEET),
            reading("two", ":ann :home :nara"),
            reading("one", FLEET),
        )
    ]
    assert (conforming, read) == ([True, True, False, True], ["one", "two", "one"])
