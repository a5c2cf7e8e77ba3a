"""Property paths of SHACL are read and written as the SPARQL that means the same."""

from __future__ import annotations

import pyoxigraph
import pytest

from kg.errors import ShapesError
from kg.rdf.formats import TURTLE
from kg.rdf.parsing import parse
from kg.rdf.terms import NamedNode
from kg.schema.index import Index
from kg.schema.paths import Path, read_path

PREFIXES = "@prefix : <http://x.example/> . @prefix sh: <http://www.w3.org/ns/shacl#> .\n"
X = "http://x.example/"


def path_of(turtle: str) -> Path:
    """The path that ``turtle`` writes as the value of sh:path."""
    shapes = Index(parse(f"{PREFIXES}:shape sh:path {turtle} .".encode(), TURTLE))
    head = shapes.value(NamedNode(f"{X}shape"), "http://www.w3.org/ns/shacl#path")
    assert head is not None
    return read_path(shapes, head)


def test_one_property_is_a_predicate() -> None:
    assert path_of(":p") == Path(f"<{X}p>", predicate=f"{X}p")


def test_one_property_back_is_an_inverse() -> None:
    assert path_of("[ sh:inversePath :p ]") == Path(f"^<{X}p>", inverse=f"{X}p")


@pytest.mark.parametrize(
    ("turtle", "sparql"),
    [
        ("( :p :q )", "<{x}p>/<{x}q>"),
        ("( [ sh:inversePath :p ] :q )", "(^<{x}p>)/<{x}q>"),
        ("[ sh:alternativePath ( :p :q ) ]", "<{x}p>|<{x}q>"),
        ("[ sh:zeroOrMorePath :p ]", "<{x}p>*"),
        ("[ sh:oneOrMorePath ( :p :q ) ]", "(<{x}p>/<{x}q>)+"),
        ("[ sh:zeroOrOnePath [ sh:inversePath :p ] ]", "(^<{x}p>)?"),
        ("[ sh:inversePath ( :p :q ) ]", "^(<{x}p>/<{x}q>)"),
        ("( [ sh:alternativePath ( :p :q ) ] :p )", "(<{x}p>|<{x}q>)/<{x}p>"),
    ],
)
def test_a_compound_path_is_written_as_sparql(turtle: str, sparql: str) -> None:
    """Grouped so that nothing binds tighter than it was meant to."""
    path = path_of(turtle)
    assert path.sparql == sparql.format(x=X)
    assert path.predicate is None
    pyoxigraph.Store().query(f"SELECT * {{ ?this {path.sparql} ?value }}")


def test_what_is_no_path_is_refused() -> None:
    with pytest.raises(ShapesError, match="no property path"):
        path_of("[ :p :q ]")
