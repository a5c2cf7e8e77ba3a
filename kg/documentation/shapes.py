"""The shapes as a document: for each node shape its members and its constraints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from kg.documentation.entries import Entry, Reader, Statement, anchor
from kg.rdf.namespaces import API, SH
from kg.rdf.terms import NamedNode, Quad, Term
from kg.schema.schema import Collection, Schema

# What the document shows by other means than as a statement.
_SHOWN = (
    *(f"{SH}{name}" for name in ("message", "severity", "path", "select", "prefixes", "order")),
    *(f"{SH}{name}" for name in ("property", "sparql", "codeIdentifier", "group")),
    *(f"{API}{name}" for name in ("view", "collection", "pattern")),
)
_DEFAULT = f"{SH}Violation"  # SHACL §2.1.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """A property shape or a SPARQL constraint.

    ``member`` is its name in JSON; ``path`` SPARQL with prefixed names; ``query`` the SELECT of a
    SPARQL constraint, or the pattern of a member that no path can say; ``messages`` by language.
    """

    entry: Entry
    severity: str
    messages: Mapping[str, str]
    member: str | None = None
    path: str | None = None
    query: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeDocument:
    """A node shape: what it is about, its own constraints, the anchors of those it shares, and of
    the shape that says what documents show besides.
    """

    entry: Entry
    targets: Statement | None
    collection: Collection | None
    constraints: tuple[Constraint, ...]
    shared: tuple[str, ...]
    views: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapesDocument:
    """All node shapes, those with a class first; the constraints that several of them share."""

    shapes: tuple[ShapeDocument, ...]
    shared: tuple[Constraint, ...]


def shapes_document(schema: Schema, shapes: Iterable[Quad]) -> ShapesDocument:
    """The document of a graph of shapes. Every named shape and constraint of it stands once."""
    return _Writer(schema, Reader.of(shapes, schema.prefixes)).document()


class _Writer:
    def __init__(self, schema: Schema, reader: Reader) -> None:
        self._schema = schema
        self._reader = reader
        self._index = reader.index

    def document(self) -> ShapesDocument:
        shapes = [self._shape(entry) for entry in self._reader.entries(f"{SH}NodeShape")]
        return ShapesDocument(
            shapes=tuple(sorted(shapes, key=lambda each: each.collection is None)),
            shared=tuple(self._constraint(each) for each in self._shared),
        )

    @cached_property
    def _users(self) -> Mapping[NamedNode, int]:
        """By how many node shapes each constraint is used."""
        count: dict[NamedNode, int] = {}
        for shape in self._index.instances(f"{SH}NodeShape"):
            for each in self._parts(shape):
                count[each] = count.get(each, 0) + 1
        return count

    @property
    def _shared(self) -> list[NamedNode]:
        """The constraints in no shape's own section, for being in several or in none."""
        several = {each for each, count in self._users.items() if count > 1}
        kinds = (f"{SH}PropertyShape", f"{SH}SPARQLConstraint")
        unused = {
            each
            for kind in kinds
            for each in self._index.instances(kind)
            if isinstance(each, NamedNode) and each not in self._users
        }
        return sorted(several | unused, key=lambda each: anchor(each.value))

    def _parts(self, shape: Term) -> Iterator[NamedNode]:
        for predicate in (f"{SH}property", f"{SH}sparql"):
            for each in self._index.objects(shape, predicate):
                if isinstance(each, NamedNode):
                    yield each

    def _shape(self, entry: Entry) -> ShapeDocument:
        node = NamedNode(entry.iri)
        parts = list(self._parts(node))
        own = (self._constraint(each) for each in parts if self._users[each] == 1)
        views = self._index.iris(node, f"{API}view")
        return ShapeDocument(
            entry=self._reader.entry(entry.iri, skip=(*_SHOWN, f"{SH}targetClass")),
            targets=self._targets(node),
            collection=self._collection(node),
            constraints=tuple(
                sorted(own, key=lambda each: (each.query is not None, self._order(each)))
            ),
            shared=tuple(sorted(anchor(each.value) for each in parts if self._users[each] > 1)),
            views=tuple(anchor(each) for each in views),
        )

    def _order(self, constraint: Constraint) -> float:
        return float(self._index.text(NamedNode(constraint.entry.iri), f"{SH}order") or "inf")

    def _targets(self, node: NamedNode) -> Statement | None:
        targets = self._reader.statement(node, f"{SH}targetClass")
        return targets if targets.values else None

    def _collection(self, node: NamedNode) -> Collection | None:
        name = self._index.text(node, f"{API}collection")
        return self._schema.collections.get(name) if name else None

    def _constraint(self, node: NamedNode) -> Constraint:
        text = self._index.text
        head = self._index.value(node, f"{SH}path")
        return Constraint(
            entry=self._reader.entry(node.value, skip=_SHOWN),
            severity=anchor(text(node, f"{SH}severity") or self._above(node) or _DEFAULT),
            messages=self._index.texts(node, f"{SH}message"),
            member=text(node, f"{SH}codeIdentifier"),
            path=self._reader.path(head) if head is not None else None,
            query=text(node, f"{SH}select") or text(node, f"{API}pattern"),
        )

    def _above(self, node: NamedNode) -> str | None:
        """The severity that the shape of a SPARQL constraint gives it."""
        shapes = self._index.subjects(f"{SH}sparql", node)
        return next(
            (found for each in shapes if (found := self._index.text(each, f"{SH}severity"))), None
        )
