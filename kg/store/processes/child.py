"""One query process as its parent sees it: started, asked, listened to, ended."""

from __future__ import annotations

import select
import signal
import socket
import struct
import subprocess
import sys
import time
from typing import NamedTuple

from kg.errors import KgError, QueryInterrupted, QueryMemory, QueryTimeout
from kg.sparql.forms import Form
from kg.store.processes.wire import FORMS, FRAME, PART_SIZE, Kind
from kg.store.sandbox import child_environment

_COMMAND = "import sys; from kg.store.processes.worker import main; main(*sys.argv[1:])"
_SEND_TIMEOUT = struct.pack("ll", 5, 0)
HUNG_UP = "The client has closed the connection."
_HANG_UP = getattr(select, "POLLRDHUP", select.POLLHUP)
_DYING = 0.1  # seconds that a process may take to end when it is killed
_ALARM_ACCURACY = 0.05  # seconds between the clocks of parent and child


class Frame(NamedTuple):
    """One frame of an answer."""

    kind: Kind
    form: Form
    body: bytes


class Gone(Exception):
    """The process has ended, or says nothing more: what it was asked is lost."""


class Child:
    """A query process, with the socket to it. One thread at a time may talk to it.

    It opens the version in ``folder`` before it says that it is ready.
    """

    def __init__(self, *, memory_mib: int, network: bool, folder: str | None = None) -> None:
        ours, theirs = socket.socketpair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _SEND_TIMEOUT)
        with theirs:
            command = [sys.executable, "-s", "-c", _COMMAND]
            arguments = [str(theirs.fileno()), str(memory_mib), str(int(network)), folder or ""]
            self._process = subprocess.Popen(
                command + arguments,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=child_environment(),
            )
        self.socket = ours
        self.deadline = float("inf")
        self._asked = 0.0
        self._poll = select.poll()
        self._poll.register(ours, select.POLLIN)
        self._rest = b""

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def send(self, request: bytes) -> None:
        """Ask it something. Raises Gone."""
        self._asked = time.monotonic()
        try:
            self.socket.sendall(request)
        except OSError as error:
            raise Gone from error

    def receive(self, client: int | None) -> Frame:
        """Its next frame. Raises Gone when it has ended.

        Raises QueryTimeout at its deadline, and QueryInterrupted when the connection ``client`` is
        closed by its other end, or was by ours (its number is negative then).
        """
        head = self._take(FRAME.size, client)
        kind, form, length = FRAME.unpack(head)
        return Frame(Kind(kind), FORMS[form], self._take(length, client))

    def _take(self, size: int, client: int | None) -> bytes:
        """The next ``size`` bytes that it sends."""
        while len(self._rest) < size:
            self._wait(client)
            try:
                more = self.socket.recv(PART_SIZE + FRAME.size)
            except OSError as error:
                raise Gone from error
            if not more:
                raise Gone
            self._rest += more
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken

    def _wait(self, client: int | None) -> None:
        """Wait until there is something to read."""
        if client is not None and client < 0:
            raise QueryInterrupted(HUNG_UP)
        if client is not None:
            self._poll.register(client, _HANG_UP)
        try:
            remaining = max(0.0, self.deadline - time.monotonic())
            timeout = None if remaining == float("inf") else remaining * 1000
            ready = {descriptor for descriptor, _ in self._poll.poll(timeout)}
        finally:
            if client is not None:
                self._poll.unregister(client)
        if self.socket.fileno() in ready:
            return
        if client in ready:
            raise QueryInterrupted(HUNG_UP)
        raise QueryTimeout("The query ran into its deadline.")

    def cause(self) -> KgError:
        """What to tell of an end that was not asked for, once the process has ended."""
        try:
            code = self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return QueryInterrupted("The query process no longer answers.")
        if code == -signal.SIGALRM:
            return QueryTimeout("The query ran into its deadline.")
        if code == -signal.SIGABRT:
            return QueryMemory("The query needs more memory than it may have.")
        if code == -signal.SIGSEGV:
            return QueryInterrupted("The query is nested too deeply.")
        return QueryInterrupted(f"The query process has ended unexpectedly (exit code {code}).")

    def has_started(self) -> bool:
        """Whether it is ready for its first request. Raises Gone when it will never be."""
        if not self._poll.poll(0):
            if time.monotonic() > self.deadline:
                raise Gone
            return False
        return self.receive(None).kind is Kind.READY

    def was_dying(self) -> bool:
        """Whether what ended it was meant for an earlier request, or for it while it was idle.

        That is the alarm of the request before, or a kill of which the socket told too late.
        """
        now = time.monotonic()
        if self._process.returncode == -signal.SIGALRM:
            return now < self.deadline - _ALARM_ACCURACY
        return self._process.returncode == -signal.SIGKILL and now < self._asked + _DYING

    def kill(self) -> None:
        """End the process now; the socket stays open for what is still in it."""
        self._process.kill()

    def is_alive(self) -> bool:
        """Whether the process has not ended."""
        return self._process.poll() is None

    def end(self) -> None:
        """End the process and wait until it has ended."""
        self._process.kill()
        self._process.wait()

    def reap_if_dead(self) -> bool:
        """Close the socket if the process has ended, and say whether it has."""
        dead = not self.is_alive()
        if dead:
            self.socket.close()
        return dead


def has_hung_up(client: int) -> bool:
    """Whether either end of the connection ``client`` has been closed; ours is negative then."""
    if client < 0:
        return True
    poll = select.poll()
    poll.register(client, _HANG_UP)
    return bool(poll.poll(0))
