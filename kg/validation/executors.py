"""Where the parts of a long task run: in processes of this machine, or in a cluster.

Work is handed out a little at a time, so however much there is of it, little waits in memory.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Protocol, Self, TypeAlias, TypeVar

from kg.errors import QueryInterrupted, SettingsError

Job = TypeVar("Job")
Done = TypeVar("Done")
Part = TypeVar("Part")
Fill: TypeAlias = Callable[[Path, Iterable[Part]], None]

PROCESSES = "processes"
CLUSTER = "dask://"
_ARTICLES_PER_PROCESS = 8  # for fewer of them a process takes longer to start than it saves
WAITING_PER_WORKER = 3
_PR_SET_PDEATHSIG = 1


class Place(Protocol):
    """A folder that every worker has, wherever it is there; it travels with the jobs."""

    def path(self) -> Path:
        """Where the folder is in the process that asks."""
        ...


class Workers(AbstractContextManager["Workers"], Protocol):
    """Those who do the jobs. Leaving the ``with`` block by an error ends them at once."""

    def share(self, fill: Fill[Part], parts: Iterable[Part]) -> None:
        """Have ``fill`` fill a folder with ``parts`` where every worker can read it."""
        ...

    def run(self, task: Callable[[Place, Job], Done], jobs: Iterable[Job]) -> Iterator[Done]:
        """What ``task`` makes of each job in the shared folder, in the order in which they end.

        Raises what a task raises, and QueryInterrupted where a worker is lost.
        """
        ...


@dataclass(frozen=True, slots=True)
class LocalPlace:
    """A folder of this machine."""

    folder: Path

    def path(self) -> Path:
        """The same everywhere on this machine."""
        return self.folder


class Processes:
    """Processes of this machine, which start when there is something to do."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._pool = ProcessPoolExecutor(
            count,
            mp_context=multiprocessing.get_context("spawn"),  # a fork would copy open stores
            initializer=_begin_work,
            initargs=(os.getpid(),),
        )
        self._home = TemporaryDirectory(prefix="kg-")
        self._others = set(multiprocessing.active_children())
        self._place = LocalPlace(Path(self._home.name))

    def share(self, fill: Fill[Part], parts: Iterable[Part]) -> None:
        """Fill a temporary folder, which all processes read."""
        self._place = LocalPlace(Path(mkdtemp(dir=self._home.name)))
        fill(self._place.folder, parts)

    def run(self, task: Callable[[Place, Job], Done], jobs: Iterable[Job]) -> Iterator[Done]:
        """What ``task`` makes of each job, in the order in which they end."""

        def submit(job: Job) -> Future[Done]:
            return self._pool.submit(task, self._place, job)

        try:
            yield from as_they_end(submit, jobs, at_once=self._count * WAITING_PER_WORKER)
        except BrokenProcessPool as error:
            raise QueryInterrupted(
                "A process that was validating was ended from outside, perhaps for want of memory:"
                " try again with fewer by --workers."
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is not None:
            for child in set(multiprocessing.active_children()) - self._others:
                child.kill()
        self._pool.shutdown(cancel_futures=True)
        self._home.cleanup()


def workers_for(name: str, *, count: int | None, articles: int) -> Workers | None:
    """Those that ``--executor`` and ``--workers`` name, None where one process does it all at once.

    Without a ``count`` there are as many processes as cores, and none for a few articles. Raises
    SettingsError for a name that is none, and where a cluster cannot be reached.
    """
    if name.startswith(CLUSTER):
        if count is not None:
            raise SettingsError(f"--workers is for {PROCESSES}: a cluster has its own workers.")
        return _cluster(name.removeprefix(CLUSTER))
    if name != PROCESSES:
        raise SettingsError(
            f"executor={name!r}: expected {PROCESSES}, or {CLUSTER}HOST:PORT with the address of a"
            " scheduler of dask.distributed."
        )
    if count is not None:
        return Processes(count)
    useful = min(len(os.sched_getaffinity(0)), articles // _ARTICLES_PER_PROCESS)
    return Processes(useful) if articles > _ARTICLES_PER_PROCESS else None


def as_they_end(
    submit: Callable[[Job], Future[Done]],
    jobs: Iterable[Job],
    *,
    at_once: int,
    watch: Callable[[], None] = lambda: None,
    patience: float = 5.0,
) -> Iterator[Done]:
    """Results of jobs, of which ``at_once`` are submitted at a time.

    Where nothing has ended for ``patience`` seconds ``watch`` is called: it raises where nothing
    ever will.
    """
    waiting: set[Future[Done]] = set()

    def ended(*, at_most: int) -> Iterator[Done]:
        while len(waiting) > at_most:
            done = wait(waiting, timeout=patience, return_when=FIRST_COMPLETED).done
            if not done:
                watch()
            waiting.difference_update(done)
            for each in done:
                yield each.result()

    for job in jobs:
        waiting.add(submit(job))
        yield from ended(at_most=at_once - 1)
    yield from ended(at_most=0)


def _cluster(address: str) -> Workers:
    try:
        from kg.validation.cluster import Cluster
    except ImportError as error:
        raise SettingsError(
            f"{CLUSTER}… needs dask.distributed: pip install 'editorial-kg[dask]'."
        ) from error
    return Cluster(address)


def _begin_work(parent: int) -> None:
    """Leave Ctrl-C to the parent, and end with it however it ends (Linux only)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # which has ended before it could be asked for
        sys.exit()
