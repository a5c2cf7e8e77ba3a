"""The page of what a thing is linked to, from the JSON that programs get."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from kg.documents.description import Json
from kg.web.pages.items import Thing
from kg.web.pages.layout import rendered


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An edge with the things that it links."""

    source: Thing
    edge: Mapping[str, Json]
    target: Thing


def neighbourhood_page(body: Mapping[str, Json]) -> bytes:
    """The page of a neighbourhood: the picture, and the table that says the same."""
    rows = rows_of(body)
    facts = [each for each in rows if each.edge["layer"] == "fact"]
    others = [each for each in rows if each.edge["layer"] != "fact"]
    return rendered("neighbourhood.html", body=body, thing=body["thing"], rows=[*facts, *others])


def rows_of(body: Mapping[str, Json]) -> list[Row]:
    """The edges of a neighbourhood, the things at their ends looked up."""
    nodes = {each["iri"]: each for each in cast("Sequence[Thing]", body["nodes"])}
    edges = cast("Sequence[Mapping[str, Json]]", body["edges"])
    return [
        Row(source=nodes[each["source"]], edge=each, target=nodes[each["target"]]) for each in edges
    ]
