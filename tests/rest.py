"""The first article's graph over HTTP, as tests of the REST face ask for it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from kg.iris import Iris
from kg.schema import Schema
from kg.settings import Settings
from kg.sources import Sources
from kg.terms import Quad
from kg.web.app import create_app
from tests.fakes import FakeStore

IRIS = Iris(Settings().namespace)


@cache
def sources() -> Sources:
    """The shipped source files, read once."""
    return Sources.read(Settings())


def schema() -> Schema:
    """What the shipped ontology and shapes say."""
    return sources().schema


@cache
def quads() -> tuple[Quad, ...]:
    """All graphs as they stand in the store."""
    return tuple(
        Quad(quad.subject, quad.predicate, quad.object, IRIS.graph(name))
        for name, found in sources().graphs.items()
        for quad in found
    )


def service(store: FakeStore, **settings: Any) -> Iterator[Flask]:
    """The application over a fake store; closed afterwards."""
    app = create_app(Settings(**settings), store)
    yield app
    app.extensions["kg"].querying.close()


def get(client: FlaskClient, url: str, **headers: str) -> Any:
    """The JSON at a URL, which must be there."""
    response = client.get(url, headers=headers)
    assert response.status_code == 200, f"{url}: {response.text}"
    return response.get_json()


def ids(client: FlaskClient, url: str) -> list[str]:
    """The ids of a list's page, in order."""
    return [item["id"] for item in get(client, url)["items"]]
