"""Reads a schema off the ontology and the shapes, in the terms of SHACL and of ``api:``."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import chain

from kg.errors import ShapesError
from kg.rdf.namespaces import API, OWL, PREFIXES, RDFS, SH, VANN_NAMESPACE
from kg.rdf.terms import Literal, NamedNode, Quad, Term
from kg.schema.index import Index
from kg.schema.members import Class, Collection, Group, Member, local_name
from kg.schema.paths import read_path
from kg.schema.schema import Schema

_BLANK = re.compile(r"_:\S+")
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def read_schema(*, ontology: Iterable[Quad], shapes: Iterable[Quad]) -> Schema:
    """The schema that the quads of the two folders describe.

    Raises ShapesError where a shape that names a member cannot be understood.
    """
    quads = (tuple(ontology), tuple(shapes))
    schema = _Reader(*(Index(each) for each in quads)).schema()
    return replace(schema, digest=_digest(chain.from_iterable(quads)))


def _digest(quads: Iterable[Quad]) -> str:
    lines = sorted(_BLANK.sub("_:", str(quad.triple)) for quad in quads)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


class _Reader:
    """Reads one schema out of two indexes."""

    def __init__(self, ontology: Index, shapes: Index) -> None:
        self._ontology = ontology
        self._shapes = shapes
        self._own = tuple(
            term.value
            for head in ontology.instances(f"{OWL}Ontology")
            for term in ontology.objects(head, VANN_NAMESPACE)
            if isinstance(term, Literal | NamedNode)
        )

    def schema(self) -> Schema:
        targets = [
            (shape, class_iri)
            for shape in self._shapes.instances(f"{SH}NodeShape")
            for class_iri in self._shapes.iris(shape, f"{SH}targetClass")
        ]
        classes = {iri: self._class(iri) for iri in self._class_iris(targets)}
        members: dict[str, list[Member]] = {}
        for shape, class_iri in targets:
            members.setdefault(class_iri, []).extend(self._members(shape))
        collections = (self._collection(*target) for target in targets)
        return Schema(
            classes=classes,
            collections={each.name: each for each in collections if each},
            prefixes=self._prefixes(),
            own_members={iri: tuple(found) for iri, found in members.items()},
            groups=self._groups(),
        )

    def _class_iris(self, targets: Iterable[tuple[Term, str]]) -> list[str]:
        declared = [
            node.value
            for node in self._ontology.instances(f"{OWL}Class")
            if isinstance(node, NamedNode) and self._is_own(node.value)
        ]
        return list(dict.fromkeys([*sorted(declared), *(iri for _, iri in targets)]))

    def _is_own(self, iri: str) -> bool:
        return not self._own or iri.startswith(self._own)

    def _class(self, iri: str) -> Class:
        return Class(
            iri=iri,
            name=local_name(iri),
            lineage=(lineage := self._lineage(iri)),
            aligned=tuple(up for each in lineage for up in self._above(each) if up not in lineage),
            labels=self._ontology.texts(NamedNode(iri), f"{RDFS}label"),
            descriptions=self._ontology.texts(NamedNode(iri), f"{RDFS}comment"),
        )

    def _lineage(self, iri: str) -> tuple[str, ...]:
        found = [iri]
        for each in found:  # grows while it is walked: breadth first, nearest first
            found += [up for up in self._above(each) if self._is_own(up) and up not in found]
        return tuple(found)

    def _above(self, iri: str) -> list[str]:
        return sorted(self._ontology.iris(NamedNode(iri), f"{RDFS}subClassOf"))

    def _collection(self, shape: Term, class_iri: str) -> Collection | None:
        name = self._shapes.text(shape, f"{API}collection")
        if name is None:
            return None
        return Collection(
            name=name,
            class_iri=class_iri,
            segment=self._shapes.text(shape, f"{API}segment") or "id",
            labels=self._shapes.texts(shape, f"{SH}name"),
            descriptions=self._shapes.texts(shape, f"{SH}description"),
        )

    def _groups(self) -> dict[str, Group]:
        return {
            node.value: Group(
                order=float(self._shapes.text(node, f"{SH}order") or "inf"),
                labels=self._shapes.texts(node, f"{RDFS}label"),
                descriptions=self._shapes.texts(node, f"{RDFS}comment"),
            )
            for node in self._shapes.instances(f"{SH}PropertyGroup")
        }

    def _members(self, shape: Term) -> list[Member]:
        views = self._shapes.objects(shape, f"{API}view")
        direct = [self._member(each, view=False) for each in self._properties(shape)]
        pointing = [
            self._member(each, view=True) for view in views for each in self._properties(view)
        ]
        return [member for member in (*direct, *pointing) if member]

    def _properties(self, shape: Term) -> list[Term]:
        return self._shapes.objects(shape, f"{SH}property")

    def _member(self, shape: Term, *, view: bool) -> Member | None:
        shapes = self._shapes
        name = shapes.text(shape, f"{SH}codeIdentifier")
        if name is None:
            return None
        if not _IDENTIFIER.fullmatch(name):
            raise ShapesError(f"sh:codeIdentifier {name!r} is no camelCase identifier.")
        head = shapes.value(shape, f"{SH}path")
        pattern = shapes.text(shape, f"{API}pattern")
        if head is None and pattern is None:
            raise ShapesError(f"Shape {shape} needs sh:path or api:pattern.")
        return Member(
            name=name,
            shape=_shapes_iri(shape),
            path=read_path(shapes, head) if head is not None and not pattern else None,
            pattern=pattern,
            classes=tuple(shapes.iris(shape, f"{SH}class")),
            datatype=shapes.text(shape, f"{SH}datatype"),
            single=shapes.text(shape, f"{SH}maxCount") == "1",
            one_per_language=shapes.text(shape, f"{SH}uniqueLang") == "true",
            nested=shapes.text(shape, f"{API}nested") == "true",
            summary=shapes.text(shape, f"{API}summary") == "true",
            view=view,
            filter=shapes.text(shape, f"{API}filter") or name,
            within=shapes.text(shape, f"{API}within") == "true",
            until=shapes.text(shape, f"{SH}lessThanOrEquals"),
            role=shapes.text(shape, f"{API}role"),
            ranked=self._ranked(shape),
            scheme=shapes.text(shape, f"{API}scheme"),
            group=shapes.text(shape, f"{SH}group"),
            order=float(shapes.text(shape, f"{SH}order") or "inf"),
            labels=shapes.texts(shape, f"{SH}name"),
            descriptions=shapes.texts(shape, f"{SH}description"),
        )

    def _ranked(self, shape: Term) -> tuple[str, ...]:
        head = self._shapes.value(shape, f"{API}ranked")
        items = self._shapes.items(head) if head is not None else ()
        return tuple(each.value for each in items if isinstance(each, NamedNode))

    def _prefixes(self) -> dict[str, str]:
        declared = {
            self._shapes.text(node, f"{SH}prefix"): self._shapes.text(node, f"{SH}namespace")
            for head in self._shapes.instances(f"{OWL}Ontology")
            for node in self._shapes.objects(head, f"{SH}declare")
        }
        return {**PREFIXES, **{name: ns for name, ns in declared.items() if name and ns}}


def _shapes_iri(shape: Term) -> str:
    """The shape's IRI. Raises ShapesError for a blank node, which no report could name."""
    if not isinstance(shape, NamedNode):
        raise ShapesError(f"Shape {shape} names a member, so it must have an IRI.")
    return shape.value
