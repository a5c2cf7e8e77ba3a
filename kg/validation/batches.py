"""Validation of many graphs in parts, with the report that all of them at once would get.

SHACL validates each focus node for each shape by itself, against the whole graph. So the parts are
of focus nodes, a few articles' at a time, and the graph stays whole: on disk, for every worker to
read. A constraint on the graph as a whole is one part, and compares all articles.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path

from kg.errors import EmptyGraph
from kg.progress import Progress
from kg.rdf.spool import pack, packed_graph, unpack
from kg.rdf.terms import Quad, Term
from kg.sources import VOCABULARY, Sources
from kg.store.merged import has_subject, open_merged, quads_of_property, write_merged
from kg.validation.executors import Place, Workers
from kg.validation.report import Report
from kg.validation.targets import NOTHING_DESCRIBED, SUBCLASS, Targets, described
from kg.validation.validators import make_validator

_DATA = "data"
_GRAPHS_PER_JOB = 5  # a second's work: small enough to end together
_GRAPHS_PER_PART = 200  # of what is sent to workers elsewhere, some megabytes
_ONE_AT_A_TIME = threading.Lock()  # a worker's threads share its validator and its settings


@dataclass(frozen=True, slots=True)
class Part:
    """Packed graphs: some of the data, or ontology and shapes."""

    graphs: tuple[bytes, ...]
    vocabulary: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """The job to check nodes that a shape names itself, such as the graph as a whole."""

    shape: Term
    node: Term


@dataclass(frozen=True, slots=True)
class Found:
    """The job to check the nodes that shapes find in packed graphs.

    Without graphs it is those that the ontology alone makes the shapes be about.
    """

    graphs: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes of a job.

    ``ours`` are the nodes of the ontology that the data describe too; ``about_something`` whether
    the data describe a node that a shape has found; ``graphs`` how many are done.
    """

    report: Report
    ours: frozenset[Term]
    about_something: bool
    graphs: int


def validate_in_parts(sources: Sources, workers: Workers, progress: Progress) -> Report:
    """The report on all data of the source files, as ``Validator.validate`` would give it.

    Raises EmptyGraph and ShapesError as that does, and QueryInterrupted where a worker is lost.
    """
    targets = Targets(sources.shapes)
    if not targets:
        return Report()
    names = [name for name in sources.graphs if name not in VOCABULARY]
    if not names:
        raise EmptyGraph("The graph is empty.")
    workers.share(fill_folder, _parts(sources, names, progress))
    outcomes = []
    done = 0
    progress("Validating", done=done, total=len(names))
    for outcome in workers.run(run_job, _jobs(sources, names, targets)):
        outcomes.append(outcome)
        done += outcome.graphs
        progress("Validating", done=done, total=len(names))
    if targets.are_found and not any(outcome.about_something for outcome in outcomes):
        raise EmptyGraph(NOTHING_DESCRIBED)
    ours = frozenset[Term]().union(*(outcome.ours for outcome in outcomes))
    report = Report.united(outcome.report for outcome in outcomes)
    return report.without(described(sources.ontology) - ours)


def fill_folder(folder: Path, parts: Iterable[Part]) -> None:
    """Write the files that ``run_job`` needs: ontology and shapes, and all data as one graph."""
    write_merged(folder / _DATA, _merged(folder, parts))


def run_job(place: Place, job: Named | Found) -> Outcome:
    """Do a job with what is in the shared folder."""
    with _ONE_AT_A_TIME:
        checker = _checker(place.path())
        return checker.named(job) if isinstance(job, Named) else checker.found(job)


class _Checker:
    """A validator over the data in a folder."""

    def __init__(self, folder: Path) -> None:
        ontology, shapes = (unpack((folder / name).read_bytes()) for name in VOCABULARY)
        self._validator = make_validator(shapes=shapes, ontology=ontology)
        self._data = open_merged(folder / _DATA)
        self._hierarchy = quads_of_property(self._data, SUBCLASS)
        self._known = described(ontology)
        self._by_ontology = self._validator.targets.found_in(ontology, hierarchy=self._hierarchy)

    def named(self, job: Named) -> Outcome:
        """What comes of checking one node for the shape that names it."""
        report = self._validator.check(self._data, {job.shape: {job.node}})
        described_here = self._describes(job.node, frozenset())
        return Outcome(report, frozenset(), about_something=described_here, graphs=0)

    def found(self, job: Found) -> Outcome:
        """What comes of checking the nodes that shapes find in some graphs."""
        quads = [quad for packed in job.graphs for quad in unpack(packed)]
        nodes = described(quads)
        focus = self._validator.targets.found_in(quads, hierarchy=self._hierarchy)
        for shape, known in self._by_ontology.items():
            focus[shape] |= known & nodes if quads else known - self._known
        return Outcome(
            self._validator.check(self._data, focus),
            frozenset(nodes & self._known),
            about_something=any(self._describes(node, nodes) for node in chain(*focus.values())),
            graphs=len(job.graphs),
        )

    def _describes(self, node: Term, described_in_job: Set[Term]) -> bool:
        """Whether the data say something of a node; the ontology's, only if the job's graphs do."""
        if node in self._known:
            return node in described_in_job
        return has_subject(self._data, node)


@lru_cache(maxsize=1)
def _checker(folder: Path) -> _Checker:
    return _Checker(folder)


def _parts(sources: Sources, names: Sequence[str], progress: Progress) -> Iterator[Part]:
    """Ontology and shapes first, then all data."""
    yield Part((pack(sources.ontology), pack(sources.shapes)), vocabulary=True)
    for done in range(0, len(names), _GRAPHS_PER_PART):
        progress("Merging", done=done, total=len(names))
        chosen = names[done : done + _GRAPHS_PER_PART]
        yield Part(tuple(packed_graph(sources.graphs, name) for name in chosen))


def _merged(folder: Path, parts: Iterable[Part]) -> Iterator[Quad]:
    """The quads of ontology and data, while the vocabulary is written to files of its own."""
    for part in parts:
        if part.vocabulary:
            for name, packed in zip(VOCABULARY, part.graphs, strict=True):
                (folder / name).write_bytes(packed)
            yield from unpack(part.graphs[0])
        else:
            for packed in part.graphs:
                yield from unpack(packed)


def _jobs(sources: Sources, names: Sequence[str], targets: Targets) -> Iterator[Named | Found]:
    """What compares all articles takes longest, so it comes first."""
    for shape, node in targets.named:
        yield Named(shape, node)
    yield Found()
    for start in range(0, len(names), _GRAPHS_PER_JOB):
        chosen = names[start : start + _GRAPHS_PER_JOB]
        yield Found(tuple(packed_graph(sources.graphs, name) for name in chosen))
