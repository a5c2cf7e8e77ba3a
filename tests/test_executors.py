"""Whoever does the work: results come as they end, and who is lost or stopped leaves nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from benchmarks.generator import corpus, write_folder
from kg.errors import QueryInterrupted, SettingsError
from kg.settings import Settings
from kg.store.opening import open_store
from kg.validation.executors import Place, Processes, as_they_end, workers_for
from tests.commands import KG, clean_environment
from tests.knowledge import ROOT
from tests.processes import soon


def fill(folder: Path, parts: object) -> None:
    """Share a word."""
    (folder / "word").write_text(str(parts))


def read(place: Place, number: int) -> tuple[str, int, int]:
    """The word that is shared, the job's number, and who did it."""
    return (place.path() / "word").read_text(), number, os.getpid()


def die(_place: Place, _number: int) -> None:
    """End as the kernel ends a process for which there is no memory."""
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of articles that keep two processes busy for some seconds."""
    folder = tmp_path_factory.mktemp("articles")
    write_folder(corpus(articles=30, types=False), folder)
    (folder / "entities.ttl").write_bytes((ROOT / "articles" / "entities.ttl").read_bytes())
    return folder


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Lets child processes be interrupted: what a shell starts in the background ignores that."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def building(
    articles: Path, tmp_path: Path, interruptible: None
) -> Iterator[subprocess.Popen[str]]:
    """``kg build`` with two processes, at the moment when both are at work."""
    store, temporary = tmp_path / "store", tmp_path / "temporary"
    temporary.mkdir()
    arguments = ["--store", str(store), "--articles", str(articles), "--workers", "2"]
    with subprocess.Popen(
        [*KG, "build", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=clean_environment(TMPDIR=str(temporary)),
    ) as process:
        assert soon(lambda: len(workers_of(process.pid)) == 2, within=60)
        yield process
        process.kill()


def assert_nothing_is_left(folder: Path) -> None:
    """No file for the workers to read, and no version."""
    assert list((folder / "temporary").iterdir()) == []
    assert open_store(Settings(store=str(folder / "store"))).versions()[0].number == 0


def workers_of(pid: int) -> set[int]:
    """The processes that validate for a build."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return {int(each) for each in children if b"spawn_main" in command_line(int(each))}
    except FileNotFoundError:
        return set()


def command_line(pid: int) -> bytes:
    """How a process was started; empty where there is none."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def test_a_few_jobs_wait_at_a_time_and_results_come_as_they_end() -> None:
    asked: list[int] = []

    def submit(job: int) -> Future[int]:
        asked.append(job)
        done: Future[int] = Future()
        done.set_result(job)
        return done

    results = as_they_end(submit, iter(range(100)), at_once=3)
    first = next(results)
    assert asked == [0, 1, 2]
    assert sorted([first, *results]) == list(range(100))


def test_who_waits_in_vain_is_told() -> None:
    def watch() -> None:
        raise QueryInterrupted("nobody is left")

    with pytest.raises(QueryInterrupted, match="nobody is left"):
        list(as_they_end(lambda _: Future[int](), [1], at_once=1, patience=0.01, watch=watch))


def test_processes_share_a_folder_that_goes_with_them() -> None:
    with Processes(2) as workers:
        workers.share(fill, ["first"])
        workers.share(fill, ["second"])
        results = list(workers.run(read, range(20)))
    assert {word for word, _, _ in results} == {"['second']"}
    assert sorted(number for _, number, _ in results) == list(range(20))
    assert os.getpid() not in {pid for _, _, pid in results}


def test_a_lost_process_is_an_error_and_the_others_end() -> None:
    with Processes(2) as workers:
        workers.share(fill, [])
        with pytest.raises(QueryInterrupted, match=r"ended from outside.*--workers"):
            list(workers.run(die, [1, 2]))


def test_a_build_whose_worker_is_killed_says_so_and_publishes_nothing(
    building: subprocess.Popen[str], tmp_path: Path
) -> None:
    workers = workers_of(building.pid)
    os.kill(min(workers), signal.SIGKILL)
    out, errors = building.communicate(timeout=60)
    assert (building.returncode, out) == (3, "")
    assert len(errors.splitlines()) == 1
    assert "ended from outside" in errors
    assert soon(lambda: not any(command_line(pid) for pid in workers))
    assert_nothing_is_left(tmp_path)


def test_ctrl_c_ends_a_build_and_its_workers_and_publishes_nothing(
    building: subprocess.Popen[str], tmp_path: Path
) -> None:
    workers = workers_of(building.pid)
    began = time.monotonic()
    building.send_signal(signal.SIGINT)
    out, errors = building.communicate(timeout=60)
    assert (building.returncode, out) == (130, "")
    assert "Traceback" not in errors
    assert time.monotonic() - began < 10
    assert soon(lambda: not any(command_line(pid) for pid in workers))
    assert_nothing_is_left(tmp_path)


def test_workers_end_with_a_build_that_is_killed(building: subprocess.Popen[str]) -> None:
    workers = workers_of(building.pid)
    building.kill()
    assert soon(lambda: not any(command_line(pid) for pid in workers))


@pytest.mark.parametrize(
    ("name", "count", "message"),
    [
        ("threads", None, "executor='threads': expected processes, or dask://HOST:PORT"),
        ("dask://127.0.0.1:1", 2, "a cluster has its own workers"),
        ("dask://nowhere", None, "dask://nowhere: no scheduler answers there"),
    ],
)
def test_an_executor_that_is_none_is_refused(name: str, count: int | None, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        workers_for(name, count=count, articles=100)


def test_where_dask_is_missing_the_error_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "kg.validation.cluster", None)
    with pytest.raises(SettingsError, match=r"editorial-kg\[dask\]"):
        workers_for("dask://127.0.0.1:1", count=None, articles=100)


def test_a_few_articles_need_no_workers_unless_asked_for() -> None:
    assert workers_for("processes", count=None, articles=3) is None
    for count, articles in ((1, 1), (None, 1000)):
        chosen = workers_for("processes", count=count, articles=articles)
        assert chosen is not None
        with chosen as workers:
            workers.share(fill, ["word"])
