"""The application factory: it wires the parts and decides nothing."""

from __future__ import annotations

from flask import Flask, Response, request

from kg.iris import Iris
from kg.settings import Settings
from kg.sources import read_vocabulary
from kg.store.base import Store
from kg.store.opening import open_store
from kg.web import entities, home, problems, vocabulary
from kg.web.responses import EXPOSED
from kg.web.services import Services

READS = "GET, HEAD, OPTIONS"


def create_app(settings: Settings, store: Store | None = None) -> Flask:
    """The WSGI application over ``store``, or over the one that the settings name."""
    app = Flask(__name__)
    schema = read_vocabulary(settings).schema
    app.extensions["kg"] = Services(
        settings=settings,
        store=store or open_store(settings),
        schema=schema,
        iris=Iris(settings.namespace),
    )
    app.config["MAX_CONTENT_LENGTH"] = settings.body_limit * 1024 * 1024
    app.url_map.strict_slashes = False
    problems.init_app(app)
    for bp in (home.bp, vocabulary.bp, entities.blueprint(schema)):
        app.register_blueprint(bp)
    app.after_request(_common_headers)
    return app


def _common_headers(response: Response) -> Response:
    """What every answer carries: open to reading from other sites, never sniffed."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = EXPOSED
    response.headers["X-Content-Type-Options"] = "nosniff"
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", READS)
        response.headers["Access-Control-Allow-Headers"] = "Accept, Accept-Language, Content-Type"
        response.headers["Access-Control-Max-Age"] = "86400"
    return response
