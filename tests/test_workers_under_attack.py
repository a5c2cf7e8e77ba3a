"""Nothing stops the query pool from answering: not queries, not clients, not dying processes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread, Timer
from typing import TypeAlias

import pytest

from kg.errors import Busy, KgError, QueryInterrupted, QueryMemory, QueryTimeout
from kg.store.processes.workers import QueryPool
from tests.knowledge import ROOT
from tests.processes import (
    busy_seconds,
    is_running,
    open_files,
    query_processes,
    sample_store,
    soon,
)
from tests.queries import ASK, ENDLESS, FLOOD, HOARD, TRUE, request

Processes: TypeAlias = Callable[[], dict[int, str]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    return sample_store(tmp_path_factory.mktemp("stores") / "1")


@pytest.fixture(scope="module")
def processes() -> Processes:
    """The query processes that were not there at first, with their states."""
    before = query_processes()
    return lambda: {pid: state for pid, state in query_processes().items() if pid not in before}


@pytest.fixture(scope="module")
def battered(folder: str, processes: Processes) -> Iterator[QueryPool]:
    """The pool that all tests attack, with two processes, two spare ones and a queue of two."""
    with QueryPool(processes=2, memory_mib=256, queue=2) as pool:
        assert pool.run(folder, request(ASK)).complete == TRUE
        yield pool


@pytest.fixture
def pool(battered: QueryPool) -> QueryPool:
    """The pool when it has recovered from the test before."""
    assert soon(lambda: battered.counts.ready == 4, within=20)
    assert battered.counts.running == battered.counts.queued == 0
    return battered


def in_background(pool: QueryPool, folder: str, text: str) -> Thread:
    """A thread whose query runs when this returns, and fails some time."""

    def run() -> None:
        with pytest.raises(KgError):
            pool.run(folder, request(text))

    before = pool.counts.running
    thread = Thread(target=run)
    thread.start()
    assert soon(lambda: pool.counts.running > before)
    return thread


def test_a_query_process_inherits_no_secret_and_writes_no_file(
    pool: QueryPool, processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "s3cr3t")
    others = processes()
    with QueryPool(processes=1, memory_mib=256, queue=1) as another:
        assert soon(lambda: another.counts.ready == 2)
        for pid in processes().keys() - others.keys():
            assert b"s3cr3t" not in Path(f"/proc/{pid}/environ").read_bytes()
            limits = Path(f"/proc/{pid}/limits").read_text()
            assert "Max file size             0                    0" in limits


def test_a_query_ends_at_its_deadline_and_the_next_is_answered_at_once(
    pool: QueryPool, folder: str
) -> None:
    before = pool.counts.killed
    started = time.monotonic()
    with pytest.raises(QueryTimeout):
        pool.run(folder, request(ENDLESS, timeout=0.5))
    took = time.monotonic() - started
    assert 0.5 <= took < 0.7
    started = time.monotonic()
    assert pool.run(folder, request(ASK)).complete == TRUE
    assert time.monotonic() - started < 0.5
    assert pool.counts.killed == before + 1


def test_nothing_computes_on_after_the_deadline(
    pool: QueryPool, folder: str, processes: Processes
) -> None:
    with pytest.raises(QueryTimeout):
        pool.run(folder, request(ENDLESS, timeout=0.3))
    assert soon(lambda: pool.counts.ready == 4)
    before = {pid: busy_seconds(pid) for pid in processes()}
    time.sleep(0.3)
    assert {pid: busy_seconds(pid) for pid in processes()} == before
    assert len(before) == 4


def test_a_result_that_is_still_coming_at_the_deadline_is_an_error(
    pool: QueryPool, folder: str
) -> None:
    answer = pool.run(folder, request(FLOOD, timeout=1.5))
    started = time.monotonic()
    assert answer.complete is None
    with pytest.raises(QueryTimeout):
        for _ in answer:
            pass
    assert time.monotonic() - started < 2.0
    assert pool.counts.running == 0


def test_a_reader_who_does_not_read_loses_its_place_at_the_deadline(
    pool: QueryPool, folder: str
) -> None:
    answers = [pool.run(folder, request(FLOOD, timeout=1.5)) for _ in range(2)]
    assert pool.counts.running == 2
    assert soon(lambda: pool.counts.running == 0, within=2.5)
    assert pool.run(folder, request(ASK)).complete == TRUE
    for answer in answers:
        with pytest.raises(QueryTimeout):
            list(answer)


def test_a_query_that_breaks_the_engine_breaks_nothing_else(pool: QueryPool, folder: str) -> None:
    with pytest.raises(QueryInterrupted, match="nested"):
        pool.run(folder, request("ASK " + "{" * 20_000 + "}" * 20_000))
    assert pool.run(folder, request(ASK)).complete == TRUE


def test_a_query_that_hoards_is_ended_and_no_other(pool: QueryPool, folder: str) -> None:
    with pytest.raises(QueryMemory):
        pool.run(folder, request(HOARD))
    assert pool.run(folder, request(ASK)).complete == TRUE


def test_beyond_the_queue_queries_are_refused_at_once(pool: QueryPool, folder: str) -> None:
    def attack() -> tuple[KgError, float]:
        started = time.monotonic()
        with pytest.raises((Busy, QueryTimeout)) as caught:
            pool.run(folder, request(ENDLESS, timeout=0.8))
        return caught.value, time.monotonic() - started

    before = pool.counts
    with ThreadPoolExecutor(max_workers=20) as threads:
        ends = list(threads.map(lambda _: attack(), range(20)))
    busy = [(error, seconds) for error, seconds in ends if isinstance(error, Busy)]
    assert all(seconds < 1.2 for _, seconds in ends)
    assert sum(seconds < 0.6 for _, seconds in busy) >= 16
    assert all(error.retry_after == 1 for error, _ in busy)
    assert pool.counts.refused == before.refused + len(busy)
    assert pool.counts.killed == before.killed + 20 - len(busy)
    assert pool.run(folder, request(ASK)).complete == TRUE


def test_who_waited_longest_is_next(folder: str) -> None:
    order: list[int] = []
    with QueryPool(processes=1, memory_mib=256, queue=8) as pool:
        blocking = pool.run(folder, request(FLOOD))

        def ask(number: int) -> None:
            pool.run(folder, request(ASK))
            order.append(number)

        threads = []
        for number in range(4):
            threads.append(Thread(target=ask, args=(number,)))
            threads[-1].start()
            assert soon(lambda: pool.counts.queued == len(threads))
        blocking.close()
        for thread in threads:
            thread.join()
    assert order == [0, 1, 2, 3]


def test_a_query_ends_with_its_client(pool: QueryPool, folder: str) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        Timer(0.3, theirs.close).start()
        started = time.monotonic()
        with pytest.raises(QueryInterrupted, match="client"):
            pool.run(folder, request(ENDLESS), client=ours.fileno())
        assert time.monotonic() - started < 1.0
    assert pool.counts.running == 0


def test_a_query_for_a_connection_that_is_closed_here_is_ended(
    pool: QueryPool, folder: str
) -> None:
    with pytest.raises(QueryInterrupted, match="client"):
        pool.run(folder, request(ENDLESS), client=-1)


def test_a_query_whose_client_leaves_the_queue_is_not_run(pool: QueryPool, folder: str) -> None:
    blocking = [pool.run(folder, request(FLOOD)) for _ in range(2)]
    ours, theirs = socket.socketpair()
    with ours:
        theirs.close()
        started = time.monotonic()
        with pytest.raises(QueryInterrupted, match="client"):
            pool.run(folder, request(ASK), client=ours.fileno())
        assert time.monotonic() - started < 1.0
    assert pool.counts.queued == 0
    for answer in blocking:
        answer.close()


def test_an_answer_that_is_closed_or_forgotten_gives_its_place_back(
    pool: QueryPool, folder: str
) -> None:
    pool.run(folder, request(FLOOD)).close()
    assert pool.counts.running == 0
    answer = pool.run(folder, request(FLOOD))
    next(iter(answer))
    del answer
    assert pool.counts.running == 0
    assert pool.run(folder, request(ASK)).complete == TRUE


def test_idle_processes_that_are_killed_are_replaced_and_nobody_notices(
    pool: QueryPool, folder: str, processes: Processes
) -> None:
    killed = set(processes())
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    assert pool.run(folder, request(ASK)).complete == TRUE
    assert soon(lambda: len(processes().keys() - killed) == 4)
    assert soon(lambda: not processes().keys() & killed)
    assert pool.counts.running == 0


def test_only_the_query_whose_process_is_killed_fails(
    pool: QueryPool, folder: str, processes: Processes
) -> None:
    ended = [Event(), Event()]

    def run(number: int) -> None:
        with pytest.raises(QueryInterrupted, match="unexpectedly"):
            pool.run(folder, request(ENDLESS))
        ended[number].set()

    threads = [Thread(target=run, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    assert soon(lambda: pool.counts.running == 2)
    time.sleep(0.3)
    first, second = sorted(processes(), key=busy_seconds)[-2:]
    os.kill(first, signal.SIGKILL)
    assert soon(lambda: any(end.is_set() for end in ended), within=1.0)
    assert pool.run(folder, request(ASK)).complete == TRUE
    assert not all(end.is_set() for end in ended)
    os.kill(second, signal.SIGKILL)
    for thread in threads:
        thread.join()
    assert soon(lambda: pool.counts.ready == 4)


def test_a_result_that_is_cut_short_is_an_error(
    pool: QueryPool, folder: str, processes: Processes
) -> None:
    before = pool.counts.killed
    parts = iter(pool.run(folder, request(FLOOD)))
    next(parts)
    for pid in processes():
        os.kill(pid, signal.SIGKILL)
    with pytest.raises(QueryInterrupted, match="unexpectedly"):
        for _ in parts:
            pass
    assert pool.counts.killed == before + 1


def test_closing_ends_everything(folder: str, processes: Processes) -> None:
    with QueryPool(processes=1, memory_mib=256, queue=1) as pool:  # so that all is imported
        pool.run(folder, request(ASK))
    others, before = processes(), open_files()
    for _ in range(2):
        with QueryPool(processes=2, memory_mib=256, queue=2) as pool:
            thread = in_background(pool, folder, ENDLESS)
            pool.run(folder, request(ASK))
        thread.join()
        with pytest.raises(QueryInterrupted, match="shutting down"):
            pool.run(folder, request(ASK))
    assert processes().keys() <= others.keys()
    assert open_files() <= before


def script(folder: str, ending: str) -> list[str]:
    """A program that runs a query, says so, and ends in some way."""
    program = (
        "import sys, time, threading\n"
        "from kg.store.processes.workers import QueryPool\n"
        "from tests.queries import ASK, ENDLESS, request\n"
        "pool = QueryPool(processes=2, memory_mib=256, queue=2)\n"
        f"assert pool.run({folder!r}, request(ASK)).complete\n"
        f"{ending}\n"
    )
    return [sys.executable, "-W", "error", "-c", program]


def test_query_processes_end_with_a_parent_that_is_killed(folder: str) -> None:
    ending = (
        f"threading.Thread(target=pool.run, args=({folder!r}, request(ENDLESS))).start()\n"
        "time.sleep(0.3); print('ready', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(script(folder, ending), cwd=ROOT, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"ready\n"
        children = query_processes(parent.pid)
        assert len(children) >= 2
        parent.kill()
        parent.wait()
        assert soon(lambda: not any(is_running(pid) for pid in children), within=1.0)


def test_a_program_may_end_without_closing_its_pool(folder: str) -> None:
    done = subprocess.run(
        script(folder, ""), cwd=ROOT, capture_output=True, timeout=20, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
