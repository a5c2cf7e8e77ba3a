"""Looking things up by IRI: a bounded number of queries, whatever the size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from kg.errors import NotFound
from kg.facts import Description
from kg.filters import members_under
from kg.patterns import LABELS, TYPE, alternatives, from_thing, iris, listed, prologue
from kg.schema import Member, Schema
from kg.selection import ALL, Selection
from kg.store.base import Snapshot
from kg.terms import BlankNode, DefaultGraph, GraphName, Literal, NamedNode, Solution, Term

__all__ = ["Description", "Lookup", "text"]

# How many values of view members a document shows in all, whole ones and others; each member gets
# its fair share of them, and a list of its own has all. So no document grows with the graph.
WHOLE_LIMIT = 48
VIEW_LIMIT = 100

_OF_SUBJECT = "{{ VALUES ?s {{ {subject} }} GRAPH ?g {{ ?s ?p ?o }} }}"

_OF_VIEW = """\
{{ {{ SELECT DISTINCT ?g ?value WHERE {{
    VALUES ?this {{ {subject} }} {way} FILTER(isIRI(?value))
  }} LIMIT {limit} }} BIND({place} AS ?member) }}"""

# Everything that the whole things say, and of all that they link to just what a reference shows.
# OPTIONAL makes engines look up thing by thing, where a plain join may scan every label there is.
_OF_LINKED = """\
SELECT DISTINCT ?g ?s ?p ?o WHERE {{
  {{ {whole} GRAPH ?g {{ ?s ?p ?o }} }}
  UNION {{
    {{ SELECT DISTINCT ?s WHERE {{
      {{ VALUES ?s {{ {linked} }} }}
      UNION {{ {linking} GRAPH ?in {{ ?by ?link ?s }} FILTER(?link != rdf:type && isIRI(?s)) }}
    }} }}
    OPTIONAL {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(?p IN ({summary})) }}
    FILTER(BOUND(?p))
  }}
}}"""
_SHORT = """\
SELECT ?g ?s ?p ?o WHERE {{
  VALUES ?s {{ {linked} }} GRAPH ?g {{ ?s ?p ?o }} FILTER(?p IN ({summary}))
}}"""
_INCLUDED = (
    "{{ {{ VALUES ?{name} {{ {nodes} }} }}"
    " UNION {{ VALUES ?from {{ {nodes} }} ?from {include} ?{name} }} }}"
)


_Values: TypeAlias = dict[NamedNode, GraphName]


class Lookup:
    """Answers from one snapshot, in the terms of one schema."""

    def __init__(self, snapshot: Snapshot, schema: Schema) -> None:
        self._snapshot = snapshot
        self._schema = schema
        self._prologue = prologue(schema)

    def describe(
        self, node: NamedNode, selection: Selection = ALL, *, class_iri: str | None = None
    ) -> Description:
        """All that is known of one thing, by three queries at most. Raises NotFound.

        Of the view members only those in ``selection`` are looked up. Where the thing's class, or
        one above it, is not given as ``class_iri``, a fourth query finds it.
        """
        classes = [class_iri] if class_iri else self.types(node)
        views = {
            (each.shape, each.name): each
            for known in classes
            for each in members_under(self._schema, known)
            if each.view and selection.shows(each)
        }
        description = Description(subjects=(node,))
        pointing = self._collect_subject(description, node, list(views.values()), selection)
        if node not in description.about:
            raise NotFound(f"The graph says nothing of <{node.value}>.")
        profile = self._schema.profile(description.types(node))
        own = {member: values for member, values in pointing if member in profile.views}
        whole = _show(description, node, own, selection)
        for member in profile.own:
            if member.predicate and member.name in selection.include:
                whole += _things(description.values(node, member.predicate))
        self._collect_linked(description, whole)
        return description

    def describe_all(
        self,
        nodes: Iterable[NamedNode],
        *,
        include: Iterable[str] = (),
        linked: Iterable[NamedNode] = (),
    ) -> Description:
        """All that some things say, by one query; none where there are no things.

        Described whole as well is what they link to by the properties ``include``; known in short
        what is ``linked`` otherwise.
        """
        description = Description(subjects=tuple(nodes))
        if description.subjects or linked:
            self._collect_linked(description, description.subjects, include, linked)
        return description

    def types(self, node: NamedNode) -> list[str]:
        """The classes of a thing; one query. Raises NotFound where the graph says nothing of it."""
        query = "SELECT DISTINCT ?type WHERE {{ VALUES ?s {{ {} }} ?s a ?type }}"
        rows = list(self.select(query.format(node)))
        if not rows:
            raise NotFound(f"The graph says nothing of <{node.value}>.")
        return [row["type"].value for row in rows if isinstance(row["type"], NamedNode)]

    def counts(self) -> dict[str, int]:
        """How many things each collection has, by its name; one query."""
        query = "SELECT ?type (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a ?type } GROUP BY ?type"
        found = {text(row["type"]): int(text(row["n"])) for row in self.select(query)}
        return {
            name: found.get(collection.class_iri, 0)
            for name, collection in self._schema.collections.items()
        }

    def select(self, query: str) -> Iterator[Solution]:
        """The solutions of a query of ours, in which every prefix of the schema is declared."""
        return self._snapshot.select(self._prologue + query)

    def _collect_subject(
        self,
        description: Description,
        node: NamedNode,
        views: list[Member],
        selection: Selection,
    ) -> list[tuple[Member, _Values]]:
        """Take in what a thing says; returns what view members lead to, one more than is shown."""
        branches = [
            _OF_VIEW.format(
                subject=node,
                way=from_thing(each),
                limit=1 + (WHOLE_LIMIT if selection.nests(each) else VIEW_LIMIT),
                place=place,
            )
            for place, each in enumerate(views)
        ]
        union = "\n  UNION ".join([_OF_SUBJECT.format(subject=node), *branches])
        found: list[tuple[Member, _Values]] = [(each, {}) for each in views]
        for row in self.select(f"SELECT ?member ?g ?value ?s ?p ?o WHERE {{\n  {union}\n}}"):
            if "member" in row:
                value = row["value"]
                assert isinstance(value, NamedNode), "the query asks for IRIs"
                found[int(text(row["member"]))][1][value] = _graph(row)
            else:
                self._collect(description, (row,))
        return [(member, values) for member, values in found if values]

    def _collect_linked(
        self,
        description: Description,
        whole: Iterable[NamedNode],
        include: Iterable[str] = (),
        linked: Iterable[NamedNode] = (),
    ) -> None:
        """Take in all of ``whole`` and what is shown of everything that is linked."""
        nodes, included = listed(dict.fromkeys(whole)), tuple(include)
        summary = iris((TYPE, *LABELS, *self._schema.summary_predicates), between=", ")
        query = _OF_LINKED.format(
            whole=_whole("s", nodes, included),
            linking=_whole("by", nodes, included),
            linked=listed(sorted(description.linked.union(linked), key=str)),
            summary=summary,
        )
        self._collect(description, self.select(query))
        far = description.unknown(self._schema.summary_links)
        if far:
            query = _SHORT.format(linked=listed(sorted(far, key=str)), summary=summary)
            self._collect(description, self.select(query))

    def _collect(self, description: Description, rows: Iterable[Solution]) -> None:
        for row in rows:
            subject, predicate = row["s"], row["p"]
            assert isinstance(subject, NamedNode | BlankNode)
            assert isinstance(predicate, NamedNode)
            description.add(subject, predicate, row["o"], _graph(row))


def _show(
    description: Description,
    node: NamedNode,
    found: Mapping[Member, _Values],
    selection: Selection,
) -> list[NamedNode]:
    """Take in each view member's share of what it leads to; returns what to describe whole."""
    whole = {member for member in found if selection.nests(member)}
    shares = _shares({each: len(found[each]) for each in whole}, WHOLE_LIMIT)
    shares |= _shares({each: len(found[each]) for each in found.keys() - whole}, VIEW_LIMIT)
    for member, values in found.items():
        shown = sorted(values, key=str)[: shares[member]]
        description.views[node, member.name] = shown
        if len(shown) < len(values):
            description.cut.add((node, member.name))
        if member.path and member.path.inverse:
            link = NamedNode(member.path.inverse)
            for value in shown:
                description.add(value, link, node, values[value])
    return [value for member in whole for value in description.views[node, member.name]]


def _shares(wanted: Mapping[Member, int], limit: int) -> dict[Member, int]:
    """How many each may have of ``limit`` in all: what it wants, or else as many as the others."""
    shares: dict[Member, int] = {}
    for place, (member, count) in enumerate(sorted(wanted.items(), key=lambda item: item[1])):
        fair = (limit - sum(shares.values())) // (len(wanted) - place)
        shares[member] = min(count, fair)
    return shares


def text(term: Term) -> str:
    """The characters of an IRI or the lexical form of a literal."""
    assert isinstance(term, NamedNode | Literal)
    return term.value


def _whole(name: str, nodes: str, include: Sequence[str]) -> str:
    """The group pattern of the things to describe whole, and of those they include."""
    if not include:
        return f"VALUES ?{name} {{ {nodes} }}"
    return _INCLUDED.format(name=name, nodes=nodes, include=alternatives(include))


def _things(terms: Iterable[Term]) -> list[NamedNode]:
    return [each for each in terms if isinstance(each, NamedNode)]


def _graph(row: Solution) -> GraphName:
    graph = row.get("g")
    return graph if isinstance(graph, NamedNode | BlankNode) else DefaultGraph()
