"""What shapes are about (SHACL §2.1.3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from kg.index import Index
from kg.namespaces import OWL, PREFIXES, RDF, RDFS, SH
from kg.terms import NamedNode, Quad, Term

# The focus node of constraints on the graph as a whole.
WHOLE_GRAPH = NamedNode(f"{PREFIXES['ekgs']}graph")

_TYPE = NamedNode(f"{RDF}type")
_SUBCLASS = NamedNode(f"{RDFS}subClassOf")
_CLASSES = (NamedNode(f"{RDFS}Class"), NamedNode(f"{OWL}Class"))


class Targets:
    """The targets of a set of shapes; false where there are none, so that nothing is validated."""

    def __init__(self, shapes: tuple[Quad, ...]) -> None:
        values: dict[str, set[Term]] = defaultdict(set)
        for quad in shapes:
            values[quad.predicate.value].add(quad.object)
        self._all = values[f"{SH}targetNode"]
        self._classes = values[f"{SH}targetClass"] | _implicit_targets(Index(shapes))
        self._nodes = self._all - {WHOLE_GRAPH}
        self._properties = values[f"{SH}targetSubjectsOf"] | values[f"{SH}targetObjectsOf"]

    def __bool__(self) -> bool:
        return bool(self._all or self._classes or self._properties)

    def any_in(self, data: Iterable[Quad], known: Iterable[Quad]) -> bool:
        """Whether a shape is about any node of ``data``; ``known`` may name subclasses."""
        if not (self._nodes or self._classes or self._properties):
            return True
        data = tuple(data)
        hierarchy = [
            (quad.subject, quad.object) for quad in (*known, *data) if quad.predicate == _SUBCLASS
        ]
        classes = _with_subclasses(self._classes, hierarchy)
        return any(
            (quad.predicate == _TYPE and quad.object in classes)
            or quad.predicate in self._properties
            or quad.subject in self._nodes
            for quad in data
        )


def _implicit_targets(shapes: Index) -> set[Term]:
    """The classes that are shapes themselves (SHACL §2.1.3.3)."""
    classes = {node for each in _CLASSES for node in shapes.subjects(f"{RDF}type", each)}
    return {node for node in shapes.instances(f"{SH}NodeShape") if node in classes}


def _with_subclasses(classes: set[Term], hierarchy: Sequence[tuple[Term, Term]]) -> set[Term]:
    found = set(classes)
    while new := {lower for lower, upper in hierarchy if upper in found} - found:
        found |= new
    return found
