"""Which documents there are, for crawlers: the things of each collection in parts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kg.documents.lookup import Lookup
from kg.rdf.terms import NamedNode
from kg.schema.patterns import iris
from kg.schema.schema import Collection, Schema

PART = 50_000  # documents; what a sitemap may have at most (sitemaps.org)

_DOCUMENTS = """\
SELECT DISTINCT ?thing WHERE {{
  ?thing a {class_iri} FILTER(isIRI(?thing))
  {elsewhere}
}} ORDER BY ?thing LIMIT {limit} OFFSET {start}"""
_ELSEWHERE = "FILTER NOT EXISTS {{ VALUES ?other {{ {classes} }} ?thing a ?other }}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A stretch of the documents of a collection; ``number`` counts from 1."""

    collection: Collection
    number: int


def parts(lookup: Lookup, schema: Schema) -> list[Part]:
    """The parts that together have the documents of all collections; one query.

    A thing is in a part of its most specific collection.
    """
    counts = lookup.counts()
    found: list[Part] = []
    for collection in schema.collections.values():
        below = (counts[each.name] for each in _below(schema, collection))
        own = counts[collection.name] - sum(below)
        numbers = range(1, -(-own // PART) + 1)
        found += [Part(collection=collection, number=number) for number in numbers]
    return found


def _below(schema: Schema, collection: Collection) -> list[Collection]:
    """The collections under one, with none between."""
    under = [
        each
        for each in schema.collections.values()
        if each != collection and collection.class_iri in schema.superclasses(each.class_iri)
    ]
    farther = {up for each in under for up in schema.superclasses(each.class_iri)[1:]}
    return [each for each in under if each.class_iri not in farther]


def documents(lookup: Lookup, schema: Schema, part: Part) -> Iterator[NamedNode]:
    """The things whose documents a part has, in the order of their IRIs; one query."""
    class_iri = part.collection.class_iri
    below = [each.class_iri for each in _below(schema, part.collection)]
    query = _DOCUMENTS.format(
        class_iri=NamedNode(class_iri),
        elsewhere=_ELSEWHERE.format(classes=iris(below)) if below else "",
        limit=PART,
        start=(part.number - 1) * PART,
    )
    for row in lookup.select(query):
        thing = row["thing"]
        assert isinstance(thing, NamedNode), "the query asks for IRIs"
        yield thing
