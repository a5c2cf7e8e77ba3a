"""How far shapes look: which triples decide on nodes that are not their subjects (SHACL §3.4).

A result on a focus node depends on the triples that its shape's paths, nested shapes and queries
can match, and each such triple is linked to the focus node by others that must match with it. So
from a changed triple these links lead back to every focus node whose results it can change; where
none lead, it matters to its own subject alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kg.rdf.namespaces import RDF, RDFS, SH
from kg.rdf.terms import Literal, NamedNode, Quad, Term, Triple
from kg.schema.index import Index
from kg.schema.paths import read_path
from kg.sparql.graph_patterns import TriplePattern, Variable, path_hops, triple_patterns
from kg.validation.targets import WHOLE_GRAPH, Targets
from kg.validation.ways import Edge, Place, Step, Way, edges_of, way_back, way_from

_THIS, _VALUE = Variable("this"), Variable("value")
_TYPE, _SUBCLASS = f"{RDF}type", f"{RDFS}subClassOf"

_LISTS = frozenset(f"{SH}{name}" for name in ("and", "or", "xone"))
_NESTED = frozenset(f"{SH}{name}" for name in ("node", "not", "property", "qualifiedValueShape"))
_COMPARED = frozenset(
    f"{SH}{name}" for name in ("equals", "disjoint", "lessThan", "lessThanOrEquals")
)
_HANDLED = frozenset(f"{SH}{name}" for name in ("class", "closed", "path", "sparql"))
# What looks at no triple: tests of the value itself, numbers of values, targets, words.
_NEAR = frozenset(
    f"{SH}{name}"
    for name in (
        *("datatype", "nodeKind", "in", "hasValue", "pattern", "flags", "languageIn", "uniqueLang"),
        *("minCount", "maxCount", "minLength", "maxLength", "qualifiedMinCount"),
        *("minInclusive", "maxInclusive", "minExclusive", "maxExclusive", "qualifiedMaxCount"),
        *("qualifiedValueShapesDisjoint", "ignoredProperties", "deactivated", "severity"),
        *("message", "name", "description", "group", "order", "defaultValue", "codeIdentifier"),
        *("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf"),
    )
)
# What a shape may name that has meanings of its own making.
_PROGRAMS = frozenset(f"{SH}{name}" for name in ("parameter", "target", "rule", "filterShape"))


@dataclass(frozen=True, slots=True)
class Look:
    """Triples that decide on other nodes: those of ``predicates`` (None: any) and ``value``.

    From the node in their place ``start``, ``way`` leads to the focus nodes.
    """

    predicates: frozenset[str] | None
    value: NamedNode | None
    start: Place
    way: Way

    @property
    def is_of_links(self) -> bool:
        """Whether the focus nodes are those that link to the subject, be it through others."""
        back = all((each.start, each.end) == (Place.OBJECT, Place.SUBJECT) for each in self.way)
        return back and self.start is Place.SUBJECT


class Reach:
    """What shapes look at; read from them when it is first asked for."""

    def __init__(self, shapes: Iterable[Quad]) -> None:
        self._shapes = tuple(shapes)

    @cached_property
    def looks(self) -> tuple[Look, ...] | None:
        """Which triples decide on which other nodes; None where the shapes do not tell plainly.

        Raises ShapesError where a path is none.
        """
        reader = _Reader(self._shapes)
        for shape in Targets(self._shapes).shapes:
            reader.read(shape, (), whole=reader.is_of_graph(shape))
        return tuple(dict.fromkeys(reader.looks)) if reader.is_plain else None

    @cached_property
    def _by_predicate(self) -> Mapping[str | None, Sequence[Look]]:
        found: dict[str | None, list[Look]] = defaultdict(list)
        for look in self.looks or ():
            for predicate in look.predicates or (None,):
                found[predicate].append(look)
        return found

    def looks_at(self, triple: Triple) -> Iterator[Look]:
        """All looks that a triple is of. There are none where ``looks`` is None."""
        for predicate in (triple.predicate.value, None):
            for look in self._by_predicate.get(predicate, ()):
                if look.value in (None, triple.object):
                    yield look


class _Reader:
    """Goes through shapes, from those that have targets to all that they name."""

    def __init__(self, shapes: Sequence[Quad]) -> None:
        self._index = Index(shapes)
        self._prefixes, clash = _prefixes(self._index)
        self.looks: list[Look] = []
        self.is_plain = not clash and not any(q.predicate.value in _PROGRAMS for q in shapes)
        self._above: list[Term] = []

    def is_of_graph(self, shape: Term) -> bool:
        """Whether a shape is about the graph as a whole, and its queries tell the nodes."""
        return WHOLE_GRAPH in self._index.objects(shape, f"{SH}targetNode")

    def read(self, shape: Term, back: Way, *, whole: bool) -> None:
        """Note what a shape looks at from a node that ``back`` leads away from to the focus."""
        if shape in self._above:  # recursive shapes: SHACL leaves their meaning open (§3.4.3)
            self.is_plain = False
            return
        self._above.append(shape)
        values = self._values(shape, back)
        for name in self._index.properties(shape):
            for each in self._index.objects(shape, name):
                self._constraint(name, each, (back, values), whole=whole)
        self._above.pop()

    def _values(self, shape: Term, back: Way) -> Way:
        """The way back from the value nodes of a shape, whose path is noted."""
        head = self._index.value(shape, f"{SH}path")
        if head is None:
            return back
        hops = path_hops(read_path(self._index, head).sparql)
        if hops is None:
            self.is_plain = False
            return back
        edges = edges_of([TriplePattern(_THIS, hops, _VALUE, None, ())])
        self._note(edges, _THIS, back)
        return (way_back(_VALUE, edges, _THIS) or ()) + back

    def _constraint(self, name: str, value: Term, ways: tuple[Way, Way], *, whole: bool) -> None:
        back, values = ways
        if name in _NESTED:
            self.read(value, values, whole=whole)
        elif name in _LISTS:
            for each in self._index.items(value):
                self.read(each, values, whole=whole)
        elif name in _COMPARED and isinstance(value, NamedNode):
            self._looks_at(value.value, back)
        elif name == f"{SH}class":
            self._looks_at(_TYPE, values)
            up = Step(Place.OBJECT, Place.SUBJECT, frozenset({_SUBCLASS}), repeated=True)
            type_ = Step(Place.OBJECT, Place.SUBJECT, frozenset({_TYPE}))
            self._looks_at(_SUBCLASS, (up, type_, *values))
        elif name == f"{SH}closed":
            self._looks_at(None, values)
        elif name == f"{SH}sparql":
            self._query(value, values if back == values else back, whole=whole)
        elif name.startswith(SH) and name not in _NEAR | _HANDLED:
            self.is_plain = False

    def _looks_at(self, predicate: str | None, way: Way) -> None:
        if way:  # else it is said of the focus node itself
            predicates = None if predicate is None else frozenset({predicate})
            self.looks.append(Look(predicates, None, Place.SUBJECT, way))

    def _query(self, constraint: Term, back: Way, *, whole: bool) -> None:
        text = self._index.value(constraint, f"{SH}select")
        query = text.value if isinstance(text, Literal) else ""
        patterns = triple_patterns(query, self._prefixes)
        if patterns is None:
            self.is_plain = False
            return
        edges = edges_of(patterns)
        named = any(_THIS in (edge.subject, edge.object) for edge in edges)
        if not named and not whole:
            self.is_plain = False
        self._note(edges, _THIS if named else _VALUE, back)

    def _note(self, edges: Sequence[Edge], focus: Variable, back: Way) -> None:
        """Note all triples that patterns can match, each with a way to the focus node."""
        for edge in edges:
            if edge.repeated:
                continue
            above = [each for each in edges if edge.group[: len(each.group)] == each.group]
            found = way_from(edge, above, focus)
            if found is None:
                self.is_plain = False
                continue
            start, way = found
            if start is not Place.SUBJECT or way or back:
                value = edge.object if isinstance(edge.object, NamedNode) else None
                self.looks.append(Look(edge.predicates, value, start, way + back))


def _prefixes(shapes: Index) -> tuple[Mapping[str, str], bool]:
    """The namespaces that shapes declare by prefix, and whether they differ about one."""
    found: dict[str, str] = {}
    clash = False
    for node in shapes.instances(f"{SH}PrefixDeclaration"):
        prefix, namespace = (shapes.text(node, f"{SH}{name}") for name in ("prefix", "namespace"))
        if prefix is not None and namespace is not None:
            clash = clash or found.setdefault(prefix, namespace) != namespace
    return found, clash
