"""The source files as graphs: ontology, concepts, shapes and articles, superclasses filled in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.errors import EmptyGraph, SettingsError
from kg.progress import Progress, unwatched
from kg.rdf.namespaces import RDF
from kg.rdf.parsing import parse_file, parse_folder
from kg.rdf.spool import Spool
from kg.rdf.terms import NamedNode, Quad
from kg.schema.schema import Schema
from kg.schema.shapes import read_schema
from kg.settings import Settings

_TYPE = NamedNode(f"{RDF}type")

# Graphs that hold vocabulary: they define what data must conform to and are not validated as data.
VOCABULARY = ("ontology", "shapes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The source files, parsed: the quads of each graph by the graph's short name.

    ``read`` keeps them compressed, so however many there are, they need little memory.
    """

    graphs: Mapping[str, tuple[Quad, ...]]
    schema: Schema

    @classmethod
    def read(cls, settings: Settings, progress: Progress = unwatched) -> Sources:
        """Ontology, concepts, shapes and articles, superclass types filled in.

        Raises SettingsError for a missing folder, EmptyGraph for an article's file without a
        triple, and what ``parse_file`` raises.
        """
        vocabulary = read_vocabulary(settings)
        graphs = Spool()
        concepts, paths = data_files(settings)
        for name, quads in vocabulary.graphs.items():
            _keep(graphs, name, quads)
        _keep(graphs, "concepts", read_data(concepts, vocabulary.schema))
        for done, path in enumerate(paths):
            progress("Reading", done=done, total=len(paths))
            _keep(graphs, path.stem, read_data([path], vocabulary.schema))
        return cls(graphs=graphs, schema=vocabulary.schema)

    @property
    def ontology(self) -> tuple[Quad, ...]:
        """The quads of the ontology's files."""
        return self.graphs.get("ontology", ())

    @property
    def shapes(self) -> tuple[Quad, ...]:
        """The quads of the shapes' files."""
        return self.graphs.get("shapes", ())

    def data(self) -> Iterator[Quad]:
        """All quads that must conform to the shapes."""
        for name, quads in self.graphs.items():
            if name not in VOCABULARY:
                yield from quads


def data_files(settings: Settings) -> tuple[list[Path], list[Path]]:
    """The files of the concepts and those of the articles, each in the order of their names."""
    folders = (settings.ontology / "concepts", _folder(settings.articles))
    concepts, articles = (sorted(folder.glob("*.ttl")) for folder in folders)
    return concepts, articles


def read_vocabulary(settings: Settings) -> Sources:
    """Only ontology and shapes, and the schema that they make."""
    ontology = tuple(parse_folder(_folder(settings.ontology)))
    shapes = tuple(parse_folder(_folder(settings.shapes)))
    schema = read_schema(ontology=ontology, shapes=shapes)
    return Sources(graphs={"ontology": ontology, "shapes": shapes}, schema=schema)


def read_data(paths: Iterable[Path], schema: Schema) -> tuple[Quad, ...]:
    """The quads of data files, superclass types filled in.

    Raises EmptyGraph for a file without a triple, and what ``parse_file`` raises.
    """
    found: list[Quad] = []
    for path in paths:
        quads = parse_file(path)
        if not quads:
            raise EmptyGraph(f"{path}: there is no triple in it; write something or remove it.")
        found += materialise(quads, schema)
    return tuple(found)


def materialise(quads: Iterable[Quad], schema: Schema) -> Iterator[Quad]:
    """The quads, and for each type its superclasses of our own, in the same graph.

    Stores without a reasoner then find every claim by ``?x a ekg:Claim``.
    """
    for quad in quads:
        yield quad
        if quad.predicate == _TYPE and isinstance(quad.object, NamedNode):
            for above in schema.superclasses(quad.object.value)[1:]:
                yield Quad(quad.subject, _TYPE, NamedNode(above), quad.graph_name)


def _keep(graphs: Spool, name: str, quads: Sequence[Quad]) -> None:
    if quads:
        graphs.add(name, quads)


def _folder(folder: Path) -> Path:
    if not folder.is_dir():
        raise SettingsError(f"{folder}: there is no such folder.")
    return folder
