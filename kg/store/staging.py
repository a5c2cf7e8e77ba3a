"""A store in the making: a version, and copies of it that are open only while they are written."""

from __future__ import annotations

from pathlib import Path
from tempfile import mkdtemp

from pyoxigraph import Store

from kg.store import durable
from kg.store.base import UpdateLimits
from kg.store.tables import Draft, open_closed
from kg.store.updating import run_update, update_apart

# After writing so many quads, and so large a part of the version, all tables are put in order.
_BULK = 50_000
_MUCH = 0.25


class StagedStore:
    """Begins as the store in ``base``, which holds ``quads`` quads and never changes itself.

    Reading after writing seals what is written: files that are on the disk and not touched again.
    RocksDB is thus open for writing as briefly as can be; left open for longer, it would begin to
    merge the whole store's tables anew, for every change however small.
    """

    def __init__(self, staging: Path, base: Path, *, quads: int) -> None:
        self._home = Path(mkdtemp(dir=staging))
        self._copies = 0
        self._much = max(quads * _MUCH, _BULK)
        self._written = 0
        self._place = base
        self._closed: Store | None = None
        self._draft: Draft | None = None

    def start_from(self, base: Path) -> None:
        """Begin anew as the store in ``base``."""
        self._place, self._closed, self._draft, self._written = base, None, None, 0

    def readable(self) -> Store:
        """The store, open in whatever way."""
        if self._draft is not None:
            return self._draft.engine
        if self._closed is None:
            self._closed = open_closed(self._place)
        return self._closed

    def writable(self, quads: int, *, bulk: bool = False) -> Store:
        """The store, open for writing about so many quads, with ``bulk`` by ``bulk_extend``."""
        self._written += quads
        if self._draft is None:
            self._draft, self._closed = Draft(self._place, self._new_place()), None
        self._draft.logged &= not bulk
        return self._draft.engine

    def sealed(self) -> Store:
        """The store as written so far, read-only."""
        if self._draft is not None:
            sealed, left = self._new_place(), self._draft.place
            if self._written > self._much:
                self._draft.optimize()
            self._draft.seal(sealed)
            self._draft = None  # which closes it
            durable.remove_all([left])
            self._move_to(sealed)
        return self.readable()

    def update(self, text: str, base_iri: str | None, limits: UpdateLimits | None) -> None:
        """Apply a SPARQL update, with ``limits`` in a process of its own that can be killed."""
        if limits is None:
            run_update(self.writable(0), text, base_iri)
            return
        self.sealed()
        copy, result = self._new_place(), self._new_place()
        update_apart(text, base_iri, folder=self._place, draft=copy, result=result, limits=limits)
        self._move_to(result)
        durable.remove_all([copy])

    def release(self) -> Path:
        """Close the store and give its folder, sealed, away: whoever has it may move it."""
        self.sealed()
        self._closed = None
        return self._place

    def remove(self) -> None:
        """Close the store and remove all that is still here."""
        self._closed = self._draft = None
        durable.remove_all([self._home])

    def _move_to(self, sealed: Path) -> None:
        left, self._place = self._place, sealed
        self._closed = None
        if left.parent == self._home:
            durable.remove_all([left])

    def _new_place(self) -> Path:
        self._copies += 1
        return self._home / str(self._copies)
