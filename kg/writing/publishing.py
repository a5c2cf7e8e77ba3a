"""The one way to change a store: stage, validate what is concerned, publish whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Self, TypeAlias

from kg.errors import Conflict, EmptyGraph, InputError, NotConforming, Refused, ShapesError
from kg.progress import Progress, unwatched
from kg.rdf.iris import Iris
from kg.rdf.terms import GraphName, NamedNode, Quad
from kg.schema.schema import Schema
from kg.schema.shapes import read_schema
from kg.settings import Settings
from kg.sources import VOCABULARY, materialise, read_vocabulary
from kg.store.base import GraphInfo, Snapshot, Store, Transaction, VersionInfo
from kg.store.contents import graph_key
from kg.validation.reach import Reach
from kg.validation.report import Report
from kg.validation.validators import Checker, make_validator
from kg.writing.concerns import Concerns

Edit: TypeAlias = Callable[[Transaction], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Who makes a change, and why in a few words; ``admin`` may change ontology and shapes."""

    author: str
    message: str
    admin: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What came of a write: the version now current, the one before, and the report."""

    version: VersionInfo
    base: VersionInfo
    report: Report

    @property
    def changed(self) -> bool:
        """Whether there is a new version: a write that changes nothing makes none."""
        return self.version.number != self.base.number


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Applies edits to ``store``. Without a ``checker`` there are no shapes: all conforms.

    ``reach`` is of the shapes that the checker has.
    """

    store: Store
    schema: Schema
    iris: Iris
    checker: Checker | None
    reach: Reach

    @classmethod
    def local(cls, settings: Settings, store: Store) -> Self:
        """A publisher that validates in this process, against the shapes of the settings."""
        known = read_vocabulary(settings)
        iris, shapes = Iris(settings.namespace), known.shapes
        checker = make_validator(shapes=shapes, ontology=known.ontology) if shapes else None
        return cls(
            store=store, schema=known.schema, iris=iris, checker=checker, reach=Reach(shapes)
        )

    def publish(
        self,
        edit: Edit,
        origin: Origin,
        *,
        strict: bool = False,
        progress: Progress = unwatched,
    ) -> Published:
        """Publish what ``edit`` makes of the current version.

        Warnings do not stand in the way unless ``strict``; ``progress`` is told of what has to be
        validated beside the graphs written. Raises NotConforming, EmptyGraph,
        Refused (a vocabulary graph, and ``origin`` is no admin), what the edit raises and what
        ``Store.begin`` raises; the store is then as it was.
        """
        with self.store.begin(author=origin.author, message=origin.message) as change:
            edit(change)
            report = self._proven(change, origin, progress)
            if not report.conforms or (strict and report.warnings):
                raise NotConforming(f"The change is refused: {report.summary}", report=report)
            base = change.base
            return Published(version=change.publish(), base=base, report=report)

    def _proven(self, change: Transaction, origin: Origin, progress: Progress) -> Report:
        """The report on all that the change concerns, superclass types filled in."""
        vocabulary = {self.iris.graph(name) for name in VOCABULARY}
        changed = change.changed()
        if vocabulary.intersection(changed):
            self._prove_vocabulary(change, origin)
        data = [graph for graph in changed if graph not in vocabulary]
        if self.checker is None or not data:
            for graph in data if self.schema.classes else ():
                self._materialised(change, graph)
            return Report()
        _refuse_empty(change.graphs(), data)
        after = {graph: self._materialised(change, graph) for graph in data}
        base = self.store.snapshot(change.base.number)
        return self._report(self.checker, Concerns(base, self.iris, self.reach, after), progress)

    def rehearse(self, base: Snapshot, graph: GraphName, quads: Iterable[Quad]) -> Report:
        """The report that replacing ``graph`` in the version ``base`` by ``quads`` would get."""
        if self.checker is None:
            return Report()
        after = {graph: set(materialise(quads, self.schema))}
        return self._report(self.checker, Concerns(base, self.iris, self.reach, after), unwatched)

    def _report(self, checker: Checker, concerns: Concerns, progress: Progress) -> Report:
        """The report on the graphs written and what depends on them.

        After a violation nothing more is looked for: that of a hub may come back a thousand times.
        """
        reports = []
        with closing(checker.reports(concerns.portions(progress))) as found:
            for report in found:
                reports.append(report)
                if not report.conforms:
                    break
        return Report.united(reports)

    def _materialised(self, change: Transaction, graph: GraphName) -> Collection[Quad]:
        """A graph with superclass types filled in; those that no longer follow from others stay."""
        quads = set(change.quads(graph))
        missing = set(materialise(quads, self.schema)) - quads
        if missing:
            change.insert(graph, missing)
        return quads | missing

    def _prove_vocabulary(self, change: Transaction, origin: Origin) -> None:
        """Refuse a vocabulary that this program could not be started with."""
        if not origin.admin:
            raise Refused("Ontology and shapes are changed with a token of scope admin only.")
        ontology, shapes = (tuple(change.quads(self.iris.graph(name))) for name in VOCABULARY)
        try:
            read_schema(ontology=ontology, shapes=shapes)
            make_validator(ontology=ontology, shapes=shapes)
        except ShapesError as error:
            raise InputError(f"The shapes cannot be used: {error}") from error


def replacing(graph: GraphName, quads: Iterable[Quad]) -> Edit:
    """The edit after which ``graph`` holds just ``quads``."""
    return lambda change: change.replace(graph, quads)


def adding(graph: GraphName, quads: Iterable[Quad]) -> Edit:
    """The edit that adds ``quads`` to ``graph``."""
    return lambda change: change.insert(graph, quads)


def removing(graph: GraphName) -> Edit:
    """The edit that removes ``graph``, or raises NotFound."""
    return lambda change: change.drop(graph)


def graph_info(version: VersionInfo, graph: GraphName) -> GraphInfo | None:
    """What a version knows of a graph; None where it has no such graph."""
    return version.graphs.get(graph_key(graph))


def expecting(check: Callable[[GraphInfo | None], bool], graph: GraphName, edit: Edit) -> Edit:
    """``edit``, with Conflict where ``check`` says no to what the graph is at that moment."""

    def checked(change: Transaction) -> None:
        if not check(graph_info(change.base, graph)):
            raise Conflict("The graph is not as the request expects it: read it, then write again.")
        edit(change)

    return checked


def _refuse_empty(staged: Mapping[str, GraphInfo], changed: Iterable[GraphName]) -> None:
    for graph in changed:
        known = staged.get(graph.value) if isinstance(graph, NamedNode) else None
        if known and not known.triples:
            raise EmptyGraph(f"Graph {graph} would be empty: delete it instead.")
