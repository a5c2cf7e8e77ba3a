"""A syntax error is reported at the first token that cannot stand where it stands."""

from __future__ import annotations

import pytest
from pyoxigraph import Store

from kg.errors import QuerySyntaxError
from kg.store.syntax import syntax_error


def error(text: str) -> QuerySyntaxError:
    def parse(store: Store, part: str) -> object:
        return store.query(part, base_iri="http://example.org/")

    with pytest.raises(SyntaxError) as caught:
        parse(Store(), text)
    return syntax_error(text, str(caught.value), parse)


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("SELCT * { ?s ?p ?o }", 1, 1, "Unexpected 'SELCT'."),
        ("SELECT * WERE { ?s ?p ?o }", 1, 10, "Unexpected 'WERE'."),
        ("SELECT *\nWHERE { ?s ?p }", 2, 15, "Unexpected '}'."),
        ("SELECT * { ?s ?p ?o", 1, 20, "The query ends too early."),
        (
            "SELECT * {\n  ?s ex:p ?o\n}",
            2,
            6,
            "Unexpected 'ex:p': the prefix 'ex' is not declared.",
        ),
        ("SELECT * { ?s <a b> ?o }", 1, 19, "Unexpected '>': IRI parsing failed."),
        ("ASK { FILTER(?o > ) }", 1, 19, "Unexpected ')'."),
        ("ASK {} LIMT 1", 1, 8, "Unexpected 'LIMT'."),
        ("# a }\nASK { 'b' } # c\n", 2, 11, "Unexpected '}'."),
        ("", 1, 1, "The query ends too early."),
        (
            "SELECT ?y { ?s ?p ?x } GROUP BY ?x",
            1,
            35,
            "The query is not valid: The SELECT contains a variable that is unbound.",
        ),
        ("ASK { ?s ?p '" + "x" * 90 + "' ? }", 1, 106, "Unexpected '?'."),
        ("ASK { ?s ?p ?o } " + "y" * 90, 1, 18, "Unexpected '" + "y" * 39 + "…'."),
    ],
)
def test_an_error_has_its_place(text: str, line: int, column: int, message: str) -> None:
    found = error(text)
    assert (found.line, found.column, str(found)) == (line, column, message)


def test_an_error_in_an_update_has_its_place_too() -> None:
    text = "INSERT DATA { <urn:a> <urn:b> ?c }"

    def parse(store: Store, part: str) -> None:
        store.update(part)

    with pytest.raises(SyntaxError) as caught:
        parse(Store(), text)
    found = syntax_error(text, str(caught.value), parse)
    assert (found.line, found.column) == (1, 34)
    assert "Variables are not allowed in INSERT DATA" in str(found)


def test_looking_for_an_error_runs_nothing() -> None:
    text = "ASK { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } } LIMT"
    assert error(text).column == 52
