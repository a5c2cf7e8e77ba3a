"""The page of a search, from the same JSON that programs get."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kg.documents.choices import Choice
from kg.documents.description import Json
from kg.schema.schema import Schema
from kg.web.pages.layout import language, rendered
from kg.web.services import services


def search_page(body: Mapping[str, Json] | None, asked: Mapping[str, Sequence[str]]) -> bytes:
    """What was found for the parameters ``asked``; just the form where nothing was looked for."""
    classes = _classes(services().schema, language())
    return rendered("search.html", body=body, asked=asked, classes=classes, pieces=pieces)


def pieces(text: str, ranges: Sequence[Sequence[int]]) -> Iterator[tuple[str, bool]]:
    """A text cut at ``ranges`` in code points, with whether each piece is within one."""
    place = 0
    for start, end in ranges:
        yield text[place:start], False
        yield text[start:end], True
        place = end
    yield text[place:], False


def _classes(schema: Schema, tag: str) -> list[Choice]:
    """The classes that have a collection, by what this is called."""
    found = [
        Choice(
            value=schema.class_name(each.class_iri), label=each.labels.get(tag) or each.name.title()
        )
        for each in schema.collections.values()
    ]
    return sorted(found, key=lambda each: each.label.casefold())
