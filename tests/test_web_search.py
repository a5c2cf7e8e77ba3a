"""Search over HTTP: pages of hits, and what cannot be asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from kg.finding.cursors import Cursor
from tests.engines import OwnEngine
from tests.rest import get, serving

ASKED = "/search?q=russia"


@pytest.fixture(scope="module")
def client() -> Iterator[FlaskClient]:
    with serving(OwnEngine()) as found:
        yield found


def next_cursor(client: FlaskClient, url: str) -> str:
    """The cursor of the page behind the one at a URL."""
    return str(get(client, url)["next"]).partition("cursor=")[2]


def test_pages_follow_each_other_to_the_last_hit(client: FlaskClient) -> None:
    whole = get(client, f"{ASKED}&limit=100")
    assert whole["next"] is None
    found, url = [], f"{ASKED}&limit=7"
    while url:
        body = get(client, url)
        assert body["count"] == whole["count"]
        found += body["items"]
        url = body["next"]
    assert len(found) == whole["count"] > 7
    assert found == whole["items"]


def test_a_cursor_serves_its_own_search_alone(client: FlaskClient) -> None:
    own = next_cursor(client, f"{ASKED}&limit=1")
    for other in (f"/search?q=putin&cursor={own}", f"{ASKED}&type=Actor&cursor={own}"):
        answer = client.get(other)
        assert (answer.status_code, answer.get_json()["parameter"]) == (400, "cursor")


@pytest.mark.parametrize("key", [None, "putin", -1, 10**9])
def test_a_cursor_says_how_many_hits_were_shown(client: FlaskClient, key: str | int | None) -> None:
    forged = replace(Cursor.read(next_cursor(client, f"{ASKED}&limit=1")), key=key)
    answer = client.get(f"{ASKED}&cursor={forged}")
    assert (answer.status_code, answer.get_json()["parameter"]) == (400, "cursor")


@pytest.mark.parametrize(
    ("url", "parameter"),
    [
        ("/search", "q"),
        ("/search?q=%20", "q"),
        (f"{ASKED}&limit=0", "limit"),
        (f"{ASKED}&limit=101", "limit"),
        (f"{ASKED}&limit=many", "limit"),
        (f"{ASKED}&limit=%EF%BC%91", "limit"),  # a digit, but not of ASCII
        (f"{ASKED}&type=Planet", "type"),
        (f"{ASKED}&cursor=x", "cursor"),
        (f"{ASKED}&colour=red", "colour"),
    ],
)
def test_what_cannot_be_asked_for_is_named(client: FlaskClient, url: str, parameter: str) -> None:
    answer = client.get(url)
    assert (answer.status_code, answer.get_json()["parameter"]) == (400, parameter)
