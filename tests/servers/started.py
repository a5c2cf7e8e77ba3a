"""The servers of a test session: each is started at most once, when a test first wants it."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from kg.ingest import build
from kg.iris import Iris
from kg.settings import Settings
from kg.sources import Sources
from tests.servers.kinds import KINDS
from tests.servers.running import NotInstalled, Server


class Servers:
    """Starts servers on demand; ``stop`` ends them all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started: dict[str, Server] = {}
        self._stack = ExitStack()
        self._filled: set[str] = set()

    def filled(self, kind: str) -> Server:
        """The server with the shipped graph; whoever changes it puts it back."""
        if kind not in self._filled:
            store, settings = self.get(kind).store(), Settings()
            build(store, Sources.read(settings), Iris(settings.namespace), author="test")
            store.close()
            self._filled.add(kind)
        return self._started[kind]

    def get(self, kind: str) -> Server:
        """The server of this kind, empty; the test is skipped where it is not installed."""
        if kind not in self._started:
            home = self._folder / kind
            home.mkdir()
            try:
                self._started[kind] = self._stack.enter_context(KINDS[kind](home))
            except NotInstalled as error:
                home.rmdir()
                pytest.skip(str(error))
        server = self._started[kind]
        self._filled.discard(kind)
        server.clear()
        return server

    def stop(self) -> None:
        """End all servers."""
        self._stack.close()
