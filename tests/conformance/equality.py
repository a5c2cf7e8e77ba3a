"""Whether two results are the same but for the names of blank nodes.

Numbers are compared by value: the engine stores values and writes them in their canonical form,
as the recommendation lets it (XSD 1.1 part 2 §2.3.1 has many lexical forms for one value).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from pyoxigraph import BlankNode, Literal

from tests.conformance.results import Graph, Result, Row, Table

_XSD = "http://www.w3.org/2001/XMLSchema#"
_NUMBERS = {
    f"{_XSD}{name}": kind
    for name, kind in (
        ("integer", Decimal),
        ("decimal", Decimal),
        ("double", float),
        ("float", float),
    )
}
_MOST_STEPS = 100_000  # no pair of the suite needs a hundredth of it


def same(wanted: Result, found: Result, *, lax: bool = False) -> bool:
    """Whether ``found`` is what is ``wanted``; ``lax`` where solutions may come fewer times."""
    if isinstance(wanted, Table) and isinstance(found, Table):
        if found.plain or wanted.plain:
            wanted, found = wanted.as_plain(), found.as_plain()
        return wanted.variables == found.variables and _same_table(wanted, found, lax=lax)
    if isinstance(wanted, Graph) and isinstance(found, Graph):
        return isomorphic(wanted.rows, found.rows)
    return isinstance(wanted, bool) and wanted is found


def _same_table(wanted: Table, found: Table, *, lax: bool) -> bool:
    if lax:
        most, given = Counter(map(_shape, wanted.rows)), Counter(map(_shape, found.rows))
        return given <= most and given.keys() == most.keys()
    if wanted.ordered:
        return isomorphic(_numbered(wanted.rows), _numbered(found.rows))
    return isomorphic(wanted.rows, found.rows)


def _numbered(rows: Sequence[Row]) -> list[tuple[object, ...]]:
    return [(position, *row) for position, row in enumerate(rows)]


def isomorphic(wanted: Sequence[tuple[object, ...]], found: Sequence[tuple[object, ...]]) -> bool:
    """Whether some renaming of blank nodes, one to one, makes the multisets of rows equal.

    Raises RuntimeError where that takes too long to tell.
    """
    if Counter(map(_shape, wanted)) != Counter(map(_shape, found)):
        return False
    left = [row for row in wanted if _nodes(row)]
    return _Matching([row for row in found if _nodes(row)]).extend(left)


def _nodes(row: tuple[object, ...]) -> list[BlankNode]:
    return [term for term in row if isinstance(term, BlankNode)]


def _shape(row: tuple[object, ...]) -> tuple[object, ...]:
    return tuple(None if isinstance(term, BlankNode) else (_value(term),) for term in row)


def _value(term: object) -> object:
    """What makes two terms the same: the term itself, or the value of a number and its datatype."""
    if not isinstance(term, Literal) or term.datatype.value not in _NUMBERS:
        return term
    try:
        return term.datatype.value, _NUMBERS[term.datatype.value](term.value)
    except (ValueError, InvalidOperation):
        return term  # ill-typed: it has no value


class _Matching:
    """A renaming in the making, tried row by row and taken back where it leads nowhere."""

    def __init__(self, rows: list[tuple[object, ...]]) -> None:
        self._open = rows
        self._names: dict[BlankNode, BlankNode] = {}
        self._steps = 0

    def extend(self, wanted: list[tuple[object, ...]]) -> bool:
        """Whether the renaming can be extended to all rows of ``wanted``."""
        if not wanted:
            return True
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise RuntimeError("these results are too alike to tell whether they are the same")
        # The row with the fewest unknown nodes first leaves the least to guess.
        row = min(wanted, key=lambda each: sum(n not in self._names for n in _nodes(each)))
        rest = list(wanted)
        rest.remove(row)
        return any(self._try(row, found, rest) for found in list(self._open))

    def _try(
        self, row: tuple[object, ...], found: tuple[object, ...], rest: list[tuple[object, ...]]
    ) -> bool:
        before = dict(self._names)
        if _shape(row) == _shape(found) and self._renames(row, found):
            self._open.remove(found)
            if self.extend(rest):
                return True
            self._open.append(found)
        self._names = before
        return False

    def _renames(self, row: tuple[object, ...], found: tuple[object, ...]) -> bool:
        for ours, theirs in zip(_nodes(row), _nodes(found), strict=True):
            known = self._names.setdefault(ours, theirs)
            if known != theirs:
                return False
        return len(set(self._names.values())) == len(self._names)
