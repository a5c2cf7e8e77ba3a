"""Validation in a process of its own, which can be killed and can do no harm.

pySHACL cannot be interrupted, and a small graph can keep it busy for hours. The child has a
deadline and a memory limit by the kernel's hand, no network and no file to write.
"""

from __future__ import annotations

import json
import os
import signal
import struct
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Generator, Iterable
from functools import partial
from typing import IO

from kg.errors import (
    Busy,
    EmptyGraph,
    InputError,
    KgError,
    QueryInterrupted,
    QueryMemory,
    QueryTimeout,
    ShapesError,
)
from kg.rdf.formats import N_QUADS
from kg.rdf.parsing import parse, serialize
from kg.rdf.terms import Quad
from kg.store.sandbox import child_environment, confine
from kg.validation.report import Report
from kg.validation.report_codec import decode_report, encode_report
from kg.validation.validators import Portion, Shared

_COMMAND = "from kg.validation.isolation import main; main()"
_LENGTH = struct.Struct("!Q")
_TERMS = struct.Struct("!d?")  # of a validation: its seconds, and whether the data are partial
_ERRORS: dict[str, type[KgError]] = {
    each.__name__: each for each in (EmptyGraph, InputError, QueryMemory, ShapesError)
}


class IsolatedValidator:
    """A validator for one set of shapes in a child process, which starts when it is first needed.

    Validations wait for each other. One may take ``seconds``, all its portions together, and
    ``memory_mib`` beyond what an idle child has; ``instead`` tells whoever needs more what to do.
    Threads may share it, processes may not.
    """

    def __init__(
        self,
        *,
        shapes: Iterable[Quad],
        ontology: Iterable[Quad],
        seconds: float,
        memory_mib: int,
        instead: str = "",
    ) -> None:
        self._vocabulary = (_written(shapes), _written(ontology))
        self._seconds = seconds
        self._memory_mib = memory_mib
        self._instead = f" {instead}" if instead else ""
        self._turn = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._kept = ""  # the digest of what the child has that is shared
        self._end: Callable[[], object] = _nothing

    def validate(self, data: Iterable[Quad], *, context: Iterable[Quad] = ()) -> Report:
        """The report on ``data``, as ``Validator.validate`` says.

        Raises what ``reports`` raises.
        """
        (report,) = self.reports([Portion(data, context)])
        return report

    def reports(self, portions: Iterable[Portion]) -> Generator[Report]:
        """The report on each portion in turn, as ``Validator.validate`` says.

        The seconds run on while portions are made. Raises QueryTimeout, QueryMemory,
        QueryInterrupted, and Busy where its turn does not come.
        """
        if not self._turn.acquire(timeout=self._seconds):
            raise Busy("Too many validations are waiting.", retry_after=5)
        end = time.monotonic() + self._seconds
        try:
            for each in portions:
                yield self._report(each, end)
        finally:
            self._turn.release()

    def _report(self, portion: Portion, end: float) -> Report:
        """The report on a portion, made before ``end`` by the clock that cannot be set back."""
        child = self._running()
        graphs = (_written(portion.data), _written(portion.context), *self._missing(portion.shared))
        seconds = end - time.monotonic()
        if seconds <= 0:
            raise self._too_long()
        reply = self._ask(child, (_TERMS.pack(seconds, portion.partial), *graphs))
        error, body = reply[:1], reply[1:]
        if error == b"!":
            self._kept = ""  # it may have failed before it took it
            name, message = json.loads(body)
            raise _ERRORS[name](message)
        self._kept = portion.shared.digest if portion.shared else self._kept
        return decode_report(body)

    def _missing(self, shared: Shared | None) -> tuple[bytes, bytes]:
        """The digest of what is shared, and its content where the child has another."""
        if shared is None:
            return b"", b""
        return shared.digest.encode(), b"" if shared.digest == self._kept else shared.read()

    def close(self) -> None:
        """End the child, if there is one, and wait for it."""
        self._child, self._kept = None, ""
        self._end()

    def _ask(self, child: subprocess.Popen[bytes], request: tuple[bytes, ...]) -> bytes:
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            for part in request:
                _send(child.stdin, part)
            child.stdin.flush()
            reply = _receive(child.stdout)
        except BrokenPipeError:
            reply = None
        if reply is not None:
            return reply
        code = child.wait()
        self.close()
        raise self._cause(code)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is None:
            return self._child
        self.close()
        self._child = child = _start(self._memory_mib)
        self._end = weakref.finalize(self, _reap, child)
        assert child.stdin is not None
        for part in self._vocabulary:
            _send(child.stdin, part)
        return child

    def _cause(self, code: int) -> KgError:
        if code == -signal.SIGALRM:
            return self._too_long()
        if code == -signal.SIGABRT:
            return QueryMemory("Validation needs more memory than it may have.")
        return QueryInterrupted(f"Validation was ended from outside (exit code {code}).")

    def _too_long(self) -> QueryTimeout:
        return QueryTimeout(f"Validation took longer than {self._seconds:g} s.{self._instead}")


def main() -> None:
    """The child: read shapes and ontology once, then validate what comes until the pipe closes."""
    from kg.validation.engine import Validator  # slow, and only this process needs it

    requests, replies = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    confine(memory_mib=int(sys.argv[1]), network=False)
    shapes, ontology = _receive(requests), _receive(requests)
    validator: Validator | None = None
    while (terms := _receive(requests)) is not None:
        seconds, is_partial = _TERMS.unpack(terms)
        data, context, digest, document = (_receive(requests) or b"" for _ in range(4))
        shared = Shared(digest.decode(), partial(bytes, document)) if digest else None
        signal.setitimer(signal.ITIMER_REAL, seconds)  # whose signal ends the process
        try:
            validator = validator or Validator(shapes=_read(shapes), ontology=_read(ontology))
            report = validator.validate(
                _read(data), context=_read(context), shared=shared, partial=is_partial
            )
            reply = b"=" + encode_report(report)
        except (EmptyGraph, InputError, ShapesError) as error:
            reply = _failure(error)
        except (MemoryError, RecursionError):
            reply = _failure(QueryMemory("Validation needs more memory than it may have."))
        signal.setitimer(signal.ITIMER_REAL, 0)
        _send(replies, reply)
        replies.flush()


def _start(memory_mib: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-s", "-c", _COMMAND, str(memory_mib)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=child_environment(),
    )


def _reap(child: subprocess.Popen[bytes]) -> None:
    with child:
        child.kill()


def _nothing() -> None:
    """There is no child to end."""


def _send(pipe: IO[bytes], part: bytes) -> None:
    pipe.write(_LENGTH.pack(len(part)) + part)


def _receive(pipe: IO[bytes]) -> bytes | None:
    """The next part; None where the other end is closed."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    part = pipe.read(length)
    return part if len(part) == length else None


def _failure(error: KgError) -> bytes:
    return b"!" + json.dumps([type(error).__name__, str(error)]).encode()


def _written(quads: Iterable[Quad]) -> bytes:
    return serialize(quads, N_QUADS)


def _read(document: bytes | None) -> list[Quad]:
    return parse(document or b"", N_QUADS)
