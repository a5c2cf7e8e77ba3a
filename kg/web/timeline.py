"""Things in time: as JSON with what follows about when, and as a picture that is a table."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Redirect

from kg.filters import filters_of
from kg.formats import HTML, JSON, Format
from kg.listing import Lister
from kg.parameters import Parameters, check
from kg.requests import ListRequest, Scope
from kg.schema import Collection, Schema
from kg.timeline import TIMELINE_LIMIT, dated_collections, happenings, written
from kg.web.pages.layout import link
from kg.web.pages.timeline import timeline_page
from kg.web.responses import Answer, answered, arguments, to_json, url_root
from kg.web.services import lookup, parameter_reader, presenter, services, snapshot


def blueprint(schema: Schema) -> Blueprint:
    """A timeline for each collection whose things have periods; none where there is no such one."""
    bp = Blueprint("timeline", __name__)
    dated = dated_collections(schema)
    for name in dated:
        bp.add_url_rule(f"/timeline/{name}", view_func=timeline, defaults={"collection": name})
    if dated:
        bp.add_url_rule("/timeline", view_func=first, defaults={"collection": next(iter(dated))})
    return bp


def first(collection: str) -> Redirect:
    """The timeline of the first collection that has one."""
    asked = urlencode([*request.args.items(multi=True)])
    return redirect(link(f"{url_root()}/timeline/{collection}{asked and f'?{asked}'}"), code=307)


def timeline(collection: str) -> Response:
    """The things of a collection as they follow one another, filtered as its list is."""
    known = services().schema.collections[collection]
    wanted = _request(known, arguments())
    return answered((JSON, HTML), partial(_write, known, wanted))


def _request(collection: Collection, asked: Parameters) -> ListRequest:
    """The list of the collection with these filters, those first that begin first."""
    schema = services().schema
    filters = filters_of(schema, collection.class_iri)
    check(asked, [*(name for each in filters for name in each.parameters), "format"])
    begin = dated_collections(schema)[collection.name]
    in_time = {"sort": [begin.name], "limit": [str(TIMELINE_LIMIT)]}
    scope = Scope(class_iri=collection.class_iri)
    return parameter_reader().list_request(scope, {**asked, **in_time})


def _write(collection: Collection, wanted: ListRequest, chosen: Format) -> Answer:
    schema = services().schema
    lister = Lister(lookup=lookup(), schema=schema, version=snapshot().info.number)
    page = lister.page(wanted)
    things = presenter().listing(page.description)
    found = happenings(schema, collection.class_iri, things)
    if chosen is HTML:
        filters = [(n, v) for n, v in request.args.items(multi=True) if n != "format"]
        return Answer(timeline_page(collection, found, count=page.count, filters=filters))
    return Answer(to_json({"items": [written(each) for each in found], "count": page.count}))
