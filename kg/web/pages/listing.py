"""The pages of lists, from the same JSON form that programs get."""

from __future__ import annotations

from collections.abc import Mapping

from kg.description import Json
from kg.schema import Collection
from kg.web.pages.layout import rendered


def list_page(body: Mapping[str, Json], collection: Collection) -> bytes:
    """A page of a list, from its JSON form."""
    return rendered("list.html", body=body, collection=collection)
