"""The folder of an embedded store: its layout, its locks and what stands in its small files.

CURRENT                    the name of the live version's folder
LOCK                       held by the one writer
versions/000042/           an Oxigraph store that never changes, and what is known of it
staging/                   changes in the making; what a crash leaves there is removed
compacting/                a copy of a version in the making, locked by who makes it
compacted/000042/          the same content as that version, to begin the next one from
"""

from __future__ import annotations

import fcntl
import os
import time
import weakref
from pathlib import Path

from kg.errors import Busy
from kg.store import durable, tables
from kg.store.base import VersionInfo
from kg.store.embedded.version_file import read_version, write_version
from kg.store.faults import corrupt, store_faults

_POLL = 0.005  # seconds between two looks at a lock that another writer holds


class Folder:
    """The files of one store. Reading makes no file; writing asks for ``locked`` first."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._current = path / "CURRENT"
        self._versions = path / "versions"
        self._compacted = path / "compacted"
        self.staging = path / "staging"
        self.compacting = path / "compacting"

    def current(self) -> int | None:
        """The number of the live version, None where there is no store yet.

        Raises StoreCorrupt where the folder holds something else.
        """
        with store_faults(self.path):
            try:
                name = self._current.read_text(encoding="ascii").strip()
            except FileNotFoundError:
                self._refuse_strangers()
                return None
            except (UnicodeDecodeError, NotADirectoryError):
                name = ""
        if not (len(name) >= 6 and name.isdecimal()):
            raise corrupt(self.path, "CURRENT names no version")
        return int(name)

    def numbers(self) -> list[int]:
        """The numbers of the versions that are kept, ascending; none beyond the live one."""
        live = self.current()
        if live is None:
            return []
        with store_faults(self.path):
            names = [entry.name for entry in self._versions.iterdir() if entry.name.isdecimal()]
        numbers = sorted(number for number in map(int, names) if number <= live)
        if live not in numbers:
            raise corrupt(self.path, f"version {live}, which CURRENT names, is missing")
        return numbers

    def version(self, number: int) -> Path:
        """The folder of a version."""
        return self._versions / f"{number:06}"

    def base(self, number: int) -> Path:
        """The closed store to begin the next version from: a compacted copy where there is one."""
        compacted = self._compacted / f"{number:06}"
        return compacted if compacted.is_dir() else self.version(number)

    def offer(self, store: Path, number: int) -> None:
        """Let the next writer begin from ``store``, which holds what version ``number`` does.

        That is the live one, as long as the writers' lock is held.
        """
        self._compacted.mkdir(exist_ok=True)
        self._remove_compacted(unless="")
        durable.move_folder(store, self._compacted / f"{number:06}")

    def info(self, number: int) -> VersionInfo:
        """What is known of a version. Raises FileNotFoundError where it is gone."""
        return read_version(self.version(number))

    def copy(self, number: int) -> Path:
        """A new folder with the store of a version, to be published again."""
        target = self.staging / f"copy-{number}"
        tables.link(self.version(number), target)
        return target

    def publish(self, staged: Path, info: VersionInfo, *, like: int | None = None) -> None:
        """Make a closed store, whose files are on the disk, the live version for good.

        ``like`` is the version that has most graphs in common with it, if any has.
        """
        write_version(staged, info, like=None if like is None else self.version(like))
        durable.sync(staged)
        target = self.version(info.number)
        durable.move_folder(staged, target)
        durable.replace_file(self._current, f"{target.name}\n")
        self._remove_compacted(unless=target.name)

    def lock_for_writing(self, patience: float) -> Lock:
        """The writers' lock, waited for ``patience`` seconds, the folder made if need be."""
        self.current()  # refuses a folder of something else before anything is written into it
        path = self.path / "LOCK"
        with store_faults(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            lock = Lock(path, create=True)
            lock.wait_exclusive(patience)
            if lock.is_on(path):
                return lock
        # The whole store was replaced by another while this writer waited.
        lock.release()
        return self.lock_for_writing(patience)

    def lock_for_compacting(self) -> Lock | None:
        """The lock of ``compacting``, made if need be; None where another has it."""
        self.compacting.mkdir(exist_ok=True)
        try:
            lock = Lock(self.compacting)
        except FileNotFoundError:
            return None  # it was abandoned, and a writer has just removed it
        if lock.try_exclusive() and lock.is_on(self.compacting):
            return lock
        lock.release()
        return None

    def remove(self, number: int) -> bool:
        """Remove a version, unless any process has it open; for whom the writers' lock is held."""
        path = self.version(number)
        with store_faults(self.path):
            lock = Lock(path)
            try:
                if not lock.try_exclusive():
                    return False
                doomed = self.staging / f"removed-{number}"
                durable.move_folder(path, doomed)
                durable.remove_all([doomed])
            finally:
                lock.release()
        return True

    def prepare(self) -> None:
        """Make the folders that a writer needs, and remove what a crash has left in them."""
        self.staging.mkdir(parents=True, exist_ok=True)
        self._versions.mkdir(exist_ok=True)
        durable.remove_all(self.staging.iterdir())
        live = self.current()
        self._remove_compacted(unless="" if live is None else self.version(live).name)
        abandoned = self.lock_for_compacting() if self.compacting.exists() else None
        if abandoned:
            durable.remove_all([self.compacting])
            abandoned.release()
        unpublished = 0 if live is None else live + 1
        numbers = [int(entry.name) for entry in self._versions.iterdir() if entry.name.isdecimal()]
        if max(numbers, default=0) > unpublished:
            raise corrupt(self.path, "it has versions newer than the one that CURRENT names")
        durable.remove_all([self.version(unpublished)])

    def _remove_compacted(self, *, unless: str) -> None:
        if self._compacted.exists():
            durable.remove_all(each for each in self._compacted.iterdir() if each.name != unless)

    def _refuse_strangers(self) -> None:
        # CURRENT is no stranger: another process may have just made the store.
        ours = {"LOCK", "CURRENT", "CURRENT.new", "versions", "staging", "cache"}
        ours |= {"compacting", "compacted"}
        ours |= {"tokens.json", "tokens.json.new"}  # made before the first version, often
        if self.path.is_dir() and any(entry.name not in ours for entry in self.path.iterdir()):
            raise corrupt(self.path, "it holds other files, and no CURRENT")


class Lock:
    """A lock on a file or folder, across threads and processes, held until ``release``.

    The kernel frees it when the process dies, however it dies.
    """

    def __init__(self, path: Path, *, create: bool = False) -> None:
        flags = os.O_RDWR | os.O_CREAT if create else os.O_RDONLY
        self._descriptor = os.open(path, flags, 0o666)
        self.release = weakref.finalize(self, os.close, self._descriptor)

    def try_exclusive(self) -> bool:
        """Take the lock for oneself, unless anybody has it."""
        return self._try(fcntl.LOCK_EX)

    def try_shared(self) -> bool:
        """Take the lock beside other sharers, unless somebody has it for himself."""
        return self._try(fcntl.LOCK_SH)

    def wait_exclusive(self, seconds: float) -> None:
        """Take the lock for oneself. Raises Busy where others keep it for ``seconds``."""
        deadline = time.monotonic() + seconds
        while not self.try_exclusive():
            if time.monotonic() > deadline:
                raise Busy(f"Other writers have held the store for {seconds:g} s.", retry_after=5)
            time.sleep(_POLL)

    def is_on(self, path: Path) -> bool:
        """Whether what is locked still has the name ``path``."""
        try:
            found = path.stat()
        except FileNotFoundError:
            return False
        return os.path.samestat(found, os.fstat(self._descriptor))

    def _try(self, kind: int) -> bool:
        try:
            fcntl.flock(self._descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
