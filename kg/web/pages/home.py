"""The start page: what this is, where to begin, and what there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from kg.documents.description import Json
from kg.web.pages.items import Thing, ranks
from kg.web.pages.layout import rendered
from kg.web.services import services


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """How many items an article puts forward with one status."""

    status: Thing
    count: int


def home_page(body: Mapping[str, Json], coverage: Mapping[str, Json] | None) -> bytes:
    """The start page, from its JSON form and the coverage of the newest article, if any."""
    return rendered(
        "home.html",
        body=body,
        coverage=coverage,
        figures=_figures(coverage) if coverage else (),
        questions=[each for each in services().examples if each.page],
    )


def _figures(coverage: Mapping[str, Json]) -> Sequence[Figure]:
    """The items of an article by status, in the order of the shapes."""
    rows = cast("Sequence[Mapping[str, Json]]", coverage["byStatus"])
    figures = [
        Figure(status=cast("Thing", each["concept"]), count=cast("int", each["count"]))
        for each in rows
    ]
    known = ranks(services().schema)
    return sorted(figures, key=lambda each: known.get(str(each.status["iri"]), len(known)))
