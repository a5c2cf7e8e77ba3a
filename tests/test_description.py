"""JSON of a thing whatever is said of it, what the shapes would never allow included."""

from __future__ import annotations

import pytest

from kg.documents.description import Presenter
from kg.documents.lookup import Lookup
from kg.rdf.formats import TURTLE
from kg.rdf.namespaces import PREFIXES
from kg.rdf.parsing import parse
from kg.rdf.terms import NamedNode, Quad
from tests.fakes import FakeSnapshot
from tests.rest import IRIS, schema

NODE = IRIS.thing("id", "thing")
XSD = PREFIXES["xsd"]


def written(turtle: str, *languages: str) -> dict[str, object]:
    """The JSON of the thing of which ``turtle`` says something."""
    prefixes = "\n".join(f"@prefix {name}: <{iri}> ." for name, iri in PREFIXES.items())
    said = parse(f"{prefixes}\nid:thing {turtle} .".encode(), TURTLE)
    graph = NamedNode("urn:g")
    snapshot = FakeSnapshot(Quad(each.subject, each.predicate, each.object, graph) for each in said)
    presenter = Presenter(schema=schema(), iris=IRIS, languages=languages)
    return dict(presenter.entity(Lookup(snapshot, schema()).describe(NODE), NODE))


@pytest.mark.parametrize(
    ("labels", "languages", "label"),
    [
        ('"a"@en, "b"@ja', ("ja",), "b"),
        ('"a"@en, "b"@ja', ("fr",), "a"),
        ('"c", "b"@ja', ("fr",), "c"),
        ('"d"@fr', ("ja",), "d"),
    ],
)
def test_a_label_is_in_the_language_that_the_reader_knows_best(
    labels: str, languages: tuple[str, ...], label: str
) -> None:
    assert written(f"a ekg:Person ; rdfs:label {labels}", *languages)["label"] == label


def test_what_has_no_label_has_its_id_for_one() -> None:
    found = written("a ekg:Person")
    assert (found["label"], found["url"]) == ("thing", "/actors/thing")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("12", 12),
        ("'long'", {"@value": "long", "@type": f"{XSD}string"}),
        ("1.5", {"@value": "1.5", "@type": f"{XSD}decimal"}),
        ("<urn:x>", "urn:x"),
        ("id:thing", {"id": "thing"}),
        ("12, 'long'@en", [12, {"@value": "long", "@language": "en"}]),
    ],
)
def test_a_value_is_plain_where_its_datatype_is_the_one_declared(value: str, shown: object) -> None:
    found = written(f"a ekg:Article ; ekg:textLength {value}")["textLength"]
    if isinstance(shown, dict) and "id" in shown:
        assert isinstance(found, dict)
        assert found["id"] == shown["id"]
    else:
        assert found == shown


def test_a_node_that_has_no_name_is_shown_as_one() -> None:
    found = written("a ekg:Person ; schema:sameAs []")["sameAs"]
    assert isinstance(found, list)
    assert str(found[0]["iri"]).startswith("_:")
