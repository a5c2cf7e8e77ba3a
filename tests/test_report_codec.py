"""A report that comes from another process is the one that was made there."""

from __future__ import annotations

import pytest

from kg.rdf.namespaces import SH, XSD
from kg.rdf.terms import BlankNode, Literal, NamedNode, Term, Triple
from kg.validation.report import PathGraph, Report, Result, Severity
from kg.validation.report_codec import decode_report, encode_report

NODE = NamedNode("urn:node")
TERMS: tuple[Term | None, ...] = (
    None,
    NODE,
    BlankNode("b0"),
    Literal("plain"),
    Literal("tagged", language="en"),
    Literal("7", datatype=NamedNode(f"{XSD}integer")),
    Triple(BlankNode("b1"), NODE, Literal("inner", language="ja")),
    Triple(NODE, NODE, Triple(NODE, NODE, BlankNode("b2"))),
)


def _result(value: Term | None, *, path: str | None = None) -> Result:
    return Result(
        severity=Severity.WARNING,
        node=NODE,
        path=path,
        value=value,
        constraint="urn:shape",
        component=f"{SH}MinCountConstraintComponent",
        messages={"": "no tag", "ja": "言葉"},
    )


@pytest.mark.parametrize("value", TERMS, ids=str)
def test_a_result_with_any_term_is_the_same_after_the_way(value: Term | None) -> None:
    report = Report((_result(value),))
    assert decode_report(encode_report(report)) == report


def test_the_rdf_of_a_path_comes_along() -> None:
    head = BlankNode("path")
    path = PathGraph(head, (Triple(head, NamedNode(f"{SH}inversePath"), NODE),))
    report = Report((_result(None, path="^<urn:node>"),), {"^<urn:node>": path})
    assert decode_report(encode_report(report)) == report


def test_reports_of_parts_make_one_without_doubles() -> None:
    shared, other = _result(None), _result(NODE)
    united = Report.united([Report((shared,)), Report((other, shared))])
    assert sorted(united.results, key=str) == sorted((shared, other), key=str)
