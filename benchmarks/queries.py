"""What it costs to run queries in processes that can be killed, beside the engine in this process.

    python -m benchmarks.queries [ROWS]

Small queries, each with another text: microseconds of the median, over the pool and in process in
turns, on stores that are opened alike. Then one result of ROWS rows (default 5 million): rows per
second, and by how much this process grows while it reads them.
"""

from __future__ import annotations

import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import QueryBoolean, QueryResultsFormat, QuerySolutions, Store

from kg.rdf.formats import RESULTS_CSV, RESULTS_JSON
from kg.settings import Settings
from kg.sources import Sources
from kg.store.base import QueryRequest
from kg.store.processes.versions import Versions
from kg.store.processes.workers import QueryPool

_ROUNDS, _PER_ROUND = 20, 200
_ROWS = 5_000_000
_MIB = 1024 * 1024
_POINT = "SELECT ?p ?o { <https://w3id.org/editorial-kg/id/putin> ?p ?o } # %d"
_LABELS = (
    "SELECT ?thing ?label { ?thing a <https://w3id.org/editorial-kg/ontology#Event> ;"
    " <http://www.w3.org/2000/01/rdf-schema#label> ?label } LIMIT 20 # %d"
)
_ASK = "ASK { ?s ?p %d }"
_FLOOD = "SELECT ?a ?p ?c ?q { ?a ?p ?b . ?c ?q ?d } LIMIT %d"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Medians in microseconds."""

    pool: float
    in_process: float


def main() -> None:
    """Print a table row per kind of query, and the figures of the long result."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else _ROWS
    with tempfile.TemporaryDirectory() as folder:
        _fill(folder)
        with QueryPool(processes=2, memory_mib=2048, queue=16) as pool:
            print(f"{'µs, median':12} {'pool':>8} {'in process':>11} {'more':>6}")
            for name, text in {"point": _POINT, "20 labels": _LABELS, "ask": _ASK}.items():
                cost = measure(pool, folder, text)
                more = cost.pool - cost.in_process
                print(f"{name:12} {cost.pool:8.0f} {cost.in_process:11.0f} {more:6.0f}")
            _print_stream(pool, folder, rows)


def measure(pool: QueryPool, folder: str, text: str) -> Cost:
    """What a small query costs both ways; ``text`` has a place for a number, which differs."""
    store = Versions().get(folder)

    def over_the_pool(number: int) -> None:
        pool.run(folder, _request(text % number, RESULTS_JSON.media_type, timeout=10))

    def in_process(number: int) -> None:
        found = store.query(text % number, use_default_graph_as_union=True)
        assert isinstance(found, QuerySolutions | QueryBoolean)
        found.serialize(format=QueryResultsFormat.JSON)

    over_the_pool(0)
    pooled, direct = [], []
    for round_ in range(_ROUNDS):
        first = round_ * _PER_ROUND
        pooled += _times(over_the_pool, first)
        direct += _times(in_process, first)
    return Cost(pool=statistics.median(pooled) * 1e6, in_process=statistics.median(direct) * 1e6)


def _times(run: Callable[[int], None], first: int) -> list[float]:
    taken = []
    for number in range(first, first + _PER_ROUND):
        start = time.perf_counter()
        run(number)
        taken.append(time.perf_counter() - start)
    return taken


def _print_stream(pool: QueryPool, folder: str, rows: int) -> None:
    start, before = time.perf_counter(), _peak()
    answer = pool.run(folder, _request(_FLOOD % rows, RESULTS_CSV.media_type, timeout=600))
    lines, size = 0, 0
    for part in answer:
        lines += part.count(b"\n")
        size += len(part)
    seconds = time.perf_counter() - start
    assert lines == rows + 1
    print(
        f"{rows} rows: {size / _MIB:.0f} MiB in {seconds:.1f} s, {rows / seconds:.0f} rows/s, "
        f"{size / _MIB / seconds:.0f} MiB/s; grown by {(_peak() - before) / _MIB:.1f} MiB"
    )


def _peak() -> int:
    """The most memory that this process has had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _fill(folder: str) -> None:
    store = Store(str(Path(folder)))
    store.bulk_extend(quad for quads in Sources.read(Settings()).graphs.values() for quad in quads)
    store.flush()


def _request(text: str, media_type: str, *, timeout: float) -> QueryRequest:
    return QueryRequest(text=text, media_type=media_type, timeout=timeout, union_default_graph=True)


if __name__ == "__main__":
    main()
