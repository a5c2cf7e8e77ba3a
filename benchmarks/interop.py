"""The proof of portability: into each store and out again, and every question asked of it.

``python -m benchmarks.interop`` runs it on the servers that are installed and writes
``docs/interop.md``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

from kg.errors import KgError
from kg.exchange.dumping import dump
from kg.exchange.folds import folds_needed
from kg.exchange.pushing import Fate, Plan, Via, push
from kg.rdf.formats import RESULTS_JSON
from kg.rdf.iris import Iris
from kg.rdf.namespaces import XSD
from kg.rdf.terms import NamedNode
from kg.settings import Settings
from kg.sources import Sources
from kg.store.base import QueryRequest, Snapshot
from kg.store.embedded.store import EmbeddedStore
from kg.store.remote.passing import PassingEngine
from kg.store.remote.store import RemoteStore
from kg.writing.ingest import build
from tests.servers.kinds import KINDS
from tests.servers.running import NotInstalled, Server

Found: TypeAlias = bool | list[dict[str, tuple[str, ...]]]

ROOT = Path(__file__).parents[1]
_GIVEN_UP = 60.0  # seconds for one question

_HEAD = """\
# Loads everywhere: the proof

Made by `python -m benchmarks.interop`; do not edit. The shipped graph went into each store by each
way, was read out of it again graph by graph, and compared quad by quad, blank nodes named by
RDFC-1.0. Then the competency questions of `queries/` were asked of the store's own endpoint, on the
union of our graphs, and the rows compared in their order.

| store | version | way in | triples | graphs come back | second push | questions answered |
|---|---|---|---|---|---|---|
"""
_TAIL = """
*Identical* means that every graph is the same, term by term, with no fold. Otherwise the folds that
it took are named: *numbers by value*, *dates without Z*. No other difference is forgiven.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one way into one store came to."""

    store: str
    version: str
    way: str
    triples: int
    outcome: str
    second: str
    questions: str

    def __str__(self) -> str:
        cells = (self.store, self.version, self.way, str(self.triples), self.outcome)
        return f"| {' | '.join((*cells, self.second, self.questions))} |\n"


def main() -> None:
    """Run all and write the table."""
    settings = Settings()
    with TemporaryDirectory() as home:
        store = EmbeddedStore(Path(home) / "store")
        build(store, Sources.read(settings), Iris(settings.namespace), author="interop")
        dump(store.snapshot(), Path(home) / "dump")
        rows = list(_rows(store.snapshot(), Path(home)))
    text = _HEAD + "".join(map(str, rows)) + _TAIL
    (ROOT / "docs" / "interop.md").write_text(text, encoding="utf-8")
    print(text)


def _rows(ours: Snapshot, home: Path) -> Iterator[Row]:
    for name, kind in KINDS.items():
        for way in ("own loader", "kg push --via graphs", "kg push --via update"):
            folder = home / f"{name}-{way.split()[-1]}"
            folder.mkdir()
            loaded = home / "dump" if way == "own loader" else None
            try:
                with kind(folder, loaded) as server:
                    yield _row(ours, server, way)
            except NotInstalled as error:
                print(f"left out: {error}")
                break


def _row(ours: Snapshot, server: Server, way: str) -> Row:
    with closing(server.store()) as theirs:
        second = "-"
        if way.startswith("kg push"):
            plan = Plan(
                snapshot=ours,
                prefix=Iris(Settings().namespace).graph("").value,
                via=Via(way.rpartition(" ")[2]),
            )
            push(plan, theirs.service)
            fates = {each.fate for each in push(plan, theirs.service)}
            second = "sends nothing" if fates == {Fate.SAME} else ", ".join(sorted(fates))
        return Row(
            store=server.name,
            version=server.version,
            way=way,
            triples=theirs.snapshot().info.triples,
            outcome=_outcome(ours, theirs),
            second=second,
            questions=_questions(theirs),
        )


def _outcome(ours: Snapshot, theirs: RemoteStore) -> str:
    folds: set[str] = set()
    for name in ours.info.graphs:
        graph = NamedNode(name)
        needed = folds_needed(ours.quads(graph), theirs.service.quads(graph))
        if needed is None:
            return f"graph {name.rpartition('/')[2]} differs"
        folds.update(needed)
    return f"equal after: {', '.join(sorted(folds))}" if folds else "identical"


def _questions(theirs: RemoteStore) -> str:
    wrong = []
    paths = sorted((ROOT / "queries").glob("*.rq"))
    for path in paths:
        expected = json.loads(path.with_suffix(".srj").read_text(encoding="utf-8"))
        try:
            found = _answer(theirs, path.read_text(encoding="utf-8"))
        except KgError as error:
            print(f"{path.stem}: {error}")
            found = []
        if found != _plain(expected):
            wrong.append(path.stem.partition("-")[0])
    told = f" (not {', '.join(wrong)})" if wrong else ""
    return f"{len(paths) - len(wrong)} of {len(paths)}{told}"


def _answer(theirs: RemoteStore, text: str) -> Found:
    request = QueryRequest(
        text=text,
        media_type=RESULTS_JSON.media_type,
        timeout=_GIVEN_UP,
        union_default_graph=True,
    )
    with closing(PassingEngine(union_default_graph=True).run(theirs.snapshot(), request)) as reply:
        return _plain(json.loads(b"".join(reply)))


def _plain(document: dict[str, Any]) -> Found:
    """The boolean or the rows, less what servers spell differently and means the same."""
    if "boolean" in document:
        return bool(document["boolean"])
    return [
        {name: _term(value) for name, value in row.items()}
        for row in document["results"]["bindings"]
    ]


def _term(value: dict[str, str]) -> tuple[str, ...]:
    kind = "literal" if value["type"] == "typed-literal" else value["type"]
    datatype = value.get("datatype", "").replace(f"{XSD}string", "")
    return (kind, value["value"], datatype, value.get("xml:lang", "").lower())


if __name__ == "__main__":
    main()
