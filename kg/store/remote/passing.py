"""Queries from outside, passed on to another engine under our policy and deadline."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from itertools import chain
from threading import Lock
from typing import Any

from pyoxigraph import QueryBoolean, QueryResultsFormat, QuerySolutions, parse_query_results

from kg.errors import (
    KgError,
    QueryInterrupted,
    QuerySyntaxError,
    QueryTimeout,
    StoreTimeout,
    StoreUnreachable,
    UnknownFormat,
)
from kg.rdf.formats import (
    JSON_LD,
    N_QUADS,
    N_TRIPLES,
    RDF_FORMATS,
    RESULTS_FORMATS,
    RESULTS_JSON,
    TRIG,
    Format,
    by_name,
)
from kg.rdf.parsing import parse, serialize
from kg.sparql.forms import Form, names_dataset, query_form
from kg.sparql.tokens import resolve_escapes
from kg.store.base import QueryRequest, Snapshot
from kg.store.processes.workers import PoolCounts
from kg.store.remote.connections import Call, place
from kg.store.remote.http import Answer
from kg.store.remote.service import Parameter, Service, refuse_failure
from kg.store.remote.store import RemoteSnapshot
from kg.store.syntax import misread

_SMALL = 64 * 1024  # bytes: a result up to this comes in one piece
_CONVERTIBLE = 16 * 1024 * 1024  # bytes of a result that are turned into another format here
_GRAPHS = frozenset({Form.CONSTRUCT, Form.DESCRIBE})
# Results have triples only, so formats with graphs are made here: N-Triples are N-Quads and TriG.
_WITH_GRAPHS = frozenset({N_QUADS, TRIG, JSON_LD})
_PLAIN = frozenset({N_QUADS, TRIG})
_ENDED = frozenset({408, 503, 504})
_ASK_TABLE = b'"__ASK_RETVAL"'  # the one column of what Virtuoso 7 answers to ASK; no row is no
_PARTIAL = "X-SQL-State"  # how Virtuoso says that it stopped and that the result is not whole


class PassedReply:
    """A result as another engine sends it."""

    waited = 0.0

    def __init__(self, answer: Answer, body: bytes | Iterator[bytes]) -> None:
        self._answer = answer
        self._body = body

    @property
    def complete(self) -> bytes | None:
        """The whole result, if it came in one piece."""
        return self._body if isinstance(self._body, bytes) else None

    def __iter__(self) -> Iterator[bytes]:
        return iter((self._body,)) if isinstance(self._body, bytes) else self._body

    def close(self) -> None:
        """Close the connection if the result has not been read to its end."""
        self._answer.close()


class PassingEngine:
    """Passes queries on. With ``union_default_graph`` they read all graphs where they name none."""

    is_versioned = False

    def __init__(self, *, union_default_graph: bool) -> None:
        self._union = union_default_graph
        self._lock = Lock()
        self._running = 0
        self._ended = 0

    @property
    def counts(self) -> PoolCounts:
        """How many queries wait for the other engine, and how many were ended early."""
        with self._lock:
            return PoolCounts(running=self._running, queued=0, killed=self._ended, refused=0)

    def run(
        self, snapshot: Snapshot, request: QueryRequest, *, client: int | None = None
    ) -> PassedReply:
        """The answer of the engine, whose connection is closed when the deadline comes.

        Raises QuerySyntaxError with its place, else the engine's words, QueryTimeout,
        QueryInterrupted (the client has gone), UnknownFormat, StoreUnreachable.
        """
        if not isinstance(snapshot, RemoteSnapshot):
            raise TypeError("only a snapshot of another engine can be asked by it")
        service, wanted = snapshot.service, _Wanted(request)
        call = service.call(
            [("query", wanted.text), *self._dataset(snapshot, request)],
            accept=wanted.accept,
            deadline=time.monotonic() + request.timeout,
            client=client,
        )
        with self._lock:
            self._running += 1
        try:
            return _reply(service, call, wanted)
        except QueryInterrupted:
            with self._lock:
                self._ended += 1
            raise
        finally:
            with self._lock:
                self._running -= 1

    def start(self) -> None:
        """Nothing: the other engine is running."""

    def close(self) -> None:
        """Nothing to end: queries end with their connections."""

    def _dataset(self, snapshot: RemoteSnapshot, request: QueryRequest) -> Sequence[Parameter]:
        if request.default_graphs or request.named_graphs:
            return [
                *(("default-graph-uri", iri) for iri in request.default_graphs),
                *(("named-graph-uri", iri) for iri in request.named_graphs),
            ]
        if not self._union or names_dataset(request.text):
            return ()
        return snapshot.service.union(snapshot.info.graphs)


class _Wanted:
    """What a query asks for: its text as it is sent, and the formats that will do."""

    def __init__(self, request: QueryRequest) -> None:
        self._request = request
        base = f"BASE <{request.base_iri}> " if request.base_iri else ""
        self.text = base + resolve_escapes(request.text)
        form = query_form(request.text)
        self.has_triples = form in _GRAPHS
        self.is_ask = form is Form.ASK
        self.offered = RDF_FORMATS if self.has_triples else RESULTS_FORMATS
        self.format = by_name(request.media_type, self.offered)
        self.spare = N_TRIPLES if self.has_triples else RESULTS_JSON

    @property
    def accept(self) -> str:
        """The format asked for, else one that can be turned into it here."""
        if self.format in {self.spare, *_WITH_GRAPHS} or self.is_ask:
            return self.spare.media_type
        return f"{self.format.media_type}, {self.spare.media_type};q=0.1"

    def refusal(self, words: str) -> QuerySyntaxError:
        """The error with its place where our engine sees one too, else with the other's words."""
        found = misread(self._request.text, base_iri=self._request.base_iri)
        return found or QuerySyntaxError(words)


def _reply(service: Service, call: Call, wanted: _Wanted) -> PassedReply:
    try:
        answer = service.http.open(call)
    except StoreTimeout as error:
        raise QueryTimeout(f"The query took too long: {error}") from error
    try:
        return _checked(answer, call, wanted)
    except BaseException:
        answer.close()
        raise


def _checked(answer: Answer, call: Call, wanted: _Wanted) -> PassedReply:
    name = place(call.url)
    if answer.status == 400:
        raise wanted.refusal(f"{name} refuses the query: {answer.excerpt()}")
    if answer.status in _ENDED or answer.header(_PARTIAL):
        raise QueryTimeout(f"{name} ended the query before it was done.")
    refuse_failure(answer, call)
    got = _known(answer, wanted)
    as_asked = got is wanted.format or (got is N_TRIPLES and wanted.format in _PLAIN)
    if as_asked and not wanted.is_ask:
        return _passed(answer)
    body = _whole(answer, wanted.format)
    if wanted.is_ask and _ASK_TABLE in body:
        body = b'{"head":{},"boolean":%s}' % _yes_or_no(json.loads(body))
    return PassedReply(answer, _converted(body, got, wanted.format))


def _yes_or_no(table: dict[str, Any]) -> bytes:
    """What a table with one number or none means."""
    said = [row["__ASK_RETVAL"]["value"] for row in table["results"]["bindings"]]
    return b"true" if said == ["1"] else b"false"


def _known(answer: Answer, wanted: _Wanted) -> Format:
    try:
        return by_name(answer.media_type, wanted.offered)
    except UnknownFormat as error:
        raise StoreUnreachable(
            f"{place(answer.url)} answers a query with {answer.media_type or 'no media type'}."
        ) from error


def _passed(answer: Answer) -> PassedReply:
    parts = answer.parts()
    head: list[bytes] = []
    for part in parts:
        head.append(part)
        if sum(map(len, head)) > _SMALL:
            return PassedReply(answer, chain(head, parts))
    return PassedReply(answer, b"".join(head))


def _whole(answer: Answer, wanted: Format) -> bytes:
    found = bytearray()
    for part in answer.parts():
        found += part
        if len(found) > _CONVERTIBLE:
            raise UnknownFormat(
                f"{place(answer.url)} has no {wanted.label}, and the result is too large to be"
                " converted here.",
                offered=(by_name(answer.media_type, (*RDF_FORMATS, *RESULTS_FORMATS)).name,),
            )
    return bytes(found)


def _converted(body: bytes, got: Format, wanted: Format) -> bytes:
    try:
        if got.is_rdf:
            return serialize(parse(body, got, source="the engine's result"), wanted)
        known = QueryResultsFormat.from_media_type(got.media_type)
        target = QueryResultsFormat.from_media_type(wanted.media_type)
        assert known is not None, "of our own table"
        results = parse_query_results(body, known)
        assert isinstance(results, QuerySolutions | QueryBoolean), "no triples are in such formats"
        return results.serialize(format=target) or b""
    except (SyntaxError, ValueError, KgError) as error:
        raise StoreUnreachable(f"The engine's result cannot be read: {error}") from error
