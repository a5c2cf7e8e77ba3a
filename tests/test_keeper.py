"""The keeper has as many query processes alive as are wanted, whatever becomes of them."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import pytest

from kg.errors import KgError, QueryInterrupted
from kg.store.processes.child import Child, Gone
from kg.store.processes.keeper import Keeper
from tests.processes import soon


class FakeChild:
    """A query process that has something to say at once: that it is ready, or that it has ended."""

    def __init__(self, *, starts: bool = True) -> None:
        self.socket, self._theirs = socket.socketpair()
        self._theirs.send(b"!")
        self.deadline = 0.0
        self.alive = True
        self._starts = starts

    def has_started(self) -> bool:
        """That it is ready. Raises Gone."""
        if not self._starts:
            raise Gone
        return True

    def cause(self) -> KgError:
        """Why it has ended."""
        return QueryInterrupted("it has ended")

    def kill(self) -> None:
        """End it."""
        self.alive = False

    def end(self) -> None:
        """End it, and let go of its end of the socket."""
        self.alive = False
        self._theirs.close()

    def reap_if_dead(self) -> bool:
        """Close the socket if it has ended, and say whether it has."""
        if not self.alive:
            self.end()
            self.socket.close()
        return not self.alive


class Started:
    """Starts fakes and remembers them; ``faults`` are the troubles of the first starts."""

    def __init__(self, *faults: str) -> None:
        self.made: list[FakeChild] = []
        self.ready: list[FakeChild] = []
        self._faults = list(faults)

    def start(self) -> Child:
        """Another process. Raises OSError."""
        fault = self._faults.pop(0) if self._faults else ""
        if fault == "cannot be started":
            raise OSError(fault)
        self.made.append(FakeChild(starts=not fault))
        return cast("Child", self.made[-1])

    def welcome(self, child: Child) -> None:
        """Take over a process that is ready."""
        self.ready.append(cast("FakeChild", child))

    def look(self) -> None:
        """Nothing is to be looked after."""

    @property
    def alive(self) -> list[FakeChild]:
        """Those that have not ended."""
        return [each for each in self.made if each.alive]


@contextmanager
def keeping(started: Started, *, wanted: int) -> Iterator[Keeper]:
    """A keeper at work, for the block; all processes have ended behind it."""
    keeper = Keeper(wanted=wanted, start=started.start, ready=started.welcome, look=started.look)
    try:
        yield keeper
    finally:
        keeper.close(held=frozenset())
    assert started.alive == []


@pytest.mark.parametrize("fault", ["cannot be started", "has ended as it started"])
def test_a_start_that_fails_is_told_and_tried_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    monkeypatch.setattr("kg.store.processes.keeper._AFTER_FAILURE", 0.01)
    started = Started(fault, fault)
    with keeping(started, wanted=2):
        assert soon(lambda: len(started.ready) == 2)
        assert len(started.alive) == 2
    assert fault in caplog.text


def test_a_process_that_is_written_off_or_buried_is_replaced() -> None:
    started = Started()
    with keeping(started, wanted=2) as keeper:
        assert soon(lambda: len(started.ready) == 2)
        read, dead = started.ready
        keeper.write_off(cast("Child", read))
        assert soon(lambda: len(started.ready) == 3)
        assert read.alive  # somebody is still reading from it
        keeper.bury(cast("Child", dead))
        assert soon(lambda: len(started.ready) == 4)
        assert not dead.alive
        keeper.bury(cast("Child", read))
        assert soon(lambda: len(started.alive) == 2)


def test_to_be_woken_too_often_is_no_fault() -> None:
    started = Started()
    with keeping(started, wanted=1) as keeper:
        for _ in range(2000):
            keeper._wake()
        assert soon(lambda: len(started.ready) == 1)
