"""Stores for measuring: this checkout's graphs and generated articles, loaded in bulk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pyoxigraph

from benchmarks.generator import Corpus, write_quads
from kg.rdf.iris import Iris
from kg.rdf.terms import NamedNode, Quad
from kg.settings import Settings
from kg.sources import Sources
from kg.store import tables
from kg.store.base import GraphInfo
from kg.store.contents import successor
from kg.store.digests import version_digest
from kg.store.embedded.folder import Folder
from kg.store.embedded.store import EmbeddedStore


def load(path: Path, generated: Corpus) -> EmbeddedStore:
    """A store in ``path`` with one version: the source files' graphs and a generated corpus.

    A transaction would take a quarter of an hour for ten thousand articles. Graph digests are made
    up here, so nobody is to write to the store.
    """
    store = EmbeddedStore(path)
    with store.begin(author="benchmark", message="Make the folder") as change:
        empty = change.base
    folder = Folder(path)
    staged = folder.staging / "bulk"
    with TemporaryDirectory(dir=folder.staging) as scratch:
        engine = pyoxigraph.Store(f"{scratch}/engine")
        file = Path(scratch) / "corpus.nq"
        counts = _write(file, generated)
        engine.bulk_load(path=str(file), format=pyoxigraph.RdfFormat.N_QUADS)
        counts += _add_sources(engine)
        engine.optimize()
        tables.checkpoint(engine, staged, tables=0)
    graphs = {name: _made_up(name, count) for name, count in counts.items()}
    info = successor(
        empty,
        digest=version_digest(graphs),
        graphs=graphs,
        author="benchmark",
        message="Everything at once",
    )
    folder.publish(staged, info)
    return store


def _write(path: Path, generated: Corpus) -> Counter[str]:
    """Write the corpus; returns how many lines each graph has."""
    counts: Counter[str] = Counter()
    with path.open("w", encoding="utf-8") as file:
        for text in write_quads(generated):
            file.write(text)
            name = text[text.rindex("<") + 1 : text.rindex(">")]
            counts[name] += text.count("\n")
    return counts


def _add_sources(engine: pyoxigraph.Store) -> Counter[str]:
    settings = Settings()
    iris = Iris(settings.namespace)
    counts: Counter[str] = Counter()
    for name, quads in Sources.read(settings).graphs.items():
        graph = iris.graph(name)
        engine.bulk_extend(_placed(quads, graph))
        counts[graph.value] += len(quads)
    return counts


def _placed(quads: Iterable[Quad], graph: NamedNode) -> Iterator[Quad]:
    return (Quad(each.subject, each.predicate, each.object, graph) for each in quads)


def _made_up(name: str, count: int) -> GraphInfo:
    return GraphInfo(triples=count, digest=sha256(f"{name} {count}".encode()).hexdigest())
