"""The child process of a query pool: runs one query at a time and writes its result as it comes.

It ends when the other end of its socket is closed, and by the kernel's hand (SIGALRM) at the
deadline of a query, so it needs nobody to end it.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, TypeAlias

from pyoxigraph import (
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
    Variable,
    serialize,
)

from kg.errors import KgError, ParameterError, QueryMemory, StoreError, UnknownFormat
from kg.formats import (
    JSON_LD,
    N_QUADS,
    N_TRIPLES,
    RDF_XML,
    RESULTS_CSV,
    RESULTS_JSON,
    RESULTS_TSV,
    RESULTS_XML,
    TRIG,
    TURTLE,
)
from kg.namespaces import PREFIXES
from kg.sparql.forms import Form, names_dataset, query_form
from kg.sparql.tokens import resolve_escapes
from kg.store.base import QueryRequest
from kg.store.describing import describe
from kg.store.sandbox import confine
from kg.store.syntax import syntax_error
from kg.store.wire import (
    FORM_CODES,
    FRAME,
    PART_SIZE,
    REQUEST,
    Kind,
    decode_request,
    encode_error,
)
from kg.terms import Term

_VERSIONS_KEPT = 2
_PREFIXES = dict(PREFIXES)
_RESULTS = {
    RESULTS_JSON.media_type: QueryResultsFormat.JSON,
    RESULTS_XML.media_type: QueryResultsFormat.XML,
    RESULTS_CSV.media_type: QueryResultsFormat.CSV,
    RESULTS_TSV.media_type: QueryResultsFormat.TSV,
}
_GRAPHS = {
    TURTLE.media_type: RdfFormat.TURTLE,
    JSON_LD.media_type: RdfFormat.JSON_LD,
    N_TRIPLES.media_type: RdfFormat.N_TRIPLES,
    RDF_XML.media_type: RdfFormat.RDF_XML,
    N_QUADS.media_type: RdfFormat.N_QUADS,
    TRIG.media_type: RdfFormat.TRIG,
}
_PLAIN = frozenset({RdfFormat.N_TRIPLES, RdfFormat.N_QUADS})

_Result: TypeAlias = QuerySolutions | QueryBoolean | QueryTriples


class _Outbox:
    """The file that a result is written to: sent in one piece if it is small, else in parts."""

    def __init__(self, out: socket.socket, form: Form) -> None:
        self._out = out
        self._form = FORM_CODES[form]
        self._kept: list[bytes] = []
        self._size = 0
        self._parts = False

    def write(self, data: bytes) -> int:
        """Take some bytes of the result."""
        self._kept.append(data)
        self._size += len(data)
        if self._size >= PART_SIZE:
            self._send(Kind.PART)
            self._parts = True
        return len(data)

    def flush(self) -> None:
        """Nothing to do: the result goes when a part of it is full or it is complete."""

    def finish(self) -> None:
        """Send what is left; the result is complete."""
        if self._parts and self._size:
            self._send(Kind.PART)
        self._send(Kind.END if self._parts else Kind.COMPLETE)

    def _send(self, kind: Kind) -> None:
        body = b"".join(self._kept)
        self._out.sendall(FRAME.pack(kind, self._form, len(body)) + body)
        self._kept.clear()
        self._size = 0


class _Versions:
    """The stores opened last, read-only."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, Store] = OrderedDict()

    def get(self, folder: str) -> Store:
        """The store in ``folder``. Raises StoreError where there is none."""
        store = self._open.get(folder)
        if store is None:
            try:
                store = Store.read_only(folder)
            except OSError as error:
                raise StoreError(f"The version cannot be opened: {error}.") from error
            self._open[folder] = store
            if len(self._open) > _VERSIONS_KEPT:
                self._open.popitem(last=False)
        self._open.move_to_end(folder)
        return store


class _Query:
    """One request on one version."""

    def __init__(self, store: Store, request: QueryRequest) -> None:
        self._store = store
        self._text = resolve_escapes(request.text)
        self._request = request
        self._given = bool(request.default_graphs or request.named_graphs)
        self._union = (
            request.union_default_graph and not self._given and not names_dataset(self._text)
        )

    def answer(self, out: socket.socket) -> None:
        """Run the query and send its result. Raises KgError for all that a caller can cause."""
        result = self._parsed()
        if isinstance(result, QueryTriples):
            self._send_graph(result, out)
            return
        chosen = _RESULTS.get(self._request.media_type)
        if chosen is None:
            raise _no_such_format(self._request.media_type, _RESULTS)
        form = Form.ASK if isinstance(result, QueryBoolean) else Form.SELECT
        outbox = _Outbox(out, form)
        result.serialize(outbox, chosen)  # type: ignore[arg-type]  # it only writes
        outbox.finish()

    def _parsed(self) -> _Result:
        try:
            return self._run(self._text)
        except SyntaxError as error:
            raise syntax_error(self._text, str(error), self._parse) from error

    def _parse(self, store: Store, text: str) -> object:
        return store.query(text, base_iri=self._request.base_iri)

    def _run(self, query: str, substitutions: dict[Variable, Term] | None = None, /) -> _Result:
        given = self._given
        return self._store.query(
            query,
            base_iri=self._request.base_iri,
            use_default_graph_as_union=self._union,
            default_graph=_graphs(self._request.default_graphs) if given else None,
            named_graphs=_graphs(self._request.named_graphs) if given else None,
            substitutions=substitutions,
        )

    def _send_graph(self, triples: QueryTriples, out: socket.socket) -> None:
        chosen = _GRAPHS.get(self._request.media_type)
        if chosen is None:
            raise _no_such_format(self._request.media_type, _GRAPHS)
        if "describe" in self._text.lower() and query_form(self._text) is Form.DESCRIBE:
            outbox = _Outbox(out, Form.DESCRIBE)
            described = describe(self._text, self._run, named=not self._union)
            _write_graph(described, outbox, chosen)
        else:
            outbox = _Outbox(out, Form.CONSTRUCT)
            if chosen in _PLAIN:
                triples.serialize(outbox, chosen)  # type: ignore[arg-type]  # it only writes
            else:
                _write_graph(triples, outbox, chosen)
        outbox.finish()


def _write_graph(triples: Iterable[Triple], outbox: _Outbox, chosen: RdfFormat) -> None:
    prefixes = None if chosen in _PLAIN else _PREFIXES
    serialize(triples, outbox, chosen, prefixes=prefixes)  # type: ignore[arg-type]  # it only writes


def _graphs(iris: tuple[str, ...]) -> list[Any]:
    try:
        return [NamedNode(iri) for iri in iris]
    except ValueError as error:
        raise ParameterError(
            f"A graph name is no IRI: {error}.", parameter="default-graph-uri"
        ) from error


def _no_such_format(media_type: str, offered: Mapping[str, object]) -> UnknownFormat:
    return UnknownFormat(f"No results in {media_type} for this query.", offered=tuple(offered))


def _answer(body: bytes, versions: _Versions, out: socket.socket) -> None:
    """Run the request in ``body`` until its deadline, at which the kernel ends this process."""
    folder, seconds, request = decode_request(body)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        _Query(versions.get(folder), request).answer(out)
    except KgError as error:
        _send_error(out, error)
    except MemoryError:
        _send_error(out, QueryMemory("The query needs more memory than it may have."))
    except (OSError, RuntimeError, ValueError) as error:
        _send_error(out, StoreError(f"The query cannot be evaluated: {error}."))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _send_error(out: socket.socket, error: KgError) -> None:
    body = encode_error(error)
    out.sendall(FRAME.pack(Kind.ERROR, 0, len(body)) + body)


def _requests(connection: socket.socket) -> Iterable[bytes]:
    """The requests as they come, until the other end is closed."""
    while head := connection.recv(REQUEST.size, socket.MSG_WAITALL):
        (length,) = REQUEST.unpack(head)
        yield connection.recv(length, socket.MSG_WAITALL)


def _end_with_parent(connection: socket.socket) -> None:
    """Wait for the other end to close, and end this process in the middle of whatever it does."""
    poll = select.poll()
    poll.register(connection, 0)
    poll.poll()
    os._exit(0)


def _silence() -> None:
    """Keep the engine's last words on a lack of memory out of the server's log."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def main(descriptor: str, memory_mib: str, network: str, folder: str) -> None:
    """Serve requests on the socket ``descriptor`` until it is closed.

    ``memory_mib`` and ``network`` are as for ``sandbox.confine``; ``folder`` is a version to open
    at once, or empty.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    confine(memory_mib=int(memory_mib), network=network == "1")
    connection = socket.socket(fileno=int(descriptor))
    threading.Thread(target=_end_with_parent, args=(connection,), daemon=True).start()
    versions = _Versions()
    if folder:
        with suppress(StoreError):
            versions.get(folder)
    connection.sendall(FRAME.pack(Kind.READY, 0, 0))
    _silence()
    for body in _requests(connection):
        _answer(body, versions, connection)
