"""The application factory: it wires the parts and decides nothing."""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

from flask import Flask, Response, request

from kg.endpoint.examples import read_examples
from kg.endpoint.querying import Querying
from kg.errors import ParameterError
from kg.projection.finder import Finders
from kg.rdf.formats import HTML
from kg.rdf.iris import Iris
from kg.settings import Settings
from kg.sources import read_vocabulary
from kg.store.base import Store
from kg.store.opening import open_store
from kg.web import (
    caches,
    crawlers,
    dumps,
    entities,
    graphs,
    home,
    language,
    memento,
    metrics,
    openapi,
    problems,
    questions,
    search,
    sparql,
    timeline,
    update,
    validate,
    versions,
    vocabulary,
    writing,
)
from kg.web.pages import assets, layout
from kg.web.responses import EXPOSED
from kg.web.services import Services

READS = "GET, HEAD, OPTIONS"
READ_HEADERS = (
    "Accept, Accept-Language, Accept-Datetime, Cache-Control, Content-Type, If-Modified-Since,"
    " If-None-Match, Range"
)
WRITES = {"PUT", "DELETE", "PATCH"}
# Pages load nothing that is not ours, run nothing that stands in the page, and nobody frames them.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:;"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def create_app(settings: Settings, store: Store | None = None) -> Flask:
    """The WSGI application over ``store``, or over the one that the settings name."""
    app = Flask(__name__)
    known = read_vocabulary(settings)
    schema, opened = known.schema, store or open_store(settings)
    app.extensions["kg"] = Services(
        settings=settings,
        store=opened,
        schema=schema,
        iris=Iris(settings.namespace),
        finders=Finders.open(settings, opened, schema),
        querying=Querying(settings),
        examples=read_examples(settings.queries),
    )
    app.extensions["kg.metrics"] = metrics.Metrics(settings.metrics_folder)
    writing.init_app(app, settings, opened, known)
    for limit in ("MAX_CONTENT_LENGTH", "MAX_FORM_MEMORY_SIZE"):
        app.config[limit] = settings.body_limit * 1024 * 1024
    app.url_map.strict_slashes = False
    problems.init_app(app)
    faces = (
        home.bp,
        metrics.bp,
        sparql.bp,
        vocabulary.bp,
        search.bp,
        openapi.bp,
        dumps.bp,
        crawlers.bp,
    )
    writes = (graphs.bp, update.bp, validate.bp)
    past = (versions.bp, memento.bp)
    by_shapes = (each.blueprint(schema) for each in (timeline, questions, entities))
    for face in (*faces, *writes, *past, *by_shapes):
        app.register_blueprint(face)
    app.before_request(_refuse_broken_utf8)
    caches.init_app(app)
    layout.init_app(app)
    assets.init_app(app)
    language.init_app(app)
    versions.init_app(app)
    memento.init_app(app)
    app.after_request(_common_headers)
    return app


def _refuse_broken_utf8() -> None:
    """Refuse a URL whose escapes are no UTF-8, which would be read as replacement characters."""
    raw = request.environ["PATH_INFO"].encode("latin-1"), unquote_to_bytes(request.query_string)
    try:
        b"".join(raw).decode()
    except UnicodeDecodeError as error:
        raise ParameterError("The URL's escapes are no UTF-8.", parameter="url") from error


def _common_headers(response: Response) -> Response:
    """What every answer carries: open to reading from other sites, never sniffed."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = EXPOSED
    response.headers["X-Content-Type-Options"] = "nosniff"
    if response.mimetype == HTML.media_type:
        response.headers["Content-Security-Policy"] = PAGE_POLICY
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = _methods_for_all(response)
        response.headers["Access-Control-Allow-Headers"] = READ_HEADERS
        response.headers["Access-Control-Max-Age"] = "86400"
    return response


def _methods_for_all(response: Response) -> str:
    """The methods that pages of other sites may use: none that writes."""
    allowed = response.headers.get("Allow", READS).split(", ")
    return ", ".join(sorted(set(allowed) - WRITES))
