"""What shapes are about: the nodes of a graph that each of them has to check (SHACL §2.1.3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from kg.rdf.namespaces import OWL, PREFIXES, RDF, RDFS, SH
from kg.rdf.terms import NamedNode, Quad, Term
from kg.schema.index import Index

# The focus node of constraints on the graph as a whole.
WHOLE_GRAPH = NamedNode(f"{PREFIXES['ekgs']}graph")

NOTHING_DESCRIBED = "The graph describes nothing: no node in it has a class that a shape is about."

_TYPE = NamedNode(f"{RDF}type")
SUBCLASS = NamedNode(f"{RDFS}subClassOf")
_CLASSES = (NamedNode(f"{RDFS}Class"), NamedNode(f"{OWL}Class"))


class Targets:
    """The targets of a set of shapes; false where there are none, so that nothing is checked."""

    def __init__(self, shapes: Sequence[Quad]) -> None:
        self._nodes = list(_targets(shapes, "targetNode"))
        self._classes = [*_targets(shapes, "targetClass"), *_implicit_targets(Index(shapes))]
        self._subjects_of = list(_targets(shapes, "targetSubjectsOf"))
        self._objects_of = list(_targets(shapes, "targetObjectsOf"))

    def __bool__(self) -> bool:
        return bool(self._nodes) or self.are_found

    @property
    def are_found(self) -> bool:
        """Whether a shape is about what it finds in the graph, not just about nodes it names."""
        return bool(self._classes or self._subjects_of or self._objects_of)

    @property
    def shapes(self) -> set[Term]:
        """The shapes that are about something."""
        every = (self._nodes, self._classes, self._subjects_of, self._objects_of)
        return {shape for targets in every for shape, _ in targets}

    @property
    def named(self) -> Sequence[tuple[Term, Term]]:
        """Each shape with a node that it names itself, whatever the graph."""
        return self._nodes

    def candidates(self, data: Sequence[Quad]) -> set[Term]:
        """The nodes that shapes may be about because of ``data``, whatever else is known of them.

        Those of which only something else speaks are no focus nodes (``focus_nodes``).
        """
        predicates = {predicate for _, predicate in self._objects_of}
        values = {quad.object for quad in data if quad.predicate in predicates}
        return described(data) | values | {node for _, node in self._nodes}

    def focus_nodes(
        self, data: Sequence[Quad], *, known: Sequence[Quad]
    ) -> Mapping[Term, set[Term]]:
        """For each shape the nodes it is about, without those that only ``known`` describes."""
        quads = (*known, *data)
        found = self.found_in(quads, hierarchy=quads)
        for shape, node in self._nodes:
            found[shape].add(node)
        foreign = described(known) - described(data)
        return {shape: nodes - foreign for shape, nodes in found.items() if nodes - foreign}

    def found_in(
        self, quads: Sequence[Quad], *, hierarchy: Iterable[Quad]
    ) -> defaultdict[Term, set[Term]]:
        """For each shape the nodes that it is about because of one of ``quads``.

        So the quads of a graph can be gone through in parts. ``hierarchy`` are all quads that say
        what is a subclass of what, others among them ignored.
        """
        found: defaultdict[Term, set[Term]] = defaultdict(set)
        instances, subclasses = _instances(quads), _hierarchy(hierarchy)
        for shape, top in self._classes:
            for each in _with_subclasses(top, subclasses):
                found[shape] |= instances.get(each, set())
        for shape, predicate in self._subjects_of:
            found[shape] |= {quad.subject for quad in quads if quad.predicate == predicate}
        for shape, predicate in self._objects_of:
            found[shape] |= {quad.object for quad in quads if quad.predicate == predicate}
        return found


def described(quads: Iterable[Quad]) -> set[Term]:
    """The nodes that quads say something of."""
    return {quad.subject for quad in quads}


def _targets(shapes: Sequence[Quad], name: str) -> Iterator[tuple[Term, Term]]:
    predicate = NamedNode(f"{SH}{name}")
    return ((quad.subject, quad.object) for quad in shapes if quad.predicate == predicate)


def _implicit_targets(shapes: Index) -> Iterator[tuple[Term, Term]]:
    """The classes that are shapes themselves (SHACL §2.1.3.3)."""
    classes = {node for each in _CLASSES for node in shapes.subjects(f"{RDF}type", each)}
    return ((node, node) for node in shapes.instances(f"{SH}NodeShape") if node in classes)


def _instances(quads: Sequence[Quad]) -> Mapping[Term, set[Term]]:
    found: dict[Term, set[Term]] = defaultdict(set)
    for quad in quads:
        if quad.predicate == _TYPE:
            found[quad.object].add(quad.subject)
    return found


def _hierarchy(quads: Iterable[Quad]) -> list[tuple[Term, Term]]:
    return [(quad.subject, quad.object) for quad in quads if quad.predicate == SUBCLASS]


def _with_subclasses(top: Term, hierarchy: Sequence[tuple[Term, Term]]) -> set[Term]:
    found = {top}
    while new := {lower for lower, upper in hierarchy if upper in found} - found:
        found |= new
    return found
