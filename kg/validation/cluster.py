"""Workers of a cluster of dask.distributed, on whatever machines they are.

They share no disk with us: what they need is sent to each of them once.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self
from uuid import uuid4

from distributed import Client, KilledWorker, Worker, get_worker

from kg import __version__
from kg.errors import QueryInterrupted, SettingsError
from kg.validation.executors import WAITING_PER_WORKER, Done, Fill, Job, Part, Place, as_they_end

_CONNECT = 10.0  # seconds


@dataclass(frozen=True, slots=True)
class ClusterPlace:
    """A folder of this name in the local directory of each worker."""

    name: str

    def path(self) -> Path:
        """Where the folder is for the worker that asks."""
        return Path(get_worker().local_directory) / self.name


class Cluster:
    """The workers that the scheduler at ``address``, HOST:PORT, has when they are given a share.

    Raises SettingsError where it cannot be reached, has no workers, or these lack this program.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        try:
            self._client = Client(address, timeout=_CONNECT, set_as_default=False)
        except (OSError, ValueError) as error:
            raise SettingsError(f"dask://{address}: no scheduler answers there.") from error
        self._place = ClusterPlace(f"kg-{uuid4().hex}")
        self._workers = frozenset(self._client.nthreads())
        self._refuse_strangers()

    def share(self, fill: Fill[Part], parts: Iterable[Part]) -> None:
        """Have each worker fill a folder of its own; one that comes later gets no jobs of ours."""
        with self._faults():
            sent = [self._client.scatter(part, hash=False) for part in parts]
            for _ in as_they_end(
                lambda worker: self._pool({worker}).submit(_fill, self._place, fill, *sent),
                sorted(self._workers),
                at_once=len(self._workers),
                watch=partial(self._watch, all_of_them=True),
            ):
                pass

    def run(self, task: Callable[[Place, Job], Done], jobs: Iterable[Job]) -> Iterator[Done]:
        """What ``task`` makes of each job; those of a worker that is lost go to another one."""
        pool = self._pool(self._workers)

        def submit(job: Job) -> Future[Done]:
            return pool.submit(task, self._place, job)

        at_once = len(self._workers) * WAITING_PER_WORKER
        with self._faults():
            yield from as_they_end(submit, jobs, at_once=at_once, watch=self._watch)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Cancels what still waits, and removes the folders of those who can be reached."""
        if self._client.status == "running":
            self._client.run(_remove, self._place.name, on_error="ignore")
        self._client.close(timeout=_CONNECT)

    def _pool(self, workers: Iterable[str]) -> Executor:
        pool: Executor = self._client.get_executor(
            workers=sorted(workers), allow_other_workers=False, pure=False
        )
        return pool

    def _refuse_strangers(self) -> None:
        """Raise SettingsError where there are no workers, or one of them has another program."""
        found = self._client.run(_version, on_error="return")
        strange = sorted(worker for worker, version in found.items() if version != __version__)
        if found and not strange:
            return
        self._client.close()
        if strange:
            raise SettingsError(
                f"Every worker needs editorial-kg {__version__} in its environment, and these have"
                f" another one or none: {', '.join(strange)}."
            )
        raise SettingsError(f"dask://{self._address}: the scheduler has no workers.")

    def _watch(self, *, all_of_them: bool = False) -> None:
        """Raise QueryInterrupted where no worker is left, or not all of them where all count."""
        left = self._workers & frozenset(self._client.nthreads())
        if not left or (all_of_them and left != self._workers):
            raise QueryInterrupted(
                f"dask://{self._address} has lost {len(self._workers - left)} of"
                f" {len(self._workers)} workers: start them and try again."
            )

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """Tell what befalls a cluster as an error of ours."""
        try:
            yield
        except KilledWorker as error:
            raise QueryInterrupted(f"Workers of dask://{self._address} died: {error}") from error
        except (CancelledError, OSError) as error:
            raise QueryInterrupted(
                f"dask://{self._address} can no longer be reached: start it and try again."
            ) from error


def _version() -> str:
    return __version__


def _fill(place: ClusterPlace, fill: Fill[Part], *parts: Part) -> None:
    place.path().mkdir()
    fill(place.path(), parts)


def _remove(name: str, dask_worker: Worker) -> None:
    """Remove the folder; dask gives ``dask_worker`` to what it runs outside of a task."""
    shutil.rmtree(Path(dask_worker.local_directory) / name)
