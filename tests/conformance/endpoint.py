"""The endpoint under test: one connection that is kept, and a dataset that is loaded once."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from pyoxigraph import BlankNode

from tests.conformance.manifests import Data, File
from tests.conformance.results import Graph, Table, answered, triples_of

QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
JSON_RESULTS = "application/sparql-results+json"
_IDLE = 1.0  # seconds: the server closes connections that are idle for longer than this
_EVERYTHING = "SELECT ?g ?s ?p ?o { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, the headers by lower-case name, the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """The Content-Type without parameters."""
        return self.headers.get("content-type", "").partition(";")[0]

    @property
    def problem(self) -> str:
        """The last part of the problem's type, or nothing where the answer is no problem."""
        if self.media_type != "application/problem+json":
            return ""
        return str(json.loads(self.body)["type"]).rpartition("/")[2]

    def __str__(self) -> str:
        return f"{self.status} {self.body.decode(errors='replace')}"


class Endpoint:
    """A client of one server that may write to it."""

    def __init__(self, url: str, token: str) -> None:
        self._address = urlsplit(url).netloc
        self._token = token
        self._connection = http.client.HTTPConnection(self._address, timeout=30)
        self._used = time.monotonic()
        self._loaded: Data | None = None

    @property
    def address(self) -> str:
        """The server's host and port."""
        return self._address

    def send(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """The answer to a request with our token, on the connection of the last one."""
        if time.monotonic() - self._used > _IDLE:
            self._connection.close()
        sent = {"Authorization": f"Bearer {self._token}", **(headers or {})}
        self._connection.request(method, path, body=body, headers=sent)
        response = self._connection.getresponse()
        content = response.read()
        self._used = time.monotonic()
        names = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, names, content)

    def query(self, text: str | bytes, accept: str = JSON_RESULTS) -> Answer:
        """The answer to a query."""
        return self.send(
            "POST", "/sparql", body=_utf8(text), headers={"Content-Type": QUERY, "Accept": accept}
        )

    def update(self, text: str | bytes) -> Answer:
        """The answer to an update."""
        self._loaded = None
        return self.send("POST", "/update", body=_utf8(text), headers={"Content-Type": UPDATE})

    def load(self, data: Data) -> None:
        """Make the store hold this dataset and nothing else, unless it does."""
        if data == self._loaded:
            return
        named = [(f"GRAPH <{name}>", file) for name, file in data.named]
        blocks = [*(("", file) for file in data.default), *named]
        inserts = "\n".join(_block(at, *block) for at, block in enumerate(blocks))
        answer = self.update(f"DROP ALL; INSERT DATA {{ {inserts} }}")
        assert answer.status == 204, answer
        self._loaded = data

    def clear(self) -> None:
        """Make the store empty."""
        answer = self.update("DROP ALL")
        assert answer.status == 204, answer

    def dataset(self) -> Graph:
        """Everything in the store, as rows of graph, subject, predicate and object."""
        answer = self.query(_EVERYTHING)
        assert answer.status == 200, answer
        table = answered(answer.body, answer.media_type)
        assert isinstance(table, Table)
        return Graph(table.rows)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def _block(number: int, graph: str, file: File) -> str:
    """A file's triples as a block of INSERT DATA; its blank nodes are those of no other block."""
    lines = (
        " ".join(
            f"_:f{number}x{term.value}" if isinstance(term, BlankNode) else str(term)
            for term in triple
        )
        for triple in triples_of(file)
    )
    triples = " .\n".join(lines)
    if not graph:
        return f"{triples} ." if triples else ""
    return f"{graph} {{ {triples} }}"


def _utf8(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text
