"""The pages of ontology and shapes: each term has the paragraph that its IRI leads to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from kg.rdf.namespaces import BASE, OWL, RDF, SH
from kg.rdf.terms import NamedNode
from kg.settings import Settings
from kg.sources import read_vocabulary
from kg.web.app import create_app

PAGES = ("ontology", "shapes")
CLASSES = {"ontology": f"{BASE}ontology#", "shapes": f"{BASE}shapes#"}
KINDS = {
    "ontology": {f"{OWL}{kind}" for kind in ("Class", "ObjectProperty", "DatatypeProperty")},
    "shapes": {f"{SH}{kind}" for kind in ("NodeShape", "PropertyShape", "SPARQLConstraint")},
}


@pytest.fixture(scope="module")
def client(built_store: object) -> Iterator[FlaskClient]:
    with create_app(Settings(store=str(built_store))).test_client() as client:
        yield client


def page(client: FlaskClient, name: str, language: str = "en") -> str:
    """The HTML of one of the pages."""
    answer = client.get(f"/{name}", headers={"Accept": "text/html", "Accept-Language": language})
    assert answer.status_code == 200
    assert answer.mimetype == "text/html"
    return answer.text


def declared(name: str) -> set[str]:
    """The fragments of all that the folder of this name declares in its namespace."""
    quads = read_vocabulary(Settings()).graphs[name]
    return {
        quad.subject.value.removeprefix(CLASSES[name])
        for quad in quads
        if quad.predicate.value == f"{RDF}type"
        and isinstance(quad.object, NamedNode)
        and quad.object.value in KINDS[name]
        and isinstance(quad.subject, NamedNode)
        and quad.subject.value.startswith(CLASSES[name])
    }


@pytest.mark.parametrize(("name", "least"), [("ontology", 66), ("shapes", 200)])
def test_every_term_has_a_paragraph_at_the_fragment_of_its_iri(
    client: FlaskClient, name: str, least: int
) -> None:
    anchors = Counter(re.findall(r'\bid="([^"]+)"', page(client, name)))
    terms = declared(name)
    assert len(terms) >= least
    assert {each: anchors[each] for each in terms if anchors[each] != 1} == {}
    assert [each for each, times in anchors.items() if times > 1] == []


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_link_into_the_page_leads_somewhere(
    client: FlaskClient, name: str, language: str
) -> None:
    html = page(client, name, language)
    anchors = set(re.findall(r'\bid="([^"]+)"', html))
    assert set(re.findall(r'href="#([^"]+)"', html)) - anchors == set()


@pytest.mark.parametrize("name", PAGES)
def test_links_between_the_two_pages_lead_to_paragraphs(client: FlaskClient, name: str) -> None:
    (other,) = set(PAGES) - {name}
    anchors = set(re.findall(r'\bid="([^"]+)"', page(client, other)))
    links = set(re.findall(rf'href="/{other}#([^"]+)"', page(client, name)))
    assert links
    assert links - anchors == set()


def test_a_class_shows_definition_alignment_shape_list_and_examples(client: FlaskClient) -> None:
    text = page(client, "ontology")
    section = text[text.index('id="Actor"') : text.index('id="Group"')]
    assert "Something that can act, speak, intend or be held responsible." in section
    assert "http://xmlns.com/foaf/0.1/Agent" in section
    assert 'href="/shapes#Actor"' in section
    assert 'href="/actors"' in section
    assert len(re.findall(r'href="/(?:actors|institutions)/[a-z0-9-]+"', section)) == 3


def test_a_constraint_shows_its_query_its_message_and_its_severity(client: FlaskClient) -> None:
    text = page(client, "shapes", "ja")
    section = text[text.index('id="S19"') : text.index('id="S20"')]
    assert "SELECT DISTINCT $this ?value ?path ?other" in section
    assert "同じ事態が事実として肯定も否定もされている" in section
    assert 'class="severity severity-violation"' in section


def test_programs_still_get_turtle(client: FlaskClient) -> None:
    for name in PAGES:
        assert client.get(f"/{name}").mimetype == "text/turtle"
        assert client.get(f"/{name}.html").mimetype == "text/html"


def test_the_annotations_have_a_page_of_their_own(client: FlaskClient) -> None:
    html = client.get("/api", headers={"Accept": "text/html"}).text
    names = {"collection", "filter", "nested", "pattern", "segment", "summary", "view", "within"}
    assert names <= set(re.findall(r'<h2 id="([^"]+)"', html))
    assert client.get("/api").data == client.get("/ontology").data


@pytest.mark.parametrize("name", ["ontology", "api"])
def test_what_citations_name_leads_to_the_document(client: FlaskClient, name: str) -> None:
    iri = f"{BASE}{name}/0.1.0"
    assert iri in client.get(f"/{name}.nt").text
    answer = client.get(iri.removeprefix(BASE.rstrip("/")))
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/{name}")
    missing = client.get(f"/{name}/9.9.9")
    assert missing.status_code == 404
    assert missing.get_json()["detail"] == "There is no edition '9.9.9' of it here, but 0.1.0."
