"""One URL is enough: the other addresses of a service follow from the custom of its server."""

from __future__ import annotations

import pytest
from pyoxigraph import Store as Oxigraph

from kg.errors import SettingsError
from kg.rdf.terms import BlankNode, DefaultGraph, Literal, NamedNode, Quad
from kg.settings import Settings
from kg.store.base import GraphInfo
from kg.store.opening import open_store
from kg.store.remote.credentials import Credentials
from kg.store.remote.endpoints import Endpoints
from kg.store.remote.patches import Difference
from kg.store.remote.records import NOBODY, described
from kg.store.remote.store import RemoteStore, with_values

GRAPH = NamedNode("https://kg.example/graph")
P = NamedNode("https://kg.example/p")


@pytest.mark.parametrize(
    ("url", "query", "update", "graphs"),
    [
        ("http://db/", "http://db/query", "http://db/update", "http://db/store"),
        ("http://db/query", "http://db/query", "http://db/update", "http://db/store"),
        ("http://db/ds", "http://db/ds", "http://db/ds", "http://db/ds"),
        ("http://db/ds/sparql", "http://db/ds/sparql", "http://db/ds/update", "http://db/ds/data"),
        ("http://db/sparql", "http://db/sparql", "http://db/sparql", None),
        (
            "http://db/r/repositories/x",
            "http://db/r/repositories/x",
            "http://db/r/repositories/x/statements",
            "http://db/r/repositories/x/rdf-graphs/service",
        ),
    ],
)
def test_addresses_follow_from_one(url: str, query: str, update: str, graphs: str | None) -> None:
    assert Endpoints.of(url) == Endpoints(query=query, update=update, graphs=graphs)


def test_an_address_that_is_given_is_taken() -> None:
    found = Endpoints.of("http://db/sparql", update="http://db/sparql-auth", graphs="http://db/g?x")
    assert (found.update, found.graphs) == ("http://db/sparql-auth", "http://db/g?x")
    assert found.graph("urn:a b") == "http://db/g?x&graph=urn%3Aa%20b"


def test_a_url_names_another_engine_that_is_not_asked_before_it_is_used() -> None:
    assert isinstance(open_store(Settings(store="https://db.example/ds")), RemoteStore)


@pytest.mark.parametrize("url", ["ftp://db.example/", "http://", "https://me:secret@db.example/"])
def test_an_address_that_cannot_be_used_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        open_store(Settings(store=url))
    assert "secret" not in str(refusal.value)


def test_secrets_do_not_get_into_logs() -> None:
    settings = Settings(store_user="me", store_password="secret", store_token="secret")
    credentials = Credentials(user="me", password="secret", token="secret")
    assert "secret" not in repr(settings) + repr(credentials)


def test_a_digest_challenge_is_answered_as_the_rfc_does() -> None:
    """RFC 7616 §3.9.1, with the nonce of its example; the client nonce is our own."""
    challenge = (
        'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5,'
        ' nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny"'
    )
    me = Credentials(user="Mufasa", password="Circle of Life")
    said = me.answer(challenge, method="GET", url="http://www.example.org/dir/index.html")
    assert said is not None
    for part in ('uri="/dir/index.html"', "qop=auth", "nc=00000001", 'username="Mufasa"'):
        assert part in said
    assert "Circle" not in said
    assert me.answer('Basic realm="x"', method="GET", url="http://db/") is None


def test_a_bound_value_stands_at_the_beginning_of_the_pattern() -> None:
    query = "SELECT (EXISTS { ?a ?b ?c } AS ?d) WHERE { ?s ?p ?o }"
    text = with_values(query, {"o": Literal('"} ; DROP ALL'), "s": P})
    assert text == (
        "SELECT (EXISTS { ?a ?b ?c } AS ?d) WHERE { VALUES (?o ?s)"
        ' { ("\\"} ; DROP ALL" <https://kg.example/p>) } ?s ?p ?o }'
    )


def test_only_what_differs_is_sent() -> None:
    before = [Quad(P, P, Literal(word), DefaultGraph()) for word in ("kept", "gone")]
    after = [Quad(P, P, Literal(word), DefaultGraph()) for word in ("kept", "new")]
    operations = list(Difference.between(GRAPH, before, after).operations())
    assert len(operations) == 2
    assert not [text for text in operations if "kept" in text]
    assert Difference.between(GRAPH, before, before).is_empty


def test_blank_nodes_go_and_come_together_or_stay() -> None:
    """Those that are linked are in one operation, because labels mean nothing in the next."""
    before = [Quad(P, P, BlankNode("a"), GRAPH), Quad(BlankNode("a"), P, Literal("x"), GRAPH)]
    renamed = [Quad(P, P, BlankNode("z"), GRAPH), Quad(BlankNode("z"), P, Literal("x"), GRAPH)]
    assert Difference.between(GRAPH, before, renamed).is_empty
    other = [Quad(P, P, BlankNode("a"), GRAPH), Quad(BlankNode("a"), P, Literal("y"), GRAPH)]
    removal, insertion = Difference.between(GRAPH, before, other).operations()
    assert "isBlank" in removal
    assert insertion.count("_:") == 2


def test_very_many_blank_nodes_come_in_several_operations() -> None:
    """Each of a length that every engine takes; together they say all of it."""
    after = [Quad(BlankNode(f"b{n}"), P, Literal(n), GRAPH) for n in range(1200)]
    operations = list(Difference.between(GRAPH, [], after).operations())
    assert len(operations) == 3
    store = Oxigraph()
    for each in operations:
        store.update(each)
    values = {quad.object for quad in store.quads_for_pattern(None, P, None, GRAPH)}
    assert values == {quad.object for quad in after}


def test_a_graph_that_others_have_written_is_told_from_what_we_wrote() -> None:
    """By the number of its triples, which is all that is known of it then."""
    noted = {GRAPH.value: GraphInfo(triples=3, digest="ours", source="file")}
    ours = described(NOBODY, noted, {GRAPH.value: 3}).graphs[GRAPH.value]
    theirs = described(NOBODY, noted, {GRAPH.value: 4}).graphs[GRAPH.value]
    unknown = described(NOBODY, {}, {GRAPH.value: 4}).graphs[GRAPH.value]
    assert (ours.digest, theirs.triples, theirs.source) == ("ours", 4, "file")
    assert "ours" != theirs.digest == unknown.digest
    assert unknown.source is None
