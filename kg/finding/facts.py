"""What the store says of some things, gathered for showing them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from kg.rdf.terms import BlankNode, GraphName, Literal, NamedNode, Quad, Term
from kg.schema.patterns import LABELS, TYPE
from kg.schema.schema import Schema
from kg.schema.selection import Selection

Node: TypeAlias = NamedNode | BlankNode
Fact: TypeAlias = tuple[Node, NamedNode, Term, GraphName]


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
    _facts: list[Fact] = field(default_factory=list, repr=False)

    def add(self, subject: Node, predicate: NamedNode, value: Term, graph: GraphName) -> None:
        """Take a quad in; the same triple in a second graph counts once among the values."""
        self.add_all([(subject, predicate, value, graph)])

    def add_all(self, facts: Iterable[Fact]) -> None:
        """Take quads in."""
        last: Node | None = None
        about: dict[str, list[Term]] = {}
        new = list(facts)
        self._facts += new
        for subject, predicate, value, _ in new:
            if subject is not last:  # facts mostly come thing by thing
                about, last = self.about.setdefault(subject, {}), subject
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
        said = self.about.get(node, {})
        for predicate in LABELS:
            for each in said.get(predicate, ()):
                if isinstance(each, Literal):
                    tag, words = each.language or "", each.value
                    if tag not in found or words < found[tag]:
                        found[tag] = words
        return found

    def unknown(self, predicates: Iterable[str]) -> set[NamedNode]:
        """The values of these properties, of whatever node, of which no class is known."""
        values = {
            each
            for predicate in predicates
            for about in self.about.values()
            for each in about.get(predicate, ())
        }
        return {each for each in values if isinstance(each, NamedNode) and not self.types(each)}

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


def text(term: Term) -> str:
    """The characters of an IRI or the lexical form of a literal."""
    assert isinstance(term, NamedNode | Literal)
    return term.value
