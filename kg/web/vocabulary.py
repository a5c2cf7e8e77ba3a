"""The vocabulary as documents: ontology, shapes and the JSON-LD context."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, json

from kg.errors import NotFound
from kg.formats import JSON_LD, RDF_FORMATS, Format
from kg.jsonld import context
from kg.parsing import serialize
from kg.web.responses import known_parameters, negotiated
from kg.web.services import services, snapshot

bp = Blueprint("vocabulary", __name__)


@bp.get("/ontology")
@bp.get("/ontology.<suffix>")
def ontology(suffix: str | None = None) -> Response:
    """The ontology's graph."""
    return _graph("ontology", suffix)


@bp.get("/shapes")
@bp.get("/shapes.<suffix>")
def shapes(suffix: str | None = None) -> Response:
    """The graph of the SHACL shapes."""
    return _graph("shapes", suffix)


@bp.get("/context.jsonld")
def jsonld_context() -> Response:
    """The context that makes our JSON JSON-LD."""
    known_parameters()
    body = json.dumps(context(services().schema), ensure_ascii=False, sort_keys=False)
    return negotiated((JSON_LD,), lambda _: body.encode(), suffix="jsonld")


def _graph(name: str, suffix: str | None) -> Response:
    known_parameters()
    graph = services().iris.graph(name)
    if graph.value not in snapshot().info.graphs:
        raise NotFound(f"The store has no graph <{graph.value}>. Run kg build to put it there.")
    return negotiated(RDF_FORMATS, partial(_serialized, graph.value), suffix=suffix)


def _serialized(iri: str, chosen: Format) -> bytes:
    return serialize(snapshot().quads(services().iris.graph(iri.rpartition("/")[2])), chosen)
