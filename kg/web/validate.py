"""``/validate``: what SHACL says of a graph, without writing anything."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, request

from kg.errors import NotFound, ParameterError
from kg.rdf.terms import DefaultGraph, GraphName, NamedNode, Quad
from kg.sources import materialise
from kg.validation.report import Report
from kg.web.bodies import body_graph, form_files, graph_of
from kg.web.protocol import graph_iris
from kg.web.reports import report_response
from kg.web.responses import known_parameters
from kg.web.services import services, snapshot
from kg.web.writing import writing
from kg.writing.publishing import graph_info

bp = Blueprint("validate", __name__)

# Stands for the graph that a body without a name would be.
_UNNAMED = NamedNode("urn:x-kg:validated")
_PARTS = {"data", "shapes"}


@bp.route("/validate", methods=["GET", "POST"])
def validate() -> Response:
    """The report on a graph of the store or a body; a form may bring ``shapes`` for it."""
    parameters = known_parameters("graph")
    named = graph_iris(parameters, "graph")
    graph = NamedNode(named[0]) if named else None
    if request.mimetype == "multipart/form-data":
        return report_response(_form(graph))
    if request.method == "POST" and (graph is None or request.content_length):
        body = body_graph(graph or DefaultGraph(), base_iri=request.base_url)
        return report_response(_rehearsed(graph or _UNNAMED, body))
    if graph is None:
        raise ParameterError("Name a graph by ?graph=IRI, or POST one.", parameter="graph")
    return report_response(_rehearsed(graph, _stored(graph)))


def _form(graph: NamedNode | None) -> Report:
    """The report on the part ``data``, or the graph named, against ``shapes`` or ours."""
    parts: dict[str, list[Quad]] = {}
    for field, (document, each) in form_files():
        if field not in _PARTS:
            raise ParameterError(f"Unknown part {field[:100]!r}.", parameter="data")
        quads = graph_of(document, each, DefaultGraph(), base_iri=request.base_url)
        parts.setdefault(field, []).extend(quads)
    if "data" not in parts and graph is None:
        raise ParameterError("Send the graph as the part data.", parameter="data")
    data = parts["data"] if "data" in parts else _stored(graph or _UNNAMED)
    if "shapes" not in parts:
        return _rehearsed(graph or _UNNAMED, data)
    typed = materialise(data, services().schema)
    return writing().dry_runs.validate_against(parts["shapes"], typed)


def _rehearsed(graph: GraphName, quads: list[Quad]) -> Report:
    """What writing the graph would be told, by processes that keep no writer waiting."""
    rehearsal = replace(writing().publisher, checker=writing().dry_runs.checker)
    return rehearsal.rehearse(snapshot(), graph, quads)


def _stored(graph: NamedNode) -> list[Quad]:
    if graph_info(snapshot().info, graph) is None:
        raise NotFound(f"There is no graph {graph}.")
    return list(snapshot().quads(graph))
