"""What every answer owes HTTP, what it may cost, and how it is kept."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from kg.settings import Settings
from kg.store.opening import open_store
from tests.engines import Engine
from tests.fakes import CountingStore, FakeStore
from tests.rest import IRIS, get, quads, schema, service

ARTICLE = "yomiuri-2025-08-17"
ROUTES = [
    *(f"/{name}" for name in sorted(schema().collections)),
    "/actors/putin",
    "/concepts/affirmed",
    "/schemes/speechAct",
    f"/passages/{ARTICLE}/p6s1",
    "/actors/putin/statements",
    f"/articles/{ARTICLE}/items",
]
QUESTIONS = [
    f"/articles/{ARTICLE}/coverage",
    f"/intentions/{ARTICLE}/int-putin-no-ceasefire/evidence",
    "/actors/trump/positions",
    "/actors/putin/neighbourhood",
    "/compare?actor=putin&actor=trump",
    "/path?from=icc&to=ukraine",
]
RDF = ["jsonld", "turtle", "ntriples", "rdfxml", "nquads", "trig"]


@pytest.fixture(scope="module")
def store(engine: Engine) -> Iterator[CountingStore]:
    with engine.holding(quads(), Settings()) as settings:
        yield CountingStore(open_store(settings))


@pytest.fixture(scope="module")
def client(store: CountingStore) -> Iterator[FlaskClient]:
    with service(store) as app:
        yield app.test_client()


def queries(client: FlaskClient, store: CountingStore, route: str) -> int:
    """How many queries an answer takes that is in no cache."""
    client.application.extensions.pop("kg.answers", None)
    before = store.queries
    get(client, route)
    return store.queries - before


@pytest.mark.parametrize(
    "route",
    [
        *ROUTES,
        "/actors/putin?include=events,situationsDone",
        "/claims?status=editorial-judgement&include=content,evidence&sort=label&limit=5",
        "/actors/japan/statements",
        f"/articles/{ARTICLE}/items?limit=5",
    ],
)
def test_an_answer_takes_three_queries_at_most(
    client: FlaskClient, store: CountingStore, route: str
) -> None:
    assert 0 < queries(client, store, route) <= 3


def test_the_number_of_queries_is_the_same_for_any_size(
    client: FlaskClient, store: CountingStore
) -> None:
    counts = {queries(client, store, f"/claims?limit={limit}") for limit in (1, 10, 30)}
    assert counts <= {2, 3}


def test_a_question_takes_few_queries(client: FlaskClient, store: CountingStore) -> None:
    """An explanation takes one for each link, each thing asked about one, to know it."""
    counts = {route.split("?")[0]: queries(client, store, route) for route in QUESTIONS}
    assert counts.pop("/path") <= 2 + 6 + 2
    assert counts.pop("/compare") <= 5
    assert max(counts.values()) <= 4


@pytest.mark.parametrize("route", [*ROUTES, *QUESTIONS])
def test_an_answer_given_again_costs_no_query(
    client: FlaskClient, store: CountingStore, route: str
) -> None:
    first = client.get(route)
    before = store.queries
    second = client.get(route)
    assert store.queries == before
    assert second.data == first.data
    assert second.headers.get_all("Link") == first.headers.get_all("Link")


def test_a_new_version_is_answered_anew() -> None:
    own = FakeStore(quads())
    with service(own) as app:
        client = app.test_client()
        first = client.get("/actors/putin")
        japan = IRIS.thing("id", "japan")
        own.publish(quad for quad in quads() if japan not in (quad.subject, quad.object))
        second = client.get("/actors/putin")
        assert second.headers["ETag"] != first.headers["ETag"]
        assert second.headers["Last-Modified"] > first.headers["Last-Modified"]


def test_a_small_cache_still_answers(store: CountingStore) -> None:
    with service(store, answer_cache=1) as app:
        client = app.test_client()
        for _ in range(2):
            for route in [*ROUTES, *QUESTIONS]:
                assert client.get(route).status_code == 200


@pytest.mark.parametrize("route", [*ROUTES, *QUESTIONS])
def test_every_answer_is_conditional_and_open(client: FlaskClient, route: str) -> None:
    response = client.get(route)
    tag = response.headers["ETag"]
    assert response.status_code == 200
    assert tag.startswith('"')
    assert {"Accept", "Accept-Language"} <= set(
        response.headers["Vary"].replace(" ", "").split(",")
    )
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "no-cache" in response.headers["Cache-Control"]
    for known in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        again = client.get(route, headers={"If-None-Match": known})
        assert (again.status_code, again.data) == (304, b""), known
        assert again.headers["ETag"] == tag
    assert client.get(route, headers={"If-None-Match": '"x"'}).status_code == 200


@pytest.mark.parametrize("route", [*ROUTES, *QUESTIONS])
def test_head_and_options_are_answered_everywhere(client: FlaskClient, route: str) -> None:
    got, head, options = client.get(route), client.head(route), client.options(route)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["ETag"] == got.headers["ETag"]
    assert head.headers["Content-Length"] == got.headers["Content-Length"]
    assert options.status_code in {200, 204}
    assert {"GET", "HEAD", "OPTIONS"} <= set(options.headers["Allow"].split(", "))
    assert client.post(route).status_code == 405


def test_languages_have_tags_of_their_own(client: FlaskClient) -> None:
    tags = {
        client.get("/actors/putin", headers={"Accept-Language": language}).headers["ETag"]
        for language in ("en", "ja", "ja;q=0.1, en")
    }
    assert len(tags) == 3


@pytest.mark.parametrize("name", RDF)
@pytest.mark.parametrize("route", ROUTES)
def test_every_route_speaks_rdf(client: FlaskClient, route: str, name: str) -> None:
    response = client.get(f"{route}?format={name}")
    assert response.status_code == 200
    assert response.data
    assert client.get(route).headers["ETag"] != response.headers["ETag"]


def test_an_if_none_match_star_hides_no_missing_thing(client: FlaskClient) -> None:
    assert client.get("/actors/nobody", headers={"If-None-Match": "*"}).status_code == 404
