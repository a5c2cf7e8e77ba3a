"""Connections that look after whoever waits for them, and their faults in our terms."""

from __future__ import annotations

import http.client
import io
import select
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

import urllib3
from urllib3 import exceptions
from urllib3.connection import HTTPConnection, HTTPSConnection

from kg.errors import QueryInterrupted, StoreTimeout, StoreUnreachable
from kg.store.processes.child import has_hung_up

CONNECT = 5.0  # seconds to wait for a connection
_LOOK = 0.1  # seconds between looks at the client who waits for the answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request. ``deadline`` is of ``time.monotonic``, for the last byte of the answer.

    ``repeatable`` says that sending it twice does no harm. ``client`` is the file descriptor of the
    connection that the answer is for: when its other end closes, the call ends.
    """

    method: str
    url: str
    deadline: float
    repeatable: bool
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    client: int | None = None


class _Timely(io.RawIOBase):
    """What comes in over a socket until the deadline of a call, however little at a time."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, call: Call) -> None:
        self._raw = raw
        self._sock = sock
        self._call = call

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int | None:  # type: ignore[override]
        self._sock.settimeout(max(0.001, left(self._call)))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(http.client.HTTPResponse):
    """A response whose header and body come before the deadline of the call at hand."""

    def __init__(self, sock: socket.socket, debuglevel: int = 0, method: str | None = None) -> None:
        super().__init__(sock, debuglevel, method)
        call = _current.get()
        if call is not None:
            self.fp = io.BufferedReader(_Timely(self.fp.detach(), sock, call))


class _Connection(HTTPConnection):
    response_class = _Response

    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override] # as its base has it
        """The response; while it is awaited, the client who wants it is watched."""
        _watch(self.sock)
        return super().getresponse()


class _SecureConnection(HTTPSConnection):
    response_class = _Response

    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override] # as its base has it
        """The same over TLS."""
        _watch(self.sock)
        return super().getresponse()


class Pool(urllib3.HTTPConnectionPool):
    """Connections whose calls end with their client's."""

    ConnectionCls = _Connection


class SecurePool(urllib3.HTTPSConnectionPool):
    """The same over TLS."""

    ConnectionCls = _SecureConnection


_current: ContextVar[Call | None] = ContextVar("current", default=None)


@contextmanager
def waiting(call: Call) -> Iterator[None]:
    """Let the connections of this block know for which call they wait."""
    token = _current.set(call)
    try:
        yield
    finally:
        _current.reset(token)


def _watch(sock: socket.socket | None) -> None:
    """Return when an answer begins. Raises StoreTimeout, QueryInterrupted."""
    call = _current.get()
    if call is None or sock is None:
        return
    ready = select.poll()
    ready.register(sock, select.POLLIN)
    while not ready.poll(min(_LOOK, max(0.0, left(call))) * 1000):
        if call.client is not None and has_hung_up(call.client):
            raise QueryInterrupted("The client has closed the connection.")
        if left(call) <= 0:
            raise late(call)


@contextmanager
def faults(call: Call) -> Iterator[None]:
    """Turn what the network does in this block into our own errors."""
    try:
        yield
    except exceptions.NewConnectionError as error:  # which urllib3 counts among the timeouts
        raise _unreachable(call, error) from error
    except exceptions.ConnectTimeoutError as error:
        raise StoreTimeout(
            f"{place(call.url)} takes no connection within {CONNECT:g} s."
        ) from error
    except exceptions.TimeoutError as error:
        raise late(call) from error
    except (exceptions.HTTPError, OSError) as error:
        raise _unreachable(call, error) from error


def _unreachable(call: Call, error: BaseException) -> StoreUnreachable:
    return StoreUnreachable(f"{place(call.url)} cannot be reached: {_reason(error)}.")


def place(url: str) -> str:
    """A URL as error messages name it: without its query, which may be long."""
    return url.partition("?")[0]


def late(call: Call) -> StoreTimeout:
    """The error for a call whose deadline has come."""
    return StoreTimeout(f"{place(call.url)} has not answered in time.")


def left(call: Call) -> float:
    """How many seconds a call has left."""
    return call.deadline - time.monotonic()


def _reason(error: BaseException) -> str:
    """What went wrong in a few words, from the innermost cause."""
    while error.__cause__ is not None or error.__context__ is not None:
        inner = error.__cause__ or error.__context__
        if not isinstance(inner, OSError | exceptions.HTTPError):
            break
        error = inner
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(str(text).split()).rstrip(".")
