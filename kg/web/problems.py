"""The one place where errors become HTTP: RFC 9457 problem details, or a page for a browser."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import cast

from flask import Flask, Response, json, request
from werkzeug.exceptions import HTTPException

from kg import errors
from kg.rdf.formats import HTML, PROBLEM_JSON
from kg.rdf.namespaces import BASE
from kg.rdf.parsing import serialize
from kg.web.negotiation import choose
from kg.web.pages.problem import problem_page
from kg.web.reports import refusal_format, report_json

logger = logging.getLogger("kg.web")

REALM = "Editorial KG"  # what a token is asked for

STATUS: Mapping[type[errors.KgError], HTTPStatus] = {
    errors.InputError: HTTPStatus.BAD_REQUEST,
    errors.UnknownFormat: HTTPStatus.BAD_REQUEST,
    errors.EmptyGraph: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.NotAuthenticated: HTTPStatus.UNAUTHORIZED,
    errors.Refused: HTTPStatus.FORBIDDEN,
    errors.NotConforming: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.Conflict: HTTPStatus.PRECONDITION_FAILED,
    errors.QueryInterrupted: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.Busy: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.StoreFull: HTTPStatus.INSUFFICIENT_STORAGE,
    errors.StoreUnwritable: HTTPStatus.INSUFFICIENT_STORAGE,
    errors.StoreUnreachable: HTTPStatus.BAD_GATEWAY,
    errors.StoreTimeout: HTTPStatus.GATEWAY_TIMEOUT,
}


def init_app(app: Flask) -> None:
    """Answer every error of the app with a problem."""
    app.register_error_handler(errors.KgError, _known)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unknown)


def problem_type(kind: str) -> str:
    """The stable IRI of a kind of problem, for example ``…/problem/query-timeout``."""
    return f"{BASE}problem/{kind}"


def _known(error: errors.KgError) -> Response:
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), None)
    if status is None:
        return _unknown(error)
    if isinstance(error, errors.NotConforming):
        return _refusal(error)
    details = {
        name: value
        for name in ("line", "column", "parameter", "offered")
        if (value := getattr(error, name, None))
    }
    response = _respond(status, _slug(type(error).__name__), str(error), details)
    if isinstance(error, errors.Busy):
        response.headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, errors.NotAuthenticated):
        response.headers["WWW-Authenticate"] = f'Bearer realm="{REALM}"'
    return response


def _refusal(error: errors.NotConforming) -> Response:
    """What breaks the shapes, as members of the problem, or as RDF for who asks for that."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    chosen = refusal_format()
    if chosen is None:
        return _respond(status, "not-conforming", str(error), report_json(error.report))
    response = Response(serialize(error.report.quads(), chosen), status=status)
    response.content_type = chosen.content_type
    response.headers["Cache-Control"] = "no-store"
    response.vary.update(("Accept", "Accept-Language"))
    return response


def _http(error: HTTPException) -> Response:
    if error.response is not None or error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return cast("Response", error.get_response())  # a redirect of the router
    kind = error.name.lower().replace(" ", "-")
    response = _respond(HTTPStatus(error.code), kind, error.description or error.name, {})
    for name, value in error.get_headers(request.environ):
        if name.lower() in {"allow", "www-authenticate", "retry-after"}:
            response.headers[name] = value
    return response


def _unknown(error: Exception) -> Response:
    incident = secrets.token_hex(8)
    logger.error("Incident %s: %s %s", incident, request.method, request.path, exc_info=error)
    return _respond(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "internal-error",
        f"The fault is ours. The log has it under {incident}.",
        {"incident": incident},
    )


def _respond(status: HTTPStatus, kind: str, detail: str, details: Mapping[str, object]) -> Response:
    body = {
        "type": problem_type(kind),
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        **details,
    }
    if _wants_html():
        response = Response(problem_page(body), status=status)
        response.content_type = HTML.content_type
    else:
        response = Response(json.dumps(body, ensure_ascii=False, sort_keys=False), status=status)
        response.content_type = PROBLEM_JSON.media_type
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept")
    return response


def _wants_html() -> bool:
    accept = request.headers.get("Accept", "")
    return "text/html" in accept and choose(accept, (PROBLEM_JSON, HTML))[0] is HTML


def _slug(name: str) -> str:
    """``QueryTimeout`` → ``query-timeout``."""
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in name).lstrip("-")
