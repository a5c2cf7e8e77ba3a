"""The JSON-LD context that makes our JSON RDF (JSON-LD 1.1 §4.1), read off the schema."""

from __future__ import annotations

from kg.documents.description import Json
from kg.rdf.namespaces import RDF, XSD
from kg.schema.schema import Class, Member, Schema

# Members that say something about the answer, not about the thing.
_NOT_RDF = ("id", "label", "url", "types", "more", "count", "next", "prev", "version")
_KEYWORDS = {"iri": "@id", "type": "@type", "items": "@graph"}


def context(schema: Schema) -> dict[str, Json]:
    """The document at ``/context.jsonld``: every prefix, class and member of the schema.

    A member that classes define differently is defined in the context scoped to each class
    (JSON-LD 1.1 §4.1.8), so that the same name may mean what points at an actor or at an event.
    """
    shared = _shared_definitions(schema)
    terms: dict[str, Json] = {"@version": 1.1}
    terms |= dict(sorted(schema.prefixes.items()))
    terms |= {name: definition for name, definition in shared.items() if name not in _KEYWORDS}
    terms |= dict.fromkeys(_NOT_RDF)
    terms |= _KEYWORDS
    terms |= {each.name: _class_term(schema, each, shared) for each in schema.classes.values()}
    return {"@context": terms}


def _shared_definitions(schema: Schema) -> dict[str, Json]:
    """The definitions of those member names that mean the same wherever they are used."""
    found: dict[str, list[Json]] = {}
    for members in schema.own_members.values():
        for member in members:
            known = found.setdefault(member.name, [])
            if _definition(member) not in known:
                known.append(_definition(member))
    return {name: known[0] for name, known in sorted(found.items()) if len(known) == 1}


def _class_term(schema: Schema, described: Class, shared: dict[str, Json]) -> Json:
    scoped = {
        member.name: _definition(member)
        for member in schema.members_of([described.iri])
        if member.name not in shared or member.name in _KEYWORDS
    }
    return {"@id": described.iri, "@context": scoped} if scoped else described.iri


def _definition(member: Member) -> Json:
    if member.path and member.path.inverse:
        return {"@reverse": member.path.inverse, "@type": "@id"}
    if member.predicate is None:
        return None
    if member.datatype == f"{RDF}langString":
        return {"@id": member.predicate, "@container": "@language"}
    if member.datatype in {f"{XSD}string", f"{XSD}integer"}:
        return {"@id": member.predicate}
    return {"@id": member.predicate, "@type": member.datatype or "@id"}
