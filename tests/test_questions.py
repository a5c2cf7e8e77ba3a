"""The questions of the field, answered from the first article's graph."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from flask.testing import FlaskClient

from kg.questions.catalogue import ANYTHING, QUESTIONS
from kg.rdf.terms import NamedNode, Quad
from tests.engines import Engine
from tests.rest import IRIS, get, quads, schema, serving

ARTICLE = "yomiuri-2025-08-17"
EKG = f"{IRIS.namespace}ontology#"


@pytest.fixture(scope="module")
def client(engine: Engine) -> Iterator[FlaskClient]:
    with serving(engine) as found:
        yield found


def without(*, slug: str, predicate: str) -> list[Quad]:
    """The graph but for what one item says by one property."""
    node, link = IRIS.thing("id", slug), NamedNode(f"{EKG}{predicate}")
    return [each for each in quads() if (each.subject, each.predicate) != (node, link)]


def ids(found: list[Any]) -> list[str]:
    """The ids of references."""
    return [each["id"].removeprefix(f"{ARTICLE}/") for each in found]


def test_coverage_counts_every_sentence_and_every_item(client: FlaskClient) -> None:
    """Sentences in the order of the article; each item under one status."""
    body = get(client, f"/articles/{ARTICLE}/coverage")
    sentences = body["sentences"]
    assert sentences["count"] == len(sentences["cited"]) + len(sentences["uncited"]) == 24
    assert ids(sentences["uncited"]) == ["p13s1"]  # the credit line
    starts = [each["thing"]["charStart"] for each in sentences["cited"]]
    assert starts == sorted(starts)
    items = get(client, f"/articles/{ARTICLE}/items?limit=1")["count"]
    assert sum(each["count"] for each in body["byStatus"]) == items
    assert all(each["count"] == len(each["things"]) for each in body["byStatus"])
    assert {each["concept"]["id"] for each in body["byStatus"]} >= {"reported-fact", "forecast"}
    assert body["withoutEvidence"] == []


def test_coverage_names_what_has_no_evidence_and_what_is_not_cited(engine: Engine) -> None:
    item = f"{ARTICLE}/int-putin-no-ceasefire"
    with serving(engine, without(slug=item, predicate="evidence")) as client:
        body = get(client, f"/articles/{ARTICLE}/coverage")
    assert ids(body["withoutEvidence"]) == ["int-putin-no-ceasefire"]
    assert ids(body["sentences"]["uncited"]) == ["p6s1", "p13s1"]


def test_evidence_follows_reasons_to_their_sentences(client: FlaskClient) -> None:
    body = get(client, f"/intentions/{ARTICLE}/int-putin-no-ceasefire/evidence")
    assert ids(body["sentences"]) == ["p6s1"]
    (reason,) = body["reasons"]
    assert reason["thing"]["id"] == "pre-summit-strikes"
    assert ids(reason["sentences"]) == ["p6s2"]
    assert ids(reason["reasonFor"]) == ["int-putin-no-ceasefire"]


def test_a_changed_position_comes_first_and_in_its_order(client: FlaskClient) -> None:
    body = get(client, "/actors/trump/positions")
    first = body["positions"][0]
    assert first["changed"] is True
    assert first["situation"]["id"] == "further-sanctions-on-russia"
    assert [each["stand"] for each in first["stands"]] == ["affirmed", "denied"]
    assert [each["claim"]["saidAt"]["id"] for each in first["stands"]] == [
        "trump-pre-summit-remarks",
        "trump-post-meeting-remarks",
    ]
    assert not any(each["changed"] for each in body["positions"][1:])
    assert body["count"] == len(body["positions"])


def test_to_demand_the_absence_of_something_is_to_deny_it(client: FlaskClient) -> None:
    """Ukraine outside NATO, demanded, is a stand on Ukraine in NATO."""
    body = get(client, "/actors/putin/positions")
    stands = {each["situation"]["id"]: each["stands"] for each in body["positions"]}
    assert [each["stand"] for each in stands["ukraine-in-nato"]] == ["denied"]
    assert "ukraine-outside-nato" not in stands


def test_what_is_ascribed_to_an_actor_is_no_stand_of_the_claimant(client: FlaskClient) -> None:
    body = get(client, "/institutions/yomiuri-shimbun/positions")
    claims = {each["claim"]["type"] for found in body["positions"] for each in found["stands"]}
    assert "IntentionAscription" not in claims
    assert "Recommendation" in claims


def test_a_comparison_shows_where_both_have_taken_a_stand(client: FlaskClient) -> None:
    body = get(client, "/compare?actor=putin&actor=trump")
    assert ids(body["things"]) == ["putin", "trump"]
    (shared,) = body["positions"]
    assert shared["situation"]["id"] == "us-russia-economic-cooperation"
    assert shared["agree"] is True
    assert {each["by"]["id"] for each in shared["stands"]} == {"putin", "trump"}
    assert all(each["claim"]["evidence"] for each in shared["stands"])
    assert get(client, "/compare?actor=trump&actor=putin")["positions"] == body["positions"]


def test_an_explanation_links_two_things_through_items(client: FlaskClient) -> None:
    body = get(client, "/path?from=putin&to=nato")
    assert (body["length"], body["complete"]) == (2, True)
    (way,) = body["explanations"]
    item, end = way["steps"]
    assert item["thing"]["type"] == "Demand"
    assert item["thing"]["evidence"]
    assert (item["link"], item["forth"]) == ("accordingTo", False)
    assert (end["link"], end["forth"], end["thing"]["id"]) == ("about", True, "nato")


@pytest.mark.parametrize("end", ["ukraine", "norm-sovereignty", "alaska", "japan", "europe"])
def test_no_explanation_rests_on_what_nobody_has_put_forward(client: FlaskClient, end: str) -> None:
    """Between two actors there is an item with evidence; a source alone links nothing."""
    body = get(client, f"/path?from=icc&to={end}&max=8&limit=20")
    assert body["explanations"]
    for way in body["explanations"]:
        assert len(way["steps"]) == body["length"]
        assert any(each["thing"].get("evidence") for each in way["steps"])
        links = [each["link"] for each in way["steps"]]
        assert ("accordingTo", "accordingTo") not in pairwise(links)
        assert ("doer", "affects") not in pairwise(links)


def test_too_few_links_find_nothing_and_say_so(client: FlaskClient) -> None:
    body = get(client, "/path?from=icc&to=ukraine&max=2")
    assert (body["length"], body["explanations"], body["complete"]) == (None, [], True)


def test_no_more_explanations_are_given_than_asked_for(client: FlaskClient) -> None:
    ways = get(client, "/path?from=trump&to=putin&limit=20")["explanations"]
    few = get(client, "/path?from=trump&to=putin&limit=1")["explanations"]
    assert len(ways) > 1
    assert (len(few), few[0] in ways) == (1, True)


def test_a_search_that_takes_too_long_says_that_it_is_not_sure(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.questions.explaining.PATIENCE", -1)
    body = get(client, "/path?from=japan&to=icc&max=7")
    assert (body["length"], body["complete"]) == (None, False)


def test_a_thing_needs_no_explanation_of_itself(client: FlaskClient) -> None:
    body = get(client, "/path?from=putin&to=https://w3id.org/editorial-kg/id/putin")
    assert (body["length"], body["explanations"]) == (0, [{"steps": []}])


def test_the_catalogue_names_what_the_ontology_has() -> None:
    for question in QUESTIONS:
        assert question.class_iri in {None, ANYTHING, *schema().classes}
        assert question.labels.keys() == question.descriptions.keys() == {"en", "ja"}
