"""How other stores rewrite terms: what has to be folded before two graphs can be called equal.

No more than these are forgiven; each is one that RDF stores are known to make.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from types import MappingProxyType

from kg.rdf.namespaces import XSD
from kg.rdf.terms import Literal, NamedNode, Quad
from kg.store.digests import canonical

_INTEGERS = frozenset(
    f"{XSD}{name}"
    for name in (
        *("integer", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger"),
        *("unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte", "decimal"),
    )
)
_DATE = re.compile(r"-?\d{4,}-\d\d-\d\dZ")


def folds_needed(ours: Iterable[Quad], theirs: Iterable[Quad]) -> tuple[str, ...] | None:
    """The names of the folds after which the two are equal; None where they differ even then."""
    here, there = set(canonical(ours)), set(canonical(theirs))
    used = []
    for name, fold in FOLDS.items():
        if here == there:
            break
        folded = tuple({_folded(quad, fold) for quad in each} for each in (here, there))
        if len(folded[0] ^ folded[1]) < len(here ^ there):
            used.append(name)
            here, there = folded
    return tuple(used) if here == there else None


def _folded(quad: Quad, fold: Callable[[Literal], Literal]) -> Quad:
    value = quad.object
    if not isinstance(value, Literal):
        return quad
    return Quad(quad.subject, quad.predicate, fold(value), quad.graph_name)


def _by_value(literal: Literal) -> Literal:
    if literal.datatype.value not in _INTEGERS:
        return literal
    try:
        number = Decimal(literal.value).normalize()
    except InvalidOperation:
        return literal
    return Literal(format(number, "f"), datatype=NamedNode(f"{XSD}decimal"))


def _without_zone(literal: Literal) -> Literal:
    if literal.datatype.value != f"{XSD}date" or not _DATE.fullmatch(literal.value):
        return literal
    return Literal(literal.value.removesuffix("Z"), datatype=literal.datatype)


FOLDS: Mapping[str, Callable[[Literal], Literal]] = MappingProxyType(
    {
        "numbers by value": _by_value,
        "dates without Z": _without_zone,
    }
)
