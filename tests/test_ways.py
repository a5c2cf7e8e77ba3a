"""Patterns that tables can follow become chains of steps; whatever says more is left to SPARQL."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kg.projection.ways import ways
from kg.rdf.namespaces import RDF
from kg.schema.members import Member
from kg.schema.paths import Chain, Path, Step
from tests.rest import schema

PREFIXES = {"ex": "urn:"}
CLASS = ((f"{RDF}type", "urn:C"),)


def member(pattern: str | None, path: Path | None = None) -> Member:
    """A member whose values are found so."""
    some = next(each for found in schema().own_members.values() for each in found)
    return replace(some, pattern=pattern, path=path)


@pytest.mark.parametrize(
    ("pattern", "chain"),
    [
        ("?this ex:p ?value", (Step("urn:p"),)),
        ("?value <urn:p> $this . # against the arrow\n", (Step("urn:p", inverse=True),)),
        ("?this ex:p ?x . ?value ex:q ?x", (Step("urn:p"), Step("urn:q", inverse=True))),
        ("?this ex:p ?x . ?x a ex:C ; ex:q ?value", (Step("urn:p", checks=CLASS), Step("urn:q"))),
    ],
)
def test_triples_in_a_row_are_a_chain(pattern: str, chain: Chain) -> None:
    assert ways(member(pattern), PREFIXES) == (chain,)


@pytest.mark.parametrize(
    "pattern",
    [
        "?this ?p ?value",
        "?this ex:p/ex:q ?value",
        "?this ex:p ?value FILTER(?value > 1)",
        '?this ex:p ?value ; ex:q "text"',
        "?this other:p ?value",
        r"?this ex:a\-b ?value",
        "?this ex:p",
        "?this ex:p ?value ;",
        "?this ex:p ?x, ?value",
        "?this ex:p ?this",
        "?this ex:p ?x . ?y ex:q ?value",
        "?this ex:p ?value . ?value ex:q ?x",
        "?this ex:p ?value . ?value a ex:C",
        "?this a ex:C ; ex:p ?value",
    ],
)
def test_what_says_more_is_no_chain(pattern: str) -> None:
    assert ways(member(pattern), PREFIXES) is None


def test_a_path_has_its_own_chains_and_what_may_be_repeated_has_none() -> None:
    chains = ((Step("urn:p"),),)
    assert ways(member(None, Path("<urn:p>", chains=chains)), PREFIXES) == chains
    assert ways(member(None, Path("<urn:p>*")), PREFIXES) is None
    assert ways(member(None), PREFIXES) is None
