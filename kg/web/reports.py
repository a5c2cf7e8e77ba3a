"""Validation reports over HTTP: as RDF, or as members of a problem."""

from __future__ import annotations

from flask import Response, json, request
from werkzeug.exceptions import NotAcceptable

from kg.documents import report_json as in_json
from kg.documents.description import Json
from kg.rdf.formats import HTML, JSON, PROBLEM_JSON, RDF_FORMATS, Format
from kg.rdf.parsing import serialize
from kg.validation.report import Report, Result
from kg.web.negotiation import choose
from kg.web.services import reader_languages


def result_json(result: Result) -> dict[str, Json]:
    """One result with the message in the reader's language."""
    return in_json.result_json(result, *reader_languages())


def report_json(report: Report) -> dict[str, Json]:
    """Whether a graph conforms, and every result, for the reader."""
    return in_json.report_json(report, *reader_languages())


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
