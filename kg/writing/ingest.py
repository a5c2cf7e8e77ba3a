"""From source files to a published version: compare, validate, publish whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from time import perf_counter

from kg.errors import Conflict, EmptyGraph, NotConforming
from kg.progress import Progress, unwatched
from kg.rdf.iris import Iris
from kg.rdf.terms import NamedNode, Quad
from kg.settings import Settings
from kg.sources import Sources, data_files, read_data, read_vocabulary
from kg.store.base import Store, Transaction, VersionInfo
from kg.store.digests import describe_graph
from kg.validation.batches import validate_in_parts
from kg.validation.executors import Workers
from kg.validation.report import Report
from kg.validation.validators import make_validator


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a build did: the version now current, the graphs it wrote, and the report if any.

    ``seconds`` is how long validation took.
    """

    version: VersionInfo
    changed: tuple[str, ...] = ()
    report: Report | None = None
    seconds: float = 0.0


def build(
    store: Store,
    sources: Sources,
    iris: Iris,
    *,
    author: str,
    force: bool = False,
    workers: Workers | None = None,
    progress: Progress = unwatched,
) -> Built:
    """Publish the source files' graphs as a new version, or nothing where none of them changed.

    ``workers`` validate them in parts, without them it is done here and at once; the report is the
    same. A graph that was edited in the store is left alone until its file changes; then the build
    stops with Conflict unless ``force``. Raises NotConforming, or QueryInterrupted where workers
    are lost, and leaves the store as it was.
    """
    with store.begin(author=author, message="Build from the source files") as change:
        digests = dict(_digests(sources, iris, progress))
        changed = [name for name in digests if not _is_current(change, iris, name, digests[name])]
        removed = _removed(change, iris, sources)
        if not changed and not removed:
            return Built(version=change.base)
        if not force:
            for name in (*changed, *removed):
                _refuse_lost_edits(change, iris, name, digests.get(name))
        report, seconds = _validated(sources, workers, progress)
        for done, name in enumerate(changed):
            progress("Publishing", done=done, total=len(changed))
            change.replace(iris.graph(name), sources.graphs[name], source=digests[name])
        for name in removed:
            change.drop(iris.graph(name))
        version = change.publish()
    return Built(version=version, changed=(*changed, *removed), report=report, seconds=seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Data files as what they would be beside the source files.

    A file stands for the source file of its name; the other source files are the ``context`` that
    ``data``, what the files say, links to.
    """

    paths: tuple[Path, ...]
    vocabulary: Sources
    data: tuple[Quad, ...]
    context: tuple[Quad, ...]

    @classmethod
    def read(cls, settings: Settings, paths: Iterable[Path]) -> Files:
        """The files, parsed, superclass types filled in. Raises what ``Sources.read`` raises."""
        paths = tuple(paths)
        names = {path.name for path in paths}
        vocabulary = read_vocabulary(settings)
        others = (path for path in chain(*data_files(settings)) if path.name not in names)
        return cls(
            paths=paths,
            vocabulary=vocabulary,
            data=read_data(paths, vocabulary.schema),
            context=read_data(others, vocabulary.schema),
        )

    def validate(self) -> Report:
        """The report on the data. Raises what ``Validator.validate`` raises."""
        shapes, ontology = self.vocabulary.shapes, self.vocabulary.ontology
        try:
            return make_validator(shapes=shapes, ontology=ontology).validate(
                self.data, context=self.context
            )
        except EmptyGraph as error:
            raise EmptyGraph(f"{', '.join(map(str, self.paths))}: {error}") from error


def _validated(
    sources: Sources, workers: Workers | None, progress: Progress
) -> tuple[Report, float]:
    """The report on all data of the source files together, and how many seconds it took."""
    started = perf_counter()
    if workers is None:
        progress("Validating", done=0, total=0)
        validator = make_validator(shapes=sources.shapes, ontology=sources.ontology)
        report = validator.validate(sources.data())
    else:
        report = validate_in_parts(sources, workers, progress)
    if not report.conforms:
        raise NotConforming("The source files do not conform to the shapes.", report=report)
    return report, perf_counter() - started


def _digests(sources: Sources, iris: Iris, progress: Progress) -> Iterator[tuple[str, str]]:
    """The name of each graph, and the digest that it will have in the store."""
    for done, (name, quads) in enumerate(sources.graphs.items()):
        progress("Comparing", done=done, total=len(sources.graphs))
        yield name, _digest(quads, iris.graph(name))


def _digest(quads: tuple[Quad, ...], graph: NamedNode) -> str:
    """The digest that the graph will have in the store."""
    named = {Quad(quad.subject, quad.predicate, quad.object, graph) for quad in quads}
    return describe_graph(named).digest


def _is_current(change: Transaction, iris: Iris, name: str, digest: str) -> bool:
    """Whether the graph is as the file, or was built from it as it is and edited since."""
    known = change.base.graphs.get(iris.graph(name).value)
    return known is not None and digest in {known.source, known.digest}


def _removed(change: Transaction, iris: Iris, sources: Sources) -> list[str]:
    """Graphs that a build once put there and whose source file is gone."""
    prefix = iris.graph("").value
    return [
        iri.removeprefix(prefix)
        for iri, info in change.base.graphs.items()
        if info.source and iri.removeprefix(prefix) not in sources.graphs
    ]


def _refuse_lost_edits(change: Transaction, iris: Iris, name: str, digest: str | None) -> None:
    """Raise Conflict where the graph in the store is neither as last built nor as its file now."""
    known = change.base.graphs.get(iris.graph(name).value)
    if known and known.digest not in {known.source, digest}:
        raise Conflict(
            f"Graph {name!r} was edited in the store after it was built, and its source file has"
            " changed too. Export the graph and merge, or build with --force to overwrite it."
        )
