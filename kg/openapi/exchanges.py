"""The operations of SPARQL, of graphs and of validation: what takes a body, and what it asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from kg.documents.description import Json
from kg.openapi.operations import Known, Operation, contents
from kg.openapi.parameters import (
    Parameter,
    format_parameter,
    header,
    path_parameter,
    query,
)
from kg.rdf.formats import (
    HTML,
    JSON,
    RDF_FORMATS,
    RDF_PATCH,
    RESULTS_FORMATS,
    RESULTS_JSON,
    TURTLE,
    Format,
)

_TEXT: Json = {"type": "string"}
_IRI: Json = {"type": "string", "format": "iri"}
_IRIS: Json = {"type": "array", "items": _IRI}
_SECONDS: Json = {"type": "number", "exclusiveMinimum": 0, "description": "Seconds."}
_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"
_QUERY, _UPDATE = "application/sparql-query", "application/sparql-update"
_ONTOLOGY = "https://w3id.org/editorial-kg/graph/ontology"
_ASK = "ASK { ?s ?p ?o }"
_INSERT = "INSERT DATA { GRAPH <https://example.org/g> { <urn:x:s> <urn:x:p> 1 } }"
_TRIPLE = "<https://example.org/s> <https://example.org/p> 1 ."
_DATASET = (
    query("default-graph-uri", _IRIS, "Graphs that make up the default graph."),
    query("named-graph-uri", _IRIS, "The named graphs."),
    query("timeout", _SECONDS, "Seconds that the query may take, up to the server's limit."),
)
_USING = (
    query("using-graph-uri", _IRIS, "Graphs that make up the default graph."),
    query("using-named-graph-uri", _IRIS, "The named graphs."),
)
_DEFAULT = query("default", _TEXT, "The default graph, rather; the value does not matter.")
_CONDITIONS = (
    header("If-Match", "Write only if this is the tag of what is there; * if there is anything."),
    header("If-None-Match", "* writes only where there is nothing yet."),
)
_WRITER = (
    header("Prefer", "handling=strict: warnings stand in the way of the write."),
    header("Commit-Message", "The message of the version, percent-encoded, 500 characters."),
)


class _Naming(Protocol):
    """The parameters that name a graph to read or to write."""

    def __call__(self, *, writes: bool) -> tuple[Parameter, ...]: ...


def exchanges() -> Iterator[Known]:
    """Path, method and operation of each."""
    yield "/sparql", "get", _ask()
    yield "/sparql", "post", _ask_or_update()
    yield "/update", "post", _update()
    yield from _graphs("/data", "graph", _by_query)
    yield from _graphs("/data/{name}", "data", _by_url)
    yield from _graphs("/graph/{name}", "named-graph", _by_name)
    yield "/validate", "get", _validation("Validate a graph of the store", {}, named=True)
    yield "/validate", "post", _validation("Validate a graph", _graph_bodies(), named=False)


def _ask() -> Operation:
    offered = (*RESULTS_FORMATS, *RDF_FORMATS)
    text = query("query", _TEXT, "The query. None: what the endpoint is.", example=_ASK)
    return Operation(
        id="query",
        summary="Ask a SPARQL 1.1 query",
        tag="sparql",
        parameters=(text, *_DATASET, format_parameter(offered)),
        answers={**contents(offered, _TEXT), HTML.media_type: _TEXT},
        answer_examples={RESULTS_JSON.media_type: {"head": {}, "boolean": True}},
        statuses=(400, 403, 404, 406, 414, 502, 503, 504),
    )


def _ask_or_update() -> Operation:
    offered = (*RESULTS_FORMATS, *RDF_FORMATS)
    form: Json = {
        "type": "object",
        "properties": {"query": _TEXT, "update": _TEXT},
        "oneOf": [{"required": ["query"]}, {"required": ["update"]}],
    }
    return Operation(
        id="query-post",
        summary="Ask a SPARQL 1.1 query, or make an update",
        tag="sparql",
        parameters=(*_DATASET, *_USING, *_WRITER),
        answers=contents(offered, _TEXT),
        body={_QUERY: _TEXT, _FORM: form, _UPDATE: _TEXT},
        body_examples={_QUERY: _ASK, _FORM: {"query": _ASK}, _UPDATE: _INSERT},
        statuses=(400, 403, 404, 406, 414, 502, 503, 504),
        more={204: "The update is made."},
        writes=True,
        needs_token=False,
        conditional=False,
    )


def _update() -> Operation:
    form: Json = {"type": "object", "properties": {"update": _TEXT}, "required": ["update"]}
    return Operation(
        id="update",
        summary="Make a SPARQL 1.1 update, whole or not at all",
        tag="sparql",
        parameters=(*_USING, _CONDITIONS[0], *_WRITER),
        body={_UPDATE: _TEXT, _FORM: form},
        body_examples={_UPDATE: _INSERT, _FORM: {"update": _INSERT}},
        success=204,
        more={200: "The update is made, with warnings."},
        writes=True,
        conditional=False,
    )


def _by_query(*, writes: bool) -> tuple[Parameter, ...]:
    example = "https://example.org/g" if writes else _ONTOLOGY
    text = "The graph's IRI. Either this or default."
    return query("graph", _IRI, text, example=example), _DEFAULT


def _by_url(*, writes: bool) -> tuple[Parameter, ...]:
    del writes  # the same name for both
    return (path_parameter("name", _TEXT, "The rest of the graph's own URL.", example="mine"),)


def _by_name(*, writes: bool) -> tuple[Parameter, ...]:
    example = "mine" if writes else "ontology"
    return (path_parameter("name", _TEXT, "The name in our namespace.", example=example),)


def _graphs(path: str, name: str, named: _Naming) -> Iterator[Known]:
    get = Operation(
        id=f"{name}-get",
        summary="The triples of a graph",
        tag="graphs",
        parameters=(*named(writes=False), format_parameter(RDF_FORMATS)),
        answers=contents(RDF_FORMATS, _TEXT),
        answer_examples={TURTLE.media_type: _TRIPLE},
    )
    yield path, "get", get
    patches = {_UPDATE: _TEXT} | ({RDF_PATCH.media_type: _TEXT} if path == "/data" else {})
    whole = {
        "put": ("Make a graph hold just these triples", _graph_bodies()),
        "post": ("Add triples to a graph", _graph_bodies()),
        "delete": ("Remove a graph", {}),
        "patch": ("Apply a SPARQL update to a graph", patches),
    }
    for method, (summary, body) in whole.items():
        created = {201: "The graph is new."} if method in {"put", "post"} else {}
        operation = Operation(
            id=f"{name}-{method}",
            summary=summary,
            tag="graphs",
            parameters=(*named(writes=True), *_CONDITIONS, *_WRITER),
            body=body,
            body_examples=_examples(body),
            success=204,
            more={200: "It is written, with warnings.", **created},
            writes=True,
            conditional=False,
        )
        yield path, method, operation


def _validation(summary: str, body: dict[str, Json], *, named: bool) -> Operation:
    offered = (TURTLE, *RDF_FORMATS[1:], JSON, HTML)
    text = "The graph's IRI" + ("." if named else ", if the body is not one that has none.")
    iri = query("graph", _IRI, text, example=_ONTOLOGY if named else None, required=named)
    return Operation(
        id="validate" if named else "validate-body",
        summary=summary,
        tag="graphs",
        description="What a write would be told, without writing: a SHACL validation report.",
        parameters=(iri, format_parameter(offered)),
        answers=contents(offered, {"type": "object"}),
        body=body,
        body_examples=_examples(body),
        statuses=(400, 404, 406, 411, 413, 414, 415, 422, 503),
        conditional=False,
    )


def _graph_bodies() -> dict[str, Json]:
    return {**_bodies(RDF_FORMATS), _MULTIPART: _FILES}


def _bodies(offered: tuple[Format, ...]) -> dict[str, Json]:
    return {each.media_type: _TEXT for each in offered}


def _examples(body: dict[str, Json]) -> dict[str, Json]:
    known: dict[str, Json] = {TURTLE.media_type: _TRIPLE, _UPDATE: "DELETE WHERE { ?s ?p 1 }"}
    return {name: example for name, example in known.items() if name in body}


_FILES: Json = {
    "type": "object",
    "description": "Files in any RDF format; for a validation `data` and, if ours are not meant,"
    " `shapes`.",
    "properties": {"data": {"type": "string", "format": "binary"}},
    "required": ["data"],
}
