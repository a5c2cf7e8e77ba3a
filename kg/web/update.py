"""SPARQL updates (SPARQL 1.1 Protocol §2.2), at ``/update`` and by POST at ``/sparql``."""

from __future__ import annotations

from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import UnsupportedMediaType

from kg.errors import Conflict, ParameterError
from kg.store.base import Transaction
from kg.web.bodies import body_text
from kg.web.protocol import (
    FORM_TYPE,
    UPDATE_TYPE,
    check_charset,
    form_parameters,
    graph_iris,
    single,
    strong_tags,
)
from kg.web.writing import publish, writing, written
from kg.writing.publishing import Edit

bp = Blueprint("update", __name__)


@bp.post("/update")
def update() -> Response:
    """Apply an update, whole or not at all."""
    return written(publish("UPDATE", "the store", _edit))


def is_update() -> bool:
    """Whether a POST at ``/sparql`` asks for an update."""
    if request.method != "POST":
        return False
    if request.mimetype == FORM_TYPE:
        return "update" in form_parameters(request)
    return request.mimetype == UPDATE_TYPE


def _edit() -> Edit:
    """The edit that the request asks for, if the store still is what the request expects."""
    text, parameters = _operation()
    edit = writing().updates.of_store(
        text,
        base_iri=request.base_url,
        default_graphs=graph_iris(parameters, "using-graph-uri"),
        named_graphs=graph_iris(parameters, "using-named-graph-uri"),
    )
    wanted = request.if_match

    def expected(change: Transaction) -> None:
        # A version's tags begin with its digest, in whatever form it was got.
        known = any(tag.startswith(change.base.digest) for tag in strong_tags(wanted))
        if wanted and not (wanted.star_tag or known):
            raise Conflict("The store has changed since: read it, then write again.")
        edit(change)

    return expected


def _operation() -> tuple[str, MultiDict[str, str]]:
    """The update's text and the parameters that come with it."""
    check_charset(request)
    if request.mimetype == UPDATE_TYPE:
        if {"update", "query"} & request.args.keys():
            raise ParameterError(
                "The update is the body: send no other as a parameter.", parameter="update"
            )
        return body_text(), request.args
    if request.mimetype != FORM_TYPE:
        raise UnsupportedMediaType(
            f"Send an update as {UPDATE_TYPE} or as a form ({FORM_TYPE}),"
            f" not as {request.mimetype or 'a body without a Content-Type'}."
        )
    parameters = form_parameters(request)
    text = single(parameters, "update")
    if text is None or "query" in parameters:
        raise ParameterError("Send one update as update=…, and no query.", parameter="update")
    return text, parameters
