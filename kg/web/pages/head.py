"""What a page tells search engines of its thing: schema.org in JSON-LD."""

from __future__ import annotations

from collections.abc import Mapping

from kg.documents.description import Json
from kg.rdf.namespaces import SCHEMA
from kg.schema.patterns import LABELS
from kg.schema.schema import Schema
from kg.web.pages.items import Thing, profile_of, values_of


def structured(schema: Schema, thing: Thing) -> dict[str, Json]:
    """A thing in the terms of schema.org: those of its classes and members that come from there."""
    known = profile_of(schema, thing)
    aligned = (up for iri in known.lineage for up in schema.classes[iri].aligned)
    kinds = dict.fromkeys(up.removeprefix(SCHEMA) for up in aligned if up.startswith(SCHEMA))
    found: dict[str, Json] = {
        "@context": SCHEMA,
        "@type": next(iter(kinds), "Thing"),
        "@id": thing["iri"],
        "name": thing["label"],
    }
    for member in known.own:
        values = [_value(each) for each in values_of(thing.get(member.name))]
        if member.predicate in LABELS:
            found["alternateName"] = _other_names(thing, member.name)
        elif values and (member.predicate or "").startswith(SCHEMA):
            name = (member.predicate or "").removeprefix(SCHEMA)
            found[name] = values[0] if member.single else values
    return {name: value for name, value in found.items() if value}


def _other_names(thing: Thing, member: str) -> list[Json]:
    names = thing.get(member)
    texts = names.values() if isinstance(names, Mapping) else ()
    return [each for each in texts if each != thing["label"]]


def _value(value: Json) -> Json:
    if isinstance(value, Mapping) and "iri" in value:
        return {"@id": value["iri"], "name": value.get("label")}
    return value
