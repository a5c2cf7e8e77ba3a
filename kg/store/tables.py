"""RocksDB's files, as far as a store of linked versions has to know them.

A store's content is in tables (``.sst``), which never change: versions share them. Each commit adds
a few small ones. RocksDB merges them behind the scenes while a store is open for writing, and makes
a writer wait for it once there are twenty of a kind.
"""

from __future__ import annotations

import time
from pathlib import Path

from pyoxigraph import Store

from kg.store import durable

_SUFFIX = ".sst"
_SMALL = 1 << 20  # bytes; larger ones are merged already
_MANY = 48  # small tables, of about nine kinds
_LOOK = 0.02  # seconds between two looks at what RocksDB does
_STILL = 0.3  # seconds without a change after which it has nothing to merge
_PATIENCE = 10.0  # seconds that it is given at most


def copy(source: Path, target: Path) -> None:
    """Make ``target`` a store with the content of the closed store ``source``."""
    durable.link_folder(source, target, linked=_SUFFIX)


def checkpoint(engine: Store, target: Path) -> None:
    """Write what ``engine`` holds to ``target``: a closed store, on the disk when this returns."""
    engine.backup(str(target))
    for options in target.glob("OPTIONS-*"):  # written by every opening, read by none
        options.unlink()


def are_many(folder: Path) -> bool:
    """Whether commits have left so many small tables that they had better be merged."""
    return _too_many(_listing(folder))


def wait_for_merging(folder: Path) -> None:
    """Let RocksDB, which has ``folder`` open, merge small tables while there are too many.

    A few merges now and then spare a later commit the wait for all that twenty have left.
    """
    start = changed = time.monotonic()
    before = _listing(folder)
    while _too_many(before) and time.monotonic() < min(start + _PATIENCE, changed + _STILL):
        time.sleep(_LOOK)
        now = _listing(folder)
        if now != before:
            before, changed = now, time.monotonic()


def _too_many(tables: set[tuple[str, int]]) -> bool:
    return sum(size < _SMALL for _, size in tables) > _MANY


def _listing(folder: Path) -> set[tuple[str, int]]:
    """Names and sizes of the tables; those that go while it looks are left out."""
    found = set()
    for table in folder.glob(f"*{_SUFFIX}"):
        try:
            found.add((table.name, table.stat().st_size))
        except FileNotFoundError:
            continue
    return found
