"""Validation reports over HTTP: as RDF, or as members of a problem."""

from __future__ import annotations

from flask import Response, json, request
from werkzeug.exceptions import NotAcceptable

from kg.description import Json
from kg.formats import HTML, JSON, PROBLEM_JSON, RDF_FORMATS, Format
from kg.parsing import serialize
from kg.report import Report, Result
from kg.terms import BlankNode, Literal, NamedNode, Term
from kg.web.negotiation import choose
from kg.web.services import reader_languages


def result_json(result: Result) -> dict[str, Json]:
    """One result with the message in the reader's language."""
    return {
        "severity": result.severity.value,
        "focusNode": _text(result.node),
        "path": result.path,
        "value": _text(result.value) if result.value is not None else None,
        "message": result.message(*reader_languages()),
        "shape": result.constraint or None,
    }


def report_json(report: Report) -> dict[str, Json]:
    """Whether a graph conforms, and every result."""
    return {
        "conforms": report.conforms,
        "summary": report.summary,
        "results": [result_json(each) for each in report.results],
    }


def report_response(report: Report) -> Response:
    """The report in the form asked for: JSON, or a sh:ValidationReport in RDF."""
    chosen, content_type = choose(request.headers.get("Accept"), (JSON, *RDF_FORMATS))
    body = (
        json.dumps(report_json(report), ensure_ascii=False, sort_keys=False).encode()
        if chosen is JSON
        else serialize(report.quads(), chosen)
    )
    response = Response(body, content_type=content_type)
    response.cache_control.no_store = True
    response.vary.update(("Accept", "Accept-Language"))
    return response


def refusal_format() -> Format | None:
    """The RDF format in which the client would rather have a report than a problem, if any."""
    try:
        offered = (PROBLEM_JSON, JSON, HTML, *RDF_FORMATS)
        chosen, _ = choose(request.headers.get("Accept"), offered)
    except NotAcceptable:
        return None
    return chosen if chosen.is_rdf else None


def _text(term: Term) -> str:
    """An IRI or a literal's characters as they are, anything else as in N-Triples."""
    if isinstance(term, NamedNode | Literal):
        return term.value
    return f"_:{term.value}" if isinstance(term, BlankNode) else str(term)
