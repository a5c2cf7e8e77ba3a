"""The file of a version's tables: one for all processes, kept up with the live version."""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock, Thread, local

from kg import __version__
from kg.cache_folder import CacheFolder
from kg.progress import Progress, unwatched
from kg.projection.building import build
from kg.projection.changing import changed_triples, update
from kg.projection.keys import Keys
from kg.projection.plan import plan_of
from kg.projection.reading import Reading, Terms
from kg.projection.rows import Rows
from kg.projection.statements import Decoder
from kg.projection.tables import connect
from kg.rdf.iris import Iris
from kg.schema.schema import Schema
from kg.store.base import Snapshot
from kg.store.embedded.folder import Lock as FileLock

_FORMAT = 3
_AT_ONCE = 20_000  # triples that a request waits for: half a second
_KEPT = 2  # files of other schemas or programs in one folder
_LOG = logging.getLogger(__name__)


class Projections:
    """The tables of the live version, in ``folder`` or, where that cannot be, elsewhere.

    There is one file for each schema. It holds the latest version that was read; older ones have
    no tables. Whoever finds it older brings it up to date: at once where that is quick, else in the
    background, and until then there is nothing to read.
    """

    def __init__(self, folder: Path | None, *, schema: Schema, iris: Iris) -> None:
        self._folder = CacheFolder(folder)
        self._schema = schema
        self._plan = plan_of(schema)
        self._keys = Keys(iris.namespace)
        self._name = f"{self._family()}.tables"
        self._decoder = Decoder(self._keys)
        self._open = local()
        self._terms: tuple[tuple[int, str], Terms] | None = None
        self._guard = Lock()

    @contextmanager
    def reading(self, snapshot: Snapshot) -> Iterator[Reading | None]:
        """The tables of a version, until the end of the block; None where there are none yet."""
        path = self._path(snapshot)
        file = self._begin(path, snapshot)
        if file is None and self._bring_up(path, snapshot):
            file = self._begin(path, snapshot)
        if file is None:
            yield None
            return
        try:
            yield self._reading(file, snapshot.info.digest)
        finally:
            file.execute("ROLLBACK")

    def prepare(self, snapshot: Snapshot, progress: Progress = unwatched) -> None:
        """Bring the tables to a version, however long it takes, unless another process does."""
        path = self._path(snapshot)
        if snapshot.info.graphs and not self._is_of(path, snapshot):
            lock = FileLock(path.with_suffix(".lock"), create=True)
            if lock.try_exclusive():
                self._make(path, snapshot, lock, progress)

    def forget(self) -> None:
        """Let go of what was read lately."""
        if self._terms is not None:
            self._terms[1].said.clear()

    def _family(self) -> str:
        """What files have in common that hold the same tables."""
        words = (str(_FORMAT), __version__, self._schema.digest, self._keys.namespace)
        return hashlib.sha256("\n".join((*words, *self._plan.relations)).encode()).hexdigest()[:16]

    def _path(self, snapshot: Snapshot) -> Path:
        return self._folder.path(shared=bool(snapshot.info.graphs)) / self._name

    def _begin(self, path: Path, snapshot: Snapshot) -> sqlite3.Connection | None:
        """This thread's connection, a transaction begun, if the file is of this version."""
        for anew in (False, True):  # another file may have taken the place of the one known
            file = self._connection(path, anew=anew)
            if file is None:
                return None
            try:
                file.execute("BEGIN")
                row = file.execute("SELECT digest, fit FROM version").fetchone()
                if row == (snapshot.info.digest, 1):
                    return file
                file.execute("ROLLBACK")
            except sqlite3.Error:
                file.close()
                self._open.file = None
                raise
        return None

    def _connection(self, path: Path, *, anew: bool) -> sqlite3.Connection | None:
        known: sqlite3.Connection | None = getattr(self._open, "file", None)
        if known is not None and not anew:
            return known
        if known is not None:
            known.close()
        file = self._open.file = connect(path) if path.exists() else None
        self._open.number = path.stat().st_ino if file else 0
        return file

    def _reading(self, file: sqlite3.Connection, digest: str) -> Reading:
        which = (int(self._open.number), digest)  # files number the same things differently
        known = self._terms
        if known is None or known[0] != which:
            known = self._terms = (which, Terms.read(file))
        return Reading(
            file=file,
            plan=self._plan,
            keys=self._keys,
            terms=known[1],
            decoder=self._decoder,
        )

    def _is_of(self, path: Path, snapshot: Snapshot) -> bool:
        """Whether the file is of this version, or of a later one."""
        if not path.exists():
            return False
        with closing(connect(path)) as file:
            row = file.execute("SELECT number, digest FROM version").fetchone()
        if row is None:
            raise sqlite3.DatabaseError(f"{path} is not whole; remove it")
        number, digest = row
        return bool(digest == snapshot.info.digest or number > snapshot.info.number)

    def _bring_up(self, path: Path, snapshot: Snapshot) -> bool:
        """Bring the file to a version, or begin to; returns whether it is there now."""
        with self._guard:
            if not snapshot.info.graphs or self._is_of(path, snapshot):
                return False
            lock = FileLock(path.with_suffix(".lock"), create=True)
            if not lock.try_exclusive():
                return False
            if _work(path, snapshot) > _AT_ONCE:
                arguments = (path, snapshot, lock, unwatched)
                Thread(target=self._make, args=arguments, daemon=True).start()
                return False
            self._make(path, snapshot, lock, unwatched)
            return True

    def _make(self, path: Path, snapshot: Snapshot, lock: FileLock, progress: Progress) -> None:
        """Bring the file to a version and let the lock go."""
        try:
            if path.exists():
                with closing(connect(path)) as file:
                    update(Rows(file=file, plan=self._plan, keys=self._keys), snapshot)
            else:
                draft = path.with_suffix(".draft")
                draft.unlink(missing_ok=True)
                build(draft, snapshot, self._plan, self._keys, progress)
                _remove(path)  # a log that a removed file has left would be taken for its own
                draft.rename(path)
                _remove_others(path)
        except (sqlite3.Error, OSError) as error:
            _LOG.warning("%s cannot be written, so lists ask the engine: %s", path, error)
        finally:
            lock.release()


def _work(path: Path, snapshot: Snapshot) -> int:
    """How many triples have to be read for it."""
    if not path.exists():
        return snapshot.info.triples
    with closing(connect(path)) as file:
        return changed_triples(file, snapshot.info)


def _remove_others(path: Path) -> None:
    """Remove the files of other schemas and programs but the latest ones."""
    others = [each for each in path.parent.glob("*.tables") if each != path]
    others.sort(key=lambda each: each.stat().st_mtime_ns, reverse=True)
    for old in others[_KEPT - 1 :]:
        _remove(old)


def _remove(path: Path) -> None:
    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
