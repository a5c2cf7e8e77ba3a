"""The child process of a query pool: runs one query at a time and writes its result as it comes.

It ends when the other end of its socket is closed, and by the kernel's hand (SIGALRM) at the
deadline of a query, so it needs nobody to end it.
"""

from __future__ import annotations

import os
import re
import select
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, TypeAlias

from pyoxigraph import NamedNode, QueryBoolean, QuerySolutions, QueryTriples, Store, Variable

from kg.errors import KgError, ParameterError, QueryMemory, QuerySyntaxError, StoreError
from kg.rdf.terms import Term
from kg.sparql.forms import Form, names_dataset, query_form
from kg.sparql.tokens import resolve_escapes
from kg.store.base import QueryRequest
from kg.store.processes.describing import describe
from kg.store.processes.results import send_graph, send_solutions
from kg.store.processes.versions import Versions
from kg.store.processes.wire import FRAME, REQUEST, Kind, decode_request, encode_error
from kg.store.sandbox import confine
from kg.store.syntax import syntax_error

_Result: TypeAlias = QuerySolutions | QueryBoolean | QueryTriples

_UNKNOWN_FUNCTION = re.compile(r"The custom function <(.*)> is not supported")


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
    versions = Versions()
    if folder:
        with suppress(StoreError):
            versions.get(folder)
    connection.sendall(FRAME.pack(Kind.READY, 0, 0))
    _silence()
    for body in _requests(connection):
        _answer(body, versions, connection)


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


def _requests(connection: socket.socket) -> Iterator[bytes]:
    """The requests as they come, until the other end is closed."""
    while head := connection.recv(REQUEST.size, socket.MSG_WAITALL):
        (length,) = REQUEST.unpack(head)
        yield connection.recv(length, socket.MSG_WAITALL)


def _answer(body: bytes, versions: Versions, out: socket.socket) -> None:
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


class _Query:
    """One request on one version."""

    def __init__(self, store: Store, request: QueryRequest) -> None:
        self._store = store
        self._text = resolve_escapes(request.text)
        self._base_iri = request.base_iri
        self._media_type = request.media_type
        given = bool(request.default_graphs or request.named_graphs)
        self._default_graphs = _graphs(request.default_graphs) if given else None
        self._named_graphs = _graphs(request.named_graphs) if given else None
        # The engine would read the union even where the query says FROM.
        self._union = request.union_default_graph and not given and not names_dataset(self._text)

    def answer(self, out: socket.socket) -> None:
        """Run the query and send its result. Raises KgError for all that a caller can cause."""
        result = self._parsed()
        if not isinstance(result, QueryTriples):
            send_solutions(result, self._media_type, out)
        elif "describe" in self._text.lower() and query_form(self._text) is Form.DESCRIBE:
            found = describe(self._text, self._run, named=not self._union)
            send_graph(sorted(found, key=str), self._media_type, Form.DESCRIBE, out)
        else:
            send_graph(result, self._media_type, Form.CONSTRUCT, out)

    def _parsed(self) -> _Result:
        try:
            return self._run(self._text)
        except SyntaxError as error:
            raise syntax_error(self._text, str(error), self._parse) from error
        except UnicodeEncodeError as error:
            raise QuerySyntaxError(f"The query is no Unicode text: {error.reason}.") from error

    def _parse(self, store: Store, text: str) -> object:
        return store.query(text, base_iri=self._base_iri)

    def _run(self, query: str, substitutions: dict[Variable, Term] | None = None, /) -> _Result:
        unknown: dict[NamedNode, Callable[..., Term | None]] = {}
        while True:
            try:
                return self._store.query(
                    query,
                    base_iri=self._base_iri,
                    use_default_graph_as_union=self._union,
                    default_graph=self._default_graphs,
                    named_graphs=self._named_graphs,
                    substitutions=substitutions,
                    custom_functions=unknown,
                )
            except RuntimeError as error:
                function = _unknown_function(error)
                if function is None or function in unknown:
                    raise
                unknown[function] = _no_value


def _unknown_function(error: RuntimeError) -> NamedNode | None:
    found = _UNKNOWN_FUNCTION.search(str(error))
    return NamedNode(found.group(1)) if found else None


def _no_value(*_: Term) -> None:
    """A function that nobody defined: to call it is an error of the expression alone (§17.6)."""


def _graphs(iris: tuple[str, ...]) -> list[Any]:
    try:
        return [NamedNode(iri) for iri in iris]
    except ValueError as error:
        message = f"The name of a graph is no IRI: {error}."
        raise ParameterError(message, parameter="default-graph-uri") from error
