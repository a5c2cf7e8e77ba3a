"""The SPARQL 1.1 Graph Store HTTP Protocol (https://www.w3.org/TR/sparql11-http-rdf-update/).

A graph is named by ``/data?graph=IRI``, the default graph by ``/data?default``. Directly, a graph
of our namespace is ``/graph/NAME``, and the URL of anything below ``/data/`` names a graph.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from tempfile import SpooledTemporaryFile
from typing import IO, cast
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from flask import Blueprint, Response, request
from werkzeug.datastructures import ETags
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.urls import iri_to_uri
from werkzeug.wsgi import wrap_file

from kg import __version__
from kg.errors import NotFound, ParameterError
from kg.rdf.formats import RDF_FORMATS, RDF_PATCH, Format
from kg.rdf.parsing import serialize, serialize_to
from kg.rdf.terms import DefaultGraph, GraphName, NamedNode, Quad
from kg.sources import materialise
from kg.store.base import GraphInfo, Transaction
from kg.web.bodies import body_graph, body_text
from kg.web.protocol import UPDATE_TYPE, strong_tags
from kg.web.responses import (
    asked_format,
    is_known,
    known_parameters,
    unless_known,
    validate_by,
)
from kg.web.services import services, snapshot
from kg.web.writing import publish, writing, written
from kg.writing.patches import applying, read_patch
from kg.writing.publishing import (
    Edit,
    Published,
    adding,
    expecting,
    graph_info,
    removing,
    replacing,
)

bp = Blueprint("graphs", __name__)

# Names that a page could not show as a link without danger.
_SCRIPTS = re.compile(r"(?:javascript|vbscript|data):", re.IGNORECASE)
_SMALL = 100_000  # triples: up to so many are sorted and written with just the prefixes they use
_IN_MEMORY = 8 * 1024 * 1024  # bytes of a larger graph's document, the rest in a file


def _route(method: str) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    def decorate(view: Callable[..., Response]) -> Callable[..., Response]:
        for rule in ("/data", "/data/<path:name>", "/graph/<path:name>"):
            bp.add_url_rule(rule, view_func=view, methods=[method])
        return view

    return decorate


@_route("GET")
def get(name: str | None = None) -> Response:
    """The graph's triples, in any RDF format."""
    graph = _graph(name)
    known = graph_info(snapshot().info, graph)
    if known is None and not isinstance(graph, DefaultGraph):
        raise NotFound(f"There is no graph {graph}.")
    return _representation(graph, known)


@_route("PUT")
def put(name: str | None = None) -> Response:
    """Make the graph hold the body's triples and no others."""
    graph = _target(name)
    return _answer(graph, _publish(graph, lambda: replacing(graph, _body(graph))))


@_route("POST")
def post(name: str | None = None) -> Response:
    """Add the body's triples to the graph, or make a new graph where none is named."""
    is_new = name is None and not {"graph", "default"} & request.args.keys()
    graph = NamedNode(f"{_here()}/{uuid4()}") if is_new else _target(name)
    return _answer(graph, _publish(graph, lambda: adding(graph, _body(graph))))


@_route("DELETE")
def delete(name: str | None = None) -> Response:
    """Remove the graph."""
    graph = _target(name)
    return written(_publish(graph, lambda: removing(graph)))


@_route("PATCH")
def patch(name: str | None = None) -> Response:
    """Apply a SPARQL update to the graph alone, or an RDF Patch where no graph is named."""
    if name is None and not request.args and request.mimetype == RDF_PATCH.media_type:
        return written(publish("PATCH", "the store", lambda: applying(read_patch(body_text()))))
    graph = _target(name)
    return written(_publish(graph, lambda: _patch(graph)))


def _target(name: str | None) -> GraphName:
    """The graph that a write names. Who may not write is told that first, and every try audited."""
    try:
        return _graph(name)
    except ParameterError as error:
        wrong = error

    def refuse() -> Edit:
        raise wrong

    publish(request.method, "no graph", refuse)
    raise wrong


def _graph(name: str | None) -> GraphName:
    """The graph that the request names. Raises ParameterError where that is none, or two."""
    if name is not None:
        known_parameters()
        is_ours = request.path.startswith("/graph/")
        return _checked(services().iris.graph("").value + name if is_ours else _here())
    parameters = known_parameters("graph", "default")
    if ("graph" in parameters) == ("default" in parameters):
        raise ParameterError("Name one graph: ?graph=IRI or ?default.", parameter="graph")
    if "default" in parameters or parameters["graph"] == "default":
        return DefaultGraph()
    return _checked(parameters["graph"])


def _checked(iri: str) -> NamedNode:
    try:
        graph = NamedNode(iri)
    except ValueError as error:
        raise ParameterError(
            f"graph={iri[:100]!r} is no absolute IRI: {error}.", parameter="graph"
        ) from error
    if _SCRIPTS.match(iri):
        raise ParameterError(f"graph={iri[:100]!r}: a script is no name.", parameter="graph")
    return graph


def _here() -> str:
    return iri_to_uri(request.base_url)


def _representation(graph: GraphName, known: GraphInfo | None) -> Response:
    chosen, content_type = asked_format(RDF_FORMATS)
    response = Response(content_type=content_type)
    validate_by(response, f"{_state(known)}-{chosen.name}-{__version__}")
    response.cache_control.no_cache = True
    response.vary.add("Accept")
    if is_known(response):
        response.status_code = 304
    elif known is None or known.triples <= _SMALL:
        response.set_data(serialize(snapshot().quads(graph), chosen))
    else:
        _fill_from_file(response, graph, chosen)
    return unless_known(response)


def _fill_from_file(response: Response, graph: GraphName, chosen: Format) -> None:
    """Write a large graph to a file first: an error on the way then has a proper status."""
    file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed with the response
    serialize_to(snapshot().quads(graph), chosen, cast("IO[bytes]", file))
    response.content_length = file.tell()
    file.seek(0)
    response.response = wrap_file(request.environ, cast("IO[bytes]", file))
    response.direct_passthrough = True
    response.call_on_close(file.close)


def _body(graph: GraphName) -> list[Quad]:
    """The body's triples, superclass types filled in here so that they are staged but once."""
    base = graph.value if isinstance(graph, NamedNode) else request.base_url
    return list(materialise(body_graph(graph, base_iri=base), services().schema))


def _patch(graph: GraphName) -> Edit:
    if request.mimetype != UPDATE_TYPE:
        raise UnsupportedMediaType(f"PATCH takes {UPDATE_TYPE}.")
    update = writing().updates.of_graph(body_text(), graph, base_iri=request.base_url)

    def edit(change: Transaction) -> None:
        if isinstance(graph, NamedNode) and graph_info(change.base, graph) is None:
            raise NotFound(f"There is no graph {graph}.")
        update(change)

    return edit


def _publish(graph: GraphName, make: Callable[[], Edit]) -> Published:
    """Publish an edit of ``graph``, if it still is what the request's conditions say."""
    shown = str(graph) if isinstance(graph, NamedNode) else "the default graph"
    return publish(request.method, shown, lambda: expecting(_holds, graph, make()))


def _answer(graph: GraphName, published: Published) -> Response:
    if isinstance(graph, DefaultGraph) or graph_info(published.base, graph) is not None:
        return written(published)
    assert isinstance(graph, NamedNode)
    if request.path.rstrip("/") == "/data" and "graph" not in request.args:
        place = graph.value  # chosen here, and whole: it is the name to ask for by ?graph= as well
    elif "graph" in request.args:
        place = f"{request.script_root}{request.path}?{urlencode({'graph': graph.value})}"
    else:
        place = urlsplit(_here()).path
    return written(published, created=place)


def _holds(known: GraphInfo | None) -> bool:
    """Whether If-Match and If-None-Match hold for the graph (RFC 9110 §13.1)."""
    wanted, unwanted = request.if_match, request.if_none_match
    if wanted and not _matches(wanted, known):
        return False
    return not (unwanted and _matches(unwanted, known))


def _matches(tags: ETags, known: GraphInfo | None) -> bool:
    """Whether any tag is of the graph as it is, in whatever format it was got."""
    if tags.star_tag:
        return known is not None
    return any(tag.partition("-")[0] == _state(known) for tag in strong_tags(tags))


def _state(known: GraphInfo | None) -> str:
    return known.digest[:32] if known else "none"
