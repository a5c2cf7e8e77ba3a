"""The start page and the health check."""

from __future__ import annotations

from flask import Blueprint, Response, json, request

from kg import __version__
from kg.documents.description import Json
from kg.questions.coverage import Coverage
from kg.questions.newest import newest_article
from kg.rdf.formats import HTML, JSON, Format
from kg.web.pages.home import home_page
from kg.web.responses import Answer, answered, known_parameters, to_json
from kg.web.services import lookup, presenter, services, snapshot

bp = Blueprint("home", __name__)

LINKS = {
    "sparql": "/sparql",
    "search": "/search",
    "docs": "/docs",
    "openapi": "/openapi.json",
    "ontology": "/ontology",
    "shapes": "/shapes",
    "context": "/context.jsonld",
    "versions": "/versions",
    "graphs": "/data",
    "validate": "/validate",
    "health": "/health",
    "metrics": "/metrics",
}


@bp.get("/")
def home() -> Response:
    """What is here, with links."""
    known_parameters()
    return answered((JSON, HTML), _written)


@bp.get("/health")
def health() -> Response:
    """Whether this process answers, and from which version; never cached."""
    known = snapshot().info
    body = {"status": "ok", "version": known.number, "digest": known.digest}
    response = Response(json.dumps(body), content_type=JSON.media_type)
    response.cache_control.no_store = True
    return response


def _written(chosen: Format) -> Answer:
    if chosen is not HTML:
        return Answer(to_json(_contents()))
    article = newest_article(lookup())
    coverage = Coverage(lookup=lookup(), presenter=presenter())
    return Answer(home_page(_contents(), coverage.of_article(article) if article else None))


def _contents() -> dict[str, Json]:
    root = request.script_root
    known = snapshot().info
    counts = lookup().counts()
    return {
        "name": "Editorial KG",
        "about": "News editorials as a knowledge graph: what is reported, said, judged, foreseen"
        " and recommended, each with its source and passage.",
        "note": "'reported-fact' means reported as fact by the article, not verified by us.",
        "software": __version__,
        "version": {
            "number": known.number,
            "digest": known.digest,
            "time": known.time.isoformat(),
            "triples": known.triples,
        },
        "collections": {
            name: {"url": f"{root}/{name}", "count": counts[name]}
            for name in services().schema.collections
        },
        "links": {name: root + path for name, path in LINKS.items()},
    }
