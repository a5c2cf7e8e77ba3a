"""The operations whose routes do not depend on the schema."""

from __future__ import annotations

from collections.abc import Iterator

from kg.description import Json
from kg.formats import (
    HTML,
    JSON,
    JSON_LD,
    RDF_FORMATS,
    RESULTS_FORMATS,
    TURTLE,
    Format,
)
from kg.openapi.operations import Operation, contents
from kg.openapi.parameters import (
    Parameter,
    cursor_parameter,
    format_parameter,
    limit_parameter,
    query,
    thing_schema,
)
from kg.openapi.schemas import COUNT, NEXT
from kg.questions.catalogue import QUESTIONS, Question, QuestionParameter
from kg.schema import Schema
from kg.search.limits import LIMIT_DEFAULT, LIMIT_MAX

Known = tuple[str, str, Operation]  # path, method, operation

_TEXT: Json = {"type": "string"}
_IRI: Json = {"type": "string", "format": "iri"}
_IRIS: Json = {"type": "array", "items": _IRI}
_SECONDS: Json = {"type": "number", "exclusiveMinimum": 0}
_HITS: Json = {"type": "array", "items": {"$ref": "#/components/schemas/Hit"}}
_FORM = "application/x-www-form-urlencoded"
_QUERY, _UPDATE = "application/sparql-query", "application/sparql-update"


def fixed_operations(schema: Schema) -> Iterator[Known]:
    """Path, method and operation of each."""
    yield from _documents()
    yield from _vocabulary()
    yield from _searches(schema)
    yield from _general_questions()
    yield from _sparql()
    yield from _graphs()
    yield "/validate", "get", _validation("Validate a graph of the store", {})
    yield "/validate", "post", _validation("Validate a graph", _bodies(RDF_FORMATS))


def _documents() -> Iterator[Known]:
    thing: Json = {"type": "object"}
    home = Operation(
        id="home",
        summary="What is here, with links",
        tag="service",
        parameters=(format_parameter((JSON,)),),
        answers=contents((JSON,), thing),
        statuses=(400, 406),
    )
    yield "/", "get", home
    health = Operation(
        id="health",
        summary="Whether the service answers",
        tag="service",
        answers=contents((JSON,), thing),
        statuses=(503,),
        conditional=False,
    )
    yield "/health", "get", health
    yield "/openapi.json", "get", _plain("openapi", "This description", {"application/json": thing})
    yield "/docs", "get", _plain("docs", "This description as a page", {HTML.media_type: _TEXT})
    metrics = Operation(
        id="metrics",
        summary="Figures for Prometheus",
        tag="service",
        answers={"text/plain": _TEXT, "application/openmetrics-text": _TEXT},
        statuses=(),
        conditional=False,
    )
    yield "/metrics", "get", metrics


def _plain(name: str, summary: str, answers: dict[str, Json]) -> Operation:
    return Operation(
        id=name, summary=summary, tag="service", answers=answers, statuses=(400, 406, 414)
    )


def _vocabulary() -> Iterator[Known]:
    graphs = {
        "ontology": "The ontology",
        "shapes": "The SHACL shapes",
        "api": "The annotations by which shapes describe the API",
    }
    offered = (*RDF_FORMATS, HTML)
    for name, summary in graphs.items():
        operation = Operation(
            id=name,
            summary=summary,
            tag="vocabulary",
            parameters=(format_parameter(offered),),
            answers=contents(offered, _TEXT),
        )
        yield f"/{name}", "get", operation
    context = Operation(
        id="context",
        summary="The JSON-LD context of our JSON",
        tag="vocabulary",
        answers={JSON_LD.media_type: {"type": "object"}},
        statuses=(400, 406),
    )
    yield "/context.jsonld", "get", context


def _searches(schema: Schema) -> Iterator[Known]:
    names: list[Json] = [*sorted(each.name for each in schema.classes.values())]
    types: Json = {"type": "array", "items": {"type": "string", "enum": names}, "minItems": 1}
    words: Json = {"type": "string", "minLength": 1, "maxLength": 2000, "pattern": "\\S"}
    shared: tuple[Parameter, ...] = (
        query("q", words, "What to look for.", example="putin", required=True),
        query("type", types, "Classes, those under them included: any of these."),
        format_parameter((JSON,)),
    )
    complete: Json = {"type": "boolean", "description": "Whether there are no others."}
    found: Json = {
        "type": "object",
        "properties": {"items": _HITS, "count": COUNT, "complete": complete, "next": NEXT},
        "required": ["items", "count", "complete", "next"],
    }
    search = Operation(
        id="search",
        summary="Things by name, description or id",
        description="Exact names first, then beginnings, words, and slips of the pen.",
        tag="search",
        parameters=(*shared, limit_parameter(LIMIT_DEFAULT, LIMIT_MAX), cursor_parameter()),
        answers=contents((JSON,), found),
    )
    suggestions: Json = {"type": "object", "properties": {"items": _HITS}, "required": ["items"]}
    suggest = Operation(
        id="suggest",
        summary="The ten things that somebody who types may mean",
        tag="search",
        parameters=shared,
        answers=contents((JSON,), suggestions),
    )
    yield "/search", "get", search
    yield "/suggest", "get", suggest


def _general_questions() -> Iterator[Known]:
    for question in QUESTIONS:
        if question.class_iri is None:
            yield f"/{question.name}", "get", _question(question)


def _question(question: Question) -> Operation:
    return Operation(
        id=question.name,
        summary=question.labels["en"],
        description=question.descriptions["en"],
        tag="questions",
        parameters=(*map(_asked, question.parameters), format_parameter((JSON,))),
        answers=contents((JSON,), {"type": "object"}),
    )


def _asked(known: QuestionParameter) -> Parameter:
    schema: Json = thing_schema()
    if known.most is not None:
        schema = {
            "type": "integer",
            "minimum": 1,
            "maximum": known.most,
            "default": known.default,
        }
    elif known.times > 1:
        schema = {
            "type": "array",
            "items": schema,
            "minItems": known.times,
            "maxItems": known.times,
            "uniqueItems": True,
        }
    return query(known.name, schema, known.meaning, required=known.times > 0)


def _sparql() -> Iterator[Known]:
    offered = (*RESULTS_FORMATS, *RDF_FORMATS)
    text = query(
        "query", _TEXT, "The query. None: what the endpoint is.", example="ASK { ?s ?p ?o }"
    )
    dataset = (
        query("default-graph-uri", _IRIS, "Graphs that make up the default graph."),
        query("named-graph-uri", _IRIS, "The named graphs."),
        query("timeout", _SECONDS, "Seconds that the query may take."),
    )
    statuses = (400, 403, 404, 406, 414, 503)
    get = Operation(
        id="query",
        summary="Ask a SPARQL 1.1 query",
        tag="sparql",
        parameters=(text, *dataset),
        answers={**contents(offered, _TEXT), HTML.media_type: _TEXT},
        statuses=statuses,
    )
    post = Operation(
        id="query-post",
        summary="Ask a SPARQL 1.1 query, or make an update",
        tag="sparql",
        parameters=dataset,
        answers=contents(offered, _TEXT),
        statuses=statuses,
        body={_QUERY: _TEXT, _FORM: {"type": "object"}, _UPDATE: _TEXT},
        writes=True,
    )
    update = Operation(
        id="update",
        summary="Make a SPARQL 1.1 update, whole or not at all",
        tag="sparql",
        parameters=(
            query("using-graph-uri", _IRIS, "Graphs that make up the default graph."),
            query("using-named-graph-uri", _IRIS, "The named graphs."),
        ),
        body={_UPDATE: _TEXT, _FORM: {"type": "object"}},
        success=204,
        writes=True,
        conditional=False,
    )
    yield "/sparql", "get", get
    yield "/sparql", "post", post
    yield "/update", "post", update


def _graphs() -> Iterator[Known]:
    named = (
        query("graph", _IRI, "The graph's IRI."),
        query("default", _TEXT, "The default graph, rather; the value does not matter."),
    )
    get = Operation(
        id="graph-get",
        summary="The triples of a graph",
        tag="graphs",
        parameters=(*named, format_parameter(RDF_FORMATS)),
        answers=contents(RDF_FORMATS, _TEXT),
    )
    yield "/data", "get", get
    summaries = {
        "put": "Make a graph hold just these triples",
        "post": "Add triples to a graph",
        "delete": "Remove a graph",
        "patch": "Apply a SPARQL update to a graph",
    }
    bodies = {"put": _bodies(RDF_FORMATS), "post": _bodies(RDF_FORMATS), "patch": {_UPDATE: _TEXT}}
    for method, summary in summaries.items():
        operation = Operation(
            id=f"graph-{method}",
            summary=summary,
            tag="graphs",
            parameters=named,
            body=bodies.get(method, {}),
            success=204,
            writes=True,
            conditional=False,
        )
        yield "/data", method, operation


def _validation(summary: str, body: dict[str, Json]) -> Operation:
    return Operation(
        id="validate-body" if body else "validate",
        summary=summary,
        tag="graphs",
        parameters=(query("graph", _IRI, "The graph's IRI."),),
        answers=contents((TURTLE, *RDF_FORMATS[1:], JSON, HTML), {"type": "object"}),
        body=body,
        statuses=(400, 404, 406, 413, 415, 422, 503),
        conditional=False,
    )


def _bodies(offered: tuple[Format, ...]) -> dict[str, Json]:
    return {each.media_type: _TEXT for each in offered}
