"""Requests per second and latencies of the REST routes, one worker, in process.

    python -m benchmarks.rest                      the first article
    python -m benchmarks.rest --articles 10000     the same, and with ten thousand generated beside
    python -m benchmarks.rest --store FOLDER       a store that an earlier run has kept

Each route is asked with nothing kept of earlier answers, lengths of lists or things that were read
(cold), where possible for another thing each time, then again and again (repeated). Nothing goes
over a network: what is measured is the service's own time. A peer that serves RDF by REST, Prez,
is asked on the same data only where it can be installed; its versions of today cannot.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from flask import Flask

from benchmarks.generator import corpus
from benchmarks.stores import load
from kg.settings import Settings
from kg.store.embedded.store import EmbeddedStore
from kg.web.app import create_app

COLD, REPEATED = 30, 200  # requests
HEADERS = {"Accept": "application/json"}

ROUTES: dict[str, tuple[str, ...]] = {
    "the best-known actor": ("/actors/putin",),
    "an actor": (
        "/actors/trump",
        "/actors/ukraine",
        "/actors/japan",
        "/institutions/icc",
        "/institutions/nato",
    ),
    "a filtered list": (
        "/events?actor=putin&kind=summit&limit=20",
        "/claims?accordingTo=trump&polarity=denied&limit=20",
        "/statements?accordingTo=putin&limit=20",
        "/participations?actor=trump&role=host&limit=20",
        "/norm-stances?ascribedTo=russia&limit=20",
    ),
    "a list below a thing": (
        "/actors/putin/statements?limit=20",
        "/actors/russia/norm-stances?limit=20",
        "/norms/norm-sovereignty/stances?limit=20",
    ),
    "a list by text": ("/claims?q=summit&limit=20", "/events?q=プーチン&limit=20"),
    "an unfiltered list": ("/events?limit=20", "/claims?limit=20", "/passages?limit=20"),
    "search": ("/search?q=putin", "/search?q=summit", "/search?q=プーチン", "/search?q=ceasefre"),
    "suggest": tuple(
        f"/suggest?q={typed}"
        for typed in ("p", "pu", "put", "tru", "ala", "rus", "プ", "米国", "nat")
    ),
}


@dataclass(frozen=True, slots=True)
class Figures:
    """Milliseconds at three percentiles, those of processor time, and requests per second."""

    median: float
    p95: float
    p99: float
    processor: float
    per_second: float

    @classmethod
    def of(cls, times: list[tuple[float, float]]) -> Figures:
        """The figures of single requests' times, by the clock and by the processor, in seconds."""
        seconds = [clock for clock, _ in times]
        cuts = [1000 * each for each in quantiles(seconds, n=100)]
        processor = 1000 * median(each for _, each in times)
        return cls(cuts[49], cuts[94], cuts[98], processor, len(seconds) / sum(seconds))

    def __str__(self) -> str:
        figures = (self.median, self.p95, self.p99, self.processor)
        return " ".join(f"{each:8.1f}" for each in figures) + f" {self.per_second:9.0f}"


def measure(make_app: Callable[[], Flask]) -> Iterator[str]:
    """A line of figures for each route."""
    yield f"{'':24} {'':9} {'p50 ms':>8} {'p95 ms':>8} {'p99 ms':>8} {'cpu ms':>8} {'per s':>9}"
    for name, urls in ROUTES.items():
        app = make_app()
        cold = Figures.of(list(_timed(app, islice(cycle(urls), COLD), keep=False)))
        yield f"{name:24} {'cold':9} {cold}"
        repeated = Figures.of(list(_timed(app, islice(cycle(urls), REPEATED), keep=True)))
        yield f"{name:24} {'repeated':9} {repeated}"


def _timed(app: Flask, urls: Iterable[str], *, keep: bool) -> Iterator[tuple[float, float]]:
    client = app.test_client()
    client.get("/suggest?q=nothing-at-all", headers=HEADERS)  # makes the index if there is none
    for url in urls:
        if not keep:
            _forget(app)
        start, busy = time.perf_counter(), time.process_time()
        response = client.get(url, headers=HEADERS)
        yield time.perf_counter() - start, time.process_time() - busy
        assert response.status_code == 200, f"{url}: {response.status}"


def _forget(app: Flask) -> None:
    """Let go of all that is kept between requests, but for open files and their pages in memory."""
    app.extensions.pop("kg.answers", None)
    app.extensions["kg"].finders.forget()


def report(store: EmbeddedStore) -> Iterator[str]:
    """Lines of figures for a store: what making its tables and index takes, then each route."""
    settings = Settings(store=str(store.path))
    app = create_app(settings, store)
    yield f"{store.snapshot().info.triples:,} triples"
    start, busy = time.perf_counter(), time.process_time()
    app.extensions["kg"].finders.prepare(store.snapshot())
    clock, processor = time.perf_counter() - start, time.process_time() - busy
    yield f"tables made, if need be: {clock:.1f} s, of the processor {processor:.1f} s"
    start = time.perf_counter()
    app.test_client().get("/suggest?q=putin")
    yield f"first search, its index made if need be: {time.perf_counter() - start:.1f} s"
    yield from measure(lambda: app)
    app.extensions["kg"].querying.close()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Measure the REST routes.")
    parser.add_argument("--articles", type=int, default=0, help="generated ones beside the first")
    parser.add_argument("--store", type=Path, help="a store to measure, rather than new ones")
    chosen = parser.parse_args()
    with TemporaryDirectory(prefix="kg-benchmark-") as scratch:
        if chosen.store:
            _print(EmbeddedStore(chosen.store))
            return
        for articles in dict.fromkeys((0, chosen.articles)):
            path = Path(scratch) / str(articles)
            _print(load(path, corpus(articles=articles)))


def _print(store: EmbeddedStore) -> None:
    with closing(store):
        for line in report(store):
            print(line, flush=True)


if __name__ == "__main__":
    main()
