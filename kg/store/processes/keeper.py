"""Keeps enough query processes alive: starts them, replaces those that died, buries the dead."""

from __future__ import annotations

import logging
import select
import socket
import threading
import time
from collections.abc import Callable

from kg.store.processes.child import Child, Gone

log = logging.getLogger(__name__)

_ROUND = 0.25  # seconds between rounds if nothing happens
_AFTER_FAILURE = 1.0  # seconds before another start when a process has failed to start
_START = 30.0  # seconds that a process may take to start


class Keeper:
    """A thread that keeps ``wanted`` processes alive.

    ``ready`` is told of each that has started; ``look`` is called in every round; both in the
    keeper's thread.
    """

    def __init__(
        self,
        *,
        wanted: int,
        start: Callable[[], Child],
        ready: Callable[[Child], None],
        look: Callable[[], None],
    ) -> None:
        self._wanted = wanted
        self._start = start
        self._ready = ready
        self._look = look
        self._lock = threading.Lock()
        self._alive: set[Child] = set()
        self._starting: list[Child] = []
        self._dead: list[Child] = []
        self._not_before = 0.0
        self._closing = False
        self._wakeup, self._woken = socket.socketpair()
        self._wakeup.settimeout(0)
        self._woken.settimeout(0)
        self._thread = threading.Thread(target=self._keep, name="kg-query-keeper", daemon=True)
        self._thread.start()

    def write_off(self, child: Child) -> None:
        """Start another in place of ``child``, which somebody is still reading from."""
        with self._lock:
            self._alive.discard(child)
        self._wake()

    def bury(self, child: Child) -> None:
        """Start another in place of ``child`` and end it; nobody uses it any more."""
        child.kill()
        with self._lock:
            self._alive.discard(child)
            self._dead.append(child)
        self._wake()

    def close(self, *, held: frozenset[Child]) -> None:
        """End all processes and wait for that; the sockets of ``held`` are still being read."""
        self._closing = True
        self._wake()
        self._thread.join()
        for child in {*self._alive, *self._dead, *held}:
            child.end()
            if child not in held:
                child.socket.close()
        self._wakeup.close()
        self._woken.close()

    def _wake(self) -> None:
        try:
            self._wakeup.send(b"!")
        except BlockingIOError:
            return  # it has been woken often enough

    def _keep(self) -> None:
        while not self._closing:
            self._start_missing()
            self._wait()
            self._welcome()
            self._look()
            self._reap()

    def _start_missing(self) -> None:
        while len(self._alive) < self._wanted and time.monotonic() >= self._not_before:
            try:
                child = self._start()
            except OSError:
                log.exception("A query process cannot be started.")
                self._not_before = time.monotonic() + _AFTER_FAILURE
                return
            child.deadline = time.monotonic() + _START
            self._starting.append(child)
            with self._lock:
                self._alive.add(child)

    def _wait(self) -> None:
        """Until something is to be done, or a round is over."""
        poll = select.poll()
        poll.register(self._woken, select.POLLIN)
        for child in self._starting:
            poll.register(child.socket, select.POLLIN)
        for descriptor, _ in poll.poll(_ROUND * 1000):
            if descriptor == self._woken.fileno():
                self._woken.recv(4096)

    def _welcome(self) -> None:
        """Hand on the processes that have started."""
        for child in tuple(self._starting):
            try:
                started = child.has_started()
            except Gone:
                log.error("A query process has ended as it started: %s", child.cause())  # noqa: TRY400
                self._not_before = time.monotonic() + _AFTER_FAILURE
                self._starting.remove(child)
                self.bury(child)
                continue
            if started:
                self._starting.remove(child)
                child.deadline = float("inf")
                self._ready(child)

    def _reap(self) -> None:
        with self._lock:
            dead, self._dead = self._dead, []
        left = [child for child in dead if not child.reap_if_dead()]
        with self._lock:
            self._dead += left
