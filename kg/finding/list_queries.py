"""Lists as SPARQL: one query for a page and how many things the list has in all."""

from __future__ import annotations

from kg.finding.conditions import contains, pattern
from kg.finding.cursors import Cursor
from kg.finding.facts import text
from kg.finding.requests import ListRequest, Row, Sort
from kg.rdf.terms import Literal, NamedNode, Solution

_COUNT = "SELECT (COUNT(DISTINCT ?value) AS ?n)"


def restricted(request: ListRequest) -> str:
    """The group pattern over ?value that the things of a list meet."""
    patterns = [request.scope.pattern]
    patterns += [pattern(each, str(mark)) for mark, each in enumerate(request.conditions)]
    if request.contains is not None:
        patterns.append(contains(request.contains))
    return "\n    ".join(patterns)


def count_query(request: ListRequest) -> str:
    """The query for ?n, how many things a list has."""
    return f"{_COUNT} WHERE {{ {restricted(request)} }}"


def page_query(request: ListRequest) -> str:
    """The query for ?value, ?key and ?n of a page's things and one beyond, nearest to the cursor
    first.
    """
    listed = restricted(request)
    by_id = request.sort.name == "id"
    page, order = (_by_id if by_id else _by_key)(request, listed)
    return (
        f"SELECT ?value ?key ?n WHERE {{\n  {{ {_COUNT} WHERE {{\n    {listed} }} }}\n"
        f"  {{ {page} ORDER BY {order} LIMIT {request.limit + 1} }}\n}} ORDER BY {order}"
    )


def read_row(solution: Solution, sort: Sort) -> Row:
    """A solution of such a query."""
    node, key = solution["value"], solution.get("key")
    assert isinstance(node, NamedNode), "the query asks for IRIs"
    if key is None:
        return Row(node=node, key=None)
    words = text(key)
    return Row(node=node, key=_number(words) if sort.numeric else words)


def _by_id(request: ListRequest, listed: str) -> tuple[str, str]:
    falling = request.backward != request.sort.descending
    start = f"FILTER({_after(request.cursor, '<' if falling else '>')})" if request.cursor else ""
    page = f"SELECT DISTINCT ?value WHERE {{ {listed} {start} }}"
    return page, f"{'DESC' if falling else 'ASC'}(STR(?value))"


def _by_key(request: ListRequest, listed: str) -> tuple[str, str]:
    behind = "DESC" if request.backward else "ASC"
    flip = "DESC" if request.backward != request.sort.descending else "ASC"
    start = f"FILTER({_behind(request.cursor, request)})" if request.cursor else ""
    page = (
        f"SELECT ?value ?key ?none WHERE {{ {{ SELECT ?value (MIN(?k) AS ?key) WHERE {{\n"
        f"    {{ SELECT DISTINCT ?value WHERE {{ {listed} }} }}\n"
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


def _number(words: str) -> int | float:
    return int(words) if words.lstrip("-").isdecimal() else float(words)
