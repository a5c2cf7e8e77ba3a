"""Search and type-ahead over names in every language, descriptions and ids."""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from typing import cast
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, g, json, request
from flask.blueprints import BlueprintSetupState

from kg.description import Json
from kg.errors import ParameterError
from kg.formats import JSON
from kg.lookup import Description
from kg.search.ranking import Hit, Results, find, named_outright
from kg.search.versions import SearchIndexes
from kg.terms import NamedNode
from kg.web.responses import negotiated
from kg.web.services import Services, lookup, presenter, services, snapshot

LIMIT_DEFAULT = 20
LIMIT_MAX = 100
RANKED = 1000  # hits that are put in order; whoever wants others asks a narrower question
SUGGESTED = 10
TEXT_LIMIT = 1000  # characters of q

_CURSOR = re.compile(r"(\d{1,9}) (\d{1,4}) ([0-9a-f]{16})")

bp = Blueprint("search", __name__)


@bp.record
def _init_app(state: BlueprintSetupState) -> None:
    known: Services = state.app.extensions["kg"]
    state.app.extensions["kg.search"] = SearchIndexes(
        known.settings.cache_folder, schema=known.schema, iris=known.iris
    )


@bp.get("/search")
def search() -> Response:
    """The things that fit a text best, a page at a time."""
    _known_parameters("q", "type", "limit", "cursor", "format")
    limit, start = _limit(), _start()
    results = _found(RANKED)
    shown = results.hits[start : start + limit]
    more = start + limit < len(results.hits)
    link = _next(limit, start + limit) if more else None
    body = {"count": len(results.hits), "complete": results.complete, "next": link}
    response = negotiated((JSON,), lambda _: _written({"items": _items(shown), **body}))
    if link:
        response.headers.add("Link", f'<{link}>; rel="next"')
    return response


@bp.get("/suggest")
def suggest() -> Response:
    """The few things that somebody who has typed this much may mean."""
    _known_parameters("q", "type", "format")
    hits = _found(SUGGESTED).hits
    return negotiated((JSON,), lambda _: _written({"items": _items(hits)}))


def indexes() -> SearchIndexes:
    """The search indexes of the app that handles this request."""
    return cast("SearchIndexes", current_app.extensions["kg.search"])


def _found(limit: int) -> Results:
    query = _text()
    index = indexes().of(snapshot())
    iris = named_outright(query, services().schema, services().iris)
    return find(index, query, iris=iris, types=_types(), limit=limit)


def _items(hits: tuple[Hit, ...]) -> list[Json]:
    nodes = [NamedNode(hit.entry.iri) for hit in hits]
    description = lookup().describe_all((), linked=nodes)
    return [_item(hit, description, node) for hit, node in zip(hits, nodes, strict=True)]


def _item(hit: Hit, description: Description, node: NamedNode) -> Json:
    matches: list[Json] = [
        {
            "member": each.text.member,
            "language": each.text.language or None,
            "text": each.text.text,
            "ranges": each.ranges,
        }
        for each in hit.matches()
    ]
    reference = presenter().reference(description, node)
    return {**reference, "score": round(hit.score, 3), "matches": matches}


def _written(body: Json) -> bytes:
    return json.dumps(body, ensure_ascii=False, sort_keys=False).encode()


def _known_parameters(*known: str) -> None:
    """Raises ParameterError for one that is unknown, or given twice where it is no filter."""
    for name, values in request.args.lists():
        if name not in known:
            raise ParameterError(
                f"Unknown parameter {name[:100]!r}. Known here: {', '.join(sorted(known))}.",
                parameter=name[:100],
            )
        if len(values) > 1 and name != "type":
            raise ParameterError(
                f"Parameter {name!r} is given {len(values)} times.", parameter=name
            )


def _text() -> str:
    text = request.args.get("q", "")
    if not text.strip() or len(text) > TEXT_LIMIT:
        raise ParameterError(
            f"q: expected the text to look for, of 1 to {TEXT_LIMIT} characters.", parameter="q"
        )
    return text


def _types() -> list[str]:
    """The IRIs of the classes asked for and of all under them."""
    schema = services().schema
    found: list[str] = []
    for name in request.args.getlist("type"):
        known = schema.class_named(name)
        if known is None:
            names = ", ".join(sorted(each.name for each in schema.classes.values()))
            raise ParameterError(
                f"type={name[:100]!r}: expected the name of a class: {names}.", parameter="type"
            )
        found += schema.subclasses(known.iri)
    return found


def _limit() -> int:
    text = request.args.get("limit", str(LIMIT_DEFAULT))
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= LIMIT_MAX):
        raise ParameterError(
            f"limit={text[:20]!r}: expected a whole number from 1 to {LIMIT_MAX}.",
            parameter="limit",
        )
    return int(text)


def _start() -> int:
    """Where the page starts; a cursor also says in which version, which this request then sees."""
    cursor = request.args.get("cursor")
    if cursor is None:
        return 0
    try:
        read = _CURSOR.fullmatch(urlsafe_b64decode(cursor.encode()).decode())
    except (Base64Error, ValueError):
        read = None
    if read is None or read[3] != _fingerprint():
        raise ParameterError(
            "This cursor was not made here for this search: take it from an answer's next.",
            parameter="cursor",
        )
    g.snapshot = services().store.snapshot(int(read[1]))
    return int(read[2])


def _next(limit: int, start: int) -> str:
    words = f"{snapshot().info.number} {start} {_fingerprint()}"
    cursor = urlsafe_b64encode(words.encode()).decode()
    asked = [(name, value) for name, value in request.args.items(multi=True) if name != "cursor"]
    query = urlencode(
        [*asked, *([] if "limit" in request.args else [("limit", limit)]), ("cursor", cursor)]
    )
    return f"{request.script_root}{request.path}?{query}"


def _fingerprint() -> str:
    """What stays the same from page to page of one search."""
    words = [request.args.get("q", ""), *sorted(request.args.getlist("type"))]
    return hashlib.sha256("\0".join(words).encode()).hexdigest()[:16]
