"""What a thing is linked to: as nodes and edges, as a page, and never more than can be seen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from kg.pictures.neighbourhood import NODES_LIMIT
from kg.rdf.terms import Literal, NamedNode, Quad
from kg.schema.patterns import LABELS, TYPE
from kg.schema.relations import relations_of
from kg.schema.schema import local_name
from tests.fakes import FakeStore
from tests.rest import IRIS, get, quads, schema, service

ARTICLE = "yomiuri-2025-08-17"
EKG = f"{IRIS.namespace}ontology#"


@pytest.fixture(scope="module")
def client() -> Iterator[FlaskClient]:
    with service(FakeStore(quads())) as app:
        yield app.test_client()


def neighbourhood(client: FlaskClient, thing: str, language: str = "en") -> Any:
    return get(client, f"/{thing}/neighbourhood?lang={language}")


def links(body: Any) -> set[tuple[str, str, str]]:
    """The edges by the ids of their nodes and the relation."""
    ids = {each["iri"]: each["id"].rpartition("/")[2] for each in body["nodes"]}
    return {(ids[each["source"]], each["relation"], ids[each["target"]]) for each in body["edges"]}


def edge(body: Any, source: str, relation: str, target: str) -> Any:
    """The one edge between two things of which the relation is this."""
    iris = {each["id"].rpartition("/")[2]: each["iri"] for each in body["nodes"]}
    wanted = (iris[source], relation, iris[target])
    found = [e for e in body["edges"] if (e["source"], e["relation"], e["target"]) == wanted]
    assert len(found) == 1, found
    return found[0]


def test_a_fact_is_an_edge_with_status_source_and_evidence(client: FlaskClient) -> None:
    """A participation links the actor with the event, a membership with the body, by the role."""
    body = neighbourhood(client, "actors/putin")
    found = edge(body, "putin", "president", "russia")
    assert found["layer"] == "fact"
    assert found["status"]["id"] == "reported-fact"
    assert found["by"]["id"] == "yomiuri-shimbun"
    assert found["polarity"]["id"] == "affirmed"
    assert [each["type"] for each in found["evidence"]] == ["Passage", "Passage"]
    assert found["item"]["url"] == f"/memberships/{ARTICLE}/mem-putin-president-russia"
    assert ("putin", "principal", "alaska-summit-2025") in links(body)


def test_a_claim_is_an_edge_from_whom_it_is_about_to_its_content(client: FlaskClient) -> None:
    """It says according to whom, and whether it affirms or denies."""
    body = neighbourhood(client, "actors/putin")
    found = edge(body, "putin", "Intention ascription", "putin-accepts-ceasefire")
    assert found["layer"] == "claim"
    assert found["by"]["id"] == "yomiuri-shimbun"
    assert found["status"]["id"] == "editorial-judgement"
    assert found["polarity"]["id"] == "denied"


def test_a_statement_is_an_edge_from_its_speaker(client: FlaskClient) -> None:
    body = neighbourhood(client, "actors/putin")
    found = edge(body, "putin", "demand", "ukraine-outside-nato")
    assert (found["layer"], found["by"]["id"]) == ("claim", "putin")


def test_what_a_situation_is_made_of_is_no_fact_and_no_claim(client: FlaskClient) -> None:
    body = neighbourhood(client, "actors/putin")
    found = edge(body, "putin-accepts-ceasefire", "doer", "putin")
    assert found["layer"] == "content"
    assert found.keys().isdisjoint({"status", "by", "item"})


def test_a_norm_is_linked_to_who_violates_it_according_to_whom(client: FlaskClient) -> None:
    body = neighbourhood(client, "norms/norm-sovereignty")
    found = edge(body, "russia", "violates · norm", "norm-sovereignty")
    assert (found["layer"], found["by"]["id"]) == ("claim", "yomiuri-shimbun")
    assert "polarity" not in found  # which is about the content, not about the norm


def test_of_all_that_a_source_says_of_one_thing_the_saying_is_one_edge(
    client: FlaskClient,
) -> None:
    body = neighbourhood(client, "institutions/yomiuri-shimbun")
    edges = [e for e in body["edges"] if e["relation"] == "according to"]
    pairs = [(each["source"], each["target"]) for each in edges]
    assert len(pairs) == len(set(pairs)) > 2


def test_events_are_linked_as_they_say_themselves(client: FlaskClient) -> None:
    """The same link comes from either end, so that pictures can be put together."""
    talks = neighbourhood(client, "events/alaska-talks")
    summit = neighbourhood(client, "events/alaska-summit-2025")
    part = ("alaska-talks", "part of", "alaska-summit-2025")
    assert edge(talks, *part) == edge(summit, *part)
    assert ("alaska-talks", "before", "trump-post-meeting-remarks") in links(talks)


def test_a_passage_shows_what_is_said_in_it(client: FlaskClient) -> None:
    body = neighbourhood(client, f"passages/{ARTICLE}/p6s1")
    assert ("putin", "Intention ascription", "putin-accepts-ceasefire") in links(body)


def test_every_thing_has_a_neighbourhood_that_is_whole_in_itself(client: FlaskClient) -> None:
    """Both ends of every edge are nodes, the thing is the first of them, and no edge is a loop."""
    for collection in ("actors", "claims", "events", "measures", "concepts", "articles", "places"):
        for thing in get(client, f"/{collection}?limit=4")["items"]:
            body = neighbourhood(client, thing["url"].removeprefix("/"))
            iris = [each["iri"] for each in body["nodes"]]
            assert iris[0] == thing["iri"] == body["thing"]["iri"]
            assert len(iris) == len(set(iris)) <= NODES_LIMIT
            assert {each["type"] for each in body["nodes"]} == body["classes"].keys()
            for each in body["edges"]:
                assert {each["source"], each["target"]} <= set(iris)
                assert each["source"] != each["target"]
                assert each["relation"]


def test_relations_are_in_the_language_of_the_reader(client: FlaskClient) -> None:
    body = neighbourhood(client, "actors/putin", "ja")
    assert ("putin", "大統領", "russia") in links(body)
    assert body["classes"]["Person"]["label"] == "人物"


def crowd(size: int) -> list[Quad]:
    """An event with ``size`` places, in the graph of shared things."""
    graph, event = IRIS.graph("entities"), IRIS.thing("id", "alaska-summit-2025")
    found = []
    for number in range(size):
        place = IRIS.thing("id", f"place-{number:03}")
        found += [
            Quad(event, NamedNode(f"{EKG}place"), place, graph),
            Quad(place, NamedNode(TYPE), NamedNode(f"{EKG}Place"), graph),
            Quad(place, NamedNode(LABELS[0]), Literal(f"Place {number}", language="en"), graph),
        ]
    return found


def test_too_much_for_a_picture_is_left_out_and_counted() -> None:
    """Some of every kind of link stays; the page says how much is missing."""
    with service(FakeStore([*quads(), *crowd(100)])) as app:
        client = app.test_client()
        body = neighbourhood(client, "events/alaska-summit-2025")
        page = client.get("/events/alaska-summit-2025/neighbourhood?format=html").text
    assert len(body["nodes"]) == NODES_LIMIT
    assert body["leftOut"] > 40
    assert ("putin", "principal", "alaska-summit-2025") in links(body)
    assert f"{body['leftOut']} more things are linked" in page


def test_a_thing_elsewhere_moves_and_an_unknown_one_is_missed(client: FlaskClient) -> None:
    moved = client.get("/claims/yomiuri-2025-08-17/int-putin-no-ceasefire/neighbourhood")
    assert (moved.status_code, moved.headers["Location"]) == (
        308,
        "/intentions/yomiuri-2025-08-17/int-putin-no-ceasefire/neighbourhood",
    )
    assert client.get("/actors/nobody/neighbourhood").status_code == 404
    assert client.get("/actors/putin/neighbourhood?deep=1").status_code == 400


def test_the_page_is_a_table_of_the_same_links(client: FlaskClient) -> None:
    body = neighbourhood(client, "actors/putin")
    page = client.get("/actors/putin/neighbourhood", headers={"Accept": "text/html"}).text
    assert page.count("<tr class=") == len(body["edges"])
    assert 'data-graph="/actors/putin/neighbourhood?format=json"' in page
    for layer in ("fact", "claim", "content"):
        assert f'<tr class="layer-{layer}">' in page
    assert page.index('<tr class="layer-fact">') < page.index('<tr class="layer-claim">')


def test_which_classes_relate_others_follows_from_the_shapes() -> None:
    """Claims have a content; other relations one thing at each end."""
    known, relations = schema(), relations_of(schema())
    relating = {
        local_name(iri) for iri in known.classes if relations.is_relation(known.profile([iri]))
    }
    assert {"Participation", "Membership", "Statement", "NormStance"} <= relating
    assert relating.isdisjoint({"Event", "LegalInstrument", "Situation", "Person", "Norm"})
    assert {local_name(iri) for iri in relations.drawn} >= {"Person", "Event", "Norm", "Place"}
