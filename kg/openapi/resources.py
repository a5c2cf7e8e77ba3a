"""The operations of collections: lists, documents, and the lists below a thing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kg.documents.subresources import sub_resources
from kg.openapi.operations import Operation, contents
from kg.openapi.parameters import (
    format_parameter,
    list_parameters,
    path_id,
    selection_parameters,
)
from kg.openapi.pictures import ANSWERS
from kg.openapi.schemas import of_class, page
from kg.questions.catalogue import QUESTIONS
from kg.rdf.formats import PAGE_FORMATS
from kg.schema.schema import Collection, Member, Schema

_FORMAT = format_parameter(PAGE_FORMATS)


def collection_operations(
    schema: Schema, ids: Mapping[str, str]
) -> Iterator[tuple[str, Operation]]:
    """The path and GET operation of every list and document; ``ids`` by collection are examples."""
    for collection in sorted(schema.collections.values(), key=lambda known: known.name):
        example = ids.get(collection.name)
        yield f"/{collection.name}", _list(schema, collection)
        yield f"/{collection.name}/{{id}}", _document(schema, collection, example)
        for segment, member in sub_resources(schema, collection).items():
            path = f"/{collection.name}/{{id}}/{segment}"
            yield path, _below(schema, collection, (segment, member), example)
        yield from _questions(schema, collection, example)


def _list(schema: Schema, collection: Collection) -> Operation:
    return Operation(
        id=f"list-{collection.name}",
        summary=collection.labels.get("en", collection.name),
        description=collection.descriptions.get("en", ""),
        tag=collection.name,
        parameters=(*list_parameters(schema, collection.class_iri), _FORMAT),
        answers=contents(PAGE_FORMATS, page(schema, collection.class_iri)),
    )


def _document(schema: Schema, collection: Collection, example: str | None) -> Operation:
    selection = selection_parameters(schema, collection.class_iri, views=True)
    return Operation(
        id=f"get-{collection.name}",
        summary=f"One of {collection.name}, with what points to it",
        tag=collection.name,
        parameters=(path_id(example), *selection, _FORMAT),
        answers=contents(PAGE_FORMATS, of_class(schema, collection.class_iri, suffix="Document")),
        redirects=(308,),
    )


def _below(
    schema: Schema, collection: Collection, found: tuple[str, Member], example: str | None
) -> Operation:
    segment, member = found
    class_iri = next(iter(member.classes), None)
    return Operation(
        id=f"list-{collection.name}-{segment}",
        summary=member.labels.get("en", segment),
        description=member.descriptions.get("en", ""),
        tag=collection.name,
        parameters=(path_id(example), *list_parameters(schema, class_iri), _FORMAT),
        answers=contents(PAGE_FORMATS, page(schema, class_iri)),
        redirects=(308,),
    )


def _questions(
    schema: Schema, collection: Collection, example: str | None
) -> Iterator[tuple[str, Operation]]:
    for question in QUESTIONS:
        if question.is_asked_of(schema, collection.class_iri):
            operation = Operation(
                id=f"{question.name}-{collection.name}",
                summary=question.labels["en"],
                description=question.descriptions["en"],
                tag=collection.name,
                parameters=(path_id(example), format_parameter(question.formats)),
                answers=contents(question.formats, ANSWERS.get(question.name, {"type": "object"})),
                redirects=(308,),
            )
            yield f"/{collection.name}/{{id}}/{question.name}", operation
