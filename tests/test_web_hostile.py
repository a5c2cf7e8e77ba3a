"""Words from outside that are no words: refused or not found, and never part of a query."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from kg.rdf.namespaces import RDF
from kg.rdf.terms import BlankNode, NamedNode, Quad
from tests.engines import Engine
from tests.rest import IRIS, get, ids, quads, serving

HOSTILE = [
    '"', "'", ">", "<", "}", "\\", "\\u0022", "\u0000", "\r\n", "../", "..%2f", "%C0%AF", "%ff",
    "%00", "%", "?x", "{", "putin>", 'putin"@en', "\ud7ff", "𝕏", "a" * 3000, "-", "/", "//", ";",
    "http://x/>", "http://x/\\u003e", "urn:x", "javascript:alert(1)", "1 || 1=1", "*", ".", "..",
]  # fmt: skip


@pytest.fixture(scope="module")
def client(engine: Engine) -> Iterator[FlaskClient]:
    with serving(engine) as found:
        yield found


@pytest.mark.parametrize("word", HOSTILE)
@pytest.mark.parametrize(
    "template",
    ["/actors/{}", "/actors/{}/statements", "/actors/putin/{}", "/id/{}", "/events?actor={}",
     "/events?q={}", "/events?cursor={}", "/events?sort={}", "/events?{}=1", "/events?labels={}",
     "/events?fields={}", "/path?from={}&to=putin", "/actors/putin.{}", "/articles/{}/coverage"],
)  # fmt: skip
def test_hostile_words_break_nothing(client: FlaskClient, template: str, word: str) -> None:
    response = client.get(template.format(word), follow_redirects=True)
    assert response.status_code in {200, 400, 404, 414}, response.text
    assert "traceback" not in response.text.lower()


@pytest.mark.parametrize("size", [10_000, 100_000])
def test_long_parameters_are_refused(client: FlaskClient, size: int) -> None:
    for url in ("/events?q=", "/events?actor=", "/actors/", "/events?cursor="):
        assert client.get(url + "x" * size).status_code in {400, 404, 414}


@examples(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    name=st.one_of(st.sampled_from(["actor", "q", "sort", "type", "labels", "cursor"]), st.text()),
    value=st.text(max_size=60),
)
def test_no_parameter_is_a_fault_of_ours(client: FlaskClient, name: str, value: str) -> None:
    """And none changes what is asked: a filter by any text keeps some of the list's things."""
    every = set(ids(client, "/events"))
    response = client.get("/events", query_string={name: value})
    assert response.status_code in {200, 400, 414}, response.text
    if response.status_code == 200:
        assert {each["id"] for each in response.get_json()["items"]} <= every


def test_a_quote_in_a_filter_is_a_character(client: FlaskClient) -> None:
    """A text that would end the query's string and match everything matches nothing."""
    attack = '") || CONTAINS(STR(?name), "'
    assert get(client, "/actors?q=" + attack.replace(" ", "%20"))["count"] == 0


def test_blank_nodes_are_not_listed(engine: Engine) -> None:
    kind = NamedNode(f"{RDF}type")
    event = NamedNode(f"{IRIS.namespace}ontology#Event")
    more = [*quads(), Quad(BlankNode(), kind, event, IRIS.graph("entities"))]
    with serving(engine, more) as client:
        assert get(client, "/events")["count"] == 13
