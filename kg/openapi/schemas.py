"""JSON Schemas (2020-12) of what the API answers, read off the classes and members."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kg.documents.description import Json
from kg.documents.lookup import VIEW_FIRST, VIEW_LIMIT, WHOLE_FIRST, WHOLE_LIMIT
from kg.rdf.namespaces import RDF, XSD
from kg.schema.schema import Class, Member, Schema
from kg.schema.selection import HEAD

_STRINGS: Json = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}

_HEAD: Mapping[str, Json] = {
    "id": {"type": "string", "description": "The id, as in the thing's URL."},
    "iri": {"type": "string", "format": "iri", "description": "The IRI that names the thing."},
    "type": {"type": ["string", "null"], "description": "The name of its most specific class."},
    "label": {"type": "string", "description": "What it is called, in the reader's language."},
    "url": {"type": ["string", "null"], "description": "The path of its own document."},
}
_REQUIRED: list[Json] = list(HEAD)

_REFERENCE: Json = {
    "type": "object",
    "description": "Enough of a linked thing to show it. Summary members of its class come along.",
    "properties": _HEAD,
    "required": _REQUIRED,
}
_MATCH: Json = {
    "type": "object",
    "description": "A text in which the query was found.",
    "properties": {
        "member": {"type": "string", "description": "The JSON member that has the text, or id."},
        "language": {"type": ["string", "null"], "description": "The language tag."},
        "text": {"type": "string"},
        "ranges": {
            "type": "array",
            "description": "Where it was found: [start, end) in Unicode code points.",
            "items": {
                "type": "array",
                "items": {"type": "integer", "minimum": 0},
                "minItems": 2,
                "maxItems": 2,
            },
        },
    },
    "required": ["member", "language", "text", "ranges"],
}
_HIT: Json = {
    "allOf": [
        {"$ref": "#/components/schemas/Reference"},
        {
            "type": "object",
            "properties": {
                "score": {"type": "number", "minimum": 0, "maximum": 1},
                "matches": {"type": "array", "items": {"$ref": "#/components/schemas/Match"}},
            },
            "required": ["score", "matches"],
        },
    ]
}
_PROBLEM: Json = {
    "type": "object",
    "description": "What went wrong (RFC 9457).",
    "properties": {
        "type": {"type": "string", "format": "uri", "description": "The kind of problem, stable."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong with this very request."},
        "parameter": {"type": "string", "description": "The parameter at fault."},
        "line": {"type": "integer", "minimum": 1},
        "column": {"type": "integer", "minimum": 1},
        "incident": {"type": "string", "description": "What our log has the fault under."},
    },
    "required": ["type", "title", "status", "detail"],
}
_VERSION: Json = {
    "type": "object",
    "description": "A version of the store.",
    "properties": {
        "number": {"type": "integer", "minimum": 0},
        "time": {"type": "string", "format": "date-time"},
        "author": {"type": "string"},
        "message": {"type": "string"},
        "parent": {"type": ["integer", "null"], "description": "The version it was made from."},
        "digest": {"type": "string", "description": "Equal where the content is."},
        "triples": {"type": "integer", "minimum": 0},
        "url": {"type": "string"},
    },
    "required": ["number", "time", "author", "message", "parent", "digest", "triples", "url"],
}

NEXT: Json = {"type": ["string", "null"], "description": "The next page, null at the end."}
COUNT: Json = {"type": "integer", "minimum": 0, "description": "How many there are in all."}


def schemas(schema: Schema, examples: Mapping[str, Json]) -> dict[str, Json]:
    """All schemas by name; ``examples`` are things by the name of their class."""
    found: dict[str, Json] = {
        "Reference": _REFERENCE,
        "Match": _MATCH,
        "Hit": _HIT,
        "Problem": _PROBLEM,
        "Version": _VERSION,
    }
    for each in sorted(schema.classes.values(), key=lambda known: known.name):
        found[each.name] = _class(schema, each, examples.get(each.name))
        found[f"{each.name}Document"] = _document(schema, each)
    return found


def page(schema: Schema, class_iri: str | None) -> Json:
    """The schema of a page of a list of things of a class; of any where it is None."""
    return {
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": of_class(schema, class_iri)},
            "count": COUNT,
            "next": NEXT,
            "prev": {"type": ["string", "null"], "description": "The page before this one."},
        },
        "required": ["items", "count", "next"],
    }


def of_class(schema: Schema, class_iri: str | None, *, suffix: str = "") -> Json:
    """The schema of a thing of a class or of one under it."""
    known = (
        [iri for iri in schema.subclasses(class_iri) if iri in schema.classes] if class_iri else []
    )
    if not known:
        return _ref("Reference")
    refs = [_ref(f"{schema.classes[iri].name}{suffix}") for iri in known]
    return refs[0] if len(refs) == 1 else {"anyOf": refs}


def _ref(name: str) -> dict[str, Json]:
    return {"$ref": f"#/components/schemas/{name}"}


def _class(schema: Schema, described: Class, example: Json) -> Json:
    members = schema.profile([described.iri]).own
    types: Json = {"type": "array", "items": {"type": "string"}, "description": "All its classes."}
    body: dict[str, Json] = {
        "type": "object",
        "title": described.labels.get("en", described.name),
        "description": described.descriptions.get("en", ""),
        "properties": {**_HEAD, "types": types, **_properties(schema, members)},
        "required": _REQUIRED,
    }
    return body if example is None else {**body, "examples": [example]}


def _document(schema: Schema, described: Class) -> Json:
    views = schema.profile([described.iri]).views
    more: Json = {
        "type": "object",
        "description": (
            "The lists that go on, by the member of which only the first are shown: where there are"
            f" more than {WHOLE_LIMIT} things to show whole, the first {WHOLE_FIRST} of these, and"
            f" where there are more than {VIEW_LIMIT} others, the first {VIEW_FIRST}."
        ),
        "additionalProperties": {"type": "string"},
    }
    pointing: Json = {"type": "object", "properties": {**_properties(schema, views), "more": more}}
    return {"allOf": [_ref(described.name), pointing]}


def _properties(schema: Schema, members: Iterable[Member]) -> dict[str, Json]:
    return {member.name: _described(member, _values(schema, member)) for member in members}


def _described(member: Member, found: dict[str, Json]) -> Json:
    text = member.descriptions.get("en") or member.labels.get("en")
    return {**found, "description": text} if text else found


def _values(schema: Schema, member: Member) -> dict[str, Json]:
    """The schema of a member: by language, a single value, or an array."""
    by_language: dict[str, Json] = {"type": "object", "additionalProperties": _STRINGS}
    if member.datatype == f"{RDF}langString":
        return by_language
    value = _value(schema, member)
    several: dict[str, Json] = {"type": "array", "items": value}
    if not member.view and member.single:
        return {"anyOf": [value, several]}
    return several if member.datatype or member.classes else {"anyOf": [several, by_language]}


def _value(schema: Schema, member: Member) -> dict[str, Json]:
    if member.classes or not member.datatype:
        thing = of_class(schema, _one(member.classes)) if member.nested else _ref("Reference")
        return {"anyOf": [thing, {"type": "string", "format": "iri"}]}
    if member.datatype == f"{XSD}integer":
        return {"anyOf": [{"type": "integer"}, _odd()]}
    if member.datatype == f"{XSD}date":
        return {"anyOf": [{"type": "string", "format": "date"}, _odd()]}
    return {"anyOf": [{"type": "string"}, _odd()]}


def _one(classes: tuple[str, ...]) -> str | None:
    return classes[0] if len(classes) == 1 else None


def _odd() -> Json:
    """A literal of another datatype than the shape's: a JSON-LD value object."""
    return {
        "type": "object",
        "properties": {"@value": {"type": "string"}, "@type": {"type": "string"}},
        "required": ["@value"],
    }
