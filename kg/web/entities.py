"""Collections and the things in them, and the redirects from a thing to its document."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error

from flask import Blueprint, Response, json, redirect, request
from werkzeug.wrappers import Response as Redirect

from kg.description import Json
from kg.errors import NotFound, ParameterError
from kg.formats import ENTITY_FORMATS, JSON, Format
from kg.lookup import Description, Page
from kg.parsing import serialize
from kg.schema import Collection, Schema
from kg.web.responses import known_parameters, negotiated, split_suffix
from kg.web.services import lookup, presenter, services

LIMIT_DEFAULT = 100
LIMIT_MAX = 1000


def blueprint(schema: Schema) -> Blueprint:
    """The routes of every collection that the schema names."""
    bp = Blueprint("entities", __name__)
    if schema.collections:
        names = ",".join(f'"{name}"' for name in sorted(schema.collections))
        bp.add_url_rule(f"/<any({names}):collection>", view_func=listing)
        bp.add_url_rule(f"/<any({names}):collection>.<suffix>", view_func=listing)
        bp.add_url_rule(f"/<any({names}):collection>/<path:path>", view_func=entity)
    for segment in sorted({"id"} | {each.segment for each in schema.collections.values()}):
        bp.add_url_rule(
            f"/{segment}/<path:local_id>", view_func=thing, defaults={"segment": segment}
        )
    return bp


def thing(segment: str, local_id: str) -> Redirect:
    """303 from a thing to the document about it (Cool URIs for the Semantic Web §4)."""
    node = services().iris.thing(segment, local_id)
    url = presenter().url(node, lookup().types(node))
    if url is None:
        raise NotFound(f"The graph knows <{node.value}>, but it is in no collection.")
    return redirect(url, code=303)


def entity(collection: str, path: str) -> Response | Redirect:
    """One thing, with what points to it; 308 where its own collection is another."""
    known_parameters()
    local_id, suffix = split_suffix(path, ENTITY_FORMATS)
    node = services().iris.thing(services().schema.collections[collection].segment, local_id)
    description = lookup().describe(node)
    url = presenter().url(node, description.types(node))
    if url != f"{request.script_root}/{collection}/{local_id}":
        return _moved(url, node.value, suffix)
    return negotiated(
        ENTITY_FORMATS,
        lambda chosen: _write(chosen, description, presenter().entity(description, node)),
        suffix=suffix,
    )


def listing(collection: str, suffix: str | None = None) -> Response:
    """The things of a collection, a page at a time."""
    parameters = known_parameters("limit", "cursor")
    known = services().schema.collections[collection]
    page = lookup().page(
        known, limit=_limit(parameters.get("limit")), after=_after(parameters.get("cursor"))
    )
    body = _page_body(known, page)
    response = negotiated(
        ENTITY_FORMATS, lambda chosen: _write(chosen, page.description, body), suffix=suffix
    )
    if body["next"]:
        response.headers.add("Link", f'<{body["next"]}>; rel="next"')
    return response


def _write(chosen: Format, description: Description, body: dict[str, Json]) -> bytes:
    if chosen is JSON:
        return json.dumps(body, ensure_ascii=False, sort_keys=False).encode()
    return serialize(description.quads, chosen)


def _page_body(collection: Collection, page: Page) -> dict[str, Json]:
    return {
        "items": presenter().listing(page.description),
        "count": page.total,
        "next": _next(collection, page),
    }


def _next(collection: Collection, page: Page) -> str | None:
    if page.next_after is None:
        return None
    cursor = urlsafe_b64encode(page.next_after.encode()).decode()
    limit = len(page.description.subjects)
    return f"{request.script_root}/{collection.name}?limit={limit}&cursor={cursor}"


def _limit(text: str | None) -> int:
    if text is None:
        return LIMIT_DEFAULT
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= LIMIT_MAX):
        raise ParameterError(
            f"limit={text[:20]!r}: expected a whole number from 1 to {LIMIT_MAX}.",
            parameter="limit",
        )
    return int(text)


def _after(cursor: str | None) -> str | None:
    try:
        return urlsafe_b64decode(cursor.encode()).decode() if cursor else None
    except (Base64Error, UnicodeError) as error:
        raise ParameterError(
            "This cursor was not made here: take it from an answer's next.", parameter="cursor"
        ) from error


def _moved(url: str | None, iri: str, suffix: str | None) -> Redirect:
    if url is None:
        raise NotFound(f"The graph knows <{iri}>, but it is in no collection.")
    query = f"?{request.query_string.decode('ascii', 'replace')}" if request.query_string else ""
    return redirect(f"{url}{f'.{suffix}' if suffix else ''}{query}", code=308)
