"""The schema is read off ontology and shapes: classes, collections, members and views."""

from __future__ import annotations

import pytest

from kg.errors import ShapesError
from kg.rdf.formats import TURTLE
from kg.rdf.namespaces import PREFIXES
from kg.rdf.parsing import parse
from kg.schema.schema import Member, Schema, local_name
from kg.schema.shapes import read_schema

X = "https://boats.example/"

ONTOLOGY = f"""
    <{X}> a owl:Ontology ; vann:preferredNamespaceUri "{X}" .
    :Thing a owl:Class ; rdfs:subClassOf prov:Entity .
    :Vessel a owl:Class ; rdfs:subClassOf :Thing ; rdfs:label "Vessel"@en , "船"@ja .
    :Ferry a owl:Class ; rdfs:subClassOf :Vessel , :Service ; rdfs:comment "Carries people."@en .
    :Service a owl:Class .
    prov:Entity a owl:Class .
"""
SHAPES = """
    :VesselShape a sh:NodeShape ; sh:targetClass :Vessel ;
        api:collection "vessels" ; sh:name "Vessels"@en ; sh:description "All that floats."@en ;
        sh:property :name, :crew, :unnamed ; api:view :VesselView .
    :name a sh:PropertyShape ; sh:path rdfs:label ; sh:codeIdentifier "name" ; sh:order 1 ;
        sh:uniqueLang true ; sh:datatype rdf:langString ; sh:name "name"@en , "名称"@ja .
    :crew a sh:PropertyShape ; sh:path :crew ; sh:codeIdentifier "crew" ; sh:order 2 ;
        sh:maxCount 1 ; sh:datatype xsd:integer ; api:summary true .
    :unnamed a sh:PropertyShape ; sh:path :tonnage ; sh:minCount 0 .
    :VesselView sh:property :calls, :nearby .
    :calls a sh:PropertyShape ; sh:path [ sh:inversePath :vessel ] ; sh:codeIdentifier "calls" ;
        sh:class :Service ; api:nested true ; sh:order 10 ; sh:group :traffic .
    :nearby a sh:PropertyShape ; api:pattern "?this :berth/^:berth ?value" ;
        sh:codeIdentifier "nearby" ; sh:order 11 .
    :FerryShape a sh:NodeShape ; sh:targetClass :Ferry ;
        api:collection "ferries" ; api:segment "ferry" ; sh:property :ferryName .
    :ferryName a sh:PropertyShape ; sh:path :line ; sh:codeIdentifier "name" ; sh:order 3 .
    :prefixes a owl:Ontology ;
        sh:declare [ sh:prefix "boat" ; sh:namespace "https://boats.example/" ] .
"""


def schema_of(ontology: str = ONTOLOGY, shapes: str = SHAPES) -> Schema:
    """The schema that the two Turtle texts describe."""
    prefixes = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    prefixes += f"@prefix : <{X}> .\n@prefix vann: <http://purl.org/vocab/vann/> .\n"
    quads = (parse(f"{prefixes}{each}".encode(), TURTLE) for each in (ontology, shapes))
    return read_schema(ontology=next(quads), shapes=next(quads))


def member(schema: Schema, class_name: str, name: str) -> Member:
    """The member of a class with this name."""
    (found,) = (each for each in schema.members_of([f"{X}{class_name}"]) if each.name == name)
    return found


def test_own_classes_have_names_labels_and_their_own_superclasses() -> None:
    """A foreign superclass is no class of the API."""
    classes = schema_of().classes
    assert sorted(each.name for each in classes.values()) == ["Ferry", "Service", "Thing", "Vessel"]
    assert classes[f"{X}Vessel"].labels == {"en": "Vessel", "ja": "船"}
    assert classes[f"{X}Ferry"].descriptions == {"en": "Carries people."}
    assert classes[f"{X}Vessel"].lineage == (f"{X}Vessel", f"{X}Thing")


def test_superclasses_come_nearest_first_and_subclasses_are_all_below() -> None:
    schema = schema_of()
    ferry = [local_name(each) for each in schema.superclasses(f"{X}Ferry")]
    assert ferry == ["Ferry", "Service", "Vessel", "Thing"]
    below = {local_name(each) for each in schema.subclasses(f"{X}Thing")}
    assert below == {"Thing", "Vessel", "Ferry"}
    assert schema.superclasses("http://other.example/C") == ("http://other.example/C",)


def test_a_shape_that_names_a_collection_makes_one() -> None:
    collections = schema_of().collections
    assert sorted(collections) == ["ferries", "vessels"]
    assert collections["vessels"].segment == "id"
    assert collections["vessels"].labels == {"en": "Vessels"}
    assert collections["ferries"].segment == "ferry"


def test_a_thing_is_in_the_collection_of_its_most_specific_class() -> None:
    schema = schema_of()
    for types, name in [
        (["Vessel", "Ferry", "Thing"], "ferries"),
        (["Vessel", "Thing"], "vessels"),
    ]:
        collection = schema.collection_of([f"{X}{each}" for each in types])
        assert collection is not None
        assert collection.name == name
    assert schema.collection_of([f"{X}Thing"]) is None


def test_only_property_shapes_with_a_code_identifier_are_members() -> None:
    names = [each.name for each in schema_of().members_of([f"{X}Vessel"])]
    assert names == ["name", "crew", "calls", "nearby"]


def test_a_member_is_described_by_its_property_shape() -> None:
    schema = schema_of()
    name, crew = member(schema, "Vessel", "name"), member(schema, "Vessel", "crew")
    assert name.predicate == f"{PREFIXES['rdfs']}label"
    assert name.labels == {"en": "name", "ja": "名称"}
    assert (name.single, name.one_per_language, name.summary) == (False, True, False)
    assert (crew.single, crew.one_per_language, crew.summary) == (True, False, True)
    assert crew.datatype == f"{PREFIXES['xsd']}integer"
    assert not crew.view
    assert schema.summary_predicates == (f"{X}crew",)


def test_a_view_tells_what_points_here() -> None:
    """By an inverse path or, where no path can say it, by a pattern."""
    schema = schema_of()
    calls, nearby = member(schema, "Vessel", "calls"), member(schema, "Vessel", "nearby")
    assert calls.view
    assert calls.nested
    assert calls.path is not None
    assert calls.path.inverse == f"{X}vessel"
    assert calls.predicate is None
    assert (calls.classes, calls.group) == ((f"{X}Service",), f"{X}traffic")
    assert (nearby.path, nearby.pattern) == (None, "?this :berth/^:berth ?value")


def test_members_are_inherited_and_the_nearest_class_decides() -> None:
    names = [each.name for each in schema_of().members_of([f"{X}Ferry"])]
    assert names == ["crew", "name", "calls", "nearby"]
    assert member(schema_of(), "Ferry", "name").predicate == f"{X}line"


def test_declared_prefixes_join_the_usual_ones() -> None:
    prefixes = schema_of().prefixes
    assert prefixes["boat"] == X
    assert prefixes["rdfs"] == PREFIXES["rdfs"]


def test_the_digest_is_that_of_the_content() -> None:
    """Renamed blank nodes do not change it; a changed label does."""
    again = schema_of(shapes=SHAPES.replace("[ sh:prefix", "[ a sh:Declaration ; sh:prefix"))
    assert schema_of().digest == schema_of(shapes=f"# a comment\n{SHAPES}").digest
    assert schema_of().digest != again.digest


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        (SHAPES.replace('"crew"', '"the crew"'), "no camelCase identifier"),
        (SHAPES.replace("sh:path :crew ;", ""), "needs sh:path or api:pattern"),
        (SHAPES.replace("sh:path :crew ;", "sh:path [ a :Nothing ] ;"), "no property path"),
        (
            SHAPES.replace(", :unnamed", ', [ sh:path :a ; sh:codeIdentifier "a" ]'),
            "must have an IRI",
        ),
    ],
)
def test_a_member_that_cannot_be_understood_is_refused(shapes: str, message: str) -> None:
    with pytest.raises(ShapesError, match=message):
        schema_of(shapes=shapes)


def test_no_ontology_and_no_shapes_make_an_empty_schema() -> None:
    """That is how a plain SPARQL store is served."""
    schema = read_schema(ontology=[], shapes=[])
    assert not schema.classes
    assert not schema.collections
    assert schema.members_of(["http://x.example/C"]) == ()


@pytest.mark.parametrize(
    ("iri", "name"),
    [
        ("https://boats.example/x#Ferry", "Ferry"),
        ("https://boats.example/Ferry", "Ferry"),
        ("urn:x", "urn:x"),
    ],
)
def test_the_local_name_stands_behind_the_last_separator(iri: str, name: str) -> None:
    assert local_name(iri) == name
