"""What pictures are drawn from: timelines, and questions answered by nodes and edges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from kg.documents.description import Json
from kg.openapi.operations import Known, Operation, contents
from kg.openapi.parameters import all_filter_parameters, format_parameter
from kg.openapi.schemas import COUNT, of_class
from kg.pictures.edges import Layer
from kg.pictures.timeline import TIMELINE_LIMIT, dated_collections
from kg.rdf.formats import HTML, JSON
from kg.schema.schema import Collection, Schema

_FORMATS = (JSON, HTML)
_REFERENCE: Json = {"$ref": "#/components/schemas/Reference"}
_REFERENCES: Json = {"type": "array", "items": _REFERENCE}
_IRI: Json = {"type": "string", "description": "The IRI of one of the nodes."}
_LAYERS: list[Json] = [each.value for each in Layer]

_EDGE: Json = {
    "type": "object",
    "properties": {
        "source": _IRI,
        "target": _IRI,
        "relation": {"type": "string", "description": "What links them, for the reader."},
        "layer": {
            "type": "string",
            "enum": _LAYERS,
            "description": "Reported, claimed, or only what a claimed situation is made of.",
        },
        "item": _REFERENCE,
        "status": _REFERENCE,
        "by": _REFERENCE,
        "polarity": _REFERENCE,
        "evidence": _REFERENCES,
    },
    "required": ["source", "target", "relation", "layer"],
}
_CLASS: Json = {
    "type": "object",
    "properties": {"label": {"type": "string"}, "place": {"type": "integer", "minimum": 0}},
    "required": ["label", "place"],
}
_NEIGHBOURHOOD: Json = {
    "type": "object",
    "properties": {
        "thing": _REFERENCE,
        "nodes": _REFERENCES,
        "edges": {"type": "array", "items": _EDGE},
        "classes": {"type": "object", "additionalProperties": _CLASS},
        "leftOut": {"type": "integer", "minimum": 0},
        "more": {"type": "object", "additionalProperties": {"type": "string"}},
    },
    "required": ["thing", "nodes", "edges", "classes", "leftOut"],
}

ANSWERS: Mapping[str, Json] = MappingProxyType({"neighbourhood": _NEIGHBOURHOOD})


def timeline_operations(schema: Schema) -> Iterator[Known]:
    """The timeline of each collection that has one, and the short way to the first of them."""
    dated = [schema.collections[name] for name in dated_collections(schema)]
    for collection in dated:
        yield f"/timeline/{collection.name}", "get", _timeline(schema, collection)
    for collection in dated[:1]:
        short = Operation(
            id="timeline",
            summary="To the first timeline",
            tag=collection.name,
            parameters=tuple(all_filter_parameters(schema, collection.class_iri)),
            success=None,
            redirects=(307,),
            statuses=(400, 414),
            conditional=False,
        )
        yield "/timeline", "get", short


def _timeline(schema: Schema, collection: Collection) -> Operation:
    day: Json = {"type": ["string", "null"], "format": "date"}
    span: Json = {
        "type": "object",
        "properties": {"first": day, "last": day, "stated": {"type": "boolean"}},
        "required": ["first", "last", "stated"],
    }
    item: Json = {
        "allOf": [
            of_class(schema, collection.class_iri),
            {"type": "object", "properties": {"span": span}, "required": ["span"]},
        ]
    }
    found: Json = {
        "type": "object",
        "properties": {"items": {"type": "array", "items": item}, "count": COUNT},
        "required": ["items", "count"],
    }
    return Operation(
        id=f"timeline-{collection.name}",
        summary=f"The {collection.name} as they follow one another",
        description=(
            f"The first {TIMELINE_LIMIT}, each with the span of days on which it can have been, as"
            " it says itself (stated) or as follows from its whole and from what is earlier or"
            " later."
        ),
        tag=collection.name,
        parameters=(
            *all_filter_parameters(schema, collection.class_iri),
            format_parameter(_FORMATS),
        ),
        answers=contents(_FORMATS, found),
    )
