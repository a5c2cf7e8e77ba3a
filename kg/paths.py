"""SHACL property paths (SHACL §2.3.1), read from a shapes graph and written as SPARQL."""

from __future__ import annotations

from dataclasses import dataclass

from kg.errors import ShapesError
from kg.index import Index
from kg.namespaces import RDF, SH
from kg.terms import NamedNode, Term

_REPEATS = {"zeroOrMorePath": "*", "oneOrMorePath": "+", "zeroOrOnePath": "?"}


@dataclass(frozen=True, slots=True)
class Path:
    """A property path as SPARQL text.

    ``predicate`` or ``inverse`` is the property where the path is one property, forth or back.
    """

    sparql: str
    predicate: str | None = None
    inverse: str | None = None


def read_path(shapes: Index, head: Term) -> Path:
    """The path that ``head`` describes. Raises ShapesError for a path that is none."""
    if isinstance(head, NamedNode):
        return Path(str(head), predicate=head.value)
    inverse = shapes.value(head, f"{SH}inversePath")
    if inverse is not None:
        back = read_path(shapes, inverse)
        return Path(f"^{_group(back.sparql)}", inverse=back.predicate)
    return Path(_compound(shapes, head))


def _compound(shapes: Index, head: Term) -> str:
    alternatives = shapes.value(head, f"{SH}alternativePath")
    if alternatives is not None:
        return _joined(shapes, alternatives, "|")
    for name, sign in _REPEATS.items():
        repeated = shapes.value(head, f"{SH}{name}")
        if repeated is not None:
            return f"{_group(read_path(shapes, repeated).sparql)}{sign}"
    if shapes.value(head, f"{RDF}first") is not None:
        return _joined(shapes, head, "/")
    raise ShapesError(f"{head} is no property path of SHACL.")


def _joined(shapes: Index, head: Term, sign: str) -> str:
    return sign.join(_group(read_path(shapes, each).sparql) for each in shapes.items(head))


def _group(sparql: str) -> str:
    simple = sparql.removeprefix("^").startswith("<") and sparql.count("<") == 1
    return sparql if simple and not sparql.startswith("^") else f"({sparql})"
