"""A cluster of dask.distributed does the work of a build, and its troubles are told."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from distributed import LocalCluster

from kg.errors import QueryInterrupted, SettingsError
from kg.progress import unwatched
from kg.validation.batches import validate_in_parts
from kg.validation.cluster import Cluster
from kg.validation.executors import Place, workers_for
from tests.processes import soon
from tests.test_batches import at_once, torn_examples


@pytest.fixture(scope="module")
def scheduler() -> Iterator[LocalCluster]:
    """Two workers, processes of this machine."""
    with LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        dashboard_address=":0",
        silence_logs=50,
    ) as started:
        yield started


def address(scheduler: LocalCluster) -> str:
    """HOST:PORT of a scheduler."""
    return str(scheduler.scheduler_address).removeprefix("tcp://")


def fill(folder: Path, parts: object) -> None:
    """Share words."""
    (folder / "words").write_text(repr(parts))


def read(place: Place, number: int) -> tuple[str, str, int]:
    """The words that are shared, in which folder, and the job's number."""
    return (place.path() / "words").read_text(), str(place.path()), number


def die(_place: Place, _number: int) -> None:
    """End as the kernel ends a process for which there is no memory."""
    os.kill(os.getpid(), signal.SIGKILL)


def folders(scheduler: LocalCluster) -> list[Path]:
    """What is left of ours in the workers' folders."""
    return [
        folder
        for nanny in scheduler.workers.values()
        for folder in Path(nanny.worker_dir).glob("kg-*")
    ]


def test_every_worker_gets_what_is_shared_and_keeps_nothing(scheduler: LocalCluster) -> None:
    with Cluster(address(scheduler)) as workers:
        workers.share(fill, [b"one", b"two"])
        results = list(workers.run(read, range(30)))
        assert len(folders(scheduler)) == 2
    assert {words for words, _, _ in results} == {"(b'one', b'two')"}
    assert sorted(number for _, _, number in results) == list(range(30))
    assert folders(scheduler) == []


def test_validation_in_a_cluster_reports_the_same(scheduler: LocalCluster) -> None:
    sources = torn_examples()
    chosen = workers_for(f"dask://{address(scheduler)}", count=None, articles=1)
    assert chosen is not None
    with chosen as workers:
        assert validate_in_parts(sources, workers, unwatched) == at_once(sources)


def test_a_cluster_whose_workers_are_lost_is_an_error(scheduler: LocalCluster) -> None:
    """Those whom it starts in their place do not have what was shared."""
    with Cluster(address(scheduler)) as workers:
        workers.share(fill, [b"word"])
        with pytest.raises(QueryInterrupted, match=r"has lost . of 2 workers|died"):
            list(workers.run(die, [1, 2, 3]))
    assert soon(lambda: len(scheduler.scheduler_info["workers"]) == 2, within=60)


def test_a_scheduler_without_workers_is_refused() -> None:
    with (
        LocalCluster(n_workers=0, dashboard_address=":0", silence_logs=50) as empty,
        pytest.raises(SettingsError, match="the scheduler has no workers"),
    ):
        Cluster(address(empty))
