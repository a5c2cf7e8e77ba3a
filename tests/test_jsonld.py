"""Our JSON, read as JSON-LD by the context, says nothing that the store does not say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, parse

from kg.documents.jsonld import context
from kg.rdf.terms import Triple
from tests.engines import Engine
from tests.rest import get, quads, schema, serving

QUESTIONS = [
    "/articles/yomiuri-2025-08-17/coverage",
    "/intentions/yomiuri-2025-08-17/int-putin-no-ceasefire/evidence",
    "/actors/trump/positions",
    "/actors/putin/neighbourhood",
    "/compare?actor=putin&actor=trump",
    "/path?from=icc&to=ukraine",
]


@pytest.fixture(scope="module")
def client(engine: Engine) -> Iterator[FlaskClient]:
    with serving(engine) as found:
        yield found


@cache
def known() -> frozenset[Triple]:
    """All triples of the store."""
    return frozenset(quad.triple for quad in quads())


def triples(body: Any) -> set[Triple]:
    """What a JSON document says as JSON-LD, with our context written into it."""
    document = json.dumps({**context(schema()), **body})
    return {quad.triple for quad in parse(document, RdfFormat.JSON_LD)}


def urls_of_all(client: FlaskClient) -> Iterator[str]:
    """The URL of every entity of every collection, each once."""
    seen = set()
    for name in schema().collections:
        for item in get(client, f"/{name}?limit=1000")["items"]:
            seen.add(item["url"])
    yield from sorted(seen)


def test_every_entity_says_only_what_the_store_says(client: FlaskClient) -> None:
    """And says something: at the least its own class and names."""
    urls = list(urls_of_all(client))
    assert len(urls) > 200
    for url in urls:
        said = triples(get(client, url))
        assert said - known() == set(), url
        assert len(said) >= 3, url


@pytest.mark.parametrize("name", sorted(schema().collections))
def test_every_list_says_only_what_the_store_says(client: FlaskClient, name: str) -> None:
    body = get(client, f"/{name}?limit=1000")
    said = triples(body)
    assert said - known() == set()
    assert len(said) >= len(body["items"])


@pytest.mark.parametrize(
    "url",
    [
        "/articles/yomiuri-2025-08-17/items?limit=50",
        "/actors/putin/statements?include=content,evidence",
        "/events?fields=place,date&include=place&limit=5",
        "/actors/putin?include=events,situationsDone",
        "/suggest?q=putin",
        "/search?q=putin",
        *QUESTIONS,
    ],
)
def test_other_answers_say_only_what_the_store_says(client: FlaskClient, url: str) -> None:
    assert triples(get(client, url)) - known() == set()


def test_items_of_an_article_are_a_member_and_not_a_graph(client: FlaskClient) -> None:
    """``items`` is a list's array and a view member of articles and passages alike."""
    passage = get(client, "/passages/yomiuri-2025-08-17/p6s1")
    evidence = {each for each in triples(passage) if each.predicate.value.endswith("#evidence")}
    assert len(evidence) == len(passage["items"]) > 0


def test_the_context_defines_every_member_that_is_one_property() -> None:
    terms: Any = context(schema())["@context"]
    for class_iri, members in schema().own_members.items():
        scoped = terms.get(schema().class_name(class_iri))
        inner = scoped.get("@context", {}) if isinstance(scoped, dict) else {}
        for member in members:
            if member.predicate:
                assert member.name in inner or member.name in terms, (class_iri, member.name)
