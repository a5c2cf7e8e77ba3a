"""What it costs to validate a change of a hub, by the number of articles that point to it.

    python -m benchmarks.hubs [ARTICLES ...] [--whole]

Each change is validated and not published, in a process of its own: a label more and another
description of the actor that most articles point to, another class for it, and one article edited
throughout. Seconds are of processor time; MiB is the most that the process ever had, the store
included. ``--whole`` validates all graphs that link to what is changed, as it is done for shapes
that do not tell how far they look.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.generator import corpus
from kg.rdf.formats import N_QUADS
from kg.rdf.iris import Iris
from kg.rdf.namespaces import PREFIXES, RDF, RDFS, SH
from kg.rdf.parsing import parse
from kg.rdf.terms import Literal, NamedNode, Quad
from kg.settings import Settings
from kg.sources import Sources
from kg.store.base import Snapshot
from kg.store.embedded.store import EmbeddedStore
from kg.validation.reach import Reach
from kg.validation.report import Report
from kg.validation.validators import Checker, Portion
from kg.writing.publishing import Publisher

_IRIS = Iris(Settings().namespace)
_ENTITIES = _IRIS.graph("entities")
_HUB = NamedNode(f"{PREFIXES['id']}putin")
_TYPE, _LABEL = NamedNode(f"{RDF}type"), NamedNode(f"{RDFS}label")
_ALTERNATIVE = NamedNode(f"{PREFIXES['skos']}altLabel")
_DESCRIPTION = NamedNode(f"{PREFIXES['dcterms']}description")
_PERSON, _GROUP = (NamedNode(f"{PREFIXES['ekg']}{name}") for name in ("Person", "Group"))


def main() -> None:
    """Print a table row per size and change."""
    parser = argparse.ArgumentParser(description="Validate changes of a hub.")
    parser.add_argument("articles", type=int, nargs="*", default=[10, 100, 1000])
    parser.add_argument("--whole", action="store_true", help="validate all that links")
    parser.add_argument("--store", type=Path, help="do one change over this store")
    parser.add_argument("--change", choices=_CHANGES, help="which")
    chosen = parser.parse_args()
    if chosen.store:
        print(_measured(chosen.store, chosen.change, whole=chosen.whole))
        return
    print("articles  change       seconds  portions  triples checked  MiB  outcome", flush=True)
    options = ["--whole"] if chosen.whole else []
    for size in chosen.articles:
        with tempfile.TemporaryDirectory() as folder:
            _fill(Path(folder), size)
            for name in _CHANGES:
                print(f"{size:8}  {name:11}", end="", flush=True)
                one = ["--store", folder, "--change", name, *options]
                subprocess.run([sys.executable, "-m", "benchmarks.hubs", *one], check=True)


def _fill(folder: Path, articles: int) -> None:
    """A store of the first article and generated ones, which are valid."""
    store, made = EmbeddedStore(folder), corpus(articles=articles)
    with store.begin(author="benchmark", message="all graphs") as change:
        for name, quads in Sources.read(Settings()).graphs.items():
            change.replace(_IRIS.graph(name), quads)
        change.insert(_ENTITIES, parse("".join(made.shared(" .")).encode(), N_QUADS))
        for slug, text in made.articles(lambda _: " ."):
            change.replace(_IRIS.graph(slug), parse(text.encode(), N_QUADS))
        change.publish()
    store.close()


@dataclass
class _Counting:
    """A checker that counts what it is given."""

    checker: Checker
    portions: int = 0
    triples: int = 0

    def reports(self, portions: Iterable[Portion]) -> Generator[Report]:
        """The other checker's reports."""
        return self.checker.reports(map(self._counted, portions))

    def _counted(self, portion: Portion) -> Portion:
        data = tuple(portion.data)
        self.portions += 1
        self.triples += len(data)
        return replace(portion, data=data)


def _measured(folder: Path, name: str, *, whole: bool) -> str:
    store = EmbeddedStore(folder)
    publisher = Publisher.local(Settings(), store)
    assert publisher.checker is not None
    counting = _Counting(publisher.checker)
    reach = publisher.reach
    if whole:
        program = Quad(_HUB, NamedNode(f"{SH}target"), _HUB)
        reach = Reach([*Sources.read(Settings()).shapes, program])
    base = store.snapshot()
    graph, quads = _CHANGES[name](base)
    start = time.process_time()
    report = replace(publisher, checker=counting, reach=reach).rehearse(base, graph, quads)
    seconds = time.process_time() - start
    store.close()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    counts = f"{counting.portions:8}  {counting.triples:15}  {memory:3}"
    return f"{seconds:9.1f}  {counts}  {report.summary}"


def _label(base: Snapshot) -> tuple[NamedNode, set[Quad]]:
    more = Quad(_HUB, _ALTERNATIVE, Literal("The president", language="en"), _ENTITIES)
    return _ENTITIES, {*base.quads(_ENTITIES), more}


def _description(base: Snapshot) -> tuple[NamedNode, set[Quad]]:
    kept = {
        quad
        for quad in base.quads(_ENTITIES)
        if (quad.subject, quad.predicate) != (_HUB, _DESCRIPTION)
    }
    new = Literal("President of a large country", language="en")
    return _ENTITIES, {*kept, Quad(_HUB, _DESCRIPTION, new, _ENTITIES)}


def _class(base: Snapshot) -> tuple[NamedNode, set[Quad]]:
    old, new = (Quad(_HUB, _TYPE, each, _ENTITIES) for each in (_PERSON, _GROUP))
    return _ENTITIES, {*base.quads(_ENTITIES), new} - {old}


def _article(base: Snapshot) -> tuple[NamedNode, set[Quad]]:
    """The last article, each of its English labels edited."""
    graph = NamedNode(max(name for name in base.info.graphs if "herald" in name))
    return graph, {_edited(quad) for quad in base.quads(graph)}


def _edited(quad: Quad) -> Quad:
    label = quad.object
    if quad.predicate != _LABEL or not isinstance(label, Literal) or label.language != "en":
        return quad
    edited = Literal(f"{label.value[:100]} (edited)", language="en")
    return Quad(quad.subject, quad.predicate, edited, quad.graph_name)


_CHANGES: Mapping[str, Callable[[Snapshot], tuple[NamedNode, set[Quad]]]] = {
    "label": _label,
    "description": _description,
    "class": _class,
    "article": _article,
}


if __name__ == "__main__":
    main()
