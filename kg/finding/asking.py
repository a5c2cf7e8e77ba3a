"""What a version says, asked of its engine by SPARQL: one query a question, whatever the size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from kg.finding.contents import Contents
from kg.finding.facts import Fact, text
from kg.finding.list_queries import count_query, page_query, read_row
from kg.finding.port import Share, Views
from kg.finding.requests import ListRequest, Rows
from kg.rdf.terms import BlankNode, DefaultGraph, GraphName, NamedNode, Solution
from kg.schema.patterns import LABELS, TYPE, alternatives, from_thing, iris, listed, prologue
from kg.schema.schema import Member, Schema
from kg.store.base import Snapshot

_OF_SUBJECT = "{{ VALUES ?s {{ {subject} }} GRAPH ?g {{ ?s ?p ?o }} }}"

_OF_VIEW = """\
{{ {{ SELECT DISTINCT ?g ?value WHERE {{
    VALUES ?this {{ {subject} }} {way} FILTER(isIRI(?value))
  }} ORDER BY STR(?value) STR(?g) LIMIT {limit} }} BIND({place} AS ?member) }}"""

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
_TYPES = "SELECT DISTINCT ?type WHERE {{ VALUES ?s {{ {} }} ?s a ?type }}"
_CLASSES = "SELECT ?what (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a ?what } GROUP BY ?what"
_PROPERTIES = """\
SELECT ?what (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?what ?o } } GROUP BY ?what"""
_SUBJECTS = "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s ?p ?o }"


class Asking:
    """A ``Finder`` for any engine."""

    def __init__(self, snapshot: Snapshot, schema: Schema) -> None:
        self._snapshot = snapshot
        self._prologue = prologue(schema)
        self._summary = iris((TYPE, *LABELS, *schema.summary_predicates), between=", ")

    def select(self, query: str) -> Iterator[Solution]:
        """The solutions of a query of ours, in which every prefix of the schema is declared."""
        return self._snapshot.select(self._prologue + query)

    def types(self, node: NamedNode) -> list[str]:
        """The classes of a thing, sorted; none where nothing is said of it."""
        rows = self.select(_TYPES.format(node))
        return sorted(each["type"].value for each in rows if isinstance(each["type"], NamedNode))

    def counts(self) -> dict[str, int]:
        """How many things each class has."""
        return {text(row["what"]): int(text(row["n"])) for row in self.select(_CLASSES)}

    def contents(self) -> Contents:
        """How much is in the version; each figure looks at the whole of it once."""
        properties = self._by_iri(_PROPERTIES)
        if "" in self._snapshot.info.graphs:
            properties.update(each.predicate.value for each in self._snapshot.quads(DefaultGraph()))
        return Contents(
            subjects=sum(int(text(row["n"])) for row in self.select(_SUBJECTS)),
            classes=dict(sorted(self._by_iri(_CLASSES).items())),
            properties=dict(sorted(properties.items())),
        )

    def about(self, node: NamedNode, views: Mapping[Member, int], share: Share) -> Views:
        """What view members lead to from a thing."""
        branches = [
            _OF_VIEW.format(subject=node, way=from_thing(each), limit=limit, place=place)
            for place, (each, limit) in enumerate(views.items())
        ]
        union = "\n  UNION ".join([_OF_SUBJECT.format(subject=node), *branches])
        found: list[dict[NamedNode, GraphName]] = [{} for _ in views]
        facts: list[Fact] = []
        for row in self.select(f"SELECT ?member ?g ?value ?s ?p ?o WHERE {{\n  {union}\n}}"):
            if "member" in row:
                value = row["value"]
                assert isinstance(value, NamedNode), "the query asks for IRIs"
                found[int(text(row["member"]))].setdefault(value, _graph(row))
            else:
                facts.append(_fact(row))
        by_member = dict(zip(views, found, strict=True))
        shares = share(facts, {each: len(values) for each, values in by_member.items()})
        return {each: _first(by_member[each], count) for each, count in shares.items()}

    def whole(
        self, nodes: Sequence[NamedNode], *, include: Sequence[str], linked: Iterable[NamedNode]
    ) -> Iterator[Fact]:
        """All that things say, and what is shown of everything they link to."""
        whole = listed(dict.fromkeys(nodes))
        query = _OF_LINKED.format(
            whole=_whole("s", whole, include),
            linking=_whole("by", whole, include),
            linked=listed(sorted(linked, key=str)),
            summary=self._summary,
        )
        return map(_fact, self.select(query))

    def short(self, nodes: Iterable[NamedNode]) -> Iterator[Fact]:
        """What is shown of linked things."""
        query = _SHORT.format(linked=listed(sorted(nodes, key=str)), summary=self._summary)
        return map(_fact, self.select(query))

    def rows(self, request: ListRequest) -> Rows:
        """A page of a list, by a second query where only what lies before it has things."""
        solutions = list(self.select(page_query(request)))
        if solutions:
            count = int(text(solutions[0]["n"]))
        elif request.cursor:
            count = int(text(next(self.select(count_query(request)))["n"]))
        else:
            count = 0
        return Rows(rows=[read_row(each, request.sort) for each in solutions], count=count)

    def _by_iri(self, query: str) -> Counter[str]:
        rows = ((row.get("what"), row["n"]) for row in self.select(query))
        return Counter(
            {what.value: int(text(n)) for what, n in rows if isinstance(what, NamedNode)}
        )


def _first(values: Mapping[NamedNode, GraphName], count: int) -> dict[NamedNode, GraphName]:
    """Engines keep no order of what the branches of a union have put in order."""
    return dict(sorted(values.items(), key=lambda item: item[0].value)[:count])


def _whole(name: str, nodes: str, include: Sequence[str]) -> str:
    """The group pattern of the things to describe whole, and of those they include."""
    if not include:
        return f"VALUES ?{name} {{ {nodes} }}"
    return _INCLUDED.format(name=name, nodes=nodes, include=alternatives(include))


def _fact(row: Solution) -> Fact:
    subject, predicate = row["s"], row["p"]
    assert isinstance(subject, NamedNode | BlankNode)
    assert isinstance(predicate, NamedNode)
    return subject, predicate, row["o"], _graph(row)


def _graph(row: Solution) -> GraphName:
    graph = row.get("g")
    return graph if isinstance(graph, NamedNode | BlankNode) else DefaultGraph()
