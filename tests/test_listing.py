"""Lists: filters, order, pages and cursors, over HTTP, on the first article's graph."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from tests.engines import Engine
from tests.fakes import FakeStore
from tests.rest import IRIS, get, ids, quads, service, serving

ARTICLE = "yomiuri-2025-08-17"


@pytest.fixture(scope="module")
def client(engine: Engine) -> Iterator[FlaskClient]:
    with serving(engine) as found:
        yield found


def test_the_example_of_the_documentation(client: FlaskClient) -> None:
    url = (
        "/events?actor=putin&type=summit&place=alaska&from=2022-01-01&to=2025-12-31"
        "&q=summit&sort=-earliest&limit=20"
    )
    body = get(client, url)
    assert [each["id"] for each in body["items"]] == ["alaska-summit-2025"]
    assert (body["count"], body["next"], body["prev"]) == (1, None, None)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/events?place=alaska", ["alaska-summit-2025", "alaska-talks"]),
        ("/events?place=us-military-base-alaska", ["alaska-summit-2025", "alaska-talks"]),
        ("/places?containedInPlace=alaska", ["us-military-base-alaska"]),
        ("/actors?type=State", ["japan", "russia", "ukraine", "united-states"]),
        ("/actors?type=Actor&type=State&not.type=State&not.type=Group&not.type=Institution",
         ["putin", "trump"]),
        ("/actors?sameAs=http://www.wikidata.org/entity/Q7747", ["putin"]),
        ("/actors?identifier=putin&identifier=trump", ["putin", "trump"]),
        ("/actors?labels=Donald Trump", ["trump"]),
        ("/memberships?polarity=denied", [f"{ARTICLE}/mem-us-icc"]),
        ("/memberships?polarity!=affirmed", [f"{ARTICLE}/mem-us-icc"]),
        ("/norm-stances?norm=norm-sovereignty&accordingTo=yomiuri-shimbun",
         [f"{ARTICLE}/norm-russia-violates-sovereignty"]),
        ("/claims?norm=norm-sovereignty", [f"{ARTICLE}/norm-russia-violates-sovereignty"]),
        ("/events?from=2026-01-01", ["russia-ukraine-war-2022"]),
        ("/events?to=2021-12-31", []),
        ("/events?earliest.from=2022-01-01&latest.to=2025-08-17", ["alaska-summit-2025"]),
        ("/articles?from=2025-08-17&to=2025-08-17", [ARTICLE]),
        ("/articles?from=2025-08-18", []),
        ("/passages?paragraph=6&sentence=1", [f"{ARTICLE}/p6s1"]),
        ("/passages?paragraph.from=12&paragraph.to=13&sort=charStart&limit=2",
         [f"{ARTICLE}/p12s1", f"{ARTICLE}/p12s2"]),
        ("/actors?q=ISRAEL", []),
        ("/actors?q=vladimir", ["putin"]),
        ("/instruments?type=arrest-warrant&issuedAgainst=putin", ["icc-arrest-warrant-putin"]),
        ("/events?kind=armed-conflict", ["russia-ukraine-war-2022"]),
        ("/actors?events=airport-applause", ["putin", "trump"]),
    ],
)  # fmt: skip
def test_a_filter_keeps_what_it_says(client: FlaskClient, url: str, expected: list[str]) -> None:
    assert ids(client, url) == expected


def test_a_class_filter_includes_subclasses(client: FlaskClient) -> None:
    statements = set(ids(client, "/claims?type=Statement"))
    assert set(ids(client, "/claims?type=Demand")) < statements
    assert statements == set(ids(client, "/statements"))


def test_not_is_the_rest(client: FlaskClient) -> None:
    every, denied = (set(ids(client, url)) for url in ("/claims", "/claims?polarity=denied"))
    assert set(ids(client, "/claims?not.polarity=denied")) == every - denied
    assert denied
    assert denied != every


@pytest.mark.parametrize("sort", ["id", "-id", "label", "-label", "earliest", "-latest", "status"])
@pytest.mark.parametrize("limit", [1, 4, 13])
def test_pages_there_and_back_show_everything_once(
    client: FlaskClient, sort: str, limit: int
) -> None:
    whole = ids(client, f"/events?sort={sort}")
    assert len(whole) == len(set(whole)) == 13
    url, forth = f"/events?sort={sort}&limit={limit}", []
    back: list[str] = []
    while url:
        page = get(client, url)
        forth += [each["id"] for each in page["items"]]
        assert page["count"] == 13
        last, url = page, page["next"]
    url = last["prev"]
    while url:
        page = get(client, url)
        back = [each["id"] for each in page["items"]] + back
        assert page["next"]
        url = page["prev"]
    assert forth == whole
    assert back == whole[: len(back)]
    assert len(back) == len(whole) - len(last["items"])


def test_a_list_of_numbers_pages_by_number(client: FlaskClient) -> None:
    first = get(client, "/passages?sort=-charStart&limit=3")
    rest = get(client, first["next"])
    starts = [each["charStart"] for each in (*first["items"], *rest["items"])]
    assert starts == sorted(starts, reverse=True)


def test_links_lead_to_next_prev_and_first(client: FlaskClient) -> None:
    first = client.get("/events?limit=5")
    assert 'rel="prev"' not in first.headers.get_all("Link")[0]
    second = client.get(first.get_json()["next"])
    links = ", ".join(second.headers.get_all("Link"))
    for name in ("next", "prev", "first"):
        assert f'rel="{name}"' in links
    assert '</events?limit=5>; rel="first"' in links


def test_a_cursor_pins_its_version() -> None:
    """What is published in between changes nothing; a version that is gone says so."""
    own = FakeStore(quads())
    with service(own) as app:
        client = app.test_client()
        first = get(client, "/events?limit=12")
        gone = IRIS.thing("id", "alaska-talks")
        own.publish(quad for quad in quads() if gone not in (quad.subject, quad.object))
        assert get(client, "/events")["count"] == 12
        second = get(client, first["next"])
        assert second["count"] == 13
        assert len(second["items"]) == 1
        own.forget(1)
        response = client.get(first["next"] + "&format=json")
        assert response.status_code == 404
        assert "no longer kept" in response.get_json()["detail"]


@pytest.mark.parametrize(
    ("url", "parameter"),
    [
        ("/events?foo=1", "foo"),
        ("/events?limit=0", "limit"),
        ("/events?limit=1001", "limit"),
        ("/events?limit=ten", "limit"),
        ("/events?limit=%EF%BC%91", "limit"),
        ("/events?limit=5&limit=5", "limit"),
        ("/events?sort=place", "sort"),
        ("/events?sort=--id", "sort"),
        ("/events?fields=nonsense", "fields"),
        ("/events?include=earliest", "include"),
        ("/events?include=participants", "include"),
        ("/actors/putin?include=labels", "include"),
        ("/actors/putin?limit=5", "limit"),
        ("/events?from=2025", "from"),
        ("/events?from=2025-02-30", "from"),
        ("/events?from=2025-01-01&from=2025-01-02", "from"),
        ("/events?earliest.from=x", "earliest.from"),
        ("/events?place.from=alaska", "place.from"),
        ("/events?not.from=2025-01-01", "not.from"),
        ("/passages?paragraph=six", "paragraph"),
        ("/events?place=Alaska", "place"),
        ("/events?place=http://a%20b", "place"),
        ("/events?type=Nonsense", "type"),
        ("/places?type=summit", "type"),
        ("/events?cursor=x", "cursor"),
        ("/events?cursor=W10", "cursor"),
        ("/events?q=%00", "q"),
        ("/compare?actor=putin", "actor"),
        ("/path?from=putin", "to"),
        ("/path?from=putin&to=trump&max=9", "max"),
        (f"/articles/{ARTICLE}/coverage?foo=1", "foo"),
    ],
)
def test_what_is_not_understood_is_refused(client: FlaskClient, url: str, parameter: str) -> None:
    response = client.get(url)
    assert response.status_code == 400, response.text
    problem = response.get_json()
    assert problem["parameter"] == parameter
    assert parameter in problem["detail"] or "cursor" in problem["detail"]


def test_an_unknown_parameter_lists_the_known_ones(client: FlaskClient) -> None:
    detail = client.get("/events?foo=1").get_json()["detail"]
    for name in ("actor", "not.actor", "earliest.from", "from", "type", "q", "sort", "cursor"):
        assert name in detail


def test_a_cursor_serves_no_other_list(client: FlaskClient) -> None:
    following = get(client, "/events?limit=2")["next"]
    for other in ("/events?limit=2&sort=-id&", "/events?actor=putin&", "/places?"):
        cursor = following.partition("cursor=")[2]
        response = client.get(f"{other}cursor={cursor}")
        assert response.status_code == 400
    assert get(client, following.replace("limit=2", "limit=3"))["items"]
