"""Things and what is below them, over HTTP, on the first article's graph."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from kg.rdf.terms import Quad
from tests.engines import Engine
from tests.rest import IRIS, get, ids, quads, schema, serving

ARTICLE = "yomiuri-2025-08-17"


@pytest.fixture(scope="module")
def client(engine: Engine) -> Iterator[FlaskClient]:
    with serving(engine) as found:
        yield found


def test_a_thing_comes_with_what_points_to_it(client: FlaskClient) -> None:
    putin = get(client, "/actors/putin")
    assert (putin["type"], putin["label"]) == ("Person", "Vladimir Putin")
    assert putin["labels"]["ja"]
    assert {each["role"]["id"] for each in putin["memberships"]} == {"president"}
    assert len(putin["participations"]) == 9
    warrant = putin["instrumentsAgainst"][0]
    assert warrant["issuer"][0]["label"] == "International Criminal Court"
    for item in (*putin["participations"], *putin["statements"], *putin["intentions"]):
        assert item["status"]["label"]
        assert item["accordingTo"]["url"]
        assert item["evidence"][0].keys() >= {"paragraph", "sentence", "charStart", "charEnd"}


def test_a_reference_shows_its_summary_with_labels(client: FlaskClient) -> None:
    """Also where the linked thing's source is linked nowhere else in the document."""
    for claim in get(client, "/concepts/affirmed")["usedBy"]:
        assert claim["status"]["label"], claim["id"]
        assert claim["accordingTo"]["label"], claim["id"]


def test_labels_follow_the_reader_and_all_languages_are_there(client: FlaskClient) -> None:
    english = get(client, "/institutions/icc")
    japanese = get(client, "/institutions/icc", **{"Accept-Language": "ja, en;q=0.5"})
    assert english["label"] == english["labels"]["en"]
    assert japanese["label"] == japanese["labels"]["ja"] != english["label"]


def test_fields_leave_out_members_and_the_queries_for_them(client: FlaskClient) -> None:
    body = get(client, "/actors/putin?fields=labels,events")
    head = {"id", "iri", "type", "label", "url", "types"}
    assert body.keys() == head | {"labels", "events"}


def test_fields_leave_triples_out_too(client: FlaskClient) -> None:
    text = client.get("/actors/putin.nt?fields=labels").text
    about = [line for line in text.splitlines() if line.startswith(f"{IRIS.thing('id', 'putin')} ")]
    assert any("label" in line for line in about)
    assert not any("identifier" in line for line in about)


def test_include_nests_linked_things_with_their_own_members(client: FlaskClient) -> None:
    event = get(client, "/events/alaska-summit-2025?include=place,actors")
    assert event["place"][0]["containedInPlace"][0]["id"] == "alaska"
    assert {each["labels"]["en"] for each in event["actors"]} >= {"Donald Trump"}
    plain = get(client, "/events/alaska-summit-2025")
    assert "containedInPlace" not in plain["place"][0]


def test_a_thing_asked_for_elsewhere_moves_to_its_own_collection(client: FlaskClient) -> None:
    for path in ("nato", "nato.ttl", "nato?fields=labels", "nato/claims?limit=2", "nato/positions"):
        response = client.get(f"/actors/{path}")
        assert response.status_code == 308, path
        assert response.headers["Location"] == f"/institutions/{path}"


def test_the_iri_of_a_thing_leads_to_its_document(client: FlaskClient) -> None:
    for iri, url in (
        ("/id/putin", "/actors/putin"),
        (f"/id/{ARTICLE}/p6s1", f"/passages/{ARTICLE}/p6s1"),
        ("/concept/affirmed", "/concepts/affirmed"),
        ("/scheme/speechAct", "/schemes/speechAct"),
    ):
        response = client.get(iri)
        assert (response.status_code, response.headers["Location"]) == (303, url)


def test_more_values_than_a_document_shows_have_a_list(client: FlaskClient) -> None:
    concept = get(client, "/concepts/reported-fact")
    total = get(client, "/concepts/reported-fact/used-by?limit=1")["count"]
    assert total == len(concept["usedBy"]) or concept["more"]["usedBy"].endswith("/used-by")


# Below a thing


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/norms/norm-sovereignty/stances", [f"{ARTICLE}/norm-russia-violates-sovereignty"]),
        ("/institutions/icc/instruments-issued", ["icc-arrest-warrant-putin"]),
        ("/actors/putin/statements?type=Demand", [f"{ARTICLE}/dem-ukraine-outside-nato"]),
        ("/actors/putin/participations?event=icc-warrant-issuance&fields=role",
         [f"{ARTICLE}/part-icc-warrant-issuance-putin"]),
        ("/schemes/polarity/concepts", ["affirmed", "denied"]),
        ("/actors/japan/statements", []),
    ],
)  # fmt: skip
def test_what_points_to_a_thing_is_a_list(
    client: FlaskClient, url: str, expected: list[str]
) -> None:
    assert ids(client, url) == expected


def test_lists_below_a_thing_hold_what_its_document_shows(client: FlaskClient) -> None:
    putin = get(client, "/actors/putin")
    views = schema().profile([f"{IRIS.namespace}ontology#Person"]).views
    for member in views:
        name = "".join(f"-{c.lower()}" if c.isupper() else c for c in member.name)
        listed = ids(client, f"/actors/putin/{name}")
        assert listed == [each["id"] for each in putin[member.name]], member.name


def test_the_articles_items_and_passages(client: FlaskClient) -> None:
    assert get(client, f"/articles/{ARTICLE}/passages")["count"] == 24
    items = get(client, f"/articles/{ARTICLE}/items?limit=1000")
    assert items["count"] == len(items["items"])
    facts = get(client, f"/articles/{ARTICLE}/items?status=reported-fact&limit=1")
    assert 0 < facts["count"] < items["count"]


def test_a_member_in_camel_case_moves_to_its_path(client: FlaskClient) -> None:
    response = client.get("/actors/putin/normStances.ttl?limit=3")
    assert response.status_code == 308
    assert response.headers["Location"] == "/actors/putin/norm-stances.ttl?limit=3"


@pytest.mark.parametrize(
    "url",
    ["/actors/nobody", "/actors/nobody/statements", "/events/putin/participants",
     "/actors/putin/nonsense", "/actors/putin/stances", "/actors/", "/actors/putin/statements/x",
     f"/articles/{ARTICLE}/evidence", "/compare/x", "/actors/putin.xyz",
     "/compare?actor=putin&actor=nobody", "/path?from=nobody&to=putin"],
)  # fmt: skip
def test_what_is_not_there_is_404(client: FlaskClient, url: str) -> None:
    response = client.get(url, follow_redirects=True)
    assert response.status_code == 404 or url == "/actors/", response.text


def test_a_slug_like_a_lists_name_is_still_a_thing(engine: Engine) -> None:
    """And does not hide the list of the article that it belongs to."""
    old, new = (IRIS.thing("id", f"{ARTICLE}/{slug}") for slug in ("p6s1", "items"))

    def renamed(term: Any) -> Any:
        return new if term == old else term

    named = [
        Quad(renamed(each.subject), each.predicate, renamed(each.object), each.graph_name)
        for each in quads()
    ]
    with serving(engine, named) as client:
        assert get(client, f"/passages/{ARTICLE}/items")["paragraph"] == 6
        assert get(client, f"/articles/{ARTICLE}/items")["count"] > 50
        assert get(client, f"/passages/{ARTICLE}/items/items")["count"] == 1
