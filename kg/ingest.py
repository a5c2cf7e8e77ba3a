"""From source files to a published version: parse, materialise, validate, publish whole or not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.errors import Conflict, NotConforming, SettingsError
from kg.iris import Iris
from kg.namespaces import RDF
from kg.parsing import parse_file, parse_folder
from kg.schema import Schema
from kg.settings import Settings
from kg.store.base import Store, Transaction, VersionInfo
from kg.store.digests import describe_graph
from kg.terms import NamedNode, Quad
from kg.validation import Report, Validator

_TYPE = NamedNode(f"{RDF}type")

# Graphs that hold vocabulary: they define what data must conform to and are not validated as data.
VOCABULARY = ("ontology", "shapes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The source files, parsed: the quads of each graph by the graph's short name."""

    graphs: Mapping[str, tuple[Quad, ...]]
    schema: Schema

    @classmethod
    def read(cls, settings: Settings) -> Sources:
        """Ontology, concepts, shapes and articles, superclass types filled in.

        Raises SettingsError for a missing folder and what ``parse_file`` raises.
        """
        vocabulary = read_vocabulary(settings)
        graphs = dict(vocabulary.graphs)
        graphs["concepts"] = tuple(parse_folder(settings.ontology / "concepts"))
        for path in sorted(_folder(settings.articles).glob("*.ttl")):
            graphs[path.stem] = tuple(materialise(parse_file(path), vocabulary.schema))
        kept = {name: quads for name, quads in graphs.items() if quads}
        return cls(graphs=kept, schema=vocabulary.schema)


def read_vocabulary(settings: Settings) -> Sources:
    """Only ontology and shapes, and the schema that they make."""
    ontology = tuple(parse_folder(_folder(settings.ontology)))
    shapes = tuple(parse_folder(_folder(settings.shapes)))
    schema = Schema.read(ontology=ontology, shapes=shapes)
    return Sources(graphs={"ontology": ontology, "shapes": shapes}, schema=schema)


def materialise(quads: Iterable[Quad], schema: Schema) -> Iterator[Quad]:
    """The quads, and for each type its superclasses of our own, in the same graph.

    Stores without a reasoner then find every claim by ``?x a ekg:Claim``.
    """
    for quad in quads:
        yield quad
        if quad.predicate == _TYPE and isinstance(quad.object, NamedNode):
            for above in schema.superclasses(quad.object.value)[1:]:
                yield Quad(quad.subject, _TYPE, NamedNode(above), quad.graph_name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a build did: the version now current, the graphs it wrote, and the report if any."""

    version: VersionInfo
    changed: tuple[str, ...]
    report: Report | None


def build(store: Store, sources: Sources, iris: Iris, *, author: str, force: bool = False) -> Built:
    """Publish the source files' graphs as a new version, or nothing where none of them changed.

    A graph that was edited in the store is left alone until its file changes; then the build
    stops with Conflict unless ``force``. Raises NotConforming and leaves the store as it was.
    """
    with store.begin(author=author, message="Build from the source files") as change:
        digests = {name: _digest(sources, iris, name) for name in sources.graphs}
        changed = tuple(name for name in digests if _source(change, iris, name) != digests[name])
        removed = _removed(change, iris, sources)
        if not changed and not removed:
            return Built(version=change.base, changed=(), report=None)
        if not force:
            _refuse_lost_edits(change, iris, (*changed, *removed))
        report = validate_sources(sources)
        if not report.conforms:
            raise NotConforming("The source files do not conform to the shapes.", report=report)
        for name in changed:
            change.replace(iris.graph(name), sources.graphs[name], source=digests[name])
        for name in removed:
            change.drop(iris.graph(name))
        return Built(version=change.publish(), changed=(*changed, *removed), report=report)


def validate_sources(sources: Sources) -> Report:
    """The report on all data of the source files together."""
    validator = Validator(shapes=sources.graphs["shapes"], ontology=sources.graphs["ontology"])
    names = [name for name in sources.graphs if name not in VOCABULARY]
    return validator.validate(quad for name in names for quad in sources.graphs[name])


def _digest(sources: Sources, iris: Iris, name: str) -> str:
    """The digest that the graph will have in the store."""
    graph = iris.graph(name)
    named = {Quad(q.subject, q.predicate, q.object, graph) for q in sources.graphs[name]}
    return describe_graph(named).digest


def _source(change: Transaction, iris: Iris, name: str) -> str | None:
    known = change.base.graphs.get(iris.graph(name).value)
    return known.source if known else None


def _removed(change: Transaction, iris: Iris, sources: Sources) -> tuple[str, ...]:
    """Graphs that a build once put there and whose source file is gone."""
    prefix = iris.graph("").value
    return tuple(
        iri.removeprefix(prefix)
        for iri, info in change.base.graphs.items()
        if info.source and iri.removeprefix(prefix) not in sources.graphs
    )


def _refuse_lost_edits(change: Transaction, iris: Iris, names: Iterable[str]) -> None:
    for name in names:
        known = change.base.graphs.get(iris.graph(name).value)
        if known and known.digest != known.source:
            raise Conflict(
                f"Graph {name!r} was edited in the store after it was built, and its source file"
                " has changed too. Export the graph and merge, or build with --force to overwrite."
            )


def _folder(folder: Path) -> Path:
    if not folder.is_dir():
        raise SettingsError(f"{folder}: there is no such folder.")
    return folder
