"""HTTP to other servers: pooled connections, deadlines, retries, and every fault in our terms."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from typing import Self

import urllib3

from kg.errors import KgError, StoreUnreachable
from kg.store.remote.connections import (
    CONNECT,
    Call,
    Pool,
    SecurePool,
    faults,
    late,
    left,
    place,
    waiting,
)
from kg.store.remote.credentials import Credentials

_TRIES = 4
_FIRST_PAUSE = 0.1  # seconds before the second try; each later pause is twice the one before
_LONGEST_PAUSE = 5.0  # seconds that a Retry-After is heeded for
_PASSING = frozenset({429, 502, 504})
_UNAVAILABLE = 503  # some servers' word for a query that took too long: no use asking again
_UNAUTHORIZED = 401
_PART = 64 * 1024
_EXCERPT = 4096  # bytes of an error's body that are read


class Http:
    """Calls servers; its threads share the connections. To be made after any fork."""

    def __init__(self, credentials: Credentials | None = None) -> None:
        self._credentials = credentials or Credentials()
        self._challenges: dict[str, str] = {}  # the latest Digest challenge by address
        self._pool = urllib3.PoolManager(maxsize=32, retries=False)
        self._pool.pool_classes_by_scheme = {"http": Pool, "https": SecurePool}

    def open(self, call: Call) -> Answer:
        """The answer to a call as soon as it begins, whatever its status; close it in any case.

        Raises StoreUnreachable, StoreTimeout, QueryInterrupted (the client has gone).
        """
        pause, tries = _FIRST_PAUSE, 0
        while True:
            tries += 1
            final = tries == _TRIES or not call.repeatable
            try:
                answer = self._authorized(call)
            except StoreUnreachable:
                if final or time.monotonic() + pause > call.deadline:
                    raise
            else:
                if final or not answer.may_pass():
                    return answer
                pause = max(pause, answer.retry_after())
                if time.monotonic() + pause > call.deadline:
                    return answer
                answer.close()
            time.sleep(pause)
            pause *= 2

    def close(self) -> None:
        """Close the connections that nobody uses."""
        self._pool.clear()

    def _authorized(self, call: Call) -> Answer:
        """The answer, after a Digest challenge where the server makes one."""
        address = place(call.url)
        greeting = self._credentials.greeting()
        known = self._reply(call, self._challenges.get(address))
        answer = self._send(call, known or greeting)
        if answer.status != _UNAUTHORIZED or self._credentials.user is None:
            return answer
        if not answer.header("WWW-Authenticate") and greeting:
            answer.close()
            answer = self._send(call, None)  # Virtuoso challenges only those who say nothing
        challenge = answer.header("WWW-Authenticate")
        reply = self._reply(call, challenge)
        if answer.status != _UNAUTHORIZED or reply is None:
            return answer
        answer.close()
        self._challenges[address] = challenge
        return self._send(call, reply)

    def _reply(self, call: Call, challenge: str | None) -> str | None:
        return self._credentials.answer(challenge, method=call.method, url=call.url)

    def _send(self, call: Call, authorization: str | None) -> Answer:
        said = {"Authorization": authorization} if authorization else {}
        with waiting(call), faults(call):
            response = self._pool.request(
                call.method,
                call.url,
                body=call.body,
                headers={**call.headers, **said},
                preload_content=False,
                redirect=False,
                timeout=urllib3.Timeout(connect=CONNECT, read=max(0.001, left(call))),
            )
        return Answer(call, response)


class Answer:
    """An answer whose body is read as it comes; a context manager that closes it."""

    def __init__(self, call: Call, response: urllib3.BaseHTTPResponse) -> None:
        self._call = call
        self._response = response
        self.url = call.url
        self.status = response.status
        self.fault: KgError | None = None  # what ended the body, for parsers that lose it

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def media_type(self) -> str:
        """The media type of the body, without parameters, in lower case."""
        return self.header("Content-Type").partition(";")[0].strip().lower()

    def header(self, name: str) -> str:
        """A header's value, or the empty string."""
        return self._response.headers.get(name, "")

    def may_pass(self) -> bool:
        """Whether the same call may succeed a little later."""
        told = self.status == _UNAVAILABLE and bool(self.header("Retry-After"))
        return told or self.status in _PASSING

    def retry_after(self) -> float:
        """The seconds after which the server wants to be asked again, within reason."""
        words = self.header("Retry-After").strip()
        return min(float(words), _LONGEST_PAUSE) if words.isdecimal() else 0.0

    def parts(self) -> Iterator[bytes]:
        """The body in parts. Raises StoreUnreachable where it ends too soon, and StoreTimeout."""
        while part := self._part(_PART):
            yield part

    def read(self) -> bytes:
        """The whole body."""
        return b"".join(self.parts())

    def excerpt(self) -> str:
        """The beginning of an error's body in one line, for a message."""
        text = self._part(_EXCERPT).decode(errors="replace")
        return " ".join(text.split())[:300]

    def stream(self) -> io.BufferedReader:
        """The body as a file."""
        return io.BufferedReader(_Body(self), _PART)

    def close(self) -> None:
        """Give the connection back if the body was read to its end, else close it."""
        if not self._response.closed:
            self._response.close()
        self._response.release_conn()

    def _part(self, size: int) -> bytes:
        try:
            if left(self._call) <= 0:
                raise late(self._call)
            with faults(self._call):
                return self._response.read1(size)
        except KgError as error:
            self.fault = error
            raise


class _Body(io.RawIOBase):
    """What ``Answer.stream`` reads from."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        part = self._answer._part(len(buffer))  # noqa: SLF001 # of this module
        buffer[: len(part)] = part
        return len(part)
