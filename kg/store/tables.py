"""RocksDB's files, as far as a store of linked versions has to know them.

A closed store is tables (``.sst``), which never change, and logs (``.log``) of what was written
after them, which whoever opens the store replays. Versions share both. A small change adds one log
of about its size: as tables it would be a file for each of nine indexes, and RocksDB, which cannot
be told not to, begins to merge an index into a new file once it has two. So logs are gathered until
they are worth that.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from pyoxigraph import Store

from kg.store import durable
from kg.store.faults import corrupt

_TABLE = ".sst"
_LOG = ".log"
_SUMS = "logs.sha256"  # names the logs that belong to a closed store, as sha256sum does
_SUM = re.compile(rb"([0-9a-f]{64})  ([0-9]+\.log)")
_REPLAYED = 4 << 20  # bytes of logs at most; each opening replays them, a megabyte in 20 ms


class Draft:
    """A copy of the closed store ``base`` in the new folder ``place``, open for writing.

    ``logged`` is to be false once something is written past the log, as ``bulk_extend`` does.
    """

    def __init__(self, base: Path, place: Path) -> None:
        self._logs = _sound_logs(base)
        durable.link_folder(base, place, linked=_TABLE)
        self.place = place
        self.engine = Store(str(place))
        self.logged = True
        self._base = base
        self._log = _newest_log(place)

    def optimize(self) -> None:
        """Put all tables in order, which takes as long as writing the whole store."""
        self.engine.optimize()
        self.logged = False

    def seal(self, target: Path) -> None:
        """Write to ``target`` a closed store of what is here now, on the disk when this returns."""
        if self._fits_into_log():
            self._add_log(target)
        else:
            checkpoint(self.engine, target)

    def _fits_into_log(self) -> bool:
        """Whether all changes are in one log: RocksDB begins another as it writes tables."""
        logs = [self._base / name for name in self._logs]
        size = sum(log.stat().st_size for log in [*logs, self._log])
        return self.logged and _newest_log(self.place) == self._log and size <= _REPLAYED

    def _add_log(self, target: Path) -> None:
        link(self._base, target)
        content = self._log.read_bytes()
        if content:
            durable.write_file(target / self._log.name, content)
            sums = {**self._logs, self._log.name: hashlib.sha256(content).hexdigest()}
            lines = [f"{digest}  {name}\n" for name, digest in sums.items()]
            (target / _SUMS).unlink(missing_ok=True)  # it is the base's as well
            durable.write_file(target / _SUMS, "".join(lines).encode())


def open_closed(folder: Path) -> Store:
    """The closed store in ``folder``, for reading. Raises StoreCorrupt, OSError."""
    _sound_logs(folder)
    return Store.read_only(str(folder))


def link(source: Path, target: Path) -> None:
    """Make ``target`` a closed store that shares all files with the closed store ``source``."""
    logs = _sums(source)
    target.mkdir()
    for file in source.iterdir():
        if file.suffix == _TABLE or file.name in {"CURRENT", _SUMS, *logs} or _is_manifest(file):
            (target / file.name).hardlink_to(file)


def checkpoint(engine: Store, target: Path) -> None:
    """Write what ``engine`` holds to ``target``: a closed store, on the disk when this returns."""
    engine.backup(str(target))
    for options in target.glob("OPTIONS-*"):  # written by every opening, read by none
        options.unlink()


def _sound_logs(folder: Path) -> Mapping[str, str]:
    """The logs of a closed store by name, each with its SHA-256.

    RocksDB takes a damaged log for one that a crash cut off, and leaves the rest of it out.
    """
    logs = _sums(folder)
    for name, digest in logs.items():
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest:
            raise corrupt(folder, f"{name} is not what was written")
    return logs


def _sums(folder: Path) -> Mapping[str, str]:
    try:
        content = (folder / _SUMS).read_bytes()
    except FileNotFoundError:
        return {}  # there are tables only; a log that is there says nothing new
    lines = [_SUM.fullmatch(line) for line in content.splitlines()]
    if not all(lines):
        raise corrupt(folder, f"{_SUMS} is not what was written")
    return {line[2].decode(): line[1].decode() for line in lines if line}


def _newest_log(folder: Path) -> Path:
    return max(folder.glob(f"*{_LOG}"), key=lambda log: int(log.stem))


def _is_manifest(file: Path) -> bool:
    return file.name.startswith("MANIFEST-")
