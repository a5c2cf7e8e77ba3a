"""Caching, HEAD, OPTIONS and reads from other sites, on every route that the document names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from werkzeug.http import http_date

from kg.openapi.requests import example_target
from kg.rdf.iris import Iris
from kg.settings import Settings
from kg.store.embedded.store import EmbeddedStore
from kg.web.app import create_app
from tests.content import quads
from tests.processes import soon

IRIS = Iris(Settings().namespace)


@pytest.fixture(scope="module")
def app(built_store: Path) -> Iterator[Flask]:
    """The service over the real graph, old enough to have a date."""
    made = create_app(Settings(store=str(built_store)))
    assert soon(lambda: "Last-Modified" in made.test_client().get("/context.jsonld").headers)
    yield made
    made.extensions["kg"].querying.close()


@pytest.fixture(scope="module")
def client(app: Flask) -> FlaskClient:
    class Whole(FlaskClient):
        """Reads every answer to its end, as a file has to be closed."""

        def open(self, *args: Any, **options: Any) -> Any:
            return super().open(*args, buffered=True, **options)

    return Whole(app, Response)


@pytest.fixture(scope="module")
def reads(app: Flask, client: FlaskClient) -> dict[str, dict[str, Any]]:
    """The responses that the document promises, by a target for each route of the URL map."""
    api = client.get("/openapi.json").get_json()
    urls, seen = app.url_map.bind("localhost"), set()
    found = {}
    for path, methods in api["paths"].items():
        if "get" not in methods or path == "/data/{name}":  # no graph is named by such a URL yet
            continue
        target = example_target(api, path, "get")
        rule, _ = urls.match(target.partition("?")[0], return_rule=True)
        kind = (rule.rule, path.count("/"))
        if kind not in seen:
            seen.add(kind)
            moved = client.get(target)  # a thing among claims is a statement, or another kind
            at = moved.headers["Location"] if moved.status_code == 308 else target
            found[at] = methods["get"]["responses"]
    return found


def dated(responses: dict[str, Any]) -> bool:
    """Whether an operation's answers are promised a date."""
    return "Last-Modified" in responses.get("200", {}).get("headers", {})


def test_every_read_can_be_asked_for_its_head(
    client: FlaskClient, reads: dict[str, dict[str, Any]]
) -> None:
    varying = {"Date", "Server-Timing", "Content-Length"}
    for target, responses in reads.items():
        got, head = client.get(target), client.head(target)
        assert str(got.status_code) in responses, target
        assert (head.status_code, head.data) == (got.status_code, b""), target
        assert {n: v for n, v in head.headers if n not in varying} == {
            n: v for n, v in got.headers if n not in varying
        }, target


def test_every_read_says_its_options_and_is_open_to_other_sites(
    client: FlaskClient, reads: dict[str, dict[str, Any]]
) -> None:
    for target in reads:
        response = client.options(target)
        assert response.status_code == 200, target
        assert {"GET", "HEAD", "OPTIONS"} <= set(response.headers["Allow"].split(", ")), target
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert "GET" in response.headers["Access-Control-Allow-Methods"]
        assert not {"PUT", "PATCH", "DELETE"} & set(
            response.headers["Access-Control-Allow-Methods"].split(", ")
        )
        assert "If-None-Match" in response.headers["Access-Control-Allow-Headers"]
        assert client.get(target).headers["Access-Control-Allow-Origin"] == "*"


def test_every_read_that_is_said_to_be_conditional_is(
    client: FlaskClient, reads: dict[str, dict[str, Any]]
) -> None:
    for target, responses in reads.items():
        got = client.get(target)
        assert ("304" in responses) == (got.status_code == 200 and "ETag" in got.headers), target
        if "304" not in responses:
            continue
        tag = got.headers["ETag"]
        assert tag.startswith('"'), target
        assert "Cache-Control" in got.headers, target
        assert client.get(target, headers={"If-None-Match": '"other"'}).status_code == 200, target
        again = client.get(target, headers={"If-None-Match": f'"other", W/{tag}'})
        assert (again.status_code, again.data) == (304, b""), target
        assert again.headers["ETag"] == tag
        assert again.headers.get("Vary") == got.headers.get("Vary"), target


def test_every_read_that_has_a_date_is_conditional_by_it(
    client: FlaskClient, reads: dict[str, dict[str, Any]]
) -> None:
    for target, responses in reads.items():
        if not dated(responses):
            continue
        got = client.get(target)
        date = got.last_modified
        assert date is not None, target
        assert date <= datetime.now(UTC)

        def status(since: datetime, tag: str | None = None) -> int:
            known = {"If-None-Match": tag} if tag else {}
            headers = {"If-Modified-Since": http_date(since)} | known
            return client.get(target, headers=headers).status_code  # noqa: B023

        assert status(date) == status(date + timedelta(days=1)) == 304, target
        assert status(date - timedelta(seconds=1)) == 200, target
        assert status(date, '"other"') == 200, target  # RFC 9110 §13.1.3: the tag counts alone
        assert status(date - timedelta(days=1), got.headers["ETag"]) == 304, target


def test_a_date_hides_neither_what_is_missing_nor_what_is_wrong(client: FlaskClient) -> None:
    later = {"If-Modified-Since": http_date(datetime.now(UTC))}
    assert client.get("/actors/nobody", headers=later).status_code == 404
    assert client.get("/events?limit=x", headers=later).status_code == 400
    assert client.get("/sparql?query=SELECT", headers=later).status_code == 400
    assert client.get("/actors/putin", headers={"If-Modified-Since": "soon"}).status_code == 200


def test_versions_of_one_second_share_no_date(tmp_path: Path) -> None:
    """Nobody who has seen the first is told that the second is no news."""
    settings = Settings(store=str(tmp_path / "store"))
    store = EmbeddedStore(tmp_path / "store")
    app = create_app(settings, store)
    client, graph = app.test_client(), IRIS.graph("mine")
    seen = []
    for value in range(3):
        with store.begin(author="test", message="put") as change:
            change.replace(graph, quads(value))
            change.publish()
        seen.append(client.get("/graph/mine"))
    now = [each for each in seen if each.last_modified]
    assert not now, "a version that may be replaced within its second has no date yet"
    dates = {each.date for each in seen if each.date}
    assert soon(lambda: client.get("/graph/mine").last_modified)
    for date in dates:
        headers = {"If-Modified-Since": http_date(date)}
        assert client.get("/graph/mine", headers=headers).status_code == 200
    app.extensions["kg"].querying.close()
    store.close()
