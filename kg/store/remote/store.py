"""Another engine as the store: any SPARQL 1.1 service, which keeps one version, the current one."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from threading import Lock

from kg.errors import Conflict, NotFound
from kg.rdf.terms import GraphName, Literal, NamedNode, Quad, Solution, Term
from kg.settings import Settings
from kg.sparql.tokens import Kind, tokenize
from kg.store.base import VersionInfo, Versions
from kg.store.remote.credentials import Credentials
from kg.store.remote.endpoints import Endpoints
from kg.store.remote.http import Http
from kg.store.remote.records import Head, count_graphs, described, read_graphs, read_head
from kg.store.remote.service import Service
from kg.store.remote.transaction import RemoteTransaction

log = logging.getLogger(__name__)

# Two rows in any engine, whatever it holds; none in Virtuoso 7.
_TWO_ROWS = "SELECT ?x { { VALUES ?x { 1 } } UNION { VALUES ?x { 2 } } }"


class RemoteSnapshot:
    """The service as it was when asked. It may change while this is read: it keeps no versions."""

    def __init__(self, info: VersionInfo, service: Service) -> None:
        self._info = info
        self.service = service

    @property
    def info(self) -> VersionInfo:
        """What is known of the content: what we noted when we wrote it, and how much there is."""
        return self._info

    def select(self, query: str, bindings: Mapping[str, Term] | None = None) -> Iterator[Solution]:
        """The solutions of a SELECT query over the union of all graphs.

        ``bindings`` are joined at the beginning of the query's pattern. Raises StoreUnreachable,
        StoreTimeout, StoreError.
        """
        text = with_values(query, bindings) if bindings else query
        return self.service.select(text, self.service.union(self._info.graphs))

    def quads(self, graph: GraphName | None = None) -> Iterator[Quad]:
        """All quads, or those of one graph; the default graph is taken for empty."""
        if graph is None:
            for name in self._info.graphs:
                yield from self.service.quads(NamedNode(name))
        elif isinstance(graph, NamedNode):
            yield from self.service.quads(graph)


class RemoteStore:
    """The service at ``endpoints``. Writers of this program exclude each other; others' are seen.

    ``watch`` is for how many seconds what others write may go unnoticed; after that the graphs are
    counted anew. ``timeout`` is for how many seconds one of our own calls may take.
    """

    def __init__(
        self, endpoints: Endpoints, http: Http, *, timeout: float = 60.0, watch: float = 10.0
    ) -> None:
        self.service = Service(endpoints, http, timeout=timeout)
        self._watch = watch
        self._guard = Lock()
        self._known: tuple[Head, VersionInfo] | None = None
        self._counted = 0.0  # of time.monotonic

    def snapshot(self, version: int | None = None) -> RemoteSnapshot:
        """The content of now. Raises NotFound for any other version, and as ``Service.select``."""
        info = self._look()
        if version not in {None, info.number}:
            raise NotFound(
                f"There is no version {version}: the store is another engine, which keeps only its"
                f" current content, number {info.number}."
            )
        return RemoteSnapshot(info, self.service)

    def versions(self) -> Versions:
        """The one version there is."""
        info = self._look()
        return Versions([info.number], lambda _: info)

    def begin(self, *, author: str, message: str, expected: str | None = None) -> RemoteTransaction:
        """A change by ``author``. Nobody waits: of two changes at once the later one is refused.

        Raises Conflict where ``expected`` is not the digest of the content.
        """
        with self._guard:
            head, info = self._read()
        if expected is not None and expected != info.digest:
            raise Conflict(f"The store has changed since: its digest is {info.digest}.")
        return RemoteTransaction(self.service, head, info, author=author, message=message)

    def close(self) -> None:
        """Close the connections."""
        self.service.http.close()

    def _look(self) -> VersionInfo:
        """What is known, at most ``watch`` seconds old, and never older than our last commit."""
        with self._guard:
            known = self._known
            fresh = time.monotonic() - self._counted < self._watch
            if known is not None and fresh and read_head(self.service) == known[0]:
                return known[1]
            return self._read()[1]

    def _read(self) -> tuple[Head, VersionInfo]:
        head = read_head(self.service)
        info = described(head, read_graphs(self.service), count_graphs(self.service))
        if self._known is None:
            _warn_of_lost_rows(self.service)
        self._known = (head, info)
        self._counted = time.monotonic()
        return self._known


def _warn_of_lost_rows(service: Service) -> None:
    """Tell once whoever runs this that the engine gives wrong answers to right queries."""
    if sum(1 for _ in service.select(_TWO_ROWS)) != 2:
        log.warning(
            "%s loses rows of UNION with VALUES (SPARQL 1.1 Query §10.2), as Virtuoso 7 does: REST"
            " documents and lists will be incomplete. Queries of others, writes, push and pull are"
            " not concerned. Use another engine for REST.",
            service.endpoints.query,
        )


def remote_store(settings: Settings) -> RemoteStore:
    """The service that the settings name. Raises SettingsError for an address that is none."""
    credentials = Credentials(
        user=settings.store_user, password=settings.store_password, token=settings.store_token
    )
    return RemoteStore(
        Endpoints.of(settings.store, update=settings.store_update, graphs=settings.store_graphs),
        Http(credentials),
        timeout=settings.store_timeout,
        watch=settings.store_watch,
    )


def remote_service(
    settings: Settings, url: str, *, update: str | None = None, graphs: str | None = None
) -> Service:
    """The service at ``url`` as a place to bring graphs to. Raises SettingsError."""
    credentials = Credentials(
        user=settings.remote_user, password=settings.remote_password, token=settings.remote_token
    )
    endpoints = Endpoints.of(url, update=update, graphs=graphs)
    return Service(endpoints, Http(credentials), timeout=settings.store_timeout)


def with_values(query: str, bindings: Mapping[str, Term]) -> str:
    """The query with a VALUES block at the beginning of its pattern (SPARQL 1.1 Query §10.2).

    Terms are spelled by the engine's serialiser, so no value can end its own literal.
    """
    for value in bindings.values():
        if not isinstance(value, NamedNode | Literal):
            raise TypeError("only IRIs and literals have a spelling that other engines read alike")
    names = " ".join(f"?{name}" for name in bindings)
    values = " ".join(str(value) for value in bindings.values())
    at = _pattern_start(query)
    return f"{query[:at]} VALUES ({names}) {{ ({values}) }}{query[at:]}"


def _pattern_start(query: str) -> int:
    """The offset behind the brace that opens the WHERE clause; EXISTS may stand before it."""
    depth = 0
    for token in tokenize(query):
        if token.kind is Kind.PUNCTUATION:
            depth += (token.text == "(") - (token.text == ")")
            if token.text == "{" and depth == 0:
                return token.end
    raise ValueError("a query has a pattern")
