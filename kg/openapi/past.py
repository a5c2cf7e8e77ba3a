"""The operations of versions, of dumps and of what says where things are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from kg.documents.description import Json
from kg.openapi.operations import Known, Operation, contents, leading
from kg.openapi.parameters import (
    NUMBER,
    format_parameter,
    path_parameter,
    query,
)
from kg.rdf.formats import HTML, JSON, LINK_FORMAT, RDF_FORMATS, RDF_PATCH, TURTLE

_TEXT: Json = {"type": "string"}
_VERSION: Json = {"$ref": "#/components/schemas/Version"}
_NUMBER = path_parameter("number", NUMBER, "The version's number.", example=1)
_FILE = path_parameter("name", _TEXT, "The file's name, with its folder.", example="SHA256SUMS")
_HISTORY: Json = {
    "type": "object",
    "properties": {
        "items": {"type": "array", "items": _VERSION},
        "next": {"type": ["string", "null"], "description": "The older ones, null at the end."},
        "note": {"type": "string", "description": "Why there is only one, over another engine."},
    },
    "required": ["items", "next"],
}


def past_operations(segments: Mapping[str, str | None]) -> Iterator[Known]:
    """Path, method and operation of each.

    ``segments`` are those of IRIs, with the id of a thing under each where there is any.
    """
    yield from _versions()
    yield from _dumps()
    yield from _descriptions()
    yield from _things(segments.items())


def _versions() -> Iterator[Known]:
    pages = (JSON, HTML)
    number = "A version's number."
    many = Operation(
        id="versions",
        summary="The versions that are kept, newest first",
        tag="versions",
        parameters=(
            query("before", NUMBER, "Only versions with smaller numbers than this."),
            query("from", NUMBER, f"{number} With to: leads to what differs between the two."),
            query("to", NUMBER, f"{number} With from."),
            format_parameter(pages),
        ),
        answers=contents(pages, _HISTORY),
        redirects=(303,),
        conditional=False,
        timeless=True,
        statuses=(400, 404, 406, 503),
    )
    yield "/versions", "get", many
    spec: Json = {"type": "string", "pattern": "^[0-9]{1,9}(\\.\\.[0-9]{1,9})?$"}
    offered = (RDF_PATCH, JSON, HTML)
    one = Operation(
        id="version",
        summary="One version, or what differs between two",
        description="One version is JSON or a page; a difference is an RDF Patch, too.",
        tag="versions",
        parameters=(
            path_parameter("spec", spec, "A number, or two: 3..7.", example="1"),
            format_parameter(offered),
        ),
        answers=contents(offered, {"type": "object"}),
        statuses=(400, 404, 406, 503),
        is_dated=False,
    )
    yield "/versions/{spec}", "get", one
    timemap = Operation(
        id="timemap",
        summary="The TimeMap of a resource (RFC 7089): where it is as of each version",
        tag="versions",
        parameters=(path_parameter("path", _TEXT, "The resource's path.", example="actors/putin"),),
        answers=contents((LINK_FORMAT,), _TEXT),
        statuses=(400, 404),
        conditional=False,
        timeless=True,
    )
    yield "/timemap/{path}", "get", timemap


def _dumps() -> Iterator[Known]:
    latest = {"type": "string", "description": "Leads to the newest."}
    listed: Json = {
        "type": "object",
        "properties": {"latest": latest, "versions": {"type": "array", "items": _TEXT}},
        "required": ["latest", "versions"],
    }
    file: Json = {
        "type": "object",
        "properties": {
            "name": _TEXT,
            "size": {"type": "integer", "minimum": 0, "description": "In bytes."},
            "mediaType": _TEXT,
            "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        },
        "required": ["name", "size", "mediaType", "sha256"],
    }
    files: Json = {
        "type": "object",
        "properties": {"files": {"type": "array", "items": file}},
        "required": ["files"],
    }
    for path, name, summary, schema in (
        ("/dumps/", "dumps", "The versions whose files can be had", listed),
        ("/dumps/{number}/", "dump", "A version's files, with size and SHA-256", files),
    ):
        operation = Operation(
            id=name,
            summary=summary,
            tag="dumps",
            parameters=(*((_NUMBER,) if "{" in path else ()), format_parameter((JSON, HTML))),
            answers=contents((JSON, HTML), schema),
            statuses=(400, 404, 406, 503, 507),
        )
        yield path, "get", operation
    types = [each.media_type for each in RDF_FORMATS]
    one = Operation(
        id="dump-file",
        summary="A file of a version",
        tag="dumps",
        parameters=(_NUMBER, _FILE),
        answers=dict.fromkeys((*types, "text/plain", "application/gzip"), _TEXT),
        statuses=(400, 404, 416, 503, 507),
        more={206: "The part that Range asks for."},
    )
    yield "/dumps/{number}/{name}", "get", one
    for path, more in (("/dumps/latest/", ()), ("/dumps/latest/{name}", (_FILE,))):
        operation = leading("To the current version's files", "dumps", more, 307)
        yield path, "get", replace(operation, id=f"latest-{'file' if more else 'dump'}")


def _descriptions() -> Iterator[Known]:
    for path, summary in (("/void", "What is in the dataset (VoID)"), ("/catalog", "DCAT")):
        operation = Operation(
            id=path.strip("/"),
            summary=summary,
            tag="dumps",
            parameters=(format_parameter((*RDF_FORMATS, HTML)),),
            answers=contents((*RDF_FORMATS, HTML), _TEXT),
            answer_examples={TURTLE.media_type: "<> a <http://rdfs.org/ns/void#Dataset> .\n"},
            statuses=(400, 404, 406, 503, 507),
        )
        yield path, "get", operation
    yield (
        "/.well-known/void",
        "get",
        replace(leading("To /void", "dumps", (), 302), id="well-known-void"),
    )


def _things(segments: Iterable[tuple[str, str | None]]) -> Iterator[Known]:
    for segment, example in segments:
        shown = path_parameter("local_id", _TEXT, "The end of the thing's IRI.", example=example)
        summary = "From the thing that an IRI names to the document about it"
        operation = leading(summary, "things", (shown,), 303)
        yield f"/{segment}/{{local_id}}", "get", replace(operation, id=f"thing-{segment}")
