"""Lists of things: filtered, sorted and cut into pages, in three questions a page."""

from __future__ import annotations

from dataclasses import dataclass

from kg.documents.lookup import Description, Lookup
from kg.finding.cursors import Cursor
from kg.finding.requests import LIMIT_DEFAULT, LIMIT_MAX, ListRequest, Row, Scope, Sort
from kg.schema.filters import members_under
from kg.schema.schema import Schema

__all__ = ["LIMIT_DEFAULT", "LIMIT_MAX", "ListRequest", "Lister", "Page", "Scope", "Sort"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A stretch of a list: the description of its things, how many the list has, the way on."""

    description: Description
    count: int
    next: Cursor | None
    prev: Cursor | None
    parent_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lister:
    """Lists of one version."""

    lookup: Lookup
    schema: Schema
    version: int

    def page(self, request: ListRequest) -> Page:
        """One page, by three queries. Raises NotFound where the graph does not know the parent."""
        found = self.lookup.finder.rows(request)
        more = len(found.rows) > request.limit
        rows = found.rows[: request.limit]
        if request.backward:
            rows.reverse()
        description = self._description(request, rows)
        return Page(
            description=description,
            count=found.count,
            next=self._cursor(request, rows[-1:], wanted=request.backward or more, back=False),
            prev=self._cursor(request, rows[:1], wanted=_precedes(request, more), back=True),
            parent_types=self._parent_types(request, description),
        )

    def _description(self, request: ListRequest, rows: list[Row]) -> Description:
        """The things of the page, and their parent in short."""
        parent = request.scope.parent
        members = members_under(self.schema, request.scope.class_iri)
        include = [
            each.predicate
            for each in members
            if each.predicate and each.name in request.selection.include
        ]
        nodes = [row.node for row in rows]
        linked = [parent] if parent and rows else []
        return self.lookup.describe_all(nodes, include=include, linked=linked)

    def _parent_types(self, request: ListRequest, description: Description) -> tuple[str, ...]:
        """The parent's classes: an empty list is one of something, not of nothing."""
        parent = request.scope.parent
        if parent is None:
            return ()
        return tuple(sorted(description.types(parent)) or self.lookup.types(parent))

    def _cursor(
        self, request: ListRequest, edge: list[Row], *, wanted: bool, back: bool
    ) -> Cursor | None:
        if not wanted or not edge:
            return None
        return Cursor(
            version=self.version,
            digest=request.digest,
            iri=edge[0].node.value,
            key=edge[0].key,
            back=back,
        )


def _precedes(request: ListRequest, more: bool) -> bool:  # noqa: FBT001
    return more if request.backward else request.cursor is not None
