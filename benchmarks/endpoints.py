"""SPARQL over HTTP beside its peers: our server, the Oxigraph server and rdflib-endpoint.

    python -m benchmarks.endpoints [SECONDS]

All serve this checkout's graphs, one after the other on this machine, to four clients with a
connection each for SECONDS (default 3) per kind of query. Every request but the repeated ones has
another text, so no cache of results can answer it. Ratios are our requests per second to the
peer's. A server is asked only if it gives as many results as ours.
"""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlencode

from pyoxigraph import RdfFormat, serialize

from kg.rdf.iris import Iris
from kg.rdf.terms import Quad
from kg.settings import Settings
from kg.sources import Sources

CLIENTS = 4
OURS = "kg"
RESULTS = "application/sparql-results+json"
GRAPH = "application/n-triples"

_ID = "https://w3id.org/editorial-kg/id"
_ARTICLE = "https://w3id.org/editorial-kg/graph/yomiuri-2025-08-17"


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """A kind of query: its text, to which a number is added where ``distinct``."""

    text: str
    distinct: bool = True
    accept: str = RESULTS


LOADS = {
    "point, distinct": Load(text=f"SELECT ?p ?o {{ <{_ID}/putin> ?p ?o }}"),
    "point, repeated": Load(text=f"SELECT ?p ?o {{ <{_ID}/putin> ?p ?o }}", distinct=False),
    "1,000 rows": Load(text="SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 1000"),
    "aggregate": Load(text="SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p"),
    "CONSTRUCT": Load(
        text=f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{_ARTICLE}> {{ ?s ?p ?o }} }}",
        accept=GRAPH,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Requests per second, and milliseconds at three percentiles."""

    per_second: float
    median: float
    p95: float
    p99: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server's name, the path of its endpoint, and how to start it on a port."""

    name: str
    path: str
    command: Callable[[int], Sequence[str]]


def main() -> None:
    """Print a table for each server."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 3.0
    with tempfile.TemporaryDirectory(prefix="kg-benchmark-") as scratch:
        found = {server.name: measure(server, seconds) for server in _servers(Path(scratch))}
    print(f"{'':16} {'':16} {'per s':>8} {'p50 ms':>8} {'p95 ms':>8} {'p99 ms':>8} {'ratio':>7}")
    for name in LOADS:
        for server, figures in found.items():
            print(f"{name:16} {server:16} {_row(figures.get(name), found[OURS][name])}")


def _row(figures: Figures | None, ours: Figures) -> str:
    if figures is None:
        return f"{'another result':>35}"
    return (
        f"{figures.per_second:8.0f} {figures.median:8.1f} {figures.p95:8.1f} {figures.p99:8.1f}"
        f" {ours.per_second / figures.per_second:7.2f}"
    )


def measure(server: Server, seconds: float) -> dict[str, Figures]:
    """The figures of the kinds of queries that ``server`` answers as expected."""
    found = {}
    with _running(server) as port:
        for name, load in LOADS.items():
            if _size(_ask(_connection(port), server.path, load, 0), load) > 0:
                found[name] = _figures(port, server.path, load, seconds)
    return found


def _figures(port: int, path: str, load: Load, seconds: float) -> Figures:
    """What four clients see at once."""
    numbers = count(1)
    taken: list[float] = []
    end = time.perf_counter() + seconds

    def ask() -> None:
        connection = _connection(port)
        while (start := time.perf_counter()) < end:
            _ask(connection, path, load, next(numbers))
            taken.append(time.perf_counter() - start)

    clients = [threading.Thread(target=ask) for _ in range(CLIENTS)]
    started = time.perf_counter()
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    cuts = [1000 * each for each in quantiles(taken, n=100)]
    per_second = len(taken) / (time.perf_counter() - started)
    return Figures(per_second=per_second, median=cuts[49], p95=cuts[94], p99=cuts[98])


def _ask(connection: http.client.HTTPConnection, path: str, load: Load, number: int) -> bytes:
    text = f"{load.text} # {number}" if load.distinct else load.text
    target = f"{path}?{urlencode({'query': text})}"
    connection.request("GET", target, headers={"Accept": load.accept})
    response = connection.getresponse()
    body = response.read()
    if response.status != http.client.OK:
        raise SystemExit(f"{load.text}: {response.status} {body[:200]!r}")
    return body


def _size(body: bytes, load: Load) -> int:
    """How many solutions or triples a result has."""
    if load.accept == GRAPH:
        return body.count(b"\n")
    return len(json.loads(body)["results"]["bindings"])


def _connection(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=60)


@contextmanager
def _running(server: Server) -> Iterator[int]:
    """The port that the server listens on, once it answers."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        server.command(port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(port, process)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"{process.args!r} does not listen.")


def _servers(scratch: Path) -> list[Server]:
    """The servers, their stores filled."""
    dump, database, ours = scratch / "all.nq", scratch / "oxigraph", scratch / "kg"
    dump.write_bytes(_quads())
    programs = Path(sys.executable).parent
    oxigraph = [str(programs / "oxigraph")]
    load = [*oxigraph, "load", "--location", str(database), "--file", str(dump)]
    subprocess.run(load, check=True, capture_output=True)
    kg = [sys.executable, "-m", "kg"]
    subprocess.run([*kg, "build", "--store", str(ours)], check=True, capture_output=True)
    read = [*oxigraph, "serve-read-only", "--location", str(database), "--union-default-graph"]
    rdflib = [str(programs / "rdflib-endpoint"), "serve", "--host", "127.0.0.1", str(dump)]
    return [
        Server(
            name=OURS,
            path="/sparql",
            command=lambda port: [*kg, "serve", "--store", str(ours), "--bind", _at(port)],
        ),
        Server(
            name="oxigraph",
            path="/query",
            command=lambda port: [*read, "--bind", _at(port)],
        ),
        Server(
            name="rdflib-endpoint",
            path="/",
            command=lambda port: [*rdflib, "--port", str(port)],
        ),
    ]


def _at(port: int) -> str:
    return f"127.0.0.1:{port}"


def _quads() -> bytes:
    """All graphs of this checkout as N-Quads."""
    settings = Settings()
    iris = Iris(settings.namespace)
    graphs = Sources.read(settings).graphs
    quads = (
        Quad(quad.subject, quad.predicate, quad.object, iris.graph(name))
        for name in graphs
        for quad in graphs[name]
    )
    document = serialize(quads, format=RdfFormat.N_QUADS)
    assert document is not None
    return document


if __name__ == "__main__":
    main()
