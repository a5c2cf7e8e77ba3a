"""The index of each version: made once for all processes, at the first use, and never another's."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg import __version__
from kg.cache_folder import CacheFolder
from kg.errors import Busy, StoreUnwritable
from kg.rdf.iris import Iris
from kg.schema.schema import Schema
from kg.search.building import build, update
from kg.search.index import SearchIndex
from kg.store.base import Snapshot

_KEPT = 3  # index files of one folder; readers of an older version make theirs anew
_PATIENCE = 20.0  # seconds to wait for an index that another request is making
_POLL = 0.02


class SearchIndexes:
    """The indexes in ``folder``, which processes may share, or where that cannot be, elsewhere.

    A file is named by the content of its version and by the schema it was made with, so it can be
    neither stale nor of another configuration.
    """

    def __init__(self, folder: Path | None, *, schema: Schema, iris: Iris) -> None:
        self._folder = CacheFolder(folder)
        self._schema = schema
        self._iris = iris
        self._open: OrderedDict[str, SearchIndex] = OrderedDict()

    def of(self, snapshot: Snapshot) -> SearchIndex:
        """The index of a version, made if there is none.

        Raises Busy while another request makes it and that takes long, and StoreUnwritable where
        there is no room for it.
        """
        digest = snapshot.info.digest
        known = self._open.get(digest)
        if known is None or not known.path.exists():
            known = self._open[digest] = SearchIndex(self._file(snapshot))
            while len(self._open) > _KEPT:
                self._open.popitem(last=False)
        return known

    def _file(self, snapshot: Snapshot) -> Path:
        try:
            folder = self._folder.path(shared=bool(snapshot.info.graphs))
            path = folder / f"{self._family()}-{snapshot.info.digest[:32] or 'empty'}.search"
            if not path.exists():
                with _locked(folder / "search.lock"):
                    if not path.exists():
                        self._make(path, snapshot)
        except OSError as error:
            raise StoreUnwritable(f"The search index cannot be written: {error}.") from error
        return path

    def _family(self) -> str:
        """What index files have in common that can be made from one another."""
        words = f"{__version__} {self._schema.digest} {self._iris.namespace}"
        return hashlib.sha256(words.encode()).hexdigest()[:16]

    def _make(self, path: Path, snapshot: Snapshot) -> None:
        """Make the file under another name, from the latest one of its family if there is one."""
        draft = path.with_suffix(".draft")
        draft.unlink(missing_ok=True)
        latest = next(iter(_latest_first(path.parent, f"{self._family()}-*.search")), None)
        if latest is None:
            build(draft, snapshot, self._schema, self._iris)
        else:
            shutil.copyfile(latest, draft)
            update(draft, snapshot, self._schema, self._iris)
        draft.rename(path)
        for old in _latest_first(path.parent, "*.search")[_KEPT:]:
            old.unlink(missing_ok=True)


def _latest_first(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.glob(pattern), key=lambda path: path.stat().st_mtime_ns, reverse=True)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock across threads and processes; the kernel frees it when a process dies."""
    deadline = time.monotonic() + _PATIENCE
    with path.open("w") as file:
        while not _try(file.fileno()):
            if time.monotonic() > deadline:
                raise Busy("The search index of this version is being made.", retry_after=5)
            time.sleep(_POLL)
        yield


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
