"""Collections, the things in them, what points to these, and the way to a thing's document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, request
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response as Redirect

from kg.documents.choices import Choice, choices
from kg.documents.description import Json
from kg.documents.listing import Lister, ListRequest, Page, Scope
from kg.documents.subresources import hyphenated, scope_of, sub_resources
from kg.errors import NotFound
from kg.finding.cursors import Cursor
from kg.rdf.formats import HTML, JSON, PAGE_FORMATS, Format
from kg.rdf.namespaces import SKOS
from kg.rdf.parsing import serialize
from kg.rdf.terms import NamedNode
from kg.schema.filters import segment_of
from kg.schema.schema import Collection, Member, Schema
from kg.schema.selection import Selection
from kg.web.forms import without_empty_fields
from kg.web.pages.article import reading_of
from kg.web.pages.entity import entity_page
from kg.web.pages.layout import language
from kg.web.pages.listing import ListPage, schemes_of
from kg.web.responses import Answer, answered, arguments, split_suffix, to_json, url_root
from kg.web.services import lookup, parameter_reader, pin, presenter, services, snapshot


def blueprint(schema: Schema) -> Blueprint:
    """The routes of every collection that the schema names."""
    bp = Blueprint("entities", __name__)
    if schema.collections:
        names = ",".join(f'"{name}"' for name in sorted(schema.collections))
        bp.add_url_rule(f"/<any({names}):collection>", view_func=listing)
        bp.add_url_rule(f"/<any({names}):collection>.<suffix>", view_func=listing)
        bp.add_url_rule(f"/<any({names}):collection>/<path:path>", view_func=document)
    for segment in sorted({"id"} | {each.segment for each in schema.collections.values()}):
        bp.add_url_rule(
            f"/{segment}/<path:local_id>", view_func=thing, defaults={"segment": segment}
        )
    return bp


def thing(segment: str, local_id: str) -> Redirect:
    """303 from a thing to the document about it (Cool URIs for the Semantic Web §4)."""
    node = services().iris.thing(segment, local_id)
    return redirect(_own_url(node, lookup().types(node)), code=303)


def listing(collection: str, suffix: str | None = None) -> Response | Redirect:
    """The things of a collection, a page at a time."""
    known = services().schema.collections[collection]
    return _listed(known, Scope(class_iri=known.class_iri), suffix)


def document(collection: str, path: str) -> Response | Redirect:
    """A thing, or the list of what a view member leads to from it.

    The last segment counts as a member's name where the rest names a thing that has the member;
    else the whole path is an id, so that no slug hides a list, nor a list's name a thing.
    """
    known = services().schema.collections[collection]
    local_id, suffix = split_suffix(path, PAGE_FORMATS)
    parent, _, last = local_id.rpartition("/")
    if parent and hyphenated(last) in sub_resources(services().schema, known):
        try:
            return _below(known, parent, last, suffix)
        except NotFound:
            if "/" in parent:
                raise
    return _entity(known, local_id, suffix)


def _entity(collection: Collection, local_id: str, suffix: str | None) -> Response:
    node = services().iris.thing(collection.segment, local_id)
    selection = parameter_reader().selection(collection.class_iri, arguments())
    write = partial(_write_entity, collection, node, selection)
    return answered(PAGE_FORMATS, write, suffix=suffix)


def _write_entity(
    collection: Collection, node: NamedNode, selection: Selection, chosen: Format
) -> Answer:
    description = lookup().describe(node, selection, class_iri=collection.class_iri)
    stay_or_move(collection, node, description.types(node))
    if chosen in {JSON, HTML}:
        body = presenter().entity(description, node, selection)
        if chosen is HTML:
            return Answer(entity_page(body, reading_of(node, description.types(node))))
        return Answer(to_json(body))
    return Answer(serialize(description.shown(services().schema, selection), chosen))


def _below(
    collection: Collection, parent: str, last: str, suffix: str | None
) -> Response | Redirect:
    path = hyphenated(last)
    if last != path:
        end = f".{suffix}" if suffix else ""
        return redirect(f"{url_root()}/{collection.name}/{parent}/{path}{end}{_query()}", code=308)
    member = sub_resources(services().schema, collection)[path]
    scope = scope_of(services().iris.thing(collection.segment, parent), member)
    return _listed(collection, scope, suffix)


def _listed(collection: Collection, scope: Scope, suffix: str | None) -> Response | Redirect:
    tidier = without_empty_fields(PAGE_FORMATS, suffix)
    if tidier:
        return tidier
    wanted = parameter_reader().list_request(scope, arguments())
    if wanted.cursor:
        pin(wanted.cursor.version)
    write = partial(_write_page, collection, wanted)
    return answered(PAGE_FORMATS, write, suffix=suffix)


def _write_page(collection: Collection, wanted: ListRequest, chosen: Format) -> Answer:
    schema, parent = services().schema, wanted.scope.parent
    lister = Lister(lookup=lookup(), schema=schema, version=snapshot().info.number)
    page = lister.page(wanted)
    if parent:
        stay_or_move(collection, parent, page.parent_types, wanted.scope.member)
    ways = {"next": _way(page.next), "prev": _way(page.prev)}
    links = [f'<{url}>; rel="{name}"' for name, url in (*ways.items(), ("first", _first())) if url]
    if chosen in {JSON, HTML}:
        items = presenter().listing(page.description, wanted.selection)
        body: dict[str, Json] = {"items": items, "count": page.count, **ways}
        data = _list_page(collection, wanted, page, body) if chosen is HTML else to_json(body)
        return Answer(data, tuple(links))
    quads = page.description.shown(schema, wanted.selection)
    return Answer(serialize(quads, chosen), tuple(links))


def _list_page(
    collection: Collection, wanted: ListRequest, page: Page, body: Mapping[str, Json]
) -> bytes:
    """The page of a list, with what its form offers and what its conditions are called."""
    schema, scope = services().schema, wanted.scope
    nodes = [
        each for one in wanted.conditions for each in one.values if isinstance(each, NamedNode)
    ]
    shown = presenter().writer(lookup().describe_all((), linked=nodes))
    references = [shown.reference(each) for each in nodes]
    parent = scope.parent
    return ListPage(
        schema=schema,
        wanted=wanted,
        asked=tuple(request.args.items(multi=True)),
        collection=collection,
        parent=presenter().reference(page.description, parent) if parent else None,
        concepts=_concepts(scope),
        names={str(each[key]): str(each["label"]) for each in references for key in ("id", "iri")},
        language=language(),
    ).written(body)


def _concepts(scope: Scope) -> Mapping[str, tuple[Choice, ...]]:
    schema = services().schema
    schemes = schemes_of(schema, scope.class_iri)
    segment = segment_of(schema, (f"{SKOS}Concept",))
    return choices(lookup(), presenter(), schemes, segment=segment)


def stay_or_move(
    collection: Collection, node: NamedNode, types: Sequence[str], member: Member | None = None
) -> None:
    """Raises RequestRedirect where the thing's own document is elsewhere, NotFound where it has
    none, or where its class has no such member.
    """
    own = _own_url(node, types)
    if member and member not in services().schema.profile(types).views:
        raise NotFound(f"<{node.value}> has no {hyphenated(member.name)}.")
    here = f"/{collection.name}/{services().iris.local_id(node.value, collection.segment)}"
    if own != url_root() + here:
        raise RequestRedirect(own + request.path.removeprefix(here) + _query())


def _own_url(node: NamedNode, types: Sequence[str]) -> str:
    url = presenter().url(node, types)
    if url is None:
        raise NotFound(f"The graph knows <{node.value}>, but it is in no collection.")
    return url


def _way(cursor: Cursor | None) -> str | None:
    """The URL of the page at a cursor: this one's, but for the cursor."""
    return _first(("cursor", str(cursor))) if cursor else None


def _first(*more: tuple[str, str]) -> str:
    asked = [pair for pair in request.args.items(multi=True) if pair[0] != "cursor"]
    query = urlencode([*asked, *more])
    return f"{url_root()}{request.path}{f'?{query}' if query else ''}"


def _query() -> str:
    query = request.query_string.decode("ascii", "replace")
    return f"?{query}" if query else ""
