"""A validation report as JSON that loses nothing, for a report that comes from another process."""

from __future__ import annotations

import json
from typing import Any

from kg.rdf.terms import BlankNode, Literal, NamedNode, Term, Triple
from kg.validation.report import PathGraph, Report, Result, Severity


def encode_report(report: Report) -> bytes:
    """The report as JSON in UTF-8."""
    results = [
        {
            "severity": result.severity.value,
            "node": _encoded(result.node),
            "path": result.path,
            "value": _encoded(result.value) if result.value is not None else None,
            "constraint": result.constraint,
            "component": result.component,
            "messages": dict(result.messages),
        }
        for result in report.results
    ]
    paths = {
        text: [_encoded(path.head), [_encoded(triple) for triple in path.triples]]
        for text, path in report.paths.items()
    }
    return json.dumps({"results": results, "paths": paths}).encode()


def decode_report(body: bytes) -> Report:
    """The report that ``encode_report`` was given."""
    document = json.loads(body)
    paths = {
        text: PathGraph(_decoded(head), tuple(_triple(triple) for triple in triples))
        for text, (head, triples) in document["paths"].items()
    }
    return Report(results=tuple(_result(each) for each in document["results"]), paths=paths)


def _result(document: dict[str, Any]) -> Result:
    value = document["value"]
    return Result(
        severity=Severity(document["severity"]),
        node=_decoded(document["node"]),
        path=document["path"],
        value=_decoded(value) if value is not None else None,
        constraint=document["constraint"],
        component=document["component"],
        messages=document["messages"],
    )


def _encoded(term: Term) -> list[Any]:
    match term:
        case NamedNode():
            return ["iri", term.value]
        case BlankNode():
            return ["blank", term.value]
        case Literal():
            return ["literal", term.value, term.datatype.value, term.language]
        case Triple():
            return ["triple", *(_encoded(each) for each in term)]


def _decoded(document: list[Any]) -> Term:
    match document:
        case ["iri", value]:
            return NamedNode(value)
        case ["blank", value]:
            return BlankNode(value)
        case ["literal", value, datatype, None]:
            return Literal(value, datatype=NamedNode(datatype))
        case ["literal", value, _, language]:
            return Literal(value, language=language)
        case _:
            return _triple(document)


def _triple(document: list[Any]) -> Triple:
    subject, predicate, value = (_decoded(each) for each in document[1:])
    assert isinstance(subject, NamedNode | BlankNode | Triple)
    assert isinstance(predicate, NamedNode)
    return Triple(subject, predicate, value)
