"""The servers of a test session: each is started at most once, when a test first wants it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from kg.rdf.terms import Quad
from kg.store.remote.records import read_head
from tests.content import fill
from tests.servers.kinds import KINDS
from tests.servers.running import NotInstalled, Server


class Servers:
    """Starts servers on demand; ``stop`` ends them all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started: dict[str, Server] = {}
        self._stack = ExitStack()
        self._wanted: dict[str, list[Sequence[Quad]]] = {}  # by those who hold it, the last on top
        self._filled: dict[str, tuple[Sequence[Quad], str]] = {}  # and by which commit

    @contextmanager
    def holding(self, kind: str, quads: Sequence[Quad]) -> Iterator[Server]:
        """The server with ``quads`` and nothing else; whoever held it before finds it as it was.

        Nothing is sent where it has them already and nobody has written since.
        """
        server = self._running(kind)
        wanted = self._wanted.setdefault(kind, [])
        wanted.append(quads)
        try:
            self._fill(kind)
            yield server
        finally:
            wanted.pop()
            if wanted:
                self._fill(kind)

    def get(self, kind: str) -> Server:
        """The server of this kind, empty; the test is skipped where it is not installed."""
        server = self._running(kind)
        server.clear()
        return server

    def stop(self) -> None:
        """End all servers."""
        self._stack.close()

    def _fill(self, kind: str) -> None:
        quads = self._wanted[kind][-1]
        with closing(self._started[kind].store()) as store:
            commit = read_head(store.service).commit
            if commit and self._filled.get(kind) == (quads, commit):
                return
            self._started[kind].clear()
            if quads:
                fill(store, quads)
            self._filled[kind] = quads, read_head(store.service).commit

    def _running(self, kind: str) -> Server:
        if kind not in self._started:
            home = self._folder / kind
            home.mkdir()
            try:
                self._started[kind] = self._stack.enter_context(KINDS[kind](home))
            except NotInstalled as error:
                home.rmdir()
                pytest.skip(str(error))
        return self._started[kind]
