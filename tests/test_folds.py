"""What stores may rewrite is forgiven by name, and nothing else."""

from __future__ import annotations

import pytest

from kg.exchange.folds import FOLDS, folds_needed
from kg.rdf.formats import N_QUADS
from kg.rdf.namespaces import XSD
from kg.rdf.parsing import parse
from kg.rdf.terms import Literal, NamedNode, Quad

NODE = NamedNode("urn:a")


def _quads(*values: NamedNode | Literal) -> list[Quad]:
    return [Quad(NODE, NODE, value) for value in values]


def _lines(value: str) -> list[Quad]:
    """What another store's N-Triples say of the node."""
    return parse(f"<{NODE.value}> <{NODE.value}> {value} .".encode(), N_QUADS)


def _typed(text: str, datatype: str) -> Literal:
    return Literal(text, datatype=NamedNode(f"{XSD}{datatype}"))


PAIRS = [
    (_typed("007", "integer"), _typed("7", "int")),
    (_typed("1.50", "decimal"), _typed("1.5", "decimal")),
    (_typed("2025-08-17Z", "date"), _typed("2025-08-17", "date")),
]


def test_what_is_equal_needs_no_fold() -> None:
    assert folds_needed(_quads(NODE, Literal("x")), _quads(Literal("x"), NODE)) == ()


def test_language_tags_are_equal_whatever_their_case() -> None:
    """As RDF 1.1 compares them (§3.3): the term model writes all of them in lower case."""
    assert folds_needed(_quads(Literal("x", language="en-GB")), _lines('"x"@EN-gb')) == ()


@pytest.mark.parametrize(("ours", "theirs"), PAIRS, ids=str)
def test_a_known_rewriting_is_named(ours: Literal, theirs: Literal) -> None:
    used = folds_needed(_quads(NODE, ours), _quads(NODE, theirs))
    assert used is not None
    assert len(used) == 1
    assert set(used) <= set(FOLDS)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (Literal("x"), Literal("y")),
        (Literal("x", language="en"), Literal("x", language="ja")),
        (_typed("seven", "integer"), _typed("7", "integer")),
        (_typed("2025-08-17+09:00", "date"), _typed("2025-08-17", "date")),
        (NODE, Literal("urn:a")),
    ],
    ids=str,
)
def test_any_other_difference_stands(
    ours: NamedNode | Literal, theirs: NamedNode | Literal
) -> None:
    assert folds_needed(_quads(ours), _quads(theirs)) is None
