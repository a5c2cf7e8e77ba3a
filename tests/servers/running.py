"""Starting a server on a free port, waiting until it answers, and stopping it for certain."""

from __future__ import annotations

import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from kg.settings import Settings
from kg.store.remote.records import RECORD, count_graphs
from kg.store.remote.store import RemoteStore, remote_store

_PATIENCE = 60.0  # seconds for a server to answer its first request
_POLL = 0.1


class NotInstalled(Exception):
    """A server is not on this machine; the message says how to get it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running server, and the settings by which it is the store."""

    name: str
    version: str
    settings: Settings

    def store(self) -> RemoteStore:
        """It as a store, which looks for others' changes each time."""
        return remote_store(replace(self.settings, store_watch=1e-9))

    def clear(self) -> None:
        """Remove all graphs, ours and those that tests have made."""
        service = self.store().service
        for graph in (*count_graphs(service), RECORD.value):
            service.update(f"CLEAR SILENT GRAPH <{graph}>")


def free_port() -> int:
    """A port of loopback that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def running(command: Sequence[str], *, url: str, folder: Path) -> Iterator[None]:
    """Run a server in ``folder`` for the block, which begins when ``url`` is answered."""
    with (folder / "output").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait(process, url, folder / "output")
        yield
    finally:
        process.kill()
        process.wait()


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not _answers(url):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{url} does not answer: {log.read_text(errors='replace')[-2000:]}")
        time.sleep(_POLL)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500  # whatever it makes of the question, it is up
    except OSError:
        return False
