"""The pages of the vocabulary: each term in a paragraph that its IRI leads to."""

from __future__ import annotations

from kg.documentation.ontology import OntologyDocument, ontology_document
from kg.documentation.samples import samples
from kg.documentation.shapes import shapes_document
from kg.web.pages.layout import rendered
from kg.web.services import lookup, presenter, services, snapshot


def ontology_page() -> bytes:
    """Every class, property and concept of this version, with examples from the data."""
    document = _document()
    examples = samples(
        lookup(),
        presenter(),
        classes=[each.entry.iri for each in document.classes],
        properties=[each.entry.iri for each in document.properties],
    )
    return rendered("ontology.html", document=document, examples=examples)


def annotations_page() -> bytes:
    """The annotations by which shapes describe the API."""
    return rendered("annotations.html", document=_document())


def _document() -> OntologyDocument:
    graph, quads = services().iris.graph, snapshot().quads
    parts = (quads(graph(name)) for name in ("ontology", "concepts", "shapes"))
    return ontology_document(services().schema, *parts)


def shapes_page() -> bytes:
    """Every shape of this version with its members and constraints."""
    quads = snapshot().quads(services().iris.graph("shapes"))
    return rendered("shapes.html", document=shapes_document(services().schema, quads))
