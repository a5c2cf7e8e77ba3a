"""A process whose children commit to a store and say so; for tests to kill, starve and lock out.

Each line of its input is a task for a new child:

    FOLDER commits          commit again and again
    FOLDER die N            die just before the Nth change that is made to the folder
    FOLDER starve BYTES     commit, but write no file larger than that
    FOLDER powerless        commit, with no rights but those that the files give

The child prints its number, then a line for each version that it has published, or its error; the
line ``ended`` follows when it is gone. Every graph of an edition holds the same triples, so that a
reader can tell a mixture.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from kg.errors import StoreError
from kg.rdf.terms import DefaultGraph, Literal, NamedNode, Quad
from kg.store.base import VersionInfo
from kg.store.embedded.store import EmbeddedStore
from tests.faults.limits import full_disk, powerless

GRAPHS = tuple(NamedNode(f"urn:graph:{number}") for number in range(3))
TRIPLES = 20
_CHANGES = ("os.rename", "os.mkdir", "shutil.rmtree")


def main() -> None:
    """Give each task of standard input to a child."""
    for line in sys.stdin:
        child = os.fork()  # before any store is opened here
        if not child:
            _work(line)
        os.waitpid(child, 0)
        print("ended", flush=True)


def commit(store: EmbeddedStore, edition: object) -> VersionInfo:
    """Publish an edition."""
    with store.begin(author="writer", message=f"edition {edition}") as change:
        for graph in GRAPHS:
            change.replace(graph, _triples(edition))
        return change.publish()


def _work(line: str) -> None:
    try:
        print(os.getpid(), flush=True)
        folder, task, *limit = line.split()
        store = EmbeddedStore(Path(folder))
        if task == "commits":
            for number in count():
                _acknowledge(commit(store, number))
        elif task == "die":
            _die_before_change(folder, int(limit[0]))
            _acknowledge(commit(store, "new"))
        else:
            with full_disk(int(limit[0])) if task == "starve" else powerless():
                _try_to_commit(store)
    finally:
        sys.stdout.flush()
        os._exit(0)


def _acknowledge(info: VersionInfo) -> None:
    print(info.number, info.digest, flush=True)


def _try_to_commit(store: EmbeddedStore) -> None:
    try:
        _acknowledge(commit(store, "x" * 10_000))
    except StoreError as error:
        print(type(error).__name__, error)


def _die_before_change(folder: str, which: int) -> None:
    seen = count(1)

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if _changes(event, arguments) and folder in str(arguments[0]) and next(seen) == which:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def _changes(event: str, arguments: tuple[object, ...]) -> bool:
    opened_for_writing = event == "open" and isinstance(arguments[1], str) and "w" in arguments[1]
    return event in _CHANGES or opened_for_writing


def _triples(edition: object) -> Iterator[Quad]:
    for number in range(TRIPLES):
        subject = NamedNode(f"urn:subject:{number}")
        yield Quad(subject, NamedNode("urn:edition"), Literal(f"{edition}"), DefaultGraph())


if __name__ == "__main__":
    main()
