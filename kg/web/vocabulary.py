"""The vocabulary as documents: ontology, shapes and the JSON-LD context."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import cast

from flask import Blueprint, Response, json, redirect, request

from kg.documents.jsonld import context
from kg.errors import NotFound
from kg.rdf.formats import HTML, JSON_LD, RDF_FORMATS, Format
from kg.rdf.namespaces import OWL
from kg.rdf.parsing import serialize
from kg.rdf.terms import NamedNode
from kg.web.pages.vocabulary import annotations_page, ontology_page, shapes_page
from kg.web.responses import Answer, answered, known_parameters, negotiated
from kg.web.services import services, snapshot

bp = Blueprint("vocabulary", __name__)


@bp.get("/ontology")
@bp.get("/ontology.<suffix>")
def ontology(suffix: str | None = None) -> Response:
    """The ontology's graph."""
    return _graph("ontology", ontology_page, suffix)


@bp.get("/shapes")
@bp.get("/shapes.<suffix>")
def shapes(suffix: str | None = None) -> Response:
    """The graph of the SHACL shapes."""
    return _graph("shapes", shapes_page, suffix)


@bp.get("/api")
@bp.get("/api.<suffix>")
def annotation_vocabulary(suffix: str | None = None) -> Response:
    """The annotations by which shapes describe the API, which stand in the ontology's graph."""
    return _graph("ontology", annotations_page, suffix)


@bp.get("/ontology/<edition>")
@bp.get("/api/<edition>")
def edition(edition: str) -> Response:
    """To the document whose owl:versionIRI was asked for, which is what citations name."""
    known_parameters()
    name = request.path.split("/")[1]
    known = _editions(name)
    if edition not in known:
        found = ", ".join(known) or "none"
        raise NotFound(f"There is no edition {edition[:100]!r} of it here, but {found}.")
    return cast("Response", redirect(f"{request.script_root}/{name}", code=302))


@bp.get("/context.jsonld")
def jsonld_context() -> Response:
    """The context that makes our JSON JSON-LD."""
    known_parameters()
    body = json.dumps(context(services().schema), ensure_ascii=False, sort_keys=False)
    return negotiated((JSON_LD,), lambda _: body.encode(), suffix="jsonld")


def _graph(name: str, page: Callable[[], bytes], suffix: str | None) -> Response:
    known_parameters()
    graph = services().iris.graph(name)
    if graph.value not in snapshot().info.graphs:
        raise NotFound(f"The store has no graph <{graph.value}>. Run kg build to put it there.")
    write = partial(_written, graph, page)
    return answered((*RDF_FORMATS, HTML), write, suffix=suffix)


def _editions(name: str) -> list[str]:
    """The versions that a document of the vocabulary says it is."""
    document = services().iris.namespace + name
    said = snapshot().quads(services().iris.graph("ontology"))
    found = [quad.object for quad in said if quad.predicate.value == f"{OWL}versionIRI"]
    iris = [each.value for each in found if isinstance(each, NamedNode)]
    return [each.removeprefix(f"{document}/") for each in iris if each.startswith(f"{document}/")]


def _written(graph: NamedNode, page: Callable[[], bytes], chosen: Format) -> Answer:
    return Answer(page() if chosen is HTML else serialize(snapshot().quads(graph), chosen))
