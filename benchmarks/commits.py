"""What a commit costs as a store grows: milliseconds, and disk beside the size of the change.

    python -m benchmarks.commits [GRAPHS ...]

Each commit puts one graph of 1,500 triples: one changed in a tenth, a new one, one changed whole.
The disk is what the new version shares with no older one; the change is the N-Quads added and
removed, and "times" how often the median of one holds the median of the other.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from kg.store.embedded import EmbeddedStore
from kg.terms import Literal, NamedNode, Quad

_TRIPLES = 1500
_COMMITS = 40
_EX = "http://example.org/"


def main() -> None:
    """Print a table row per size and kind of change."""
    sizes = [int(word) for word in sys.argv[1:]] or [10, 100, 1000]
    print("graphs  change  ms median  ms worst  kB median  kB mean  kB worst  kB change  times")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            store = EmbeddedStore(Path(folder) / "store")
            _fill(store, size)
            for change, first, part in (("tenth", 0, 10), ("new", size, 1), ("whole", 0, 1)):
                taken, added, changed = zip(*_commits(store, first, size, part), strict=True)
                usual, edit = statistics.median(added), statistics.median(changed)
                print(
                    f"{size:6}  {change:6}  {statistics.median(taken) * 1e3:9.0f}  "
                    f"{max(taken) * 1e3:8.0f}  {usual / 1e3:9.0f}  "
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
            _own_bytes(store.path / "versions" / f"{version.number:06}"),
            sum(len(f"{quad} .\n".encode()) for quad in old ^ set(new)),
        )


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
