"""Looking things up by IRI or collection: a bounded number of queries, whatever the size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kg.errors import NotFound
from kg.namespaces import RDF, RDFS, SKOS
from kg.schema import Collection, Member, Schema
from kg.store.base import Snapshot
from kg.terms import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Solution, Term

TYPE = f"{RDF}type"
LABELS = (f"{RDFS}label", f"{SKOS}prefLabel")

_OF_SUBJECT = "SELECT ?g ?s ?p ?o WHERE { GRAPH ?g { ?s ?p ?o } }"

# Everything that the nested things say, and of all that they or the others link to just what a
# reference shows: one query for both.
_OF_LINKED = """\
SELECT DISTINCT ?g ?s ?p ?o WHERE {{
  {{ VALUES ?s {{ {whole} }} GRAPH ?g {{ ?s ?p ?o }} }}
  UNION {{
    {{ SELECT DISTINCT ?s WHERE {{
      {{ VALUES ?n {{ {whole} }} GRAPH ?in {{ ?n ?link ?s }} FILTER(?link != rdf:type) }}
      UNION {{ VALUES ?s {{ {linked} }} }}
      FILTER(isIRI(?s))
    }} }}
    VALUES ?p {{ {summary} }}
    GRAPH ?g {{ ?s ?p ?o }}
  }}
}}"""


@dataclass(kw_only=True)
class Description:
    """What the store says of some things, and enough of what they link to for showing it.

    ``subjects`` are the things described, in order; ``views`` the values of their view members;
    ``about`` all triples known of any node, the linked ones' in short.
    """

    subjects: tuple[NamedNode, ...]
    about: dict[Term, dict[str, list[Term]]] = field(default_factory=dict)
    views: dict[tuple[NamedNode, str], list[NamedNode]] = field(default_factory=dict)
    quads: dict[Quad, None] = field(default_factory=dict)

    def add(self, quad: Quad) -> None:
        """Take a quad in; the same triple in a second graph counts once among the values."""
        self.quads[quad] = None
        values = self.about.setdefault(quad.subject, {}).setdefault(quad.predicate.value, [])
        if quad.object not in values:
            values.append(quad.object)

    def values(self, node: Term, predicate: str) -> list[Term]:
        """The known values of a property of any node."""
        return self.about.get(node, {}).get(predicate, [])

    def types(self, node: Term) -> list[str]:
        """The IRIs of a node's classes."""
        return [each.value for each in self.values(node, TYPE) if isinstance(each, NamedNode)]

    def labels(self, node: Term) -> dict[str, str]:
        """A node's labels by language tag."""
        found = (each for predicate in LABELS for each in self.values(node, predicate))
        literals = [each for each in found if isinstance(each, Literal)]
        return {each.language or "": each.value for each in sorted(literals, key=str)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A stretch of a collection: the description of its things, and how many there are in all."""

    description: Description
    total: int
    next_after: str | None


class Lookup:
    """Answers from one snapshot, in the terms of one schema."""

    def __init__(self, snapshot: Snapshot, schema: Schema) -> None:
        self._snapshot = snapshot
        self._schema = schema
        self._prologue = "".join(
            f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in schema.prefixes.items()
        )

    def describe(self, node: NamedNode) -> Description:
        """All that is known of one thing, by three queries. Raises NotFound."""
        description = Description(subjects=(node,))
        self._collect(description, self._select(_OF_SUBJECT, s=node))
        if node not in description.about:
            raise NotFound(f"The graph says nothing of <{node.value}>.")
        members = self._schema.profile(description.types(node)).views
        nested = self._collect_views(description, node, members)
        self._collect_linked(description, nested)
        return description

    def page(self, collection: Collection, *, limit: int, after: str | None = None) -> Page:
        """Up to ``limit`` things of a collection behind ``after``, by IRI; two queries."""
        named = list(self._members_of_collection(collection))
        start = sum(iri <= after for iri in named) if after else 0
        wanted = tuple(NamedNode(iri) for iri in named[start : start + limit])
        description = Description(subjects=wanted)
        if wanted:
            self._collect_linked(description, wanted)
        more = start + limit < len(named)
        return Page(
            description=description,
            total=len(named),
            next_after=wanted[-1].value if more and wanted else None,
        )

    def types(self, node: NamedNode) -> list[str]:
        """The classes of a thing. Raises NotFound where the graph says nothing of it."""
        rows = list(self._select("SELECT DISTINCT ?s ?type WHERE { ?s a ?type }", s=node))
        if not rows:
            raise NotFound(f"The graph says nothing of <{node.value}>.")
        return [row["type"].value for row in rows if isinstance(row["type"], NamedNode)]

    def counts(self) -> dict[str, int]:
        """How many things each collection has, by its name; one query."""
        query = "SELECT ?type (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a ?type } GROUP BY ?type"
        found = {str(_text(row["type"])): int(_text(row["n"])) for row in self._select(query)}
        return {
            name: found.get(collection.class_iri, 0)
            for name, collection in self._schema.collections.items()
        }

    def _members_of_collection(self, collection: Collection) -> Iterator[str]:
        rows = self._select(
            "SELECT DISTINCT ?class ?s WHERE { ?s a ?class FILTER(isIRI(?s)) } ORDER BY ?s",
            **{"class": NamedNode(collection.class_iri)},
        )
        return (str(_text(row["s"])) for row in rows)

    def _collect_views(
        self, description: Description, node: NamedNode, members: tuple[Member, ...]
    ) -> tuple[NamedNode, ...]:
        if not members:
            return ()
        branches = "\n  UNION ".join(f"{{ {_branch(member)} }}" for member in members)
        query = (
            f"SELECT DISTINCT ?this ?member ?g ?value WHERE {{\n  {branches}\n}} ORDER BY ?value"
        )
        by_name = {member.name: member for member in members}
        nested: dict[NamedNode, None] = {}
        for row in self._select(query, this=node):
            member, value = by_name[_text(row["member"])], row["value"]
            if not isinstance(value, NamedNode):
                continue
            shown = description.views.setdefault((node, member.name), [])
            if value not in shown:
                shown.append(value)
            if member.nested:
                nested[value] = None
            if member.path and member.path.inverse:
                link = NamedNode(member.path.inverse)
                description.add(Quad(value, link, node, _graph(row)))
        return tuple(nested)

    def _collect_linked(self, description: Description, whole: tuple[NamedNode, ...]) -> None:
        """Take in all of ``whole`` and what is shown of everything that is linked."""
        linked = {
            term
            for quad in description.quads
            for term in (quad.subject, quad.object)
            if isinstance(term, NamedNode)
        }
        linked |= {value for values in description.views.values() for value in values}
        summary = (TYPE, *LABELS, *self._schema.summary_predicates)
        query = _OF_LINKED.format(
            whole=_values(whole),
            linked=_values(sorted(linked, key=str)),
            summary=" ".join(f"<{iri}>" for iri in summary),
        )
        self._collect(description, self._select(query))

    def _collect(self, description: Description, rows: Iterable[Solution]) -> None:
        for row in rows:
            subject, predicate = row["s"], row["p"]
            assert isinstance(subject, NamedNode | BlankNode)
            assert isinstance(predicate, NamedNode)
            description.add(Quad(subject, predicate, row["o"], _graph(row)))

    def _select(self, query: str, **bindings: Term) -> Iterator[Solution]:
        return self._snapshot.select(self._prologue + query, bindings)


def _branch(member: Member) -> str:
    """The group pattern that finds a view member's values, its name bound to ?member."""
    kept = "".join(f" ?value a <{iri}> ." for iri in member.classes)
    return f'BIND("{member.name}" AS ?member) {_way(member)} .{kept}'


def _way(member: Member) -> str:
    if member.path is None:
        assert member.pattern is not None, "the schema reader sees to it"
        return member.pattern.rstrip().removesuffix(".")
    if member.path.inverse:
        return f"GRAPH ?g {{ ?value <{member.path.inverse}> ?this }}"
    return f"?this {member.path.sparql} ?value"


def _values(nodes: Iterable[NamedNode]) -> str:
    """IRIs for a VALUES block; the engine's own spelling, which no IRI can break out of."""
    return " ".join(str(node) for node in nodes)


def _graph(row: Solution) -> NamedNode | BlankNode | DefaultGraph:
    graph = row.get("g")
    return graph if isinstance(graph, NamedNode | BlankNode) else DefaultGraph()


def _text(term: Term) -> str:
    assert isinstance(term, NamedNode | Literal)
    return term.value
