"""Queries from outside, run in child processes that can be killed.

The engine can neither time out nor cancel a query, so each runs in one of a few processes: SIGKILL
ends it at once. As many more processes stand ready, since all that run may end like that at once.
"""

from __future__ import annotations

import atexit
import math
import threading
import time
from collections import deque
from dataclasses import dataclass
from functools import partial
from typing import Self

from kg.errors import Busy, QueryInterrupted
from kg.store.base import QueryRequest
from kg.store.processes.answers import Parts, QueryAnswer
from kg.store.processes.child import HUNG_UP, Child, Frame, Gone, has_hung_up
from kg.store.processes.keeper import Keeper
from kg.store.processes.wire import Kind, decode_error, encode_request

_LOOK_AT_CLIENT = 0.1  # seconds between looks at the connection of a client whose query waits
_OVERDUE = 0.1  # seconds after its deadline at which a query loses its place to the next
_TOO_LATE = 1.0  # seconds before its deadline (or half of its time) when a query is not begun
_INSTANT = 0.001  # seconds: the least deadline, as none would be no deadline
_SMALL = 1024 * 1024  # bytes of a result that are waited for, so that errors in it have a status


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolCounts:
    """How many queries run and wait now; how many were killed and refused since the pool was made.

    Killed are those that were ended before they were done, whoever ended them; refused those that
    found the queue full or waited in it for too long. ``ready`` are the idle processes.
    """

    running: int
    queued: int
    killed: int
    refused: int
    ready: int = 0


class QueryPool:
    """Runs queries in ``processes`` child processes at once; ``queue`` more may wait.

    ``memory_mib`` is what one query may use beyond an idle process. ``network`` lets queries open
    connections, for those SERVICE calls that are allowed. Threads may share a pool, processes may
    not: it starts with its first query or by ``start``, and that must be after any fork.
    """

    def __init__(
        self, *, processes: int, memory_mib: int, queue: int, network: bool = False
    ) -> None:
        self._processes = processes
        self._queue = queue
        self._start_child = partial(Child, memory_mib=memory_mib, network=network)
        self._folder: str | None = None  # the version asked last: what a new process opens first
        self._lock = threading.Lock()
        self._keeper: Keeper | None = None
        self._closed = False
        self._idle: list[Child] = []
        self._running: set[Child] = set()
        self._waiting: deque[_Ticket] = deque()
        self._killed = 0
        self._refused = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def counts(self) -> PoolCounts:
        """What the pool is doing and has done."""
        with self._lock:
            return PoolCounts(
                running=len(self._running),
                queued=len(self._waiting),
                killed=self._killed,
                refused=self._refused,
                ready=len(self._idle),
            )

    def start(self) -> None:
        """Start the processes, if they have not been; returns at once."""
        with self._lock:
            if self._keeper is not None or self._closed:
                return
            self._keeper = Keeper(
                wanted=2 * self._processes,
                start=lambda: self._start_child(folder=self._folder),
                ready=self._welcome,
                look=self._look,
            )
        atexit.register(self.close)

    def close(self) -> None:
        """End all queries and processes, and wait until they have ended."""
        atexit.unregister(self.close)
        with self._lock:
            self._closed = True
            for ticket in self._waiting:
                ticket.called.set()
            self._waiting.clear()
            held = frozenset(self._running)
            keeper, self._keeper = self._keeper, None
        if keeper is not None:
            keeper.close(held=held)

    def run(self, folder: str, request: QueryRequest, *, client: int | None = None) -> QueryAnswer:
        """The answer to ``request`` on the version in ``folder``, as soon as it begins.

        ``client`` is the file descriptor of the connection that the answer goes to: when its other
        end closes, the query ends. The request's timeout counts from now, waiting included, to the
        last byte of the result.

        Raises QuerySyntaxError, ParameterError (a graph name that is no IRI), UnknownFormat (a
        media type that the query's form has no results in), QueryTimeout, QueryMemory,
        QueryInterrupted, StoreError (the engine's own trouble), and Busy where it never ran.
        """
        arrived = time.monotonic()
        deadline = arrived + request.timeout
        self.start()
        self._folder = folder
        while True:
            child = self._acquire(deadline, deadline - min(_TOO_LATE, request.timeout / 2), client)
            begun = time.monotonic()
            seconds = max(deadline - begun, _INSTANT)
            frame = self._ask(child, encode_request(folder, request, seconds), client)
            if frame is not None:
                return self._answer(child, frame, client, waited=begun - arrived)

    def _ask(self, child: Child, request: bytes, client: int | None) -> Frame | None:
        """The first frame of the answer; None where ``child`` was dying when it was asked."""
        try:
            child.send(request)
        except Gone:
            self._end(child)
            return None
        try:
            return child.receive(client)
        except QueryInterrupted:
            self._end(child)
            raise
        except Gone:
            cause, was_dying = child.cause(), child.was_dying()
            self._end(child)
            if was_dying:
                return None
            raise cause from None

    def _answer(
        self, child: Child, frame: Frame, client: int | None, *, waited: float
    ) -> QueryAnswer:
        if frame.kind is Kind.PART:
            parts = Parts(frame.body, child, client=client, done=self._release, failed=self._end)
            content = parts.all_within(_SMALL)
            return QueryAnswer(
                frame.form, waited=waited, content=parts if content is None else content
            )
        self._release(child)
        if frame.kind is Kind.ERROR:
            raise decode_error(frame.body)
        return QueryAnswer(frame.form, waited=waited, content=frame.body)

    def _acquire(self, deadline: float, latest: float, client: int | None) -> Child:
        """A process for this thread alone, at ``latest``. Raises Busy, QueryInterrupted."""
        with self._lock:
            if not self._waiting and self._has_place():
                return self._take(deadline)
            if self._closed:
                raise QueryInterrupted("The server is shutting down.")
            if len(self._waiting) >= self._queue:
                raise self._busy("Too many queries are waiting.")
            ticket = _Ticket(deadline=deadline, latest=latest)
            self._waiting.append(ticket)
        gone = self._wait(ticket, client)
        if ticket.child is not None:
            return ticket.child
        with self._lock:
            if gone:
                raise QueryInterrupted(HUNG_UP)
            if self._closed:
                raise QueryInterrupted("The server is shutting down.")
            raise self._busy("The query has waited too long to be begun.")

    def _wait(self, ticket: _Ticket, client: int | None) -> bool:
        """Wait until ``ticket`` is called or it is too late; whether the client has gone before."""
        gone, now = False, time.monotonic()
        while not ticket.called.wait(max(0.0, min(_LOOK_AT_CLIENT, ticket.latest - now))):
            gone = client is not None and has_hung_up(client)
            now = time.monotonic()
            if gone or now >= ticket.latest:
                break
        with self._lock:
            if ticket in self._waiting:
                self._waiting.remove(ticket)
        return gone

    def _busy(self, message: str) -> Busy:
        """The refusal of a query, which counts; the lock is held."""
        self._refused += 1
        now = time.monotonic()
        soonest = min((child.deadline for child in self._running), default=now)
        return Busy(message, retry_after=max(1, math.ceil(soonest - now)))

    def _has_place(self) -> bool:
        return bool(self._idle) and len(self._running) < self._processes

    def _take(self, deadline: float) -> Child:
        child = self._idle.pop()
        child.deadline = deadline
        self._running.add(child)
        return child

    def _dispatch(self) -> None:
        """Give the places that are free to those who have waited longest; the lock is held."""
        now = time.monotonic()
        while self._waiting and self._has_place():
            ticket = self._waiting.popleft()
            if now < ticket.latest:  # else it would most likely only cost a process
                ticket.child = self._take(ticket.deadline)
            ticket.called.set()

    def _release(self, child: Child) -> None:
        """Take back a process that has done its query."""
        with self._lock:
            on_time = child in self._running
            self._running.discard(child)
            if on_time:
                self._idle.append(child)
            self._dispatch()
        if not on_time:
            self._bury(child)

    def _end(self, child: Child) -> None:
        """End a process together with its query."""
        with self._lock:
            self._running.discard(child)
            self._killed += 1
        self._bury(child)

    def _bury(self, child: Child) -> None:
        keeper = self._keeper
        if keeper is None:
            child.end()
            child.socket.close()
            return
        keeper.bury(child)
        with self._lock:
            self._dispatch()

    def _welcome(self, child: Child) -> None:
        with self._lock:
            self._idle.append(child)
            self._dispatch()

    def _look(self) -> None:
        """Replace idle processes that have died, and queries that are overdue."""
        now = time.monotonic()
        with self._lock:
            died = [child for child in self._idle if not child.is_alive()]
            overdue = [child for child in self._running if now > child.deadline + _OVERDUE]
            self._idle = [child for child in self._idle if child not in died]
            self._running.difference_update(overdue)
            keeper = self._keeper
            self._dispatch()
        if keeper is None:
            return
        for child in died:
            keeper.bury(child)
        for child in overdue:
            child.kill()
            keeper.write_off(child)


class _Ticket:
    """A query's place in the queue."""

    __slots__ = ("called", "child", "deadline", "latest")

    def __init__(self, *, deadline: float, latest: float) -> None:
        self.deadline = deadline
        self.latest = latest
        self.called = threading.Event()
        self.child: Child | None = None
