"""DESCRIBE done usefully: what a node says, what is said of it, and the labels of both.

SPARQL leaves the content of a description to the service (SPARQL 1.1 Query §16.4). A blank node
that a description reaches is described with it, since nobody can ask for it by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from pyoxigraph import BlankNode, NamedNode, QuerySolutions, QueryTriples, Triple, Variable

from kg.rdf.namespaces import RDFS, SKOS
from kg.rdf.terms import Term
from kg.sparql.forms import Describe, describe_parts


class Ask(Protocol):
    """Runs a query on the dataset that is described."""

    def __call__(
        self, query: str, substitutions: dict[Variable, Term] | None = None, /
    ) -> object: ...


_RESOURCE = Variable("resource")

_NEIGHBOURHOOD = """
{prologue}
CONSTRUCT {{ ?resource ?p ?o . ?s ?q ?resource . ?other ?naming ?label }}
{dataset}
WHERE {{
  {{ {says} }} UNION {{ {said} }}
  UNION {{
    {{ {says_other} }} UNION {{ {said_by_other} }}
    VALUES ?naming {{ <{rdfs}label> <{skos}prefLabel> }}
    {label}
  }}
}}
"""


def describe(text: str, ask: Ask, *, named: bool) -> Iterator[Triple]:
    """The description that the DESCRIBE query ``text`` asks for, no triple twice.

    ``ask`` runs queries on its dataset. With ``named`` the named graphs are read beside the default
    graph; without, the default graph is known to hold them.
    """
    parts = describe_parts(text)
    query = _neighbourhood(parts, named=named)
    seen: set[Triple] = set()
    waiting = _resources(parts, ask)
    described: set[Term] = set()
    while waiting:
        resource = waiting.pop()
        if resource in described:
            continue
        described.add(resource)
        triples = ask(query, {_RESOURCE: resource})
        assert isinstance(triples, QueryTriples)
        for triple in triples:
            if triple in seen:
                continue
            seen.add(triple)
            yield triple
            if isinstance(triple.object, BlankNode) and triple.subject == resource:
                waiting.append(triple.object)


def _resources(parts: Describe, ask: Ask) -> list[Term]:
    """What is to be described: the IRIs named, and the values of the variables; last first."""
    found: dict[Term, None] = {}
    if parts.iris:
        named = " ".join(f"({iri} AS ?iri{at})" for at, iri in enumerate(parts.iris))
        found.update(_nodes(ask(f"{parts.prologue} SELECT {named} {{}}")))
    if parts.variables and parts.pattern.strip():
        wanted = " ".join(parts.variables)
        query = f"{parts.prologue} SELECT {wanted} {parts.dataset} {parts.pattern}"
        found.update(_nodes(ask(query)))
    return list(reversed(found))


def _nodes(solutions: object) -> Iterator[tuple[Term, None]]:
    assert isinstance(solutions, QuerySolutions)
    for solution in solutions:
        for value in solution:
            if isinstance(value, NamedNode | BlankNode):
                yield value, None


def _neighbourhood(parts: Describe, *, named: bool) -> str:
    """The query for one resource and what is around it."""

    def found(pattern: str, graph: str) -> str:
        beside = f" UNION {{ GRAPH {graph} {{ {pattern} }} }}" if named else ""
        return f"{{ {pattern} }}{beside}"

    return _NEIGHBOURHOOD.format(
        prologue=parts.prologue,
        dataset=parts.dataset,
        says=found("?resource ?p ?o", "?g1"),
        said=found("?s ?q ?resource", "?g2"),
        says_other=found("?resource ?to ?other", "?g3"),
        said_by_other=found("?other ?from ?resource", "?g4"),
        label=found("?other ?naming ?label", "?g5"),
        rdfs=RDFS,
        skos=SKOS,
    )
