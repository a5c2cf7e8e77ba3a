"""Validation reports in JSON: one form for HTTP and the command line."""

from __future__ import annotations

from kg.documents.description import Json
from kg.rdf.terms import BlankNode, Literal, NamedNode, Term
from kg.validation.report import Report, Result


def report_json(report: Report, *languages: str) -> dict[str, Json]:
    """Whether a graph conforms, and every result."""
    return {
        "conforms": report.conforms,
        "summary": report.summary,
        "results": [result_json(each, *languages) for each in report.results],
    }


def result_json(result: Result, *languages: str) -> dict[str, Json]:
    """One result, its message in the first of ``languages`` that it has."""
    return {
        "severity": result.severity.value,
        "focusNode": _text(result.node),
        "path": result.path,
        "value": _text(result.value) if result.value is not None else None,
        "message": result.message(*languages),
        "shape": result.constraint or None,
    }


def _text(term: Term) -> str:
    """An IRI or a literal's characters as they are, anything else as in N-Triples."""
    if isinstance(term, NamedNode | Literal):
        return term.value
    return f"_:{term.value}" if isinstance(term, BlankNode) else str(term)
