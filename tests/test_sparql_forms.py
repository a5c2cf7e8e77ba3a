"""The form and the parts of a query are told as the engine will read it."""

from __future__ import annotations

import pytest

from kg.sparql.forms import Describe, Form, describe_parts, names_dataset, query_form


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("SELECT * {}", Form.SELECT),
        ("select*{}", Form.SELECT),
        ("ask{}", Form.ASK),
        ("CONSTRUCT WHERE {}", Form.CONSTRUCT),
        ("DESCRIBE <a>", Form.DESCRIBE),
        ("# ASK {}\n\nPREFIX : <http://example.org/ASK#> #x\nSELECT * {}", Form.SELECT),
        ("PREFIX select: <http://example.org/> DESCRIBE select:ask", Form.DESCRIBE),
        ("BASE <http://example.org/> base <b/> PREFIX é: <> CONSTRUCT {} {}", Form.CONSTRUCT),
        ('VERSION "1.2" PREFIX a:<b>ASK {}', Form.ASK),
        ("PREFIX a.b:<b>\rASK {}", Form.ASK),
        ("INSERT DATA {}", None),
        ("", None),
        ("# SELECT", None),
        ("'SELECT' ASK", Form.ASK),
        ("{{{", None),
    ],
)
def test_the_form_is_the_first_word_after_the_prologue(text: str, form: Form | None) -> None:
    assert query_form(text) is form


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("SELECT * FROM <g> {}", True),
        ("SELECT * from named<g> WHERE {}", True),
        ("DESCRIBE <a> FROM <g>", True),
        ("SELECT ?from { ?from <from> 'FROM' . from:a a from:b }", False),
        ("SELECT * { ?s ?p ?o } # FROM <g>", False),
    ],
)
def test_a_dataset_is_named_by_from_outside_of_groups(text: str, named: bool) -> None:  # noqa: FBT001
    assert names_dataset(text) is named


def test_a_describe_query_is_taken_apart() -> None:
    prologue = "PREFIX ex: <http://example.org/>\n"
    dataset = "FROM <http://example.org/g> FROM NAMED ex:h\n"
    pattern = "WHERE { ?x ex:p ?y } ORDER BY ?x LIMIT 3"
    assert describe_parts(f"{prologue}DESCRIBE ex:a ?x <b> $y {dataset}{pattern}") == Describe(
        prologue=prologue,
        iris=("ex:a", "<b>"),
        variables=("?x", "$y"),
        dataset=dataset,
        pattern=pattern,
    )


def test_a_describe_query_may_have_neither_dataset_nor_pattern() -> None:
    parts = describe_parts("DESCRIBE <a>")
    assert (parts.iris, parts.dataset, parts.pattern) == (("<a>",), "", "")


def test_a_describe_query_may_ask_for_all_variables() -> None:
    parts = describe_parts("DESCRIBE*{?s ?p ?o}")
    assert (parts.variables, parts.pattern) == (("*",), "{?s ?p ?o}")
