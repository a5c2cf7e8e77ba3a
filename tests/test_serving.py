"""The server as people run it: it says where it is, heals, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import time
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kg.errors import SettingsError
from kg.rdf.iris import Iris
from kg.serving import serve
from kg.settings import Settings
from kg.sources import Sources
from kg.store.opening import open_store
from kg.writing.ingest import build
from tests.commands import Server, run_kg, serving


def get(url: str) -> Any:
    """The JSON at a URL."""
    with urllib.request.urlopen(url, timeout=30) as response:
        return json.load(response)


def processes(parent: int) -> list[int]:
    """The ids of a process's children."""
    path = Path(f"/proc/{parent}/task/{parent}/children")
    return [int(pid) for pid in path.read_text().split()]


def validators(parent: int) -> list[int]:
    """The ids of the processes that validate for a process."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue  # it has just ended
        if int(state[1]) == parent and b"kg.validation.isolation" in command:
            found.append(int(folder.name))
    return found


def wait_until(condition: Callable[[], object], *, pause: float = 0.02) -> None:
    """Wait for ``condition``, looking each ``pause`` seconds; fail after ten seconds."""
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(pause)


def test_the_first_line_says_where_and_what(live_server: Server) -> None:
    line = live_server.first_line
    assert live_server.url in line
    assert "version 1," in line
    assert "empty" not in line


def test_an_entity_is_served(live_server: Server) -> None:
    putin = get(f"{live_server.url}/actors/putin")
    assert putin["type"] == "Person"
    assert get(live_server.url + putin["url"])["iri"] == putin["iri"]


def test_it_serves_under_a_path_too(prefixed_server: Server) -> None:
    """Every link of an answer stays under the path."""
    home = get(f"{prefixed_server.url}/")
    assert home["collections"]["actors"]["url"] == "/kg/actors"
    assert get(f"{prefixed_server.url}/actors/putin")["url"] == "/kg/actors/putin"


def test_a_killed_worker_is_replaced(live_server: Server) -> None:
    """Within a second, and no one notices."""
    before = processes(live_server.pid)
    os.kill(before[0], signal.SIGKILL)
    deadline = time.monotonic() + 10
    while set(processes(live_server.pid)) == set(before) or len(processes(live_server.pid)) < len(
        before
    ):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert get(f"{live_server.url}/health")["status"] == "ok"


def test_a_missing_store_is_served_and_seen_as_soon_as_it_is_built(tmp_path: Path) -> None:
    store = tmp_path / "store"
    with serving("--store", store, "--workers", "1", log=tmp_path / "log") as server:
        assert "The store is empty: kg build fills it." in server.first_line
        assert get(f"{server.url}/health")["version"] == 0
        assert get(f"{server.url}/actors")["count"] == 0
        assert not store.exists()
        settings = Settings(store=str(store))
        build(open_store(settings), Sources.read(settings), Iris(settings.namespace), author="test")
        assert get(f"{server.url}/health")["version"] == 1
        assert get(f"{server.url}/actors")["count"] > 0


def test_where_somebody_may_write_a_validator_is_ready_before_the_first_write(
    tmp_path: Path,
) -> None:
    environ = {"KG_STORE": str(tmp_path / "store")}
    with serving("--workers", "1", log=tmp_path / "log", environ=environ) as server:
        assert run_kg("token", "add", "anna", "--scope", "write", environ=environ).returncode == 0
        assert validators(processes(server.pid)[0]) == []
    with serving("--workers", "1", log=tmp_path / "log", environ=environ) as server:
        worker = processes(server.pid)[0]
        wait_until(lambda: validators(worker))
        (validator,) = validators(worker)
    assert not Path(f"/proc/{validator}").exists()


def test_a_store_in_memory_leaves_nothing_behind(tmp_path: Path) -> None:
    """All workers share its folder, which stays when one of them goes and goes with the server."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with serving(
        "--store", "memory:", log=tmp_path / "log", environ={"TMPDIR": str(temporary)}
    ) as server:
        (home,) = temporary.glob("kg-*")
        worker = processes(server.pid)[0]
        os.kill(worker, signal.SIGTERM)
        wait_until(lambda: worker not in processes(server.pid))
        assert home.exists()
        assert get(f"{server.url}/health")["version"] == 0
    assert list(temporary.iterdir()) == []


def test_a_worker_can_be_ended_as_soon_as_there_is_one(live_server: Server) -> None:
    """A signal to a process that has just been forked is not lost."""
    before = set(processes(live_server.pid))
    os.kill(min(before), signal.SIGTERM)
    wait_until(lambda: set(processes(live_server.pid)) - before, pause=0)
    (new,) = set(processes(live_server.pid)) - before
    os.kill(new, signal.SIGTERM)
    wait_until(lambda: new not in processes(live_server.pid))


def test_a_line_per_request_is_written_only_where_asked_for(
    live_server: Server, built_store: Path, tmp_path: Path
) -> None:
    arguments = ("--access-log", "--store", built_store, "--workers", "1")
    with serving(*arguments, log=tmp_path / "log") as server:
        get(f"{server.url}/health")
        assert "GET /health" in server.output.readline()
    get(f"{live_server.url}/health")
    assert select.select([live_server.output], [], [], 0.2) == ([], [], [])


def test_a_port_in_use_is_one_clear_line() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        done = run_kg("serve", "--bind", address, "--store", "memory:")
    assert done.returncode == 3
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        f"kg: {address} is in use; stop what listens there or name another port by --bind."
    ]


@pytest.mark.parametrize(
    ("bind", "message"),
    [
        ("8000", "expected HOST:PORT"),
        ("127.0.0.1:http", "expected HOST:PORT"),
        ("127.0.0.1:65536", "expected HOST:PORT"),
        ("192.0.2.1:0", "no address of this machine"),
        ("no-such-host.invalid:0", "unusable"),
    ],
)
def test_an_address_that_cannot_be_listened_at_is_refused(bind: str, message: str) -> None:
    """192.0.2.0/24 is for documentation (RFC 5737): no machine has it."""
    with pytest.raises(SettingsError, match=message):
        serve(Settings(bind=bind, store="memory:"), ready=print)


def test_a_fault_in_the_shapes_is_told_before_any_worker_starts(tmp_path: Path) -> None:
    (tmp_path / "broken.ttl").write_text("@prefix : <http://x.example/> .\n:a :b ")
    done = run_kg("serve", "--bind", "127.0.0.1:0", "--shapes", tmp_path, "--store", "memory:")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "broken.ttl, line 2" in done.stderr
