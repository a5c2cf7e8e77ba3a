"""The engines that the tests of the HTTP faces run over: ours, and servers of other makers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from kg.rdf.terms import Quad
from kg.settings import Settings
from kg.store.embedded.store import EmbeddedStore
from tests.content import fill, quick_folder
from tests.servers.started import Servers

OWN = "own"
ENGINES = (OWN, "oxigraph", "fuseki")


class Engine(Protocol):
    """Keeps what a test needs for as long as it needs it."""

    def holding(
        self, quads: Sequence[Quad], settings: Settings
    ) -> AbstractContextManager[Settings]:
        """``settings`` with the address of a store that begins with ``quads`` and nothing else."""
        ...


class OwnEngine:
    """Makes an embedded store for whoever asks, in the folder that the settings name, if any."""

    @contextmanager
    def holding(self, quads: Sequence[Quad], settings: Settings) -> Iterator[Settings]:
        """Settings of a store that nobody else has."""
        with quick_folder() as folder:
            named = replace(settings, store=str(folder / "store"))
            store = EmbeddedStore(Path(named.store))
            if quads:
                fill(store, quads)
            store.close()
            yield named


@dataclass(frozen=True, slots=True)
class ServerEngine:
    """The one server of a kind, whose content is changed back for whoever had it before."""

    servers: Servers
    kind: str

    @contextmanager
    def holding(self, quads: Sequence[Quad], settings: Settings) -> Iterator[Settings]:
        """Settings of the server; what this process keeps beside it goes to a folder."""
        with quick_folder() as folder, self.servers.holding(self.kind, quads) as server:
            yield replace(
                settings,
                store=server.settings.store,
                cache=folder / "cache",
                tokens=str(folder / "tokens.json"),
            )
