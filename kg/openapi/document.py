"""The OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.1), put together."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg import __version__
from kg.description import Json
from kg.openapi.fixed import fixed_operations
from kg.openapi.operations import Operation, headers, responses
from kg.openapi.parameters import Parameter
from kg.openapi.resources import collection_operations
from kg.openapi.schemas import schemas
from kg.schema import Schema

ABOUT = (
    "News editorials as a knowledge graph: what is reported, said, judged, foreseen and"
    " recommended, each with its source and the passage it rests on. `reported-fact` means reported"
    " as fact by the article, not verified by us.\n\n"
    "Every GET can be a HEAD, and OPTIONS says what a path takes. JSON answers are JSON-LD with the"
    " context that their Link header names. Where there are several formats, a path takes a suffix"
    " for one (`/actors/putin.ttl`). The slash in an id may be written as it is or as %2F."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A route as the server knows it: a path with ``{name}`` for what varies, and its methods."""

    path: str
    methods: tuple[str, ...]
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """Things of the data: one by the name of its class, and an id by the collection's name."""

    things: Mapping[str, Json]
    ids: Mapping[str, str]


def document(
    schema: Schema, routes: Iterable[Route], examples: Examples, *, root: str
) -> dict[str, Json]:
    """The whole description. ``routes`` that nothing else is known of are described in short."""
    paths: dict[str, dict[str, Json]] = {}
    for path, operation in collection_operations(schema, examples.ids):
        paths.setdefault(path, {})["get"] = operation.written()
    for path, method, operation in fixed_operations(schema):
        paths.setdefault(path, {})[method] = operation.written()
    for route in routes:
        _describe_in_short(paths, route)
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


def _describe_in_short(paths: dict[str, dict[str, Json]], route: Route) -> None:
    names = [part[1:-1] for part in route.path.split("/") if part.startswith("{")]
    varying: tuple[Parameter, ...] = tuple(
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in names
    )
    known = paths.setdefault(route.path, {})
    words = route.path.strip("/").replace("/", "-").replace("{", "").replace("}", "")
    for method in route.methods:
        operation = Operation(
            id=f"{words}-{method}",
            summary=route.summary,
            tag="more",
            parameters=varying,
            redirects=(302, 303, 307, 308) if method == "get" else (),
            writes=method != "get",
        )
        known.setdefault(method, operation.written())


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
