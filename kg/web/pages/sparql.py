"""The SPARQL page: a form that works by itself, and what the editor in its place has to know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from flask import g, request

from kg.documents.description import Json
from kg.rdf.formats import RDF_FORMATS, RESULTS_FORMATS, Format
from kg.rdf.namespaces import BASE, shorten
from kg.schema.members import Class, Member
from kg.schema.schema import Schema
from kg.web.pages.layout import language, link, rendered, translator
from kg.web.services import reader_languages, services


def sparql_page() -> bytes:
    """The page to write queries on."""
    return rendered(
        "sparql.html",
        results=RESULTS_FORMATS,
        graphs=RDF_FORMATS,
        timeout=services().settings.query_timeout,
        examples=services().examples,
        editor=_editor(),
    )


def _editor() -> Mapping[str, Json]:
    root, namespace = request.script_root, services().iris.namespace
    return {
        "root": root,
        "namespaces": list(dict.fromkeys((namespace, BASE))),
        "kept": link("", lang=g.get("language")),
        "endpoint": link(f"{root}/sparql"),
        "suggest": link(f"{root}/suggest"),
        "languages": list(dict.fromkeys((*reader_languages(), *services().languages))),
        "prefixes": dict(services().schema.prefixes),
        "vocabulary": vocabulary(services().schema, namespace, language()),
        "formats": {"results": _formats(RESULTS_FORMATS), "graphs": _formats(RDF_FORMATS)},
        "words": translator().below("sparql.script"),
        "graphWords": translator().below("graph.script"),
        "phrases": translator().below("sparql.editor"),
    }


def vocabulary(schema: Schema, namespace: str, tag: str) -> dict[str, Json]:
    """What an editor completes: classes and properties, and the prefixes of the graph's things."""
    members = (each for found in schema.own_members.values() for each in found)
    segments = {each.segment for each in schema.collections.values()}
    things = [
        prefix
        for prefix, start in schema.prefixes.items()
        if start in {f"{namespace}{segment}/" for segment in segments}
    ]
    return {
        "terms": [
            *_classes(schema.classes.values(), schema, tag),
            *_properties(members, schema, tag),
        ],
        "things": sorted(things),
    }


def _classes(classes: Iterable[Class], schema: Schema, tag: str) -> list[Json]:
    return [_term("class", each.iri, each, schema, tag) for each in classes]


def _properties(members: Iterable[Member], schema: Schema, tag: str) -> list[Json]:
    """Each property once, described as the first class that has it does."""
    first: dict[str, Member] = {}
    for each in members:
        if each.predicate:
            first.setdefault(each.predicate, each)
    return [_term("property", iri, each, schema, tag) for iri, each in sorted(first.items())]


def _term(kind: str, iri: str, described: Class | Member, schema: Schema, tag: str) -> Json:
    return {
        "name": shorten(iri, schema.prefixes),
        "kind": kind,
        "label": _in(tag, described.labels),
        "about": _in(tag, described.descriptions),
    }


def _in(tag: str, texts: Mapping[str, str]) -> str:
    return texts.get(tag) or next(iter(texts.values()), "")


def _formats(formats: Sequence[Format]) -> list[Json]:
    return [{"label": f.label, "type": f.media_type, "suffix": f.suffix} for f in formats]
