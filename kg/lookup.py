"""Looking things up by IRI: a bounded number of queries, whatever the size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from kg.errors import NotFound
from kg.patterns import LABELS, TYPE, from_thing, iris, listed, prologue
from kg.schema import Member, Schema
from kg.selection import ALL, Selection
from kg.store.base import Snapshot
from kg.terms import BlankNode, DefaultGraph, GraphName, Literal, NamedNode, Quad, Solution, Term

# How many values of view members a document shows in all, whole ones and others; each member gets
# its fair share of them, and a list of its own has all. So no document grows with the graph.
WHOLE_LIMIT = 40
VIEW_LIMIT = 120

_OF_SUBJECT = "SELECT ?g ?s ?p ?o WHERE {{ VALUES ?s {{ {subject} }} GRAPH ?g {{ ?s ?p ?o }} }}"

_OF_VIEW = """\
{{ {{ SELECT DISTINCT ?g ?value WHERE {{
    VALUES ?this {{ {subject} }} {way} FILTER(isIRI(?value))
  }} LIMIT {limit} }} BIND("{name}" AS ?member) }}"""

# Everything that the whole things say; and of all that they link to, and of what a reference to one
# of these shows in turn, just what a reference shows: one query for both.
_OF_LINKED = """\
SELECT DISTINCT ?g ?s ?p ?o WHERE {{
  {{ {whole} GRAPH ?g {{ ?s ?p ?o }} }}
  UNION {{
    {{ SELECT DISTINCT ?s WHERE {{
      {{ {near} }}
      UNION {{ {{ SELECT DISTINCT (?s AS ?from) WHERE {{ {near} }} }}
        VALUES ?shown {{ {shown} }} ?from ?shown ?s }}
      FILTER(isIRI(?s))
    }} }}
    VALUES ?p {{ {summary} }}
    GRAPH ?g {{ ?s ?p ?o }}
  }}
}}"""
_NEAR = (
    "{{ VALUES ?s {{ {linked} }} }} UNION {{ {whole} ?whole ?link ?s FILTER(?link != rdf:type) }}"
)
_INCLUDED = (
    "{{ VALUES ?{name} {{ {nodes} }} }} UNION"
    " {{ VALUES ?by {{ {nodes} }} VALUES ?include {{ {include} }} ?by ?include ?{name} }}"
)


Node: TypeAlias = NamedNode | BlankNode
_Fact: TypeAlias = tuple[Node, NamedNode, Term, GraphName]


@dataclass(kw_only=True)
class Description:
    """What the store says of some things, and enough of what they link to for showing it.

    ``subjects`` are the things described, in order; ``views`` the values of their view members, and
    ``cut`` those of which only the first found are among them; ``about`` all triples known of any
    node, the linked ones' in short.
    """

    subjects: tuple[NamedNode, ...]
    about: dict[Term, dict[str, list[Term]]] = field(default_factory=dict)
    views: dict[tuple[NamedNode, str], list[NamedNode]] = field(default_factory=dict)
    cut: set[tuple[NamedNode, str]] = field(default_factory=set)
    _facts: list[_Fact] = field(default_factory=list, repr=False)

    def add(self, subject: Node, predicate: NamedNode, value: Term, graph: GraphName) -> None:
        """Take a quad in; the same triple in a second graph counts once among the values."""
        self._facts.append((subject, predicate, value, graph))
        about = self.about.get(subject)
        if about is None:
            about = self.about[subject] = {}
        values = about.get(predicate.value)
        if values is None:
            about[predicate.value] = [value]
        elif value not in values:
            values.append(value)

    @property
    def quads(self) -> tuple[Quad, ...]:
        """All that is known, each quad once."""
        return tuple(Quad(*fact) for fact in dict.fromkeys(self._facts))

    @property
    def linked(self) -> set[NamedNode]:
        """The things that are linked to or from, their classes apart, and those that views show."""
        known = {
            term
            for subject, predicate, value, _ in self._facts
            if predicate.value != TYPE
            for term in (subject, value)
            if isinstance(term, NamedNode)
        }
        return known.union(*self.views.values())

    def values(self, node: Term, predicate: str) -> list[Term]:
        """The known values of a property of any node."""
        return self.about.get(node, {}).get(predicate, [])

    def types(self, node: Term) -> list[str]:
        """The IRIs of a node's classes."""
        return [each.value for each in self.values(node, TYPE) if isinstance(each, NamedNode)]

    def labels(self, node: Term) -> dict[str, str]:
        """A node's labels by language tag."""
        found: dict[str, str] = {}
        for each in (each for predicate in LABELS for each in self.values(node, predicate)):
            if isinstance(each, Literal):
                tag = each.language or ""
                found[tag] = min(each.value, found.get(tag, each.value))
        return found

    def shown(self, schema: Schema, selection: Selection) -> Iterator[Quad]:
        """The quads without what the subjects say by members that are not wanted."""
        subjects = set(self.subjects)
        always = {TYPE, *LABELS}
        wanted: dict[Term, set[str]] = {
            node: always | {m.predicate for m in members if m.predicate and selection.shows(m)}
            for node, members in ((each, schema.members_of(self.types(each))) for each in subjects)
        }
        for quad in self.quads:
            names = wanted.get(quad.subject) if selection.fields is not None else None
            if names is None or quad.predicate.value in names:
                yield quad


class Lookup:
    """Answers from one snapshot, in the terms of one schema."""

    def __init__(self, snapshot: Snapshot, schema: Schema) -> None:
        self._snapshot = snapshot
        self._schema = schema
        self._prologue = prologue(schema)

    def describe(self, node: NamedNode, selection: Selection = ALL) -> Description:
        """All that is known of one thing, by three queries at most. Raises NotFound.

        Of the view members only those in ``selection`` are looked up.
        """
        description = Description(subjects=(node,))
        self._collect(description, self.select(_OF_SUBJECT.format(subject=node)))
        if node not in description.about:
            raise NotFound(f"The graph says nothing of <{node.value}>.")
        profile = self._schema.profile(description.types(node))
        views = [each for each in profile.views if selection.shows(each)]
        whole = self._collect_views(description, node, views, selection)
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

    def _collect_views(
        self,
        description: Description,
        node: NamedNode,
        members: Iterable[Member],
        selection: Selection,
    ) -> list[NamedNode]:
        """Take in what the view members lead to; returns the values to describe whole."""
        by_name = {member.name: member for member in members}
        found: dict[str, dict[NamedNode, GraphName]] = {}
        for row in self._view_rows(node, by_name.values()):
            value = row["value"]
            assert isinstance(value, NamedNode), "the query asks for IRIs"
            found.setdefault(text(row["member"]), {})[value] = _graph(row)
        whole = {name for name in found if selection.nests(by_name[name])}
        shares = _shares({name: len(found[name]) for name in whole}, WHOLE_LIMIT)
        shares |= _shares({name: len(found[name]) for name in found.keys() - whole}, VIEW_LIMIT)
        for name, values in found.items():
            shown = sorted(values, key=str)[: shares[name]]
            description.views[node, name] = shown
            if len(shown) < len(values):
                description.cut.add((node, name))
            path = by_name[name].path
            if path and path.inverse:
                link = NamedNode(path.inverse)
                for value in shown:
                    description.add(value, link, node, values[value])
        return [value for name in whole for value in description.views[node, name]]

    def _view_rows(self, node: NamedNode, members: Iterable[Member]) -> Iterator[Solution]:
        branches = [
            _OF_VIEW.format(
                subject=node, way=from_thing(each), limit=VIEW_LIMIT + 1, name=each.name
            )
            for each in members
        ]
        if not branches:
            return iter(())
        union = "\n  UNION ".join(branches)
        return self.select(f"SELECT ?member ?g ?value WHERE {{\n  {union}\n}}")

    def _collect_linked(
        self,
        description: Description,
        whole: Iterable[NamedNode],
        include: Iterable[str] = (),
        linked: Iterable[NamedNode] = (),
    ) -> None:
        """Take in all of ``whole`` and what is shown of everything that is linked."""
        near = description.linked.union(linked)
        nodes = listed(dict.fromkeys(whole))
        included = iris(include)
        query = _OF_LINKED.format(
            whole=_whole("s", nodes, included),
            near=_NEAR.format(
                linked=listed(sorted(near, key=str)), whole=_whole("whole", nodes, included)
            ),
            shown=iris(self._schema.summary_links),
            summary=iris((TYPE, *LABELS, *self._schema.summary_predicates)),
        )
        self._collect(description, self.select(query))

    def _collect(self, description: Description, rows: Iterable[Solution]) -> None:
        for row in rows:
            subject, predicate = row["s"], row["p"]
            assert isinstance(subject, NamedNode | BlankNode)
            assert isinstance(predicate, NamedNode)
            description.add(subject, predicate, row["o"], _graph(row))


def _shares(wanted: Mapping[str, int], limit: int) -> dict[str, int]:
    """How many each may have of ``limit`` in all: what it wants, or else as many as the others."""
    shares: dict[str, int] = {}
    for place, (name, count) in enumerate(sorted(wanted.items(), key=lambda item: item[1])):
        fair = (limit - sum(shares.values())) // (len(wanted) - place)
        shares[name] = min(count, fair)
    return shares


def text(term: Term) -> str:
    """The characters of an IRI or the lexical form of a literal."""
    assert isinstance(term, NamedNode | Literal)
    return term.value


def _whole(name: str, nodes: str, include: str) -> str:
    """The group pattern of the things to describe whole, and of those they include."""
    if not include:
        return f"VALUES ?{name} {{ {nodes} }}"
    return f"{{ {_INCLUDED.format(name=name, nodes=nodes, include=include)} }}"


def _things(terms: Iterable[Term]) -> list[NamedNode]:
    return [each for each in terms if isinstance(each, NamedNode)]


def _graph(row: Solution) -> GraphName:
    graph = row.get("g")
    return graph if isinstance(graph, NamedNode | BlankNode) else DefaultGraph()
