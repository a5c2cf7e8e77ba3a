"""The SPARQL endpoint: protocol in, a result in the form asked for out."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator
from functools import partial

from flask import Blueprint, Response, request

from kg.endpoint.querying import Answer
from kg.endpoint.service_description import service_description
from kg.errors import KgError, ParameterError
from kg.rdf.formats import (
    HTML,
    RDF_FORMATS,
    RESULTS_FORMATS,
    RESULTS_JSON,
    TURTLE,
    Format,
    by_name,
)
from kg.rdf.parsing import serialize
from kg.sparql.forms import Form
from kg.store.base import QueryRequest, Snapshot
from kg.web.metrics import observe
from kg.web.negotiation import choose
from kg.web.pages.sparql import sparql_page
from kg.web.protocol import QueryOperation, read_query
from kg.web.responses import etag, is_known, negotiated, unless_known, validate_by
from kg.web.services import services, snapshot
from kg.web.update import is_update, update

bp = Blueprint("sparql", __name__)

_RESET = struct.pack("ii", 1, 0)  # struct linger: on, for 0 seconds
_GRAPH_FORMS = frozenset({Form.CONSTRUCT, Form.DESCRIBE})


@bp.before_request
def _count_before() -> None:
    observe()


@bp.teardown_request
def _count_after(_error: BaseException | None) -> None:
    observe()


@bp.route("/sparql", methods=["GET", "POST", "QUERY"])
def sparql() -> Response:
    """Answer a query or an update, or say what this endpoint is where none is asked."""
    if is_update():
        return update()
    operation = read_query(request)
    if operation.text is not None:
        return _answer(operation, operation.text)
    if request.method in {"GET", "HEAD"}:
        if "update" in request.args:
            raise ParameterError("An update is sent by POST.", parameter="update")
        return negotiated((TURTLE, *RDF_FORMATS[1:], HTML), _about)
    raise ParameterError(
        "There is no query: send one as query=… or as the body.", parameter="query"
    )


def _about(chosen: Format) -> bytes:
    """The editor for browsers, the service description for programs."""
    if chosen is HTML:
        return sparql_page()
    settings = services().settings
    return serialize(service_description(request.base_url, settings, snapshot().info), chosen)


def _answer(operation: QueryOperation, text: str) -> Response:
    started = time.perf_counter()
    querying = services().querying
    chosen, content_type = _format(operation, querying.form(text))
    response = Response(content_type=content_type)
    response.vary.add("Accept")
    if querying.is_repeatable(text):
        _tag(response, _identity(operation, text, content_type))
        if is_known(response):
            response.status_code = 304
            return response
    connection = _connection()
    answer = querying.answer(
        snapshot(),
        _request(operation, text, chosen),
        client=connection.fileno() if connection else None,
    )
    _fill(response, answer)
    response.headers["Server-Timing"] = _timing(answer, time.perf_counter() - started)
    return unless_known(response)


def _format(operation: QueryOperation, form: Form | None) -> tuple[Format, str]:
    """What to answer in. A text that is no query gets its error from the engine."""
    if form is None:
        return RESULTS_JSON, RESULTS_JSON.content_type
    offered = RDF_FORMATS if form in _GRAPH_FORMS else RESULTS_FORMATS
    if operation.format:
        chosen = by_name(operation.format, offered)
        return chosen, chosen.content_type
    return choose(request.headers.get("Accept"), offered)


def _request(operation: QueryOperation, text: str, chosen: Format) -> QueryRequest:
    settings = services().settings
    wanted = operation.timeout or settings.query_timeout
    return QueryRequest(
        text=text,
        media_type=chosen.media_type,
        timeout=min(wanted, settings.query_timeout_max),
        union_default_graph=settings.union_default_graph,
        base_iri=request.base_url,
        default_graphs=operation.default_graphs,
        named_graphs=operation.named_graphs,
    )


def _identity(operation: QueryOperation, text: str, content_type: str) -> str:
    """What the result depends on beside the version."""
    dataset = (*operation.default_graphs, "", *operation.named_graphs)
    return "\n".join((content_type, str(services().settings.union_default_graph), *dataset, text))


def _tag(response: Response, identity: str) -> None:
    validate_by(response, etag(identity))
    response.cache_control.public = True
    response.cache_control.no_cache = True


def _fill(response: Response, answer: Answer) -> None:
    if answer.complete is not None:
        response.set_data(answer.complete)
        return
    response.response = _streamed(answer, _connection(), snapshot())
    response.call_on_close(answer.close)
    response.call_on_close(partial(observe().observe, services().querying))


def _streamed(
    answer: Answer, connection: socket.socket | None, version: Snapshot
) -> Iterator[bytes]:
    """The parts; where one fails the connection is reset, so that nobody takes them for all.

    ``version`` is held until the end: no other process removes its files while they are read.
    """
    try:
        yield from answer
    except KgError:
        if connection is not None:
            # A zero linger makes the close a reset: no HTTP/1.0 client takes it for the end.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        raise
    finally:
        del version


def _connection() -> socket.socket | None:
    """The client's connection, where the server in front lets us see it (gunicorn does)."""
    connection = request.environ.get("gunicorn.socket")
    return connection if isinstance(connection, socket.socket) else None


def _timing(answer: Answer, seconds: float) -> str:
    state = "hit" if answer.cached else "miss"
    return (
        f'cache;desc="{state}", queue;dur={answer.waited * 1000:.1f},'
        f" query;dur={(seconds - answer.waited) * 1000:.1f}"
    )
