"""A store that misbehaves yields clear errors, in time, and nothing half-read passes for whole."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from kg.errors import KgError, QuerySyntaxError, QueryTimeout, StoreTimeout, StoreUnreachable
from kg.settings import Settings
from kg.store.base import QueryRequest
from kg.store.passing import PassingEngine
from kg.store.records import NOBODY, described
from kg.store.remote import RemoteSnapshot, remote_store
from kg.store.service import Service
from kg.web.app import create_app

JSON = "application/sparql-results+json"
ROW = '{"x":{"type":"literal","value":"a"}}'
WHOLE = f'{{"head":{{"vars":["x"]}},"results":{{"bindings":[{ROW}]}}}}'


def _reply(status: str, media_type: str, body: str, *, length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    head = f"HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {size}\r\n"
    return f"{head}Connection: close\r\n\r\n{body}".encode()


@contextmanager
def _server(reply: bytes | None) -> Iterator[tuple[str, list[int]]]:
    """Says ``reply`` to each request, or nothing for None; also how often it was asked."""
    asked: list[int] = []
    held: list[socket.socket] = []
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        listener.settimeout(0.05)
        done = threading.Event()

        def serve() -> None:
            while not done.is_set():
                try:
                    connection, _ = listener.accept()
                except TimeoutError:
                    continue
                asked.append(1)
                connection.settimeout(1)
                connection.recv(1 << 16)
                if reply is None:
                    held.append(connection)
                    continue
                connection.sendall(reply)
                connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/ds", asked
        finally:
            done.set()
            thread.join()
            for connection in held:
                connection.close()


def _service(url: str) -> Service:
    return remote_store(Settings(store=url, store_timeout=0.5)).service


FAULTS = {
    "an error": (_reply("500 Oops", "text/plain", "out of cheese"), StoreUnreachable, "cheese"),
    "a page": (_reply("200 OK", "text/html", "<html>"), StoreUnreachable, "text/html"),
    "half a body": (_reply("200 OK", JSON, WHOLE[:60], length=999), StoreUnreachable, "/ds"),
    "half a document": (_reply("200 OK", JSON, WHOLE[:60]), StoreUnreachable, "cannot be read"),
    "a redirect": (_reply("302 Found", "text/plain", "elsewhere"), StoreUnreachable, "302"),
    "no rights": (_reply("401 No", "text/plain", ""), StoreUnreachable, "credentials"),
    "silence": (None, StoreTimeout, "in time"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_store_has_a_name(fault: str) -> None:
    reply, expected, words = FAULTS[fault]
    begun = time.monotonic()
    with _server(reply) as (url, _), pytest.raises(expected, match=words):
        list(_service(url).select("SELECT ?x { }"))
    assert time.monotonic() - begun < 10


def test_nobody_at_the_address_is_told_at_once() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(StoreUnreachable, match="cannot be reached"):
        list(_service(f"http://127.0.0.1:{port}/ds").select("SELECT ?x { }"))


def test_what_may_pass_is_asked_again_and_an_update_never_is() -> None:
    with _server(_reply("502 Later", "text/plain", "")) as (url, asked):
        with pytest.raises(StoreUnreachable):
            list(_service(url).select("SELECT ?x { }"))
        assert len(asked) > 1
        asked.clear()
        with pytest.raises(StoreUnreachable):
            _service(url).update("CLEAR ALL")
        assert len(asked) == 1


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (_reply("400 Bad", "text/plain", "line 1: no"), QuerySyntaxError),
        (_reply("503 Slow", "text/plain", ""), QueryTimeout),
        (_reply("200 OK", "text/html", "<html>"), StoreUnreachable),
        (None, QueryTimeout),
    ],
)
def test_a_query_from_outside_fails_as_it_would_at_home(
    reply: bytes | None, expected: type[KgError]
) -> None:
    request = QueryRequest(
        text="SELECT ?x { }", media_type=JSON, timeout=0.5, union_default_graph=True
    )
    with _server(reply) as (url, _):
        snapshot = RemoteSnapshot(described(NOBODY, {}, {}), _service(url))
        with pytest.raises(expected):
            PassingEngine(union_default_graph=True).run(snapshot, request)


@pytest.mark.parametrize(
    ("reply", "status"), [(_reply("500 Oops", "text/plain", ""), 502), (None, 504)]
)
def test_the_api_says_whose_fault_it_is(reply: bytes | None, status: int) -> None:
    with _server(reply) as (url, _):
        client = create_app(Settings(store=url, store_timeout=0.5)).test_client()
        found = client.get("/actors/putin")
    assert (found.status_code, found.mimetype) == (status, "application/problem+json")
