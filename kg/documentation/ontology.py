"""The ontology as a document: classes, properties, annotations and concept schemes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kg.documentation.entries import Entry, Reader, anchor
from kg.rdf.namespaces import OWL, SH, SKOS, VANN_NAMESPACE
from kg.rdf.terms import NamedNode, Quad
from kg.schema.index import Index
from kg.schema.schema import Collection, Schema, local_name

_PROPERTIES = (f"{OWL}ObjectProperty", f"{OWL}DatatypeProperty")
_KINDS = (*_PROPERTIES, f"{OWL}AnnotationProperty")


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Where the API has a property: the member's name, the class that has it, its shape."""

    member: str
    class_name: str
    collection: Collection | None
    shape: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Documented:
    """A class or property with its place in the hierarchy, and its uses in the API."""

    entry: Entry
    depth: int = 0
    collection: Collection | None = None
    shapes: tuple[str, ...] = ()
    uses: tuple[Use, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """A concept scheme with its concepts."""

    entry: Entry
    concepts: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OntologyDocument:
    """The ontology's own description, and its terms by kind; classes stand below those above.

    ``borrowed`` are terms of other vocabularies that the graph describes for its readers.
    """

    head: tuple[Entry, ...]
    classes: tuple[Documented, ...]
    properties: tuple[Documented, ...]
    annotations: tuple[Entry, ...]
    borrowed: tuple[Documented, ...]
    schemes: tuple[Scheme, ...]


def ontology_document(
    schema: Schema, ontology: Iterable[Quad], concepts: Iterable[Quad], shapes: Iterable[Quad]
) -> OntologyDocument:
    """The document of the three graphs; what a store has no graph of is left out."""
    terms, vocabulary = (Reader.of(quads, schema.prefixes) for quads in (ontology, concepts))
    head = terms.entries(f"{OWL}Ontology")
    own = tuple(
        value
        for each in head
        if (value := terms.index.text(NamedNode(each.iri), VANN_NAMESPACE)) is not None
    )
    known = [
        Documented(entry=each, uses=_uses(schema, each.iri)) for each in terms.entries(*_KINDS)
    ]
    classes = {
        each.iri: each for each in terms.entries(f"{OWL}Class") if each.iri in schema.classes
    }
    properties = {each.iri for each in terms.entries(*_PROPERTIES)}
    ours = [each for each in known if each.entry.iri.startswith(own)]
    return OntologyDocument(
        head=tuple(head),
        classes=tuple(_tree(schema, classes, Index(shapes))),
        properties=tuple(each for each in ours if each.entry.iri in properties),
        annotations=tuple(each.entry for each in ours if each.entry.iri not in properties),
        borrowed=tuple(each for each in known if each not in ours and each.uses),
        schemes=tuple(_schemes(vocabulary)),
    )


def _tree(
    schema: Schema,
    classes: dict[str, Entry],
    shapes: Index,
    above: str | None = None,
    depth: int = 0,
) -> Iterator[Documented]:
    """The classes right below one, or at the top, each followed by those below it."""
    for iri, entry in classes.items():
        if _parent(schema, iri) == above:
            targeting = shapes.subjects(f"{SH}targetClass", NamedNode(iri))
            yield Documented(
                entry=entry,
                depth=depth,
                collection=schema.collection_of([iri]),
                shapes=tuple(sorted(anchor(each.value) for each in targeting)),
            )
            yield from _tree(schema, classes, shapes, iri, depth + 1)


def _parent(schema: Schema, iri: str) -> str | None:
    return next(iter(schema.superclasses(iri)[1:]), None)


def _uses(schema: Schema, predicate: str) -> tuple[Use, ...]:
    return tuple(
        Use(
            member=member.name,
            class_name=local_name(class_iri),
            collection=schema.collection_of([class_iri]),
            shape=anchor(member.shape),
        )
        for class_iri, members in schema.own_members.items()
        for member in members
        if member.predicate == predicate
    )


def _schemes(reader: Reader) -> Iterator[Scheme]:
    for entry in reader.entries(f"{SKOS}ConceptScheme"):
        found = reader.index.subjects(f"{SKOS}inScheme", NamedNode(entry.iri))
        concepts = (reader.entry(each.value) for each in found if isinstance(each, NamedNode))
        ordered = sorted(concepts, key=lambda each: each.anchor)
        yield Scheme(entry=entry, concepts=tuple(ordered))
