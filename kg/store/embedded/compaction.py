"""RocksDB's compaction, apart from the writers: nobody waits for it, neither reader nor writer.

RocksDB wants an index merged once many small changes have added tables to it, which takes seconds
in a store of a million triples. So a process of low priority merges a copy of the live version; the
graphs that others have changed meanwhile are written into it, and the next writer begins from that
copy instead of from the version. No version ever changes, and what a crash leaves is of no use to
anybody: the next writer removes it.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg.errors import Busy, KgError
from kg.progress import Progress, unwatched
from kg.store import durable, tables
from kg.store.base import VersionInfo
from kg.store.contents import changed_graphs, graph_key
from kg.store.embedded.folder import Folder
from kg.store.embedded.staging import StagedStore
from kg.store.embedded.store import EmbeddedSnapshot, EmbeddedStore
from kg.store.faults import corrupt, store_faults
from kg.store.processes.wire import decode_error, encode_error
from kg.store.sandbox import child_environment

_STEP = "Putting the store in order"
_HERE = "import sys; from kg.store.embedded import compaction; compaction."
_SERVER = f"{_HERE}compact_for_server(*sys.argv[1:])"
_CHILD = f"{_HERE}merge_tables(*sys.argv[1:])"
_FAILED = 1  # exit code: one of our errors is on the standard output
_DISK = 2  # exit code: the operating system's error is there
_LOW = 10  # how nice the process is that merges
_LOOK = 0.2  # seconds between two looks at how far it is
_AT_ONCE = 5_000  # quads that are written while other writers wait: half a second's work
_ROUNDS = 10  # of following the writers, for as long as they are faster
_PATIENCE = 30.0  # seconds to wait for the writers' lock
_PAUSE = 5.0  # seconds between two looks at whether a store needs it
_REST = 60.0  # seconds until the next attempt after one that failed

log = logging.getLogger(__name__)


def is_due(path: Path) -> bool:
    """Whether the store in ``path`` is worth compacting: two small files tell. Raises StoreCorrupt.

    It is once a dozen times four megabytes of logs have become tables. Writing the whole store
    anew for less would be out of proportion.
    """
    folder = Folder(path)
    live = folder.current()
    if live is None or folder.base(live) != folder.version(live):
        return False
    return tables.level0(folder.version(live)) >= tables.WORTH_COMPACTING


def compact(path: Path, *, progress: Progress = unwatched) -> bool:
    """Leave a copy of the live version, its tables in order, from which the next writer begins.

    It takes as long as writing the whole store, and as much disk; others read and write meanwhile.
    Returns False where another process is at it, or writers are too fast to be followed. Raises
    StoreFull, StoreUnwritable, StoreCorrupt, Busy.
    """
    folder, store = Folder(path), EmbeddedStore(path)
    with store_faults(path), _workplace(folder) as work:
        live = store.snapshot()
        if work is None or not live.folder:
            return False
        copy = _Copy(work, live, progress)
        return any(_is_offered(copy, folder, store) for _ in range(_ROUNDS))


@contextmanager
def _workplace(folder: Folder) -> Iterator[Path | None]:
    """An empty folder for the block that nobody else uses; None where another process has it."""
    lock = folder.lock_for_compacting() if folder.current() is not None else None
    if lock is None:
        yield None
        return
    try:
        durable.remove_all(folder.compacting.iterdir())
        yield folder.compacting
    finally:
        if lock.is_on(folder.compacting):
            durable.remove_all([folder.compacting])
        lock.release()


def _is_offered(copy: _Copy, folder: Folder, store: EmbeddedStore) -> bool:
    """Follow the live version, and offer the copy if it is now or nearly the same."""
    copy.follow(store.snapshot())
    lock = folder.lock_for_writing(_PATIENCE)
    try:
        live = store.snapshot()
        if copy.lag(live.info) > _AT_ONCE:
            return False
        copy.follow(live)
        folder.offer(copy.place, live.info.number)
        return True
    finally:
        lock.release()


class _Copy:
    """A closed store with the content of a version, brought from one version to another."""

    def __init__(self, work: Path, origin: EmbeddedSnapshot, progress: Progress) -> None:
        self._work = work
        self._info = origin.info
        self._origin = origin  # so that nobody removes it, or the whole store
        self.place = work / "ordered"
        _merge_apart(Path(origin.folder), work / "draft", self.place, progress)

    def lag(self, live: VersionInfo) -> int:
        """How many quads have to be read to follow."""
        keys = [graph_key(graph) for graph in changed_graphs(self._info.graphs, live.graphs)]
        infos = [(self._info.graphs.get(key), live.graphs.get(key)) for key in keys]
        return sum(info.triples for pair in infos for info in pair if info)

    def follow(self, live: EmbeddedSnapshot) -> None:
        """Take on the content of ``live``. Raises StoreCorrupt where it is not that afterwards."""
        graphs = changed_graphs(self._info.graphs, live.info.graphs)
        if not graphs:
            return
        staged = StagedStore(self._work, self.place, quads=self._info.triples)
        for graph in graphs:
            if graph_key(graph) in live.info.graphs:
                staged.replace(graph, live.quads(graph))
            else:
                staged.remove_graph(graph)
        for graph in graphs:
            found, known = (
                staged.describe(graph, source=None),
                live.info.graphs.get(graph_key(graph)),
            )
            if (found and found.digest) != (known and known.digest):
                raise corrupt(
                    self._work, f"graph {graph} is not what version {live.info.number} holds"
                )
        self.place, self._info = staged.release(), live.info


def _merge_apart(base: Path, draft: Path, target: Path, progress: Progress) -> None:
    """Write the closed store ``base`` to ``target``, its tables in order, in a process of its own.

    That one has low priority, and gives it up never: so nothing that others wait for is done there.
    """
    size = sum(file.stat().st_size for file in base.iterdir())
    child = subprocess.Popen(
        [sys.executable, "-s", "-c", _CHILD, *map(str, (base, draft, target))],
        stdin=subprocess.PIPE,  # whose end tells it of ours
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=child_environment(),
    )
    try:
        while child.poll() is None:
            progress(_STEP, done=min(_flushed(draft), size), total=size)
            time.sleep(_LOOK)
        output = child.communicate()[0]
    finally:
        child.kill()
        child.wait()
    durable.remove_all([draft])
    if child.returncode == _FAILED and output:
        raise decode_error(output)
    if child.returncode:
        raise OSError(output.decode() or f"the process that compacts ended by {child.returncode}")


def _flushed(draft: Path) -> int:
    """Put on the disk what a draft has beyond the version that it began as; how many bytes that is.

    A writer who waits for the disk waits for all that is to go there: hundreds of megabytes in one
    go would be seconds.
    """
    total = 0
    for table in draft.glob("*.sst"):
        try:
            found = table.stat()
            if found.st_nlink == 1:
                total += found.st_size
                durable.sync(table)
        except FileNotFoundError:
            continue  # merged into another
    return total


def merge_tables(base: str, draft: str, target: str) -> None:
    """What the child does: see ``_merge_apart``. An error is on its output."""
    _end_with_parent()
    os.nice(_LOW)
    try:
        copy = tables.Draft(Path(base), Path(draft))
        copy.optimize()
        copy.seal_as_tables(Path(target))
    except KgError as error:
        _leave(_FAILED, encode_error(error))
    except OSError as error:
        _leave(_DISK, str(error).encode())


def _leave(code: int, message: bytes) -> None:
    os.write(sys.stdout.fileno(), message)
    os._exit(code)


def compact_for_server(path: str) -> None:
    """What the process does that a server starts: tell an error, and rest after it."""
    _end_with_parent()
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        compact(Path(path))
    except Busy:
        log.info("The writers of %s were too busy for it to be compacted.", path)
    except KgError as error:
        log.warning("The store is not compacted: %s", error)
        time.sleep(_REST)


def _end_with_parent() -> None:
    """End this process, in the middle of whatever it does, when its standard input is closed."""

    def watch() -> None:
        os.read(0, 1)  # nothing is ever sent
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


class Compactor:
    """Compacts the store in ``path`` when that is due, in a process of its own; one at a time.

    The process ends when this one does.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._process: subprocess.Popen[bytes] | None = None
        self._next = 0.0

    def look(self) -> None:
        """Start the process if there is need to; to be called every now and then."""
        running = self._process is not None and self._process.poll() is None
        if running or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _PAUSE
        try:
            if os.access(self._path, os.W_OK) and is_due(self._path):
                self._process = self._start()
        except KgError as error:
            self._next += _REST
            log.warning("Whether the store should be compacted is not known: %s", error)

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-s", "-c", _SERVER, str(self._path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            env=child_environment(),
            start_new_session=True,  # Ctrl+C is for the server
        )
