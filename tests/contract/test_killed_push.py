"""A push that is killed at any instant completes when it is run again, by whichever way it goes."""

from __future__ import annotations

import os
import random
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kg.exchange.pushing import Fate, Plan, Via, push
from kg.rdf.iris import Iris
from kg.rdf.namespaces import BASE
from kg.rdf.terms import BlankNode, Quad
from kg.store.embedded.store import EmbeddedStore
from kg.store.remote.records import count_graphs
from kg.store.remote.service import Service
from kg.store.remote.store import remote_service
from tests.commands import KG, clean_environment
from tests.content import P, fill, quads, quick_folder
from tests.servers.running import Server
from tests.servers.started import Servers

KILLS = int(os.environ.get("TEST_KILLS", "4"))  # for each server
GRAPHS = 8
TRIPLES = 60  # of each graph
PATIENCE = 60  # seconds


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A store with graphs enough to be interrupted between, one of them with blank nodes."""
    with quick_folder() as home:
        content = [
            Quad(quad.subject, P, quad.object, Iris(BASE).graph(f"g{number:02}"))
            for number in range(GRAPHS)
            for quad in quads(*range(TRIPLES))
        ]
        content += [
            Quad(BlankNode(), P, each.object, Iris(BASE).graph("g05")) for each in quads(*range(9))
        ]
        with closing(EmbeddedStore(home / "store")) as store:
            fill(store, content)
        yield home / "store"


def _begun(server: Server, folder: Path, via: Via) -> subprocess.Popen[bytes]:
    command = [*KG, "push", server.settings.store, "--via", via, "--store", str(folder)]
    return subprocess.Popen(
        command,
        env=clean_environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _wait_for(service: Service, graphs: int, process: subprocess.Popen[bytes]) -> None:
    """Until so many graphs have arrived, or the push is done."""
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and len(count_graphs(service)) < graphs:
        assert time.monotonic() < deadline, "the push does not get on"
        time.sleep(0.002)


def _settle(service: Service) -> None:
    """Until the server is done with what was sent before the end."""
    before = None
    while before != (now := count_graphs(service)):
        before = now
        time.sleep(0.05)


@pytest.mark.parametrize("via", [Via.UPDATE, Via.GRAPHS])
@pytest.mark.parametrize("kind", ["oxigraph", "fuseki"])
def test_a_killed_push_completes_when_it_is_run_again(
    servers: Servers, folder: Path, kind: str, via: Via
) -> None:
    chance = random.Random(f"{kind} {via}")  # noqa: S311 # the same instants in every run
    server = servers.get(kind)
    service = remote_service(server.settings, server.settings.store)
    with closing(EmbeddedStore(folder)) as store:
        plan = Plan(snapshot=store.snapshot(), prefix=BASE, via=via)
        for _ in range(KILLS // 2):
            server.clear()
            process = _begun(server, folder, via)
            _wait_for(service, chance.randrange(1, GRAPHS), process)
            time.sleep(chance.uniform(0, 0.02))
            process.kill()
            process.wait()
            _settle(service)
            assert {each.fate for each in push(plan, service)} <= {Fate.SAME, Fate.SENT}
            assert {each.fate for each in push(plan, service)} == {Fate.SAME}
            counts = count_graphs(service)
            assert counts == {
                name: info.triples for name, info in plan.snapshot.info.graphs.items()
            }
