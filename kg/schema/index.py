"""A small in-memory index of triples, for reading ontology and shapes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from kg.rdf.namespaces import RDF
from kg.rdf.terms import BlankNode, Literal, NamedNode, Quad, Term

_TYPE, _FIRST, _REST, _NIL = (f"{RDF}{name}" for name in ("type", "first", "rest", "nil"))

Node = NamedNode | BlankNode


class Index:
    """Triples by subject and predicate and by predicate and object; graph names are ignored."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self._objects: dict[tuple[Term, str], list[Term]] = defaultdict(list)
        self._subjects: dict[tuple[str, Term], list[Node]] = defaultdict(list)
        self._properties: dict[Term, list[str]] = defaultdict(list)
        for quad in dict.fromkeys(quad.triple for quad in quads):
            assert not isinstance(quad.subject, type(quad)), "vocabulary has no triple terms"
            if (quad.subject, quad.predicate.value) not in self._objects:
                self._properties[quad.subject].append(quad.predicate.value)
            self._objects[quad.subject, quad.predicate.value].append(quad.object)
            self._subjects[quad.predicate.value, quad.object].append(quad.subject)

    def objects(self, subject: Term, predicate: str) -> list[Term]:
        """All values of a property, in the order of the source."""
        return self._objects.get((subject, predicate), [])

    def properties(self, subject: Term) -> list[str]:
        """The properties that something is said by of a subject."""
        return self._properties.get(subject, [])

    def value(self, subject: Term, predicate: str) -> Term | None:
        """The first value of a property, if any."""
        return next(iter(self.objects(subject, predicate)), None)

    def text(self, subject: Term, predicate: str) -> str | None:
        """The first value as text: an IRI's characters or a literal's lexical form."""
        value = self.value(subject, predicate)
        return value.value if isinstance(value, NamedNode | Literal | BlankNode) else None

    def texts(self, subject: Term, predicate: str) -> dict[str, str]:
        """Literals of a property by language tag, "" where they have none."""
        literals = (each for each in self.objects(subject, predicate) if isinstance(each, Literal))
        return {literal.language or "": literal.value for literal in literals}

    def iris(self, subject: Term, predicate: str) -> list[str]:
        """The IRIs among the values of a property."""
        found = self.objects(subject, predicate)
        return [each.value for each in found if isinstance(each, NamedNode)]

    def subjects(self, predicate: str, value: Term) -> list[Node]:
        """All nodes that have ``value`` for a property."""
        return self._subjects.get((predicate, value), [])

    def instances(self, class_iri: str) -> list[Node]:
        """All nodes of exactly this class."""
        return self.subjects(_TYPE, NamedNode(class_iri))

    def items(self, head: Term) -> Iterator[Term]:
        """The members of an RDF list."""
        while isinstance(head, NamedNode | BlankNode) and head != NamedNode(_NIL):
            yield from self.objects(head, _FIRST)[:1]
            head = self.value(head, _REST) or NamedNode(_NIL)
