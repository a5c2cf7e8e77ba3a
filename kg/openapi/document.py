"""The OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.1), put together."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kg import __version__
from kg.documents.description import Json
from kg.openapi.exchanges import exchanges
from kg.openapi.fixed import fixed_operations
from kg.openapi.operations import Known, headers, responses
from kg.openapi.parameters import shared_parameters
from kg.openapi.past import past_operations
from kg.openapi.pictures import timeline_operations
from kg.openapi.resources import collection_operations
from kg.openapi.schemas import schemas
from kg.schema.schema import Schema

ABOUT = (
    "News editorials as a knowledge graph: what is reported, said, judged, foreseen and"
    " recommended, each with its source and the passage it rests on. `reported-fact` means reported"
    " as fact by the article, not verified by us.\n\n"
    "Every GET can be a HEAD, and OPTIONS says what a path takes. JSON answers are JSON-LD with the"
    " context that their Link header names. Where there are several formats, a path takes a suffix"
    " for one (`/actors/putin.ttl`). The slash in an id may be written as it is or as %2F."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """Things of the data: one by the name of its class, and an id by the collection's name."""

    things: Mapping[str, Json]
    ids: Mapping[str, str]


def document(
    schema: Schema, examples: Examples, *, root: str, languages: Iterable[str]
) -> dict[str, Json]:
    """The whole description of what is at ``root``, for readers of some of the languages."""
    paths: dict[str, dict[str, Json]] = {}
    language, version = shared_parameters(languages)
    for path, method, operation in _operations(schema, examples.ids):
        written = operation.written()
        shared = [language, version] if operation.versioned else [language]
        written["parameters"] = [*operation.parameters, *shared]
        paths.setdefault(path, {})[method] = written
    parameters = _shared_parameters(paths)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Editorial KG",
            "version": __version__,
            "description": ABOUT,
            "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": root or "/"}],
        "tags": _tags(schema, paths),
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": schemas(schema, examples.things),
            "parameters": parameters,
            "responses": responses(),
            "headers": headers(),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operations(schema: Schema, ids: Mapping[str, str]) -> Iterator[Known]:
    for path, operation in collection_operations(schema, ids):
        yield path, "get", operation
    yield from fixed_operations(schema, tuple(dict.fromkeys(ids.values())))
    yield from timeline_operations(schema)
    yield from exchanges()
    segments = {"id": None} | {
        each.segment: ids.get(each.name) for each in schema.collections.values()
    }
    yield from past_operations(segments)


def _tags(schema: Schema, paths: Mapping[str, Mapping[str, Json]]) -> list[Json]:
    used = dict.fromkeys(
        tag
        for methods in paths.values()
        for operation in methods.values()
        if isinstance(operation, dict)
        for tag in operation["tags"]
    )
    known = schema.collections
    return [
        {"name": tag, "description": known[tag].descriptions.get("en", "")}
        if tag in known
        else {"name": tag}
        for tag in used
    ]


def _shared_parameters(paths: Mapping[str, Mapping[str, Json]]) -> dict[str, Json]:
    """Put each parameter that is used into one place, and a reference where it was."""
    names: dict[str, str] = {}
    shared: dict[str, Json] = {}
    for methods in paths.values():
        for operation in methods.values():
            assert isinstance(operation, dict)
            operation["parameters"] = [
                _shared(parameter, names, shared) for parameter in operation["parameters"]
            ]
    return shared


def _shared(parameter: Mapping[str, Json], names: dict[str, str], shared: dict[str, Json]) -> Json:
    content = json.dumps(parameter, sort_keys=True)
    if content not in names:
        base = str(parameter["name"]).replace("!", "")
        taken = sum(known.rpartition("_")[0] == base for known in names.values())
        names[content] = f"{base}_{taken + 1}"
        shared[names[content]] = parameter
    return {"$ref": f"#/components/parameters/{names[content]}"}
