"""Figures for Prometheus at ``/metrics``, over all serving processes where there are several."""

from __future__ import annotations

from threading import Lock

from flask import Blueprint, Response, current_app
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge
from prometheus_client.exposition import generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from kg.endpoint.querying import Querying
from kg.store.processes.workers import PoolCounts
from kg.web.services import services

bp = Blueprint("metrics", __name__)


class Metrics:
    """The figures of this process; with ``folder``, those of its siblings too, through files."""

    def __init__(self, folder: str | None) -> None:
        self._folder = folder
        self._lock = Lock()
        self._registry = CollectorRegistry()
        self._running = self._gauge("kg_queries_running", "SPARQL queries that run now")
        self._queued = self._gauge("kg_queries_queued", "SPARQL queries that wait for a process")
        self._killed = self._counter("kg_queries_killed", "SPARQL queries ended before their end")
        self._refused = self._counter("kg_queries_refused", "SPARQL queries that never ran")
        self._seen = PoolCounts(running=0, queued=0, killed=0, refused=0)

    def observe(self, querying: Querying) -> None:
        """Take over what has been counted of queries."""
        with self._lock:
            counts = querying.counts
            self._running.set(counts.running)
            self._queued.set(counts.queued)
            self._killed.inc(counts.killed - self._seen.killed)
            self._refused.inc(counts.refused - self._seen.refused)
            self._seen = counts

    def exposition(self) -> bytes:
        """All figures in the text format of Prometheus."""
        if self._folder is None:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        MultiProcessCollector(together, path=self._folder)  # type: ignore[no-untyped-call]
        return generate_latest(together)

    def _gauge(self, name: str, meaning: str) -> Gauge:
        return Gauge(name, meaning, registry=self._registry, multiprocess_mode="livesum")

    def _counter(self, name: str, meaning: str) -> Counter:
        return Counter(name, meaning, registry=self._registry)


def observe() -> Metrics:
    """The figures of this process, brought up to date: other processes show them too."""
    known: Metrics = current_app.extensions["kg.metrics"]
    known.observe(services().querying)
    return known


@bp.get("/metrics")
def metrics() -> Response:
    """The figures of all serving processes."""
    response = Response(observe().exposition(), content_type=CONTENT_TYPE_LATEST)
    response.cache_control.no_store = True
    return response
