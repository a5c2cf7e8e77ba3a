"""Queries passed on to another engine: what is sent, and what becomes of each kind of answer."""

from __future__ import annotations

import json
import socket
import time
from threading import Event

import pytest

from kg.errors import QueryInterrupted, QueryTimeout, StoreUnreachable, UnknownFormat
from kg.rdf.formats import (
    N_QUADS,
    N_TRIPLES,
    RESULTS_CSV,
    RESULTS_JSON,
    RESULTS_XML,
    TURTLE,
    Format,
)
from kg.store.base import GraphInfo
from kg.store.remote.passing import PassedReply, PassingEngine
from kg.store.remote.records import NOBODY, described
from kg.store.remote.store import RemoteSnapshot
from tests.fakes import FakeSnapshot
from tests.queries import request
from tests.servers.scripted import Said, Scripted

SELECT, CONSTRUCT, ASK = "SELECT ?x {}", "CONSTRUCT WHERE { ?s ?p ?o }", "ASK {}"
LINE = b"<urn:a> <urn:b> <urn:c> .\n"
YES = b'{"head":{},"boolean":true}'
GRAPHS = ("urn:one", "urn:two")


def table(*values: str, column: str = "x") -> bytes:
    """Solutions of one variable, as JSON."""
    rows = [{column: {"type": "literal", "value": each}} for each in values]
    return json.dumps({"head": {"vars": [column]}, "results": {"bindings": rows}}).encode()


def snapshot(other: Scripted) -> RemoteSnapshot:
    """The other engine with two graphs."""
    counts = dict.fromkeys(GRAPHS, 1)
    noted = {name: GraphInfo(triples=1, digest=name) for name in GRAPHS}
    return RemoteSnapshot(described(NOBODY, noted, counts), other.service())


def passed(other: Scripted, text: str, wanted: Format, said: Said) -> PassedReply:
    """What comes of a query in the format ``wanted`` when the other engine says ``said``."""
    other.script = lambda _: said
    asked = request(text, media_type=wanted.media_type)
    return PassingEngine(union_default_graph=True).run(snapshot(other), asked)


@pytest.mark.parametrize(
    ("text", "wanted", "said"),
    [
        (SELECT, RESULTS_JSON, Said(table("a"))),
        (SELECT, RESULTS_CSV, Said(b"x\r\na\r\n", RESULTS_CSV.media_type)),
        (CONSTRUCT, N_TRIPLES, Said(LINE, N_TRIPLES.media_type)),
        (CONSTRUCT, N_QUADS, Said(LINE, N_TRIPLES.media_type)),
    ],
    ids=["JSON", "CSV", "N-Triples", "N-Quads"],
)
def test_a_result_in_the_format_asked_for_is_passed_as_it_is(
    other: Scripted, text: str, wanted: Format, said: Said
) -> None:
    reply = passed(other, text, wanted, said)
    assert reply.complete == said.body
    assert list(reply) == [said.body]


def test_a_large_result_comes_in_parts(other: Scripted) -> None:
    body = table(*map(str, range(9000)))
    reply = passed(other, SELECT, RESULTS_JSON, Said(body))
    assert reply.complete is None
    assert b"".join(reply) == body
    reply.close()


@pytest.mark.parametrize(
    ("text", "wanted", "said", "expected"),
    [
        (SELECT, RESULTS_CSV, Said(table("a")), b"x\r\na\r\n"),
        (CONSTRUCT, TURTLE, Said(LINE, N_TRIPLES.media_type), b"<urn:a> <urn:b> <urn:c> .\n"),
        (ASK, RESULTS_JSON, Said(YES), YES),
        (ASK, RESULTS_XML, Said(YES), b"<boolean>true</boolean>"),
        (ASK, RESULTS_JSON, Said(table("1", column="__ASK_RETVAL")), YES),
        (ASK, RESULTS_JSON, Said(table(column="__ASK_RETVAL")), YES.replace(b"true", b"false")),
    ],
    ids=["table", "triples", "yes", "yes as XML", "yes of Virtuoso", "no of Virtuoso"],
)
def test_a_result_in_another_format_is_turned_into_the_one_asked_for(
    other: Scripted, text: str, wanted: Format, said: Said, expected: bytes
) -> None:
    found = passed(other, text, wanted, said).complete
    assert found is not None
    assert expected in found


def test_a_result_that_is_too_large_to_be_turned_is_refused_with_the_format_there_is(
    other: Scripted,
) -> None:
    with pytest.raises(UnknownFormat, match="too large") as error:
        passed(other, SELECT, RESULTS_CSV, Said(table("a") + b" " * (16 << 20)))
    assert error.value.offered == (RESULTS_JSON.name,)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SELECT, Said(b'{"head":')),
        (CONSTRUCT, Said(b"<urn:a> <urn:b>", N_TRIPLES.media_type)),
    ],
    ids=["table", "triples"],
)
def test_a_result_that_cannot_be_read_is_a_fault_of_the_engine(
    other: Scripted, text: str, said: Said
) -> None:
    wanted = TURTLE if text == CONSTRUCT else RESULTS_CSV
    with pytest.raises(StoreUnreachable, match="cannot be read"):
        passed(other, text, wanted, said)


def test_a_result_that_virtuoso_cut_short_does_not_pass_for_whole(other: Scripted) -> None:
    cut = Said(table("a"), headers={"X-SQL-State": "S1TAT"})
    with pytest.raises(QueryTimeout, match="before it was done"):
        passed(other, SELECT, RESULTS_JSON, cut)


@pytest.mark.parametrize(
    ("text", "wanted", "accept"),
    [
        (SELECT, RESULTS_JSON, RESULTS_JSON.media_type),
        (SELECT, RESULTS_CSV, f"{RESULTS_CSV.media_type}, {RESULTS_JSON.media_type};q=0.1"),
        (ASK, RESULTS_XML, RESULTS_JSON.media_type),
        (CONSTRUCT, TURTLE, f"{TURTLE.media_type}, {N_TRIPLES.media_type};q=0.1"),
        (CONSTRUCT, N_QUADS, N_TRIPLES.media_type),
    ],
)
def test_the_engine_is_asked_for_what_can_be_passed_or_turned(
    other: Scripted, text: str, wanted: Format, accept: str
) -> None:
    said = Said(LINE, N_TRIPLES.media_type) if text == CONSTRUCT else Said(YES)
    if text == SELECT:
        said = Said(table("a"))
    passed(other, text, wanted, said)
    assert other.asked[-1].headers["Accept"] == accept


@pytest.mark.parametrize(
    ("text", "default", "named", "sent"),
    [
        (SELECT, (), (), (GRAPHS, GRAPHS)),
        (SELECT, ("urn:x",), (), (("urn:x",), ())),
        (SELECT, (), ("urn:y", "urn:z"), ((), ("urn:y", "urn:z"))),
        ("SELECT ?x FROM <urn:one> {}", (), (), ((), ())),
    ],
    ids=["union", "default graph", "named graphs", "FROM"],
)
def test_the_dataset_is_that_of_the_request_else_of_the_query_else_all_graphs(
    other: Scripted,
    text: str,
    default: tuple[str, ...],
    named: tuple[str, ...],
    sent: tuple[tuple[str, ...], tuple[str, ...]],
) -> None:
    other.script = lambda _: Said(table())
    asked = request(text, default_graphs=default, named_graphs=named)
    PassingEngine(union_default_graph=True).run(snapshot(other), asked)
    found = other.asked[-1].parameters
    names = ("default-graph-uri", "named-graph-uri")
    assert tuple(tuple(found.get(name, ())) for name in names) == sent


def test_the_strict_reading_sends_no_dataset(other: Scripted) -> None:
    other.script = lambda _: Said(table())
    PassingEngine(union_default_graph=False).run(snapshot(other), request(SELECT))
    assert set(other.asked[-1].parameters) == {"query"}


def test_a_query_ends_with_its_client_and_is_counted(other: Scripted) -> None:
    engine, gone = PassingEngine(union_default_graph=True), Event()

    def wait(_: object) -> Said:
        gone.wait(5)
        return Said(table())

    other.script = wait
    ours, theirs = socket.socketpair()
    theirs.close()
    begun = time.monotonic()
    with ours, pytest.raises(QueryInterrupted):
        engine.run(snapshot(other), request(SELECT), client=ours.fileno())
    gone.set()
    assert time.monotonic() - begun < 4
    assert (engine.counts.running, engine.counts.killed) == (0, 1)


def test_only_another_engines_content_is_passed_on(other: Scripted) -> None:
    other.service()
    with pytest.raises(TypeError, match="another engine"):
        PassingEngine(union_default_graph=True).run(FakeSnapshot([]), request(SELECT))
    assert other.asked == []
