"""The operations of the service itself, the vocabulary, search and general questions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice

from kg.documents.description import Json
from kg.openapi.operations import Known, Operation, contents, leading
from kg.openapi.parameters import (
    Parameter,
    cursor_parameter,
    format_parameter,
    limit_parameter,
    path_parameter,
    query,
    thing_schema,
)
from kg.openapi.schemas import COUNT, NEXT
from kg.questions.catalogue import QUESTIONS, Question, QuestionParameter
from kg.rdf.formats import (
    HTML,
    JSON,
    JSON_LD,
    RDF_FORMATS,
)
from kg.schema.schema import Schema
from kg.search.limits import LIMIT_DEFAULT, LIMIT_MAX

_TEXT: Json = {"type": "string"}
_ON_A_PAGE = "Needed, but for a page, which is a form without it."
_HITS: Json = {"type": "array", "items": {"$ref": "#/components/schemas/Hit"}}


def fixed_operations(schema: Schema, ids: Sequence[str]) -> Iterator[Known]:
    """Path, method and operation of each; ``ids`` are examples of things."""
    yield from _documents()
    yield from _vocabulary()
    yield from _searches(schema)
    yield from _general_questions(ids)


def _documents() -> Iterator[Known]:
    thing: Json = {"type": "object"}
    home = Operation(
        id="home",
        summary="What is here, with links",
        tag="service",
        parameters=(format_parameter((JSON, HTML)),),
        answers=contents((JSON, HTML), thing),
        statuses=(400, 406),
    )
    yield "/", "get", home
    health = Operation(
        id="health",
        summary="Whether the service answers",
        tag="service",
        answers=contents((JSON,), thing),
        statuses=(400, 503),
        conditional=False,
        timeless=True,
    )
    yield "/health", "get", health
    yield "/openapi.json", "get", _plain("openapi", "This description", {"application/json": thing})
    yield "/docs", "get", _plain("docs", "This description as a page", {HTML.media_type: _TEXT})
    metrics = Operation(
        id="metrics",
        summary="Figures for Prometheus",
        tag="service",
        answers={"text/plain": _TEXT, "application/openmetrics-text": _TEXT},
        statuses=(400,),
        conditional=False,
        timeless=True,
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
    edition = path_parameter("edition", _TEXT, "As in its owl:versionIRI.", example="0.1.0")
    for name in ("ontology", "api"):
        operation = leading("To the document of an edition", "vocabulary", (edition,), 302)
        yield f"/{name}/{{edition}}", "get", replace(operation, id=f"{name}-edition")
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
    typed = query("type", types, "Classes, those under them included: any of these.")
    sought = partial(query, "q", words, example="putin")
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
        parameters=(
            sought(f"What to look for. {_ON_A_PAGE}"),
            typed,
            format_parameter((JSON, HTML)),
            limit_parameter(LIMIT_DEFAULT, LIMIT_MAX),
            cursor_parameter(),
        ),
        answers=contents((JSON, HTML), found),
    )
    suggestions: Json = {"type": "object", "properties": {"items": _HITS}, "required": ["items"]}
    suggest = Operation(
        id="suggest",
        summary="The ten things that somebody who types may mean",
        tag="search",
        parameters=(sought("What is typed.", required=True), typed, format_parameter((JSON,))),
        answers=contents((JSON,), suggestions),
    )
    yield "/search", "get", search
    yield "/suggest", "get", suggest


def _general_questions(ids: Sequence[str]) -> Iterator[Known]:
    for question in QUESTIONS:
        if question.class_iri is None:
            yield f"/{question.name}", "get", _question(question, iter(ids))


def _question(question: Question, ids: Iterator[str]) -> Operation:
    return Operation(
        id=question.name,
        summary=question.labels["en"],
        description=question.descriptions["en"],
        tag="questions",
        parameters=(
            *(_asked(each, question, ids) for each in question.parameters),
            format_parameter(question.formats),
        ),
        answers=contents(question.formats, {"type": "object"}),
    )


def _asked(known: QuestionParameter, question: Question, ids: Iterator[str]) -> Parameter:
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
    taken: list[Json] = [*islice(ids, known.times)]
    example: Json = (taken if known.times > 1 else taken[0]) if taken else None
    needed, has_form = known.times > 0, HTML in question.formats
    text = f"{known.meaning.capitalize()}. {_ON_A_PAGE if needed and has_form else ''}".rstrip()
    return query(known.name, schema, text, example=example, required=needed and not has_form)
