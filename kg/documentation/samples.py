"""Examples from the data: a few things of each class, a statement of each property."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.documents.description import Json, Presenter, Writer
from kg.documents.lookup import Lookup
from kg.rdf.terms import Literal, NamedNode, Solution, Term

_THINGS = 3  # examples of a class


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """By class its examples, by property one subject and value, each as the API refers to it."""

    things: Mapping[str, tuple[Json, ...]]
    statements: Mapping[str, tuple[Json, Json]]


def samples(
    lookup: Lookup, presenter: Presenter, *, classes: Iterable[str], properties: Iterable[str]
) -> Samples:
    """Examples of these terms, by three queries whatever the size of the store."""
    of_class = _rows(lookup, classes, f"?s a <{{iri}}> }} LIMIT {_THINGS}", "?s")
    of_property = _rows(lookup, properties, "?s <{iri}> ?o } LIMIT 1", "?s ?o")
    nodes = [
        term
        for row in (*of_class, *of_property)
        for name in ("s", "o")
        if isinstance(term := row.get(name), NamedNode)
    ]
    writer = presenter.writer(lookup.describe_all((), linked=dict.fromkeys(nodes)))
    things: dict[str, tuple[Json, ...]] = {}
    for row in of_class:
        known = _text(row["term"])
        things[known] = (*things.get(known, ()), _shown(writer, row["s"]))
    statements = {
        _text(row["term"]): (_shown(writer, row["s"]), _shown(writer, row["o"]))
        for row in of_property
    }
    return Samples(things=things, statements=statements)


def _shown(writer: Writer, term: Term) -> Json:
    return writer.reference(term) if isinstance(term, NamedNode) else _text(term)


def _text(term: Term) -> str:
    return term.value if isinstance(term, NamedNode | Literal) else str(term)


def _rows(lookup: Lookup, iris: Iterable[str], pattern: str, names: str) -> list[Solution]:
    branches = [
        f"{{ {{ SELECT {names} (<{iri}> AS ?term) WHERE {{ {pattern.replace('{iri}', iri)} }} }}"
        for iri in iris
    ]
    if not branches:
        return []
    return list(lookup.select(f"SELECT ?term {names} WHERE {{ {' UNION '.join(branches)} }}"))
