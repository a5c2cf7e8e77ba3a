"""What a commit costs as a store grows: seconds, and disk beside the size of the change.

    python -m benchmarks.commits [GRAPHS ...]

First over HTTP: each commit replaces a generated article of some 1,220 triples whole, by PUT to
``kg serve``, which validates it and has tables merged meanwhile. The disk is what the new version
shares with no older one; where it begins from merged tables that is the whole store, which the
mean tells. Then to the store itself: one graph of 1,500 triples changed in a tenth, a new one, one
changed whole; nobody merges. The change is the N-Quads added and removed, and "times" how often the
median of one holds the median of the other.
"""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from benchmarks.generator import corpus
from benchmarks.stores import load
from kg.rdf.terms import Literal, NamedNode, Quad
from kg.store import tables
from kg.store.embedded.store import EmbeddedStore
from kg.writing.access import Scope, Tokens

_TRIPLES = 1500
_COMMITS = 40
_PUTS = 120
_EX = "http://example.org/"


def main() -> None:
    """Print a table row per size, then one per size and kind of change."""
    sizes = [int(word) for word in sys.argv[1:]] or [10, 100, 1000]
    print("graphs  commits  s p50  s p99  s max  merges  kB median  kB mean", flush=True)
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            print(f"{size:6}  {_served(Path(folder) / 'store', size)}", flush=True)
    print("\ngraphs  change  ms median  ms worst  kB median  kB mean  kB worst  kB change  times")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            store = EmbeddedStore(Path(folder) / "store")
            _fill(store, size)
            for change, first, part in (("tenth", 0, 10), ("new", size, 1), ("whole", 0, 1)):
                print(f"{size:6}  {change:6}  {_row(list(_commits(store, first, size, part)))}")


def _served(path: Path, size: int) -> str:
    """The figures of putting whole articles again into a store that has ``size`` of them."""
    made = corpus(articles=size)
    store = load(path, made)
    secret = Tokens(path / "tokens.json").add("benchmark", Scope.WRITE)
    articles = list(made.articles(lambda _: " ."))
    taken, added, stacked = [], [], []
    with _serving(path) as url:
        for edition in range(_PUTS):
            number = edition * 7 % size
            slug, text = articles[number]
            another = re.sub(rf'({slug}|-a{number}(?=[>"]))', rf"\1-e{edition}", text)
            start = time.perf_counter()
            _put(f"{url}/graph/{slug}", secret, another.encode())
            taken.append(time.perf_counter() - start)
            version = _folder(store, store.versions().numbers[0])
            added.append(_own_bytes(version))
            stacked.append(tables.level0(version))
    merges = sum(now < before for before, now in pairwise(stacked))
    p99 = statistics.quantiles(taken, n=100, method="inclusive")[98]
    return (
        f"{_PUTS:7}  {statistics.median(taken):5.2f}  {p99:5.2f}  {max(taken):5.2f}  {merges:6}"
        f"  {statistics.median(added) / 1e3:9.0f}  {statistics.mean(added) / 1e3:7.0f}"
    )


@contextmanager
def _serving(store: Path) -> Iterator[str]:
    """The URL of a ``kg serve`` over a store, for the block."""
    command = [sys.executable, "-m", "kg", "serve", "--bind", "127.0.0.1:0", "--store", str(store)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout
            yield next(word for word in process.stdout.readline().split() if "://" in word)
        finally:
            process.terminate()


def _put(url: str, secret: str, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/n-triples"}
    request = urllib.request.Request(url, data=body, headers=headers, method="PUT")
    with urllib.request.urlopen(request, timeout=600) as response:
        response.read()


def _row(commits: list[tuple[float, int, int]]) -> str:
    taken, added, changed = zip(*commits, strict=True)
    usual, edit = statistics.median(added), statistics.median(changed)
    return (
        f"{statistics.median(taken) * 1e3:9.0f}  {max(taken) * 1e3:8.0f}  {usual / 1e3:9.0f}  "
        f"{statistics.mean(added) / 1e3:7.0f}  {max(added) / 1e3:8.0f}  "
        f"{edit / 1e3:9.0f}  {usual / edit:5.1f}"
    )


def _fill(store: EmbeddedStore, graphs: int) -> None:
    with store.begin(author="benchmark", message="all graphs") as change:
        for graph in range(graphs):
            change.replace(_name(graph), _triples(graph, 1, 0))
        change.publish()


def _commits(
    store: EmbeddedStore, first: int, graphs: int, part: int
) -> Iterator[tuple[float, int, int]]:
    """Seconds, own bytes and N-Quads of each commit to graphs from ``first``, one in ``part``."""
    for round_ in range(1, _COMMITS + 1):
        graph = first + round_ * 7 % graphs
        old = set(store.snapshot().quads(_name(graph)))
        new = list(_triples(graph, part, round_ * 10 + part))
        start = time.perf_counter()
        with store.begin(author="benchmark", message="one graph") as change:
            change.replace(_name(graph), new)
            version = change.publish()
        yield (
            time.perf_counter() - start,
            _own_bytes(_folder(store, version.number)),
            sum(len(f"{quad} .\n".encode()) for quad in old ^ set(new)),
        )


def _folder(store: EmbeddedStore, number: int) -> Path:
    return store.path / "versions" / f"{number:06}"


def _own_bytes(version: Path) -> int:
    stats = [file.stat() for file in version.iterdir()]
    return sum(stat.st_blocks * 512 for stat in stats if stat.st_nlink == 1)


def _name(graph: int) -> NamedNode:
    return NamedNode(f"{_EX}graph/{graph}")


def _triples(graph: int, part: int, change: int) -> Iterator[Quad]:
    """One in ``part`` of the triples depends on ``change``."""
    for number in range(_TRIPLES):
        now = change if number % part == 0 else 0
        yield Quad(
            NamedNode(f"{_EX}{graph}/item-{number // 10}"),
            NamedNode(f"{_EX}property-{number % 10}"),
            Literal(f"value {number} of graph {graph}, edition {now}"),
            _name(graph),
        )


if __name__ == "__main__":
    main()
