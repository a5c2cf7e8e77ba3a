"""A SPARQL service of this process that answers as a test says, and remembers what it was asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TypeAlias
from urllib.parse import parse_qs, urlsplit

from pyoxigraph import QueryResultsFormat, QuerySolutions, QueryTriples, RdfFormat
from pyoxigraph import Store as Oxigraph
from pyoxigraph import serialize as write_triples

from kg.rdf.formats import N_TRIPLES, RESULTS_JSON, TURTLE
from kg.rdf.terms import NamedNode
from kg.store.remote.credentials import Credentials
from kg.store.remote.endpoints import Endpoints
from kg.store.remote.http import Http
from kg.store.remote.service import Service


@dataclass(frozen=True, slots=True)
class Asked:
    """A request; ``parameters`` are those of its URL and of a form, in their order."""

    method: str
    headers: Mapping[str, str]
    parameters: Mapping[str, list[str]]
    body: bytes

    @property
    def query(self) -> str:
        """The query; empty where it asks for something else."""
        return "".join(self.parameters.get("query", ()))


@dataclass(frozen=True, slots=True)
class Said:
    """An answer."""

    body: bytes = b""
    media_type: str = RESULTS_JSON.media_type
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Script: TypeAlias = Callable[[Asked], Said]


class Scripted:
    """Answers by ``script``; ``asked`` are the requests so far, the oldest first."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[Asked] = []
        self.script: Script = _nothing

    def service(self, credentials: Credentials | None = None, *, timeout: float = 5.0) -> Service:
        """A caller of it; the script begins anew with nothing asked."""
        self.asked.clear()
        return Service(Endpoints.of(self.url), Http(credentials), timeout=timeout)

    def answer(self, asked: Asked) -> Said:
        """What the script says."""
        self.asked.append(asked)
        return self.script(asked)


@contextmanager
def scripted() -> Iterator[Scripted]:
    """Such a service, for the block."""
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        found = Scripted(f"http://127.0.0.1:{server.server_port}/ds")
        server.RequestHandlerClass = _handler(found)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield found
        finally:
            server.shutdown()
            thread.join()


def oxigraph(store: Oxigraph) -> Script:
    """A script that does on ``store`` what SPARQL and the Graph Store protocol say."""

    def script(asked: Asked) -> Said:
        for graph in map(NamedNode, asked.parameters.get("graph", ())):
            store.remove_graph(graph)
            store.load(asked.body, RdfFormat.N_TRIPLES, to_graph=graph)
            return Said(status=204)
        if not asked.query and not asked.body:
            return Said(b"<> sd:supportedLanguage sd:SPARQL11Update .", TURTLE.media_type)
        if asked.headers.get("Content-Type", "").startswith("application/sparql-update"):
            store.update(asked.body.decode())
            return Said(status=204)
        found = store.query(asked.query, use_default_graph_as_union=True)
        if isinstance(found, QuerySolutions):
            return Said(found.serialize(format=QueryResultsFormat.JSON) or b"")
        assert isinstance(found, QueryTriples), "no script is asked a yes-no question"
        lines = write_triples(found, format=RdfFormat.N_TRIPLES)
        return Said(lines or b"", N_TRIPLES.media_type)

    return script


def _handler(service: Scripted) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Answer a request of any method."""
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            form = body if "form" in self.headers.get("Content-Type", "") else b""
            words = "&".join(filter(None, (urlsplit(self.path).query, form.decode())))
            asked = Asked(self.command, dict(self.headers.items()), parse_qs(words), body)
            with suppress(ConnectionError):  # whoever asked may have hung up
                self._say(service.answer(asked))

        do_GET = do_PUT = do_DELETE = do_POST  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Write nothing."""

        def _say(self, said: Said) -> None:
            self.send_response(said.status)
            given = {"Content-Type": said.media_type, "Content-Length": str(len(said.body))}
            for name, value in {**given, **said.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said.body)

    return Handler


def _nothing(_: Asked) -> Said:
    return Said(status=404)
