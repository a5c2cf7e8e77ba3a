"""The API's description, for programs at ``/openapi.json`` and for people at ``/docs``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask import Blueprint, Response, current_app, render_template
from werkzeug.routing import Rule

from kg.description import Json
from kg.formats import HTML, JSON, Format
from kg.openapi.document import Route, document
from kg.openapi.samples import sample
from kg.web.responses import Answer, answered, known_parameters, to_json, url_root
from kg.web.services import lookup, presenter, services

bp = Blueprint("openapi", __name__)

_VARYING = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
_OWN = {"entities", "questions", "static"}  # described by the schema, or no part of the API


@bp.get("/openapi.json")
def openapi() -> Response:
    """The OpenAPI 3.1 document."""
    known_parameters()
    return answered((JSON,), lambda _: Answer(to_json(_document())), suffix="json")


@bp.get("/docs")
def docs() -> Response:
    """The same as a page."""
    known_parameters()
    return answered((HTML,), _page)


def _page(_: Format) -> Answer:
    return Answer(render_template("docs.html", api=_document()).encode())


def _document() -> dict[str, Json]:
    found = sample(lookup(), presenter())
    return document(services().schema, _routes(), found, root=url_root())


def _routes() -> Iterator[Route]:
    for rule in current_app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] not in _OWN and "suffix" not in rule.arguments:
            yield _route(rule)


def _route(rule: Rule) -> Route:
    view = current_app.view_functions[rule.endpoint]
    methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS", "QUERY"})
    return Route(
        path=_VARYING.sub(r"{\1}", rule.rule),
        methods=tuple(method.lower() for method in methods),
        summary=(view.__doc__ or "").partition("\n")[0].rstrip("."),
    )
