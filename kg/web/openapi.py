"""The API's description, for programs at ``/openapi.json`` and for people at ``/docs``."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from kg.documents.description import Json
from kg.openapi.document import document
from kg.openapi.requests import curl
from kg.openapi.samples import sample
from kg.rdf.formats import HTML, JSON, Format
from kg.web.responses import Answer, answered, known_parameters, to_json, url_root
from kg.web.services import lookup, presenter, services

bp = Blueprint("openapi", __name__)


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
    return Answer(render_template("docs.html", api=_document(), curl=curl).encode())


def _document() -> dict[str, Json]:
    found = sample(lookup(), presenter())
    known = services()
    return document(known.schema, found, root=url_root(), languages=known.languages)
