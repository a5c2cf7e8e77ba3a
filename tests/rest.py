"""The first article's graph over HTTP, as tests of the REST face ask for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from kg.rdf.iris import Iris
from kg.rdf.terms import Quad
from kg.schema.schema import Schema
from kg.settings import Settings
from kg.sources import Sources
from kg.store.base import Store
from kg.web.app import create_app
from tests.engines import Engine

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


@contextmanager
def service(store: Store, **settings: Any) -> Iterator[Flask]:
    """The application over a store; closed afterwards."""
    app = create_app(Settings(**settings), store)
    yield app
    app.extensions["kg"].querying.close()


@contextmanager
def serving(engine: Engine, content: Sequence[Quad] | None = None) -> Iterator[FlaskClient]:
    """A client of the application over a store that holds ``content``, else the first article."""
    with engine.holding(quads() if content is None else content, Settings()) as settings:
        app = create_app(settings)
        yield app.test_client()
        services = app.extensions["kg"]
        services.querying.close()
        services.store.close()


def get(client: FlaskClient, url: str, **headers: str) -> Any:
    """The JSON at a URL, which must be there."""
    response = client.get(url, headers=headers)
    assert response.status_code == 200, f"{url}: {response.text}"
    return response.get_json()


def ids(client: FlaskClient, url: str) -> list[str]:
    """The ids of a list's page, in order."""
    return [item["id"] for item in get(client, url)["items"]]
