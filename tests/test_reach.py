"""How far shapes look is read off them, and told to be unknown where they do not say it plainly."""

from __future__ import annotations

import pytest

from kg.errors import ShapesError
from kg.rdf.formats import TURTLE
from kg.rdf.namespaces import PREFIXES, RDF
from kg.rdf.parsing import parse
from kg.rdf.terms import NamedNode, Triple
from kg.sparql.graph_patterns import triple_patterns
from kg.validation.reach import Look, Reach
from kg.validation.ways import Place, Step
from tests.rest import sources

X = "https://boats.example/"
TURTLE_PREFIXES = f"""
@prefix : <{X}> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ekgs: <{PREFIXES["ekgs"]}> .
:declared a sh:PrefixDeclaration ; sh:prefix "" ; sh:namespace "{X}" .
"""
BACK, FORTH = (Place.OBJECT, Place.SUBJECT), (Place.SUBJECT, Place.OBJECT)


def reach(shapes: str) -> Reach:
    """What shapes in Turtle look at."""
    return Reach(parse((TURTLE_PREFIXES + shapes).encode(), TURTLE))


def looks(constraints: str) -> set[Look] | None:
    """What the shape of a boat looks at, beyond the boat itself."""
    found = reach(f":Boat a sh:NodeShape ; sh:targetClass :Boat ; {constraints} .").looks
    return None if found is None else set(found)


def step(ends: tuple[Place, Place], name: str, *, repeated: bool = False) -> Step:
    """A step along a property of boats."""
    return Step(*ends, frozenset({f"{X}{name}"}), repeated=repeated)


def look(name: str, *way: Step, start: Place = Place.SUBJECT, value: str | None = None) -> Look:
    """A look at triples with a property of boats."""
    named = NamedNode(f"{X}{value}") if value else None
    return Look(frozenset({f"{X}{name}"}), named, start, way)


def test_tests_of_values_look_no_further() -> None:
    assert looks('sh:property [ sh:path :name ; sh:minCount 1 ; sh:pattern "^S" ]') == set()
    assert looks("sh:property [ sh:path :built ; sh:lessThan :sunk ] ; sh:nodeKind sh:IRI") == set()


def test_a_class_is_looked_up_at_the_value() -> None:
    type_, back = f"{RDF}type", step(BACK, "owner")
    found = looks("sh:property [ sh:path :owner ; sh:class :Person ]")
    assert found is not None
    assert Look(frozenset({type_}), None, Place.SUBJECT, (back,)) in found
    assert len(found) == 2  # the other is of subclasses


def test_a_path_is_looked_at_at_each_step() -> None:
    path = "( :owner [ sh:inversePath :employs ] [ sh:zeroOrMorePath :partOf ] )"
    back = step(BACK, "owner"), step(FORTH, "employs")
    assert looks(f"sh:property [ sh:path {path} ; sh:minCount 1 ]") == {
        look("employs", back[0], start=Place.OBJECT),
        look("partOf", step(BACK, "partOf", repeated=True), *back[::-1]),
    }


def test_nested_shapes_look_from_the_values() -> None:
    nested = "sh:node [ sh:property [ sh:path :home ] ; sh:or ( [ sh:closed true ] ) ]"
    assert looks(f"sh:property [ sh:path :owner ; {nested} ]") == {
        look("home", step(BACK, "owner")),
        Look(None, None, Place.SUBJECT, (step(BACK, "owner"),)),
    }


def test_queries_look_at_what_is_tied_to_the_node_and_at_given_values_only() -> None:
    query = "SELECT $this WHERE { $this :owner ?who . FILTER NOT EXISTS { ?who :rank :captain } }"
    assert looks(f'sh:sparql [ sh:select "{query}" ]') == {
        look("rank", step(BACK, "owner"), value="captain")
    }


def test_a_query_within_is_tied_to_the_node_by_what_it_selects() -> None:
    within = "SELECT ?who { ?each :likes ?who } GROUP BY ?who HAVING (COUNT(?each) > 1)"
    query = f"SELECT $this WHERE {{ {{ {within} }} $this :owner ?who ; :crew ?each }}"
    assert looks(f'sh:sparql [ sh:select "{query}" ]') == {
        look("likes", step(BACK, "owner"), start=Place.OBJECT)
    }


def test_queries_about_the_graph_are_tied_to_the_value_that_they_return() -> None:
    query = "SELECT $this ?value WHERE { ?value a ?kind . ?other :twin ?value }"
    found = reach(
        f':S a sh:NodeShape ; sh:targetNode ekgs:graph ; sh:sparql [ sh:select "{query}" ] .'
    )
    assert found.looks == (look("twin", start=Place.OBJECT),)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT $this WHERE { $this :owner ?who . ?else :rank :captain }",
        "SELECT $this WHERE { $this :owner ?who . { SELECT ?who { ?who :rank ?r } LIMIT 1 } }",
        "SELECT $this WHERE { $this :owner ?who . { SELECT ?r { ?who :rank ?r } } }",
        "SELECT $this WHERE { $this :owner ?who . { SELECT * { ?who :rank ?r } } }",
        "SELECT $this WHERE { $this :owner ?who } ORDER BY ?who LIMIT 1",
        "SELECT $this WHERE { $this :owner [ :rank :captain ] }",
        "SELECT $this WHERE { $this !:owner ?who }",
        "SELECT $this WHERE { $this (:owner/:heir)+ ?who }",
        "SELECT $this (COUNT(?who) AS ?number) WHERE { $this :owner ?who } GROUP BY $this",
        "SELECT $this WHERE { GRAPH ?g { $this :owner ?who } }",
        "SELECT $this WHERE { $this unknown:owner ?who }",
        "SELECT $this WHERE { $this :owner ?who ",
        "SELECT ?value WHERE { ?value :owner ?who }",
        "ASK { $this :owner ?who }",
    ],
)
def test_what_is_not_plain_could_look_at_anything(query: str) -> None:
    assert looks(f'sh:sparql [ sh:select "{query}" ]') is None


def test_components_of_ones_own_and_recursive_shapes_could_look_at_anything() -> None:
    assert looks("sh:js :program") is None
    assert looks("sh:property [ sh:path :owner ; sh:node :Boat ]") is None
    assert (
        reach(":C sh:parameter [ sh:path :p ] . :S a sh:NodeShape ; sh:targetNode :b .").looks
        is None
    )


def test_a_path_that_is_none_is_an_error() -> None:
    with pytest.raises(ShapesError):
        _ = reach(":S a sh:NodeShape ; sh:targetNode :b ; sh:property [ sh:path [] ] .").looks


def test_views_are_no_constraints() -> None:
    """A shape without a target looks at nothing."""
    assert reach(":S a sh:NodeShape ; sh:property [ sh:path ( :a :b ) ] .").looks == ()


def test_our_own_shapes_are_all_plain() -> None:
    ours = Reach(sources().shapes)
    assert ours.looks
    node, label = NamedNode(f"{X}node"), NamedNode("http://www.w3.org/2004/02/skos/core#altLabel")
    assert not [each for each in ours.looks_at(Triple(node, label, node)) if each.is_of_links]


def test_all_patterns_of_a_query_are_found() -> None:
    found = triple_patterns(
        """SELECT ?a { ?a :p "x"@en , 1 ; :q|:r ?b ; . # a comment
           OPTIONAL { ?b ^:p/:q* ?c FILTER regex(?c, "}") } MINUS { ?a ?any ?b }
           BIND(IF(EXISTS { ?b :s ?d }, 1, 2) AS ?e) { ?a :t ?a } UNION { ?a :u ?a } }""",
        {"": X},
    )
    assert found is not None
    groups = [each.group for each in found]
    assert groups == [(0,), (0,), (0,), (0, 3), (0, 4), (0, 5), (0, 6), (0, 7)]
