"""The answer of a query process to its caller: in one piece, or in parts as they come."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Self

from kg.errors import QueryInterrupted
from kg.sparql.forms import Form
from kg.store.processes.child import Child, Frame, Gone
from kg.store.processes.wire import Kind, decode_error


class QueryAnswer:
    """The result of a query: iterate over it for its bytes, and close it in any case.

    ``complete`` has all the bytes where the result is small (up to 1 MiB), else None; ``waited`` is
    for how many seconds the query was queued. Iterating raises KgError when the query fails
    half-way: what was read until then is not the result.
    """

    __slots__ = ("_content", "form", "waited")

    def __init__(self, form: Form, *, waited: float, content: bytes | Parts) -> None:
        self.form = form
        self.waited = waited
        self._content = content

    @property
    def complete(self) -> bytes | None:
        """The whole result, if it came in one piece."""
        return self._content if isinstance(self._content, bytes) else None

    def __iter__(self) -> Iterator[bytes]:
        return iter((self._content,)) if isinstance(self._content, bytes) else self._content

    def close(self) -> None:
        """End the query if its result has not been read to the end."""
        if isinstance(self._content, Parts):
            self._content.close()


class Parts:
    """The parts of a large result as ``child`` sends them, the first of which has come.

    ``done`` takes the child back when it has sent them all, ``failed`` when it is of no more use.
    """

    def __init__(
        self,
        first: bytes,
        child: Child,
        *,
        client: int | None,
        done: Callable[[Child], None],
        failed: Callable[[Child], None],
    ) -> None:
        self._held = deque((first,))
        self._child: Child | None = child
        self._client = client
        self._done = done
        self._failed = failed

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        return self._held.popleft() if self._held else self._next()

    def all_within(self, size: int) -> bytes | None:
        """All parts together if they are at most ``size`` bytes, else None; none are lost."""
        held = sum(len(part) for part in self._held)
        while held <= size:
            try:
                self._held.append(self._next())
            except StopIteration:
                return b"".join(self._held)
            held += len(self._held[-1])
        return None

    def _next(self) -> bytes:
        if self._child is None:
            raise StopIteration
        frame = self._receive(self._child)
        if frame.kind is Kind.PART:
            return frame.body
        child, self._child = self._child, None
        self._done(child)
        if frame.kind is Kind.ERROR:
            raise decode_error(frame.body)
        raise StopIteration

    def _receive(self, child: Child) -> Frame:
        try:
            return child.receive(self._client)
        except Gone:
            cause = child.cause()
            self.close()
            raise cause from None
        except QueryInterrupted:
            self.close()
            raise

    def close(self) -> None:
        """End the query unless all its parts have been read."""
        child, self._child = self._child, None
        if child is not None:
            self._failed(child)

    def __del__(self) -> None:
        self.close()
