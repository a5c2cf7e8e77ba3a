"""What a graph of vocabulary says of one of its terms, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.errors import ShapesError
from kg.rdf.namespaces import RDF, RDFS, SH, SKOS, shorten
from kg.rdf.terms import BlankNode, Literal, NamedNode, Quad, Term
from kg.schema.index import Index
from kg.schema.paths import read_path

TYPE = f"{RDF}type"
NAMES = (f"{RDFS}label", f"{SKOS}prefLabel", f"{SH}name")
DEFINITIONS = (f"{RDFS}comment", f"{SKOS}definition", f"{SH}description")
_UNTOLD = (TYPE, *NAMES, *DEFINITIONS, f"{RDFS}isDefinedBy")


@dataclass(frozen=True, slots=True)
class Value:
    """A term as it is read: prefixed names, literals plain; ``iri`` is where it leads, if it is one
    thing; ``language`` the tag of a literal.
    """

    text: str
    iri: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """A property with its values, for example ``rdfs:subClassOf`` and the classes above."""

    name: str
    iri: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A term with all that its graph says of it; ``anchor`` is the fragment of its IRI, else what
    follows the last slash. ``statements`` has what labels and descriptions do not.
    """

    iri: str
    name: str
    anchor: str
    labels: Mapping[str, str]
    descriptions: Mapping[str, str]
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads entries out of the quads of one graph."""

    index: Index
    prefixes: Mapping[str, str]

    @classmethod
    def of(cls, quads: Iterable[Quad], prefixes: Mapping[str, str]) -> Reader:
        """A reader of ``quads``, which names things by ``prefixes``."""
        return cls(Index(quads), prefixes)

    def entries(self, *kinds: str) -> list[Entry]:
        """The named things of these classes, in the order of their names."""
        nodes = {
            node.value
            for kind in kinds
            for node in self.index.instances(kind)
            if isinstance(node, NamedNode)
        }
        return sorted((self.entry(iri) for iri in nodes), key=lambda each: each.anchor.lower())

    def entry(self, iri: str, *, skip: Iterable[str] = ()) -> Entry:
        """What the graph says of a term, but for the properties in ``skip``."""
        node = NamedNode(iri)
        untold = {*_UNTOLD, *skip}
        predicates = (each for each in self.index.properties(node) if each not in untold)
        return Entry(
            iri=iri,
            name=shorten(iri, self.prefixes),
            anchor=anchor(iri),
            labels=self._texts(node, NAMES),
            descriptions=self._texts(node, DEFINITIONS),
            statements=tuple(self.statement(node, each) for each in sorted(predicates)),
        )

    def statement(self, node: Term, predicate: str) -> Statement:
        """A property of a node with all its values, in the order of their texts."""
        values = (self.value(each) for each in self.index.objects(node, predicate))
        ordered = tuple(sorted(values, key=lambda each: (each.language or "", each.text)))
        return Statement(shorten(predicate, self.prefixes), predicate, ordered)

    def value(self, term: Term) -> Value:
        """A term in words; a blank node as Turtle writes it, a property path as SPARQL does."""
        if isinstance(term, NamedNode):
            return Value(shorten(term.value, self.prefixes), iri=term.value)
        if isinstance(term, Literal):
            return Value(term.value, language=term.language)
        assert isinstance(term, BlankNode), "vocabulary has no triple terms"
        return Value(self._nested(term))

    def path(self, head: Term) -> str:
        """A property path as SPARQL, with prefixed names."""
        return self._short(read_path(self.index, head).sparql)

    def _nested(self, node: BlankNode) -> str:
        if self.index.value(node, f"{RDF}first") is not None:
            return f"( {' '.join(self.value(each).text for each in self.index.items(node))} )"
        try:
            return self.path(node)
        except ShapesError:
            statements = (self.statement(node, each) for each in self.index.properties(node))
            inner = (f"{each.name} {', '.join(v.text for v in each.values)}" for each in statements)
            return f"[ {' ; '.join(sorted(inner))} ]"

    def _short(self, sparql: str) -> str:
        pieces = sparql.split("<")
        short = (piece.partition(">") for piece in pieces[1:])
        return pieces[0] + "".join(shorten(iri, self.prefixes) + rest for iri, _, rest in short)

    def _texts(self, node: NamedNode, predicates: Iterable[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for predicate in predicates:
            found = {**self.index.texts(node, predicate), **found}
        return found


def anchor(iri: str) -> str:
    """The fragment of an IRI, else what follows its last slash."""
    return iri.rpartition("#")[2] if "#" in iri else iri.rstrip("/").rpartition("/")[2]
