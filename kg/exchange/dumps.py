"""The dumps of a store's versions: made when somebody first asks for them, one at a time."""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Iterable
from pathlib import Path
from threading import Lock, Thread

from kg.cache_folder import CacheFolder
from kg.errors import Busy, KgError, StoreError
from kg.exchange.dumping import DRAFT, dump
from kg.store.base import Snapshot
from kg.store.embedded.folder import Lock as FileLock
from kg.store.faults import store_faults

_KEPT = 3  # versions whose files stay on the disk
_POLL = 0.1  # seconds between two looks whether another process has made them


class Dumps:
    """The files of versions, in ``folder`` or, where that cannot be, elsewhere.

    ``patience`` is for how many seconds a request waits for files.
    """

    def __init__(self, folder: Path | None, *, patience: float = 5.0) -> None:
        self._folder = CacheFolder(folder)
        self._patience = patience
        self._guard = Lock()
        self._making: _Making | None = None

    def of(self, version: Snapshot) -> Path:
        """The folder with a version's files, which are made in the background where need be.

        Raises Busy while that takes long, and StoreError where the disk does not do.
        """
        home = self._folder.path(shared=bool(version.info.graphs))
        folder = home / hashlib.sha256(version.info.digest.encode()).hexdigest()[:32]
        deadline = time.monotonic() + self._patience
        while not folder.exists():
            making = self._begun(version, folder)
            making.join(max(0.0, deadline - time.monotonic()))
            if making.is_alive():
                number = version.info.number
                raise Busy(f"The files of version {number} are being made.", retry_after=10)
            if making.error is not None and making.folder == folder:
                raise making.error
        return folder

    def _begun(self, version: Snapshot, folder: Path) -> _Making:
        """What is being made now: the files of this version, unless it is those of another."""
        with self._guard:
            if self._making is None or not self._making.is_alive():
                self._making = _Making(version, folder)
                self._making.start()
            return self._making


class _Making(Thread):
    """Makes the files of a version, unless another process does; ``error`` is how that ended."""

    def __init__(self, version: Snapshot, folder: Path) -> None:
        super().__init__(daemon=True)
        self.folder = folder
        self.error: KgError | None = StoreError("The files could not be made; the log says why.")
        self._version = version

    def run(self) -> None:
        try:
            with store_faults(self.folder.parent):
                self._make(self.folder.parent)
            self.error = None
        except KgError as error:
            self.error = error

    def _make(self, home: Path) -> None:
        lock = FileLock(home / "LOCK", create=True)
        try:
            while not lock.try_exclusive():
                time.sleep(_POLL)
            if not self.folder.exists():
                _remove(home.glob(f"{DRAFT}*"))  # of a process that has died
                dump(self._version, self.folder)
                found = sorted(home.glob("[0-9a-f]*"), key=lambda path: path.stat().st_mtime)
                _remove(found[:-_KEPT])
        finally:
            lock.release()


def _remove(folders: Iterable[Path]) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
