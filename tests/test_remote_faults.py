"""A store that misbehaves yields clear errors, in time, and nothing half-read passes for whole."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from itertools import product
from pathlib import Path

import pytest

from kg.errors import KgError, QuerySyntaxError, QueryTimeout, StoreTimeout, StoreUnreachable
from kg.exchange.pushing import Plan, pulling, push
from kg.rdf.terms import Literal, NamedNode
from kg.settings import Settings
from kg.store.base import QueryRequest
from kg.store.opening import TemporaryStore
from kg.store.remote.passing import PassingEngine
from kg.store.remote.records import NOBODY, described
from kg.store.remote.service import Service
from kg.store.remote.store import RemoteSnapshot, remote_store
from kg.web.app import create_app
from tests.content import put

JSON = "application/sparql-results+json"
ROW = '{"x":{"type":"literal","value":"a"}}'
WHOLE = f'{{"head":{{"vars":["x"]}},"results":{{"bindings":[{ROW}]}}}}'


TRIPLES = "application/n-triples"
GRAPH = NamedNode("http://example.org/graph/one")


def _reply(status: str, media_type: str, body: str, *, length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    head = f"HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {size}\r\n"
    return f"{head}Connection: close\r\n\r\n{body}".encode()


@contextmanager
def _server(
    reply: bytes | None, *, pause: float = 0.0, tls: ssl.SSLContext | None = None
) -> Iterator[tuple[str, list[int]]]:
    """Says ``reply`` to each request, or nothing for None; also how often it was asked.

    With a ``pause`` in seconds it says one byte at a time, with ``tls`` all of it in secret.
    """
    asked: list[int] = []
    held: list[socket.socket] = []
    with closing(_listener(tls)) as listener:
        listener.settimeout(0.05)
        done = threading.Event()

        def serve() -> None:
            while not done.is_set():
                try:
                    connection, _ = listener.accept()
                except TimeoutError:
                    continue
                connection.settimeout(1)
                try:
                    _take_request(connection)
                except ssl.SSLError:  # whoever called does not trust us
                    connection.close()
                    continue
                asked.append(1)
                if reply is None:
                    held.append(connection)
                    continue
                with closing(connection), suppress(OSError):
                    for part in _parts(reply, pause):
                        connection.sendall(part)
                        time.sleep(pause)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"{'https' if tls else 'http'}://127.0.0.1:{listener.getsockname()[1]}/ds", asked
        finally:
            done.set()
            thread.join()
            for connection in held:
                connection.close()


def _take_request(connection: socket.socket) -> None:
    """All of a request: who is answered before that, and hung up on, asks again."""
    with connection.makefile("rb") as stream:
        length = 0
        while (line := stream.readline()).strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        stream.read(length)


def _listener(tls: ssl.SSLContext | None) -> socket.socket:
    listener = socket.create_server(("127.0.0.1", 0))
    if tls is None:
        return listener
    return tls.wrap_socket(listener, server_side=True, do_handshake_on_connect=False)


def _parts(reply: bytes, pause: float) -> list[bytes]:
    return [reply[at : at + 1] for at in range(len(reply))] if pause else [reply]


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


def _push(service: Service) -> None:
    with closing(TemporaryStore()) as own:
        put(own, GRAPH, "a")
        push(Plan(snapshot=own.snapshot(), prefix=GRAPH.value), service)


def _pull(service: Service) -> None:
    """Which changes nothing here, whatever comes."""
    with closing(TemporaryStore()) as own:
        before = put(own, GRAPH, "a")
        try:
            with own.begin(author="test", message="pull") as change:
                pulling(service, (), prefix=GRAPH.value)(change)
        finally:
            assert own.snapshot().info == before


CALLS: dict[str, Callable[[Service], object]] = {
    "query": lambda service: list(service.select("SELECT ?x { }")),
    "update": lambda service: service.update("CLEAR ALL"),
    "read a graph": lambda service: list(service.quads(GRAPH)),
    "write a graph": lambda service: service.put_graph(GRAPH, b"<urn:a> <urn:b> <urn:c> ."),
    "push": _push,
    "pull": _pull,
}
HALF = "<urn:a> <urn:b> <urn:c> .\n<urn:a> <urn"
EVERYWHERE: dict[str, bytes | None] = {
    "an error": _reply("500 Oops", "text/plain", "out of cheese"),
    "a page": _reply("200 OK", "text/html", "<html>"),
    "half a body": _reply("200 OK", TRIPLES, HALF, length=999),
    "silence": None,
}


# A status is all that some servers say of a write, and Virtuoso says it by a page; whoever writes
# looks at what is there afterwards.
BY_STATUS = {("update", "a page"), ("write a graph", "a page")}


@pytest.mark.parametrize(
    ("call", "fault"), [pair for pair in product(CALLS, EVERYWHERE) if pair not in BY_STATUS]
)
def test_no_call_takes_a_fault_for_success(call: str, fault: str) -> None:
    begun = time.monotonic()
    with _server(EVERYWHERE[fault]) as (url, _), pytest.raises((StoreUnreachable, StoreTimeout)):
        CALLS[call](_service(url))
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize("call", CALLS)
def test_what_comes_too_slowly_is_not_waited_for(call: str) -> None:
    """A byte now and then keeps the connection alive; the deadline holds all the same."""
    with _server(_reply("200 OK", TRIPLES, HALF[:26]), pause=0.1) as (url, _):
        begun = time.monotonic()
        with pytest.raises(StoreTimeout):
            CALLS[call](_service(url))
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("call", CALLS)
def test_nobody_at_the_address_is_told_at_once(call: str) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(StoreUnreachable, match="cannot be reached"):
        CALLS[call](_service(f"http://127.0.0.1:{port}/ds"))


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


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that only itself vouches for, with its key, for this machine's address."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl makes the certificate: install it")
    folder = tmp_path_factory.mktemp("tls")
    made = ["-keyout", f"{folder}/key.pem", "-out", f"{folder}/certificate.pem"]
    options = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc", "-days", "2"]
    named = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    command = [openssl, "req", "-x509", *options, *named, *made]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "certificate.pem"


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    """How a server that has the certificate speaks."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    return context


@pytest.fixture
def _trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The certificate is among those that this machine trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


@pytest.mark.usefixtures("_trusted")
def test_a_store_is_asked_over_tls(tls: ssl.SSLContext) -> None:
    with _server(_reply("200 OK", JSON, WHOLE), tls=tls) as (url, asked):
        rows = list(_service(url).select("SELECT ?x { }"))
    assert rows == [{"x": Literal("a")}]
    assert len(asked) == 1


def test_a_server_whose_certificate_nobody_vouches_for_is_told_nothing(
    tls: ssl.SSLContext,
) -> None:
    with _server(_reply("200 OK", JSON, WHOLE), tls=tls) as (url, asked):
        with pytest.raises(StoreUnreachable, match=r"cannot be reached: .*certificate"):
            list(_service(url).select("SELECT ?x { }"))
        assert asked == []


@pytest.mark.usefixtures("_trusted")
@pytest.mark.parametrize("pause", [None, 0.1])
def test_a_deadline_holds_over_tls(tls: ssl.SSLContext, pause: float | None) -> None:
    """Whether the server is silent or speaks too slowly."""
    reply = None if pause is None else _reply("200 OK", JSON, WHOLE)
    with _server(reply, pause=pause or 0.0, tls=tls) as (url, _):
        begun = time.monotonic()
        with pytest.raises(StoreTimeout):
            list(_service(url).select("SELECT ?x { }"))
    assert time.monotonic() - begun < 5
