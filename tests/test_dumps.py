"""The files of a version are made once, by one process, while others go on."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from kg.errors import Busy, StoreFull
from kg.exchange.dumping import DRAFT, SUMS
from kg.exchange.dumps import Dumps
from kg.rdf.terms import GraphName, Literal, NamedNode, Quad
from kg.store.embedded.folder import Lock as FileLock
from tests.fakes import FakeSnapshot
from tests.processes import soon


class Slow(FakeSnapshot):
    """A version that is read no further than ``go``, or to an error; it counts its readers."""

    def __init__(self, number: int, error: Exception | None = None) -> None:
        self.go = Event()
        self.go.set()
        self.error: Exception | None = None
        self.dumped = 0
        node = NamedNode("http://x.example/s")
        super().__init__([Quad(node, node, Literal(str(number)), node)], number=number)
        self.error = error

    def quads(self, graph: GraphName | None = None) -> Iterator[Quad]:
        self.dumped += graph is None
        assert self.go.wait(20)
        if self.error is not None:
            raise self.error
        return super().quads(graph)


def made(home: Path) -> list[str]:
    """The folders that are whole, and those that are not."""
    return sorted(path.name[:1] for path in home.iterdir() if path.is_dir())


def test_files_are_made_once(tmp_path: Path) -> None:
    version = Slow(1)
    dumps = Dumps(tmp_path)
    folder = dumps.of(version)
    assert (folder / SUMS).is_file()
    assert dumps.of(version) == Dumps(tmp_path).of(version) == folder
    assert version.dumped == 1


def test_who_waits_for_long_is_told_so_and_may_come_again(tmp_path: Path) -> None:
    version, other = Slow(1), Slow(2)
    version.go.clear()
    dumps = Dumps(tmp_path, patience=0.05)
    for each in (version, version, other):
        with pytest.raises(Busy) as caught:
            dumps.of(each)
        assert str(caught.value) == f"The files of version {each.info.number} are being made."
        assert caught.value.retry_after == 10
    version.go.set()
    assert soon(lambda: made(tmp_path) and "." not in made(tmp_path), within=20)
    assert (dumps.of(version) / SUMS).is_file()
    assert version.dumped == 1
    assert other.dumped == 0


def test_after_those_of_another_version_they_are_made_too(tmp_path: Path) -> None:
    version, other = Slow(1), Slow(2)
    version.go.clear()
    dumps = Dumps(tmp_path, patience=0.05)
    with pytest.raises(Busy):
        dumps.of(version)
    version.go.set()
    patient = Dumps(tmp_path)
    assert (patient.of(other) / SUMS).is_file()
    assert (patient.of(version) / SUMS).is_file()


def test_another_process_is_waited_for(tmp_path: Path) -> None:
    version = Slow(1)
    lock = FileLock(tmp_path / "LOCK", create=True)
    assert lock.try_exclusive()
    dumps = Dumps(tmp_path, patience=0.05)
    with pytest.raises(Busy):
        dumps.of(version)
    assert version.dumped == 0
    lock.release()
    assert (Dumps(tmp_path).of(version) / SUMS).is_file()


def test_what_the_disk_refuses_is_told_and_tried_again(tmp_path: Path) -> None:
    version = Slow(1, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    dumps = Dumps(tmp_path)
    for _ in range(2):
        with pytest.raises(StoreFull):
            dumps.of(version)
        assert made(tmp_path) == []
    version.error = None
    assert (dumps.of(version) / SUMS).is_file()


def test_what_a_dead_process_has_left_is_removed_and_few_versions_are_kept(tmp_path: Path) -> None:
    (tmp_path / f"{DRAFT}left").mkdir()
    dumps = Dumps(tmp_path)
    folders = [dumps.of(Slow(number)) for number in range(1, 6)]
    assert [folder.exists() for folder in folders] == [False, False, True, True, True]
    assert len(made(tmp_path)) == 3
    assert not (tmp_path / f"{DRAFT}left").exists()


def test_a_folder_that_cannot_be_written_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    dumps = Dumps(tmp_path / "file" / "dumps")  # what it makes elsewhere goes with it
    folder = dumps.of(Slow(1))
    assert (folder / SUMS).is_file()
    assert tmp_path not in folder.parents
