"""The pages of the store's history: versions, what one holds, what differs between two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby, islice

from kg.documents.description import Json, Writer
from kg.documents.lookup import Lookup
from kg.finding.facts import Node
from kg.rdf.namespaces import shorten
from kg.rdf.terms import BlankNode, Literal, NamedNode, Quad, Term, Triple
from kg.web.pages.layout import rendered
from kg.web.services import presenter, services
from kg.writing.history import Difference

SHOWN = 1000  # triples of a difference; all of them are in the patch


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A triple that is there in one version only: its property, and its value as a reference, a
    text with its language, or a short form.
    """

    added: bool
    predicate: str
    name: str
    value: Json
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A thing with the lines that differ, by graph."""

    thing: Json
    graph: str
    lines: tuple[Line, ...]


def history_page(body: Mapping[str, Json]) -> bytes:
    """The versions that are kept, newest first."""
    return rendered("versions.html", body=body)


def version_page(body: Mapping[str, Json]) -> bytes:
    """One version with its graphs."""
    return rendered("version.html", version=body)


def difference_page(found: Difference) -> bytes:
    """What differs between two versions, thing by thing, with labels."""
    total = len(found.removed) + len(found.added)
    return rendered(
        "difference.html", found=found, changed=_changed(found), total=total, shown=SHOWN
    )


def _changed(found: Difference) -> list[Changed]:
    """The first lines of a difference; labels are the newer version's, else the older one's."""
    marked = [(quad, False) for quad in found.removed] + [(quad, True) for quad in found.added]
    marked.sort(key=lambda each: (str(each[0].graph_name), str(each[0].subject)))
    lines = list(islice(marked, SHOWN))
    show = _writers(found, [quad for quad, _ in lines])
    return [
        Changed(
            thing=_value(show, subject),
            graph=graph,
            lines=tuple(_line(show, *each) for each in group),
        )
        for (graph, subject), group in groupby(lines, key=lambda each: _place(each[0]))
    ]


def _place(quad: Quad) -> tuple[str, Node]:
    subject, graph = quad.subject, quad.graph_name
    assert isinstance(subject, NamedNode | BlankNode), "a store holds no triple terms as subjects"
    return graph.value if isinstance(graph, NamedNode) else "", subject


def _writers(found: Difference, quads: Iterable[Quad]) -> tuple[Writer, ...]:
    """What writes references, of the newer version and of the older one."""
    nodes = dict.fromkeys(
        term
        for quad in quads
        for term in (quad.subject, quad.object)
        if isinstance(term, NamedNode)
    )
    schema, store = services().schema, services().store
    described = (
        Lookup(store.snapshot(info.number), schema).describe_all((), linked=nodes)
        for info in (found.new, found.old)
    )
    return tuple(presenter().writer(each) for each in described)


def _line(show: tuple[Writer, ...], quad: Quad, added: bool) -> Line:  # noqa: FBT001
    predicate, value = quad.predicate.value, quad.object
    return Line(
        added=added,
        predicate=predicate,
        name=shorten(predicate, services().schema.prefixes),
        value=_value(show, value),
        language=value.language if isinstance(value, Literal) else None,
    )


def _value(show: tuple[Writer, ...], term: Term) -> Json:
    if isinstance(term, NamedNode):
        references = (writer.reference(term) for writer in show)
        known = next((each for each in references if each["type"]), None)
        return known or {
            "iri": term.value,
            "label": shorten(term.value, services().schema.prefixes),
        }
    assert not isinstance(term, Triple), "a page shows no triple terms"
    return term.value if isinstance(term, Literal) else str(term)
