"""Whatever happens to a writer: what it acknowledged stays, what it did not is not half there."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.store.embedded.folder import Lock
from kg.store.embedded.store import EmbeddedStore
from tests.content import quick_folder
from tests.faults.limits import read_only
from tests.faults.reader import check
from tests.faults.writer import commit

COMMITS = int(os.environ.get("TEST_COMMITS", "12"))  # 500 by make faults
ROUNDS = int(os.environ.get("TEST_KILLS", "20"))  # 200 by make faults


@pytest.fixture
def path() -> Iterator[Path]:
    """Where a store may come to be. What a killed process wrote is kept in memory as on a disk."""
    with quick_folder() as folder:
        yield folder / "store"


class Writer:
    """The process whose children write; one child at a time."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin
        assert process.stdout
        self.input, self.output = process.stdin, process.stdout

    def begin(self, *task: object) -> int:
        """Let a child begin with a task; its number."""
        self.input.write(" ".join(map(str, task)) + "\n")
        self.input.flush()
        return int(self.output.readline())

    def rest(self) -> str:
        """What the child has printed until its end."""
        return "".join(iter(self.output.readline, "ended\n")).removesuffix("ended\n")

    def run(self, *task: object) -> str:
        """What a child prints that does a task."""
        self.begin(*task)
        return self.rest()


@pytest.fixture(scope="module")
def writer() -> Iterator[Writer]:
    """A process that writes."""
    with start("writer") as process:
        yield Writer(process)


def start(module: str, *arguments: object) -> subprocess.Popen[str]:
    """One of our processes, with pipes to it."""
    return subprocess.Popen(
        [sys.executable, "-m", f"tests.faults.{module}", *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def acknowledged(output: str) -> dict[int, str]:
    """Numbers and digests of the versions that a writer has said are published."""
    whole = output[: output.rfind("\n") + 1]
    return {int(number): digest for number, digest in map(str.split, whole.splitlines())}


def assert_whole(path: Path, published: dict[int, str]) -> int:
    """Check that the store opens at once with all that is ``published``; its live version."""
    start = time.monotonic()
    store = EmbeddedStore(path)
    live = store.snapshot().info
    assert time.monotonic() - start < 2
    kept = {version.number: version.digest for version in store.versions()}
    assert published.items() <= kept.items()
    assert live.number - max(published, default=live.number - 1) in {0, 1}
    for number in range(max(live.number - 1, 0), live.number + 1):
        check(store.snapshot(number))
    return live.number


def assert_clean(path: Path, live: int) -> None:
    """Check that the next writer begins at once and that nothing is left of the last one."""
    start = time.monotonic()
    with EmbeddedStore(path).begin(author="test", message="next") as change:
        assert time.monotonic() - start < 2
        assert change.base.number == live
    assert list((path / "staging").iterdir()) == []
    assert not (path / "compacting").exists()
    assert {int(entry.name) for entry in (path / "versions").iterdir()} == set(range(live + 1))


@pytest.mark.timeout(60 + 2 * ROUNDS)
def test_a_writer_killed_at_any_instant_loses_nothing_that_it_acknowledged(
    path: Path, writer: Writer
) -> None:
    chance = random.Random(ROUNDS)  # noqa: S311
    published: dict[int, str] = {}
    with contextlib.ExitStack() as running:
        for round_ in range(ROUNDS):
            if round_ % 5 == 1:  # it goes on through the next rounds, until it is killed as well
                compactor = running.enter_context(start("compactor", path))
                running.callback(compactor.kill)
            if round_ % 5 == 4:
                assert compactor.stdout
                assert compactor.stdout.readline() == "compacted\n"
            child = writer.begin(path, "commits")
            first = writer.output.readline()
            time.sleep(chance.uniform(0, 0.2))
            if round_ % 5 == 4:
                compactor.kill()
            os.kill(child, signal.SIGKILL)
            published |= acknowledged(first + writer.rest())
            live = assert_whole(path, published)
    assert_clean(path, live)
    assert commit(EmbeddedStore(path), "last").number == live + 1


def test_a_writer_that_dies_before_any_of_its_changes_leaves_the_old_or_the_new(
    path: Path, writer: Writer
) -> None:
    commit(EmbeddedStore(path), "old")
    live, outcomes = 1, []
    for which in range(1, 200):
        output = writer.run(path, "die", which)
        now = assert_whole(path, acknowledged(output))
        assert_clean(path, now)
        outcomes.append((now > live, bool(output)))
        live = now
        if output:
            break
        if now > 1:
            live = EmbeddedStore(path).rollback(1, author="test", message="old").number
    assert outcomes[0] == (False, False)
    assert (True, False) in outcomes, "killed between publishing and saying so"
    assert outcomes[-1] == (True, True)
    assert outcomes == sorted(outcomes)


@pytest.mark.timeout(60 + 2 * COMMITS)
def test_readers_in_other_processes_see_one_whole_version_each(path: Path) -> None:
    store = EmbeddedStore(path)
    with contextlib.ExitStack() as stack:
        readers = [stack.enter_context(start("reader", path)) for _ in range(4)]
        for reader in readers:
            assert reader.stdout
            assert reader.stdout.readline() == "ready\n"
        for edition in range(COMMITS):
            commit(store, edition)
            if edition % 5 == 4:
                store.gc(keep=2)
        seen = [reader.communicate("stop")[0] for reader in readers]
    assert [reader.returncode for reader in readers] == [0] * 4
    for read, versions in map(str.split, seen):
        assert int(read) >= int(versions) > 1
    assert assert_whole(path, {COMMITS: store.snapshot().info.digest}) == COMMITS


def test_a_version_that_another_process_reads_is_not_removed(path: Path) -> None:
    store = EmbeddedStore(path)
    for edition in range(3):
        commit(store, edition)
    with start("reader", path) as reader:
        assert reader.stdin
        assert reader.stdout
        assert reader.stdout.readline() == "ready\n"
        while not _is_locked(path / "versions" / "000003"):
            time.sleep(0.01)
        commit(store, 3)
        commit(store, 4)
        removed = store.gc(keep=1)
        assert {0, 1, 2} <= set(removed)
        reader.communicate("stop")
        assert reader.returncode == 0
    left = {version.number for version in store.versions()} - {5}
    assert set(store.gc(keep=1)) == left


def _is_locked(version: Path) -> bool:
    lock = Lock(version)
    try:
        return not lock.try_exclusive()
    finally:
        lock.release()


@pytest.mark.parametrize("size", [0, 100, 4_000, 30_000, 200_000])
def test_a_full_disk_is_reported_and_the_old_content_served_on(
    path: Path, writer: Writer, size: int
) -> None:
    published = commit(EmbeddedStore(path), "old")
    output = writer.run(path, "starve", size)
    assert output.startswith("StoreFull No space is left for the store")
    assert output.count("\n") == 1
    assert assert_whole(path, {1: published.digest}) == 1
    assert_clean(path, 1)
    assert commit(EmbeddedStore(path), "new").number == 2


def test_a_new_store_on_a_full_disk_is_none_afterwards(path: Path, writer: Writer) -> None:
    assert writer.run(path, "starve", 100).startswith("StoreFull ")
    assert EmbeddedStore(path).snapshot().info.number == 0
    assert commit(EmbeddedStore(path), "new").number == 1


def test_a_read_only_folder_is_reported_and_its_content_served_on(
    path: Path, writer: Writer
) -> None:
    published = commit(EmbeddedStore(path), "old")
    with read_only(path):
        output = writer.run(path, "powerless")
        assert output.startswith("StoreUnwritable The store")
        assert output.count("\n") == 1
        assert assert_whole(path, {1: published.digest}) == 1
    assert commit(EmbeddedStore(path), "new").number == 2


def test_a_store_in_a_folder_that_cannot_be_written_is_reported(path: Path, writer: Writer) -> None:
    path.mkdir(mode=0o555)
    output = writer.run(path / "below" / "store", "powerless")
    assert output.startswith("StoreUnwritable The store")
    assert list(path.iterdir()) == []
