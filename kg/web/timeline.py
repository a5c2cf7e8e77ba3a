"""Things in time: as JSON with what follows about when, and as a picture that is a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import chain
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Redirect

from kg.documents.description import Json
from kg.documents.listing import Lister
from kg.documents.parameters import PAGING, Parameters, check
from kg.finding.requests import ListRequest, Scope
from kg.pictures.timeline import (
    TIMELINE_LIMIT,
    Thing,
    dated_collections,
    happenings,
    timelines_about,
    written,
)
from kg.rdf.formats import HTML, JSON, Format
from kg.schema.filters import filters_of
from kg.schema.schema import Collection, Schema
from kg.web.pages.items import profile_of, values_of
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
    ways = {"timelines": tuple(dated), "timeline_of": _of_thing, "timeline_of_list": _of_list}
    bp.app_context_processor(lambda: ways)
    return bp


def first(collection: str) -> Redirect:
    """The way to the timeline of the first collection that has one, for filters that it knows."""
    _request(services().schema.collections[collection], arguments())
    return redirect(_way(collection, [*request.args.items(multi=True)]), code=307)


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


def _of_thing(thing: Thing, linked: Iterable[Json] | None = None) -> str | None:
    """The way to the timeline of what a thing has to do with, where any of that is ``linked``, by
    the thing itself if nothing else is said.
    """
    schema = services().schema
    if linked is None:
        linked = chain.from_iterable(map(values_of, thing.values()))
    types = {each.get("type") for each in linked if isinstance(each, Mapping)}
    for name, way in timelines_about(schema, profile_of(schema, thing)).items():
        classes = schema.subclasses(schema.collections[name].class_iri)
        if not types.isdisjoint(map(schema.class_name, classes)):
            return _way(name, [(way, str(thing["id"]))])
    return None


def _of_list(collection: str, parent: Thing | None, items: Iterable[Json]) -> str | None:
    """The way to the timeline of the same things as this page's list has."""
    if parent:
        return _of_thing(parent, items)
    asked = request.args.items(multi=True)
    filters = [(name, value) for name, value in asked if name not in {*PAGING, "format"}]
    known = collection in dated_collections(services().schema)
    return _way(collection, filters) if known else None


def _way(collection: str, filters: Sequence[tuple[str, str]]) -> str:
    asked = f"?{urlencode(filters)}" if filters else ""
    return link(f"{url_root()}/timeline/{collection}{asked}")
