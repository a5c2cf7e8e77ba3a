"""Lists of things: filtered, sorted and cut into pages by the store, in three queries a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kg.conditions import Condition, contains, pattern
from kg.cursors import Cursor, Key
from kg.filters import NUMBERS, members_under
from kg.lookup import Description, Lookup, text
from kg.patterns import LABELS, alternatives, from_thing
from kg.schema import Member, Schema
from kg.selection import ALL, Selection
from kg.terms import Literal, NamedNode, Solution

LIMIT_DEFAULT = 100
LIMIT_MAX = 1000

# By how many pieces of how many characters ids are compared.
_PIECES, _PIECE = 3, 15

_COUNT = "SELECT (COUNT(DISTINCT ?value) AS ?n)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is listed: the things of a class, or those to which ``member`` leads from ``parent``."""

    class_iri: str | None
    parent: NamedNode | None = None
    member: Member | None = None

    @property
    def pattern(self) -> str:
        """The group pattern over ?value."""
        if self.parent and self.member:
            way = from_thing(self.member)
            return f"VALUES ?this {{ {self.parent} }} {way} FILTER(isIRI(?value))"
        return f"?value a <{self.class_iri}> FILTER(isIRI(?value))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort:
    """An order: by id, by label, or by ``member``; things without the value come last."""

    name: str = "id"
    member: Member | None = None
    descending: bool = False
    languages: tuple[str, ...] = ()  # for labels, the reader's first

    @property
    def numeric(self) -> bool:
        """Whether keys are numbers, not strings."""
        return self.member is not None and self.member.datatype in NUMBERS

    @property
    def pattern(self) -> str:
        """What binds ?k, where there is a key, for ?value."""
        if self.member:
            key = "?by" if self.numeric else "STR(?by)"
            return f"OPTIONAL {{ ?value <{self.member.predicate}> ?by BIND({key} AS ?k) }}"
        names = (
            f"OPTIONAL {{ ?value {alternatives(LABELS)} ?l{number}"
            f" FILTER(LANG(?l{number}) = {Literal(language)}) }}"
            for number, language in enumerate(self.languages)
        )
        found = ", ".join(f"?l{number}" for number in range(len(self.languages)))
        return f"{' '.join(names)} BIND(LCASE(STR(COALESCE({found}))) AS ?k)"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRequest:
    """What is asked of a list.

    ``digest`` tells lists of other things or in another order apart; ``stem`` is how many
    characters the IRIs of its things have in common.
    """

    scope: Scope
    conditions: tuple[Condition, ...] = ()
    contains: str | None = None
    sort: Sort = Sort()
    limit: int = LIMIT_DEFAULT
    cursor: Cursor | None = None
    selection: Selection = ALL
    digest: str = ""
    stem: int = 0

    @property
    def backward(self) -> bool:
        """Whether the page before the cursor is asked for."""
        return self.cursor is not None and self.cursor.back


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A stretch of a list: the description of its things, how many the list has, the way on."""

    description: Description
    count: int
    next: Cursor | None
    prev: Cursor | None
    parent_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    node: NamedNode
    key: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Lister:
    """Lists of one version. ``matching`` gives the group pattern over ?value of things that a text
    finds.
    """

    lookup: Lookup
    schema: Schema
    version: int
    matching: Callable[[str], str] = contains

    def page(self, request: ListRequest) -> Page:
        """One page, by three queries. Raises NotFound where the graph does not know the parent."""
        restricted = self._restricted(request)
        solutions = list(self.lookup.select(_rows(request, restricted)))
        found = [_row(each, request.sort) for each in solutions]
        more = len(found) > request.limit
        rows = found[: request.limit]
        if request.backward:
            rows.reverse()
        description = self._description(request, rows)
        return Page(
            description=description,
            count=int(text(solutions[0]["n"])) if solutions else self._count(request, restricted),
            next=self._cursor(request, rows[-1:], wanted=request.backward or more, back=False),
            prev=self._cursor(request, rows[:1], wanted=_precedes(request, more), back=True),
            parent_types=self._parent_types(request, description),
        )

    def _restricted(self, request: ListRequest) -> str:
        patterns = [request.scope.pattern]
        patterns += [pattern(each, str(mark)) for mark, each in enumerate(request.conditions)]
        if request.contains is not None:
            patterns.append(self.matching(request.contains))
        return "\n    ".join(patterns)

    def _count(self, request: ListRequest, restricted: str) -> int:
        """How many things a list has of which the page is empty."""
        if request.cursor is None:
            return 0
        return int(text(next(self.lookup.select(f"{_COUNT} WHERE {{ {restricted} }}"))["n"]))

    def _description(self, request: ListRequest, rows: list[_Row]) -> Description:
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
        return tuple(description.types(parent) or self.lookup.types(parent))

    def _cursor(
        self, request: ListRequest, edge: list[_Row], *, wanted: bool, back: bool
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


def _rows(request: ListRequest, restricted: str) -> str:
    """The query for the page's things and one beyond, nearest to the cursor first, and for how
    many the list has in all.
    """
    page, order = _by_id(request, restricted)
    if request.sort.name != "id":
        page, order = _by_key(request, restricted)
    return (
        f"SELECT ?value ?key ?n WHERE {{\n  {{ {_COUNT} WHERE {{\n    {restricted} }} }}\n"
        f"  {{ {page} ORDER BY {order} LIMIT {request.limit + 1} }}\n}} ORDER BY {order}"
    )


def _by_id(request: ListRequest, restricted: str) -> tuple[str, str]:
    """In the order of ids; those alike in all the pieces compared, in that of IRIs.

    Pieces of a few characters are what Oxigraph compares without reading the disk; whole IRIs it
    reads at each comparison, which takes three times as long.
    """
    order = "DESC" if request.backward != request.sort.descending else "ASC"
    keys = [f"?piece{place}" for place in range(_PIECES)]
    pieces = " ".join(
        f"BIND(SUBSTR(STR(?value), {request.stem + 1 + place * _PIECE}, {_PIECE}) AS {key})"
        for place, key in enumerate(keys)
    )
    page = (
        f"SELECT ?value {' '.join(keys)} WHERE {{ {{ SELECT DISTINCT ?value WHERE {{"
        f" {restricted} }} }} {pieces} {_start(request, order)} }}"
    )
    return page, " ".join(f"{order}({key})" for key in (*keys, "?value"))


def _start(request: ListRequest, order: str) -> str:
    if request.cursor is None:
        return ""
    sign = "<" if order == "DESC" else ">"
    length = _PIECES * _PIECE
    known = Literal(request.cursor.iri[request.stem : request.stem + length])
    key = f"SUBSTR(STR(?value), {request.stem + 1}, {length})"
    return f"FILTER({key} {sign} {known} || ({key} = {known} && {_after(request.cursor, sign)}))"


def _by_key(request: ListRequest, restricted: str) -> tuple[str, str]:
    behind = "DESC" if request.backward else "ASC"
    flip = "DESC" if request.backward != request.sort.descending else "ASC"
    start = f"FILTER({_behind(request.cursor, request)})" if request.cursor else ""
    page = (
        f"SELECT ?value ?key ?none WHERE {{ {{ SELECT ?value (MIN(?k) AS ?key) WHERE {{\n"
        f"    {{ SELECT DISTINCT ?value WHERE {{ {restricted} }} }}\n"
        f"    {request.sort.pattern} }} GROUP BY ?value }}\n"
        f"  BIND(IF(BOUND(?key), 0, 1) AS ?none) {start} }}"
    )
    return page, f"{behind}(?none) {flip}(?key) {behind}(?value)"


def _after(cursor: Cursor, sign: str) -> str:
    return f"STR(?value) {sign} {Literal(cursor.iri)}"


def _behind(cursor: Cursor, request: ListRequest) -> str:
    """That a thing comes behind the cursor's, in the direction of travel."""
    tie = _after(cursor, "<" if request.backward else ">")
    if cursor.key is None:
        return f"?none = 0 || ({tie})" if request.backward else f"?none = 1 && {tie}"
    sign = "<" if request.backward != request.sort.descending else ">"
    key = Literal(cursor.key)
    beyond = f"?key {sign} {key} || (?key = {key} && {tie})"
    return f"?none = 0 && ({beyond})" if request.backward else f"?none = 1 || ({beyond})"


def _row(solution: Solution, sort: Sort) -> _Row:
    node, key = solution["value"], solution.get("key")
    assert isinstance(node, NamedNode), "the query asks for IRIs"
    if key is None:
        return _Row(node=node, key=None)
    words = text(key)
    return _Row(node=node, key=_number(words) if sort.numeric else words)


def _number(words: str) -> int | float:
    return int(words) if words.lstrip("-").isdecimal() else float(words)
