"""Built scripts and styles: their names tell their content, so browsers keep them for a year."""

from __future__ import annotations

from flask import Flask, Response, request

FOLDER = "build/"
_YEAR = 365 * 24 * 60 * 60  # seconds


def init_app(app: Flask) -> None:
    """Let browsers keep what is built without asking again."""
    app.after_request(_keep)


def _keep(response: Response) -> Response:
    built = request.endpoint == "static" and request.path.startswith(f"/static/{FOLDER}")
    if built and response.status_code in {200, 206, 304}:
        response.cache_control.no_cache = None
        response.cache_control.public = True
        response.cache_control.max_age = _YEAR
        response.cache_control.immutable = True
    return response
