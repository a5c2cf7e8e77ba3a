"""A class that nobody thought of appears everywhere, once ontology and shapes have it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from kg.rdf.iris import Iris
from kg.settings import Settings
from kg.sources import Sources
from kg.store.embedded.store import EmbeddedStore
from kg.web.app import create_app
from tests.html import Element, read

PREFIXES = """
@prefix api: <https://w3id.org/editorial-kg/api#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix ekg: <https://w3id.org/editorial-kg/ontology#> .
@prefix ekgs: <https://w3id.org/editorial-kg/shapes#> .
@prefix id: <https://w3id.org/editorial-kg/id/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""

ONTOLOGY = """
ekg:Treaty a owl:Class ;
    rdfs:label "Treaty"@en , "条約"@ja ;
    rdfs:comment "An agreement between states that binds them."@en , "国家間の拘束力ある合意。"@ja .
ekg:signatory a owl:ObjectProperty ; rdfs:label "signatory"@en , "署名国"@ja .
ekg:signed a owl:DatatypeProperty ; rdfs:label "signed"@en , "署名日"@ja .
"""

SHAPES = """
ekgs:Treaty a sh:NodeShape ;
    sh:targetClass ekg:Treaty ;
    sh:name "Treaties"@en , "条約"@ja ;
    sh:description "Agreements between states."@en , "国家間の合意。"@ja ;
    api:collection "treaties" ;
    sh:property ekgs:C04 , ekgs:C05 , ekgs:Treaty-signatory , ekgs:Treaty-signed .
ekgs:Treaty-signatory a sh:PropertyShape ;
    sh:path ekg:signatory ; sh:codeIdentifier "signatory" ; sh:class ekg:State ; sh:minCount 1 ;
    sh:name "signatory"@en ; sh:description "A state that has signed."@en ; sh:order 10 .
ekgs:Treaty-signed a sh:PropertyShape ;
    sh:path ekg:signed ; sh:codeIdentifier "signed" ; sh:datatype xsd:date ; sh:maxCount 1 ;
    sh:name "signed"@en ; sh:description "The day of signing."@en ; sh:order 11 .
"""

TREATIES = """
id:harbour-treaty a ekg:Treaty ;
    rdfs:label "Treaty of the Harbours"@en , "港湾条約"@ja ;
    dcterms:identifier "harbour-treaty" ;
    ekg:signatory id:japan , id:russia ; ekg:signed "1999-05-01"^^xsd:date .
id:lantern-treaty a ekg:Treaty ;
    rdfs:label "Lantern Treaty"@en , "灯火条約"@ja ;
    dcterms:identifier "lantern-treaty" ;
    ekg:signatory id:japan ; ekg:signed "2004-10-09"^^xsd:date .
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A service over copies of the folders, the class and two treaties added."""
    folder = tmp_path_factory.mktemp("treaty")
    own = Settings()
    for name in ("ontology", "shapes", "articles"):
        shutil.copytree(getattr(own, name), folder / name)
    for name, text in (("ontology", ONTOLOGY), ("shapes", SHAPES), ("articles", TREATIES)):
        (folder / name / "treaty.ttl").write_text(PREFIXES + text, encoding="utf-8")
    settings = replace(
        own,
        store=str(folder / "store"),
        ontology=folder / "ontology",
        shapes=folder / "shapes",
        articles=folder / "articles",
    )
    app = create_app(settings, _filled(settings))
    yield app.test_client()
    app.extensions["kg"].querying.close()


def _filled(settings: Settings) -> EmbeddedStore:
    store = EmbeddedStore(Path(settings.store))
    with store.begin(author="test", message="Fill") as change:
        for name, quads in Sources.read(settings).graphs.items():
            change.replace(Iris(settings.namespace).graph(name), quads)
        change.publish()
    return store


def _get(client: FlaskClient, url: str) -> Any:
    response = client.get(url, headers={"Accept": "application/json"})
    assert response.status_code == 200, response.text
    return json.loads(response.data)


def _ids(page: dict[str, Any]) -> list[str]:
    return [each["id"] for each in page["items"]]


def test_it_is_a_collection(client: FlaskClient) -> None:
    page = _get(client, "/treaties")
    assert (_ids(page), page["count"]) == (["harbour-treaty", "lantern-treaty"], 2)
    assert _get(client, "/")["collections"]["treaties"]["count"] == 2


def test_each_has_a_document_with_its_members(client: FlaskClient) -> None:
    body = _get(client, "/treaties/harbour-treaty")
    assert (body["type"], body["signed"]) == ("Treaty", "1999-05-01")
    assert [each["id"] for each in body["signatory"]] == ["japan", "russia"]
    assert client.get("/id/harbour-treaty").headers["Location"] == "/treaties/harbour-treaty"


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ("signatory=russia", ["harbour-treaty"]),
        ("not.signatory=russia", ["lantern-treaty"]),
        ("signed.from=2000-01-01", ["lantern-treaty"]),
        ("sort=-signed", ["lantern-treaty", "harbour-treaty"]),
        ("q=lantern", ["lantern-treaty"]),
    ],
)
def test_its_members_are_filters(client: FlaskClient, filters: str, found: list[str]) -> None:
    assert _ids(_get(client, f"/treaties?{filters}")) == found


def test_the_context_gives_its_members_their_properties(client: FlaskClient) -> None:
    terms = _get_context(client)
    assert "https://w3id.org/editorial-kg/ontology#signatory" in json.dumps(terms)
    assert "https://w3id.org/editorial-kg/ontology#Treaty" in json.dumps(terms["Treaty"])


def _get_context(client: FlaskClient) -> Any:
    return json.loads(client.get("/context.jsonld").data)["@context"]


def test_openapi_describes_it(client: FlaskClient) -> None:
    api = _get(client, "/openapi.json")
    assert {"/treaties", "/treaties/{id}"} <= set(api["paths"])
    schema = api["components"]["schemas"]["Treaty"]
    assert {"signatory", "signed", "labels"} <= set(schema["properties"])
    assert schema["examples"][0]["type"] == "Treaty"
    shared = api["components"]["parameters"]
    listed = api["paths"]["/treaties"]["get"]["parameters"]
    names = {shared[each["$ref"].rpartition("/")[2]]["name"] for each in listed}
    assert {"signatory", "not.signatory", "signed.from", "sort"} <= names


@pytest.mark.parametrize("query", ["lantern", "灯火", "lantren", "lantern-treaty"])
def test_search_finds_it(client: FlaskClient, query: str) -> None:
    assert _ids(_get(client, f"/search?q={query}&type=Treaty")) == ["lantern-treaty"]


def _page(client: FlaskClient, url: str, language: str = "en") -> Element:
    response = client.get(url, headers={"Accept": "text/html", "Accept-Language": language})
    assert response.status_code == 200, response.text
    return read(response.text)


def test_pages_show_it(client: FlaskClient) -> None:
    docs = client.get("/docs", headers={"Accept": "text/html"})
    assert "/treaties/{id}" in docs.text
    assert _page(client, "/").links["Treaties"] == "/treaties"
    found = _page(client, "/treaties/harbour-treaty").one("main")
    assert found.one("h1").text == "Treaty of the Harbours"
    assert found.links["Treaty"] == "/ontology#Treaty"
    assert [each.text for each in found.all("dt")] == ["signatory", "signed"]
    assert {found.links["Japan"], found.links["Russia"]} == {"/actors/japan", "/actors/russia"}
    assert _page(client, "/treaties/harbour-treaty", "ja").one("h1").text == "港湾条約"
    fields = {each.attributes.get("name") for each in _page(client, "/treaties").all("input")}
    assert {"q", "signatory", "signed.from", "signed.to"} <= fields


def test_it_has_a_picture_of_what_it_is_linked_to(client: FlaskClient) -> None:
    """A treaty is no item, so its links have no status."""
    body = client.get("/treaties/harbour-treaty/neighbourhood").json
    assert body is not None
    base = "https://w3id.org/editorial-kg/id/"
    signed = {"source": f"{base}harbour-treaty", "relation": "signatory", "layer": "fact"}
    assert signed | {"target": f"{base}japan"} in body["edges"]
    assert body["classes"]["Treaty"]["label"] == "Treaty"
