"""SHACL property paths (SHACL §2.3.1), read from a shapes graph and written as SPARQL."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import product
from typing import TypeAlias

from kg.errors import ShapesError
from kg.rdf.namespaces import RDF, SH
from kg.rdf.terms import NamedNode, Term
from kg.schema.index import Index

_REPEATS = {"zeroOrMorePath": "*", "oneOrMorePath": "+", "zeroOrOnePath": "?"}


@dataclass(frozen=True, slots=True)
class Step:
    """One property's way from a node to others, against the arrow where ``inverse``.

    ``checks`` are properties and their values, IRIs, that the nodes reached must have.
    """

    predicate: str
    inverse: bool = False
    checks: tuple[tuple[str, str], ...] = ()


Chain: TypeAlias = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Path:
    """A property path as SPARQL text.

    ``predicate`` or ``inverse`` is the property where the path is one property, forth or back.
    ``chains`` are the ways that the path offers, any of which may be gone; None where a part may be
    repeated, so that nobody can list them.
    """

    sparql: str
    predicate: str | None = None
    inverse: str | None = None
    chains: tuple[Chain, ...] | None = field(default=None, compare=False)


def read_path(shapes: Index, head: Term) -> Path:
    """The path that ``head`` describes. Raises ShapesError for a path that is none."""
    if isinstance(head, NamedNode):
        return Path(str(head), predicate=head.value, chains=((Step(head.value),),))
    inverse = shapes.value(head, f"{SH}inversePath")
    if inverse is not None:
        back = read_path(shapes, inverse)
        chains = back.chains and tuple(reversed_chain(each) for each in back.chains)
        return Path(f"^{_group(back.sparql)}", inverse=back.predicate, chains=chains)
    return _compound(shapes, head)


def reversed_chain(chain: Chain) -> Chain:
    """The way back. What the chain checks on its way is checked there too, but for its end."""
    stops = [step.checks for step in chain[:-1]][::-1]
    checks: list[tuple[tuple[str, str], ...]] = [*stops, ()]
    back = zip(reversed(chain), checks, strict=True)
    return tuple(replace(step, inverse=not step.inverse, checks=each) for step, each in back)


def _compound(shapes: Index, head: Term) -> Path:
    alternatives = shapes.value(head, f"{SH}alternativePath")
    if alternatives is not None:
        paths = [read_path(shapes, each) for each in shapes.items(alternatives)]
        ways = [each.chains for each in paths if each.chains is not None]
        chains = tuple(chain for found in ways for chain in found)
        return Path(_joined(paths, "|"), chains=chains if len(ways) == len(paths) else None)
    for name, sign in _REPEATS.items():
        repeated = shapes.value(head, f"{SH}{name}")
        if repeated is not None:
            return Path(f"{_group(read_path(shapes, repeated).sparql)}{sign}")
    if shapes.value(head, f"{RDF}first") is not None:
        paths = [read_path(shapes, each) for each in shapes.items(head)]
        ways = [each.chains for each in paths if each.chains is not None]
        chains = tuple(sum(parts, ()) for parts in product(*ways))
        return Path(_joined(paths, "/"), chains=chains if len(ways) == len(paths) else None)
    raise ShapesError(f"{head} is no property path of SHACL.")


def _joined(paths: Iterable[Path], sign: str) -> str:
    return sign.join(_group(each.sparql) for each in paths)


def _group(sparql: str) -> str:
    simple = sparql.removeprefix("^").startswith("<") and sparql.count("<") == 1
    return sparql if simple and not sparql.startswith("^") else f"({sparql})"
