"""RocksDB's files, as far as a store of linked versions has to know them.

A closed store is tables (``.sst``), which never change, and logs (``.log``) of what was written
after them, which whoever opens the store replays. Versions share both. A small change adds one log
of about its size: as tables it would be a file for each of nine indexes. So logs are gathered until
opening takes long, and become tables then: one more at level 0 of each index, where RocksDB puts
what it has not merged yet. It writes no more once there are 36 of them.
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
_LEVEL0 = "LEVEL0"  # says how many tables an index has at level 0, at most
_REPLAYED = 4 << 20  # bytes of logs that are kept; each opening replays them, a megabyte in 20 ms
_MOST = 30  # tables at level 0 upon which a further one is written
WORTH_COMPACTING = 12  # tables at level 0; those that older programs wrote may have as many


class Draft:
    """A copy of the closed store ``base`` in the new folder ``place``, open for writing."""

    def __init__(self, base: Path, place: Path) -> None:
        self._logs = _sound_logs(base)
        durable.link_folder(base, place, linked=_TABLE)
        self.place = place
        self.engine = Store(str(place))  # which makes tables of the logs, here
        self._base = base
        self._log = _newest_log(place)
        self._logged = True
        self._level0 = level0(base) + bool(self._logs)

    def bypass_log(self) -> None:
        """Be told that something is written past the log, as ``bulk_extend`` does."""
        self._logged = False
        self._level0 += 1

    def optimize(self) -> None:
        """Put all tables in order, which takes as long as writing the whole store."""
        self.engine.optimize()
        self._logged = False
        self._level0 = 0

    def seal(self, target: Path) -> None:
        """Write to ``target`` a closed store of what is here now, on the disk when this returns."""
        if self._fits_into_log():
            self._add_log(target)
        else:
            self.seal_as_tables(target)

    def seal_as_tables(self, target: Path) -> None:
        """The same without a log, once all tables are in order if they have become many."""
        self._level0 += bool(self._log.stat().st_size) if self._log.exists() else 1
        if self._level0 > _MOST:
            self.optimize()
        checkpoint(self.engine, target, tables=self._level0)

    def _fits_into_log(self) -> bool:
        """Whether all changes are in one log: RocksDB begins another as it writes tables."""
        known = self._logged and _newest_log(self.place) == self._log
        return known and self._log.stat().st_size <= _REPLAYED

    def _add_log(self, target: Path) -> None:
        link(self._base, target)
        content = self._log.read_bytes()
        if content:
            durable.write_file(target / self._log.name, content)
            sums = {**self._logs, self._log.name: hashlib.sha256(content).hexdigest()}
            lines = [f"{digest}  {name}\n" for name, digest in sums.items()]
            (target / _SUMS).unlink(missing_ok=True)  # it is the base's as well
            durable.write_file(target / _SUMS, "".join(lines).encode())


def replays_much(folder: Path) -> bool:
    """Whether opening the closed store in ``folder`` takes long because of its logs."""
    return sum((folder / name).stat().st_size for name in _sums(folder)) > _REPLAYED


def level0(folder: Path) -> int:
    """How many tables an index of the closed store in ``folder`` has at level 0, at most.

    Programs that did not count them left no number; few of them wait for RocksDB.
    """
    try:
        return int((folder / _LEVEL0).read_bytes())
    except FileNotFoundError:
        return WORTH_COMPACTING
    except ValueError as error:
        raise corrupt(folder, f"{_LEVEL0} is not what was written") from error


def open_closed(folder: Path) -> Store:
    """The closed store in ``folder``, for reading. Raises StoreCorrupt, OSError."""
    _sound_logs(folder)
    return Store.read_only(str(folder))


def link(source: Path, target: Path) -> None:
    """Make ``target`` a closed store that shares all files with the closed store ``source``."""
    logs = _sums(source)
    target.mkdir()
    for file in source.iterdir():
        ours = {"CURRENT", _LEVEL0, _SUMS, *logs}
        if file.suffix == _TABLE or file.name in ours or _is_manifest(file):
            (target / file.name).hardlink_to(file)


def checkpoint(engine: Store, target: Path, *, tables: int) -> None:
    """Write what ``engine`` holds to ``target``: a closed store, on the disk when this returns.

    ``tables`` are at level 0 of an index, at most.
    """
    engine.backup(str(target))
    durable.write_file(target / _LEVEL0, b"%d\n" % tables)
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
