"""Built scripts and styles: their names tell their content, so browsers keep them for a year."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request
from markupsafe import Markup

BUILT = Path(__file__).parent.parent / "static" / "build"
MANIFEST = BUILT / "manifest.json"
_YEAR = 365 * 24 * 60 * 60  # seconds


def init_app(app: Flask) -> None:
    """Let browsers keep what is built without asking again."""
    app.after_request(_keep)


def script(name: str) -> Markup:
    """The element that loads a built script, or nothing where the front end is not built."""
    return _element(f"{name}.js", Markup('<script type="module" src="{}"></script>'))


def stylesheet(name: str) -> Markup:
    """The element that loads a built style sheet, or nothing where the front end is not built."""
    return _element(f"{name}.css", Markup('<link rel="stylesheet" href="{}">'))


def fingerprint() -> str:
    """What tells one build of the front end from another: pages name its files."""
    return ",".join(_built().values())


def _element(entry: str, element: Markup) -> Markup:
    file = _built().get(entry)
    return element.format(f"{request.script_root}/static/build/{file}") if file else Markup("")


def _built() -> Mapping[str, str]:
    """The built files by the names of their entries; none where there is no manifest."""
    try:
        return _manifest(MANIFEST.stat().st_mtime_ns)
    except FileNotFoundError:
        return {}


@lru_cache(maxsize=1)
def _manifest(_changed: int) -> Mapping[str, str]:
    found: dict[str, str] = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return found


def _keep(response: Response) -> Response:
    built = request.endpoint == "static" and request.path.startswith("/static/build/")
    if built and response.status_code in {200, 206, 304}:
        response.cache_control.no_cache = None
        response.cache_control.public = True
        response.cache_control.max_age = _YEAR
        response.cache_control.immutable = True
    return response
