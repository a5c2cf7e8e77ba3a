"""A SPARQL service as it is called: credentials, datasets, and answers that are none."""

from __future__ import annotations

import json

import pytest

from kg.errors import StoreError, StoreUnreachable
from kg.rdf.formats import TURTLE
from kg.rdf.terms import NamedNode, Quad
from kg.store.remote.credentials import Credentials
from tests.servers.scripted import Asked, Said, Script, Scripted

QUERY = "SELECT ?x {}"
EMPTY = b'{"head":{"vars":["x"]},"results":{"bindings":[]}}'
GRAPH = NamedNode("urn:g")
MANY = [f"urn:{number}" for number in range(101)]
ME = Credentials(user="me", password="secret")


def says(other: Scripted, said: Said) -> None:
    """Let the service say the same to everybody."""
    other.script = lambda _: said


def test_a_boolean_is_no_answer_to_select(other: Scripted) -> None:
    says(other, Said(b'{"head":{},"boolean":true}'))
    with pytest.raises(StoreUnreachable, match="something else"):
        list(other.service().select(QUERY))


def test_a_refusal_comes_in_the_words_of_the_service(other: Scripted) -> None:
    says(other, Said(b"no such function", "text/plain", status=400))
    with pytest.raises(StoreError, match="no such function"):
        other.service().update("CLEAR ALL")
    says(other, Said(status=403))
    with pytest.raises(StoreUnreachable, match="does not allow"):
        other.service().delete_graph(GRAPH)


def test_a_graph_that_is_not_there_is_as_good_as_removed(other: Scripted) -> None:
    says(other, Said(status=404))
    other.service().delete_graph(GRAPH)
    assert [each.method for each in other.asked] == ["DELETE"]


@pytest.mark.parametrize("media_type", ["text/plain", "text/turtle", "application/n-triples"])
def test_triples_are_read_by_whatever_name_servers_have_for_them(
    other: Scripted, media_type: str
) -> None:
    says(other, Said(b"<urn:a> <urn:b> <urn:c> .", media_type))
    a, b, c = (NamedNode(f"urn:{name}") for name in "abc")
    assert list(other.service().quads(GRAPH)) == [Quad(a, b, c, GRAPH)]


@pytest.mark.parametrize("media_type", ["", "text/html"])
def test_triples_of_no_known_format_are_none(other: Scripted, media_type: str) -> None:
    says(other, Said(b"<html>", media_type))
    with pytest.raises(StoreUnreachable, match="is it a SPARQL service"):
        list(other.service().quads(GRAPH))


@pytest.mark.parametrize(
    ("said", "offered"),
    [
        (Said(b"<> sd:supportedLanguage sd:SPARQL11Update .", TURTLE.media_type), True),
        (Said(b"<> sd:supportedLanguage sd:SPARQL11Query .", TURTLE.media_type), False),
        (Said(b"SPARQL11Update", "text/html"), False),
        (Said(b"SPARQL11Update", TURTLE.media_type, status=400), False),
    ],
)
def test_updates_are_offered_where_the_service_description_says_so(
    other: Scripted, said: Said, *, offered: bool
) -> None:
    says(other, said)
    assert other.service().offers_update() is offered


def _joining(*, by_itself: bool = False, when_told: bool = False) -> Script:
    """A service with a triple in a named graph, and graphs that it joins or does not."""
    row = {name: {"type": "uri", "value": "urn:a"} for name in ("s", "p", "o")}
    one = json.dumps({"head": {"vars": list(row)}, "results": {"bindings": [row]}}).encode()

    def script(asked: Asked) -> Said:
        told = asked.parameters.get("union-default-graph") == ["true"]
        joined = "GRAPH" in asked.query or by_itself or (when_told and told)
        return Said(one if joined else EMPTY)

    return script


def test_few_graphs_are_named_one_by_one(other: Scripted) -> None:
    assert other.service().union(["urn:a"]) == (
        ("default-graph-uri", "urn:a"),
        ("named-graph-uri", "urn:a"),
    )


def test_very_many_graphs_are_joined_as_the_service_does_it(other: Scripted) -> None:
    other.script = _joining(by_itself=True)
    assert other.service().union(MANY) == ()
    other.script = _joining(when_told=True)
    service = other.service()
    assert service.union(MANY) == service.union(MANY) == (("union-default-graph", "true"),)
    assert len(other.asked) == 3  # it is found out once
    other.script = _joining()
    with pytest.raises(StoreError, match="does not join them"):
        other.service().union(MANY)


def test_a_bearer_token_is_sent_along(other: Scripted) -> None:
    says(other, Said(EMPTY))
    list(other.service(Credentials(token="secret")).select(QUERY))
    assert other.asked[-1].headers["Authorization"] == "Bearer secret"


def _challenging(challenge: str, *, mute: bool = False) -> Script:
    """A service that wants a Digest; one that is ``mute`` does not say so to who names himself."""

    def script(asked: Asked) -> Said:
        said = asked.headers.get("Authorization", "")
        if said.startswith("Digest"):
            return Said(EMPTY)
        told = {} if mute and said else {"WWW-Authenticate": challenge}
        return Said(status=401, headers=told)

    return script


@pytest.mark.parametrize("mute", [False, True])
@pytest.mark.parametrize("quality", ['qop="auth", algorithm=SHA-256, ', ""])
def test_a_digest_is_given_where_it_is_wanted_and_wanted_once(
    other: Scripted, quality: str, *, mute: bool
) -> None:
    other.script = _challenging(f'Digest realm="kg", {quality}nonce="n"', mute=mute)
    service = other.service(ME)
    list(service.select(QUERY))
    first = len(other.asked)
    list(service.select(QUERY))
    assert len(other.asked) == first + 1
    given = other.asked[-1].headers["Authorization"]
    assert ('nonce="n"' in given, "qop=auth" in given) == (True, bool(quality))
    assert "secret" not in given


@pytest.mark.parametrize("challenge", ["", 'Basic realm="kg"', 'Digest realm="kg"', "Digest md4"])
def test_who_is_not_let_in_is_told_which_settings_to_look_at(
    other: Scripted, challenge: str
) -> None:
    headers = {"WWW-Authenticate": challenge} if challenge else {}
    says(other, Said(status=401, headers=headers))
    with pytest.raises(StoreUnreachable, match="KG_STORE_USER"):
        list(other.service(ME).select(QUERY))


def test_who_need_not_say_who_he_is_is_let_in_without(other: Scripted) -> None:
    other.script = lambda asked: Said(
        EMPTY, status=401 if "Authorization" in asked.headers else 200
    )
    assert list(other.service(ME).select(QUERY)) == []
