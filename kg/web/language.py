"""``?lang=`` on every route: the language switch, which needs no cookie."""

from __future__ import annotations

from flask import Flask, g, request
from werkzeug.datastructures import ImmutableMultiDict

from kg.errors import ParameterError
from kg.web.services import services

PARAMETER = "lang"


def init_app(app: Flask) -> None:
    """Let every route be asked for in a language; no route needs to know of it."""
    app.before_request(_select)


def _select() -> None:
    values = request.args.getlist(PARAMETER)
    if not values:
        return
    known = services().languages
    if len(values) > 1 or values[0] not in known:
        raise ParameterError(
            f"{PARAMETER}={values[-1][:20]!r}: expected one of {', '.join(known)}, once.",
            parameter=PARAMETER,
        )
    g.language = values[0]
    others = [pair for pair in request.args.items(multi=True) if pair[0] != PARAMETER]
    vars(request)["args"] = ImmutableMultiDict(others)
