"""Search and type-ahead over names in every language, descriptions and ids."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import cast
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response as Redirect

from kg.documents.description import Json
from kg.documents.lookup import Description
from kg.documents.parameters import Parameters, check, once
from kg.errors import ParameterError
from kg.finding.cursors import Cursor
from kg.rdf.formats import HTML, JSON, Format
from kg.rdf.terms import NamedNode
from kg.schema.schema import Schema
from kg.search.limits import LIMIT_DEFAULT, LIMIT_MAX, RANKED, SUGGESTED
from kg.search.ranking import Hit, Results, find, named_outright
from kg.search.versions import SearchIndexes
from kg.web.forms import without_empty_fields
from kg.web.pages.search import search_page
from kg.web.responses import Answer, answered, arguments, asked_format, to_json, url_root
from kg.web.services import Services, lookup, pin, presenter, services, snapshot

bp = Blueprint("search", __name__)

FORMATS = (JSON, HTML)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What is looked for: a text, the IRIs of classes, and which stretch of the hits."""

    text: str
    types: tuple[str, ...]
    limit: int
    start: int = 0


@bp.record
def _init_app(state: BlueprintSetupState) -> None:
    known: Services = state.app.extensions["kg"]
    state.app.extensions["kg.search"] = SearchIndexes(
        known.settings.cache_folder, schema=known.schema, iris=known.iris
    )


@bp.get("/search")
def search() -> Response | Redirect:
    """The things that fit a text best, a page at a time; a form for a browser without a text."""
    parameters = arguments()
    check(parameters, ("q", "type", "limit", "cursor", "format"))
    tidier = without_empty_fields(FORMATS)
    if tidier:
        return tidier
    if "q" not in parameters and asked_format(FORMATS)[0] is HTML:
        return answered((HTML,), lambda _: Answer(search_page(None, parameters)))
    return answered(FORMATS, partial(_write_page, parameters, _wanted(parameters)))


@bp.get("/suggest")
def suggest() -> Response:
    """The few things that somebody who has typed this much may mean."""
    parameters = arguments()
    check(parameters, ("q", "type", "format"))
    types = _types(services().schema, parameters)
    wanted = _Wanted(text=_text(parameters), types=types, limit=SUGGESTED)
    return answered((JSON,), partial(_write_suggestions, wanted))


def _wanted(parameters: Parameters) -> _Wanted:
    return _Wanted(
        text=_text(parameters),
        types=_types(services().schema, parameters),
        limit=_limit(once(parameters, "limit")),
        start=_start(parameters),
    )


def _write_page(parameters: Parameters, wanted: _Wanted, chosen: Format) -> Answer:
    results = _found(wanted, RANKED)
    end = wanted.start + wanted.limit
    shown = results.hits[wanted.start : end]
    after = _after(parameters, wanted, shown[-1]) if end < len(results.hits) else None
    body: dict[str, Json] = {
        "items": _items(shown),
        "count": len(results.hits),
        "complete": results.complete,
        "next": after,
    }
    data = search_page(body, parameters) if chosen is HTML else to_json(body)
    return Answer(data, (f'<{after}>; rel="next"',) if after else ())


def _write_suggestions(wanted: _Wanted, _: Format) -> Answer:
    return Answer(to_json({"items": _items(_found(wanted, SUGGESTED).hits)}))


def _found(wanted: _Wanted, limit: int) -> Results:
    index = cast("SearchIndexes", current_app.extensions["kg.search"]).of(snapshot())
    iris = named_outright(wanted.text, services().schema, services().iris)
    return find(index, wanted.text, iris=iris, types=wanted.types, limit=limit)


def _items(hits: Sequence[Hit]) -> list[Json]:
    nodes = [NamedNode(hit.entry.iri) for hit in hits]
    description = lookup().describe_all((), linked=nodes)
    return [_item(description, node, hit) for node, hit in zip(nodes, hits, strict=True)]


def _item(description: Description, node: NamedNode, hit: Hit) -> Json:
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


def _text(parameters: Parameters) -> str:
    text = once(parameters, "q")
    if text is None or not text.strip():
        raise ParameterError("q: expected the text to look for.", parameter="q")
    return text


def _types(schema: Schema, parameters: Parameters) -> tuple[str, ...]:
    """The IRIs of the classes asked for and of all under them."""
    found: list[str] = []
    for name in parameters.get("type", ()):
        known = schema.class_named(name)
        if known is None:
            names = ", ".join(sorted(each.name for each in schema.classes.values()))
            raise ParameterError(
                f"type={name[:100]!r}: expected the name of a class: {names}.", parameter="type"
            )
        found += schema.subclasses(known.iri)
    return tuple(dict.fromkeys(found))


def _limit(words: str | None) -> int:
    if words is None:
        return LIMIT_DEFAULT
    if not (words.isascii() and words.isdecimal() and 1 <= int(words[:9]) <= LIMIT_MAX):
        raise ParameterError(
            f"limit={words[:20]!r}: expected a whole number from 1 to {LIMIT_MAX}.",
            parameter="limit",
        )
    return int(words)


def _start(parameters: Parameters) -> int:
    """Where the page starts; a cursor also says in which version, which this request then sees."""
    words = once(parameters, "cursor")
    if words is None:
        return 0
    cursor = Cursor.read(words)
    cursor.check(_digest(parameters))
    if not isinstance(cursor.key, int) or not 0 <= cursor.key <= RANKED:
        raise ParameterError("This cursor belongs to a list.", parameter="cursor")
    pin(cursor.version)
    return cursor.key


def _after(parameters: Parameters, wanted: _Wanted, last: Hit) -> str:
    """The URL of the page behind ``last``."""
    cursor = Cursor(
        version=snapshot().info.number,
        digest=_digest(parameters),
        iri=last.entry.iri,
        key=wanted.start + wanted.limit,
    )
    kept = [
        (name, value) for name, values in parameters.items() for value in values if name != "cursor"
    ]
    return f"{url_root()}/search?{urlencode([*kept, ('cursor', str(cursor))])}"


def _digest(parameters: Parameters) -> str:
    """What one search's pages have in common."""
    words = [*parameters.get("q", ()), *sorted(parameters.get("type", ()))]
    return hashlib.sha256("\0".join(words).encode()).hexdigest()[:16]
