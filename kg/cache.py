"""A cache bounded in bytes, the least recently used going first; safe to share between threads."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Sized
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value", bound=Sized)


class ByteCache(Generic[Value]):
    """Keeps values, whose ``len`` is their size, of up to ``limit`` bytes in all."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._kept: OrderedDict[Hashable, Value] = OrderedDict()
        self._guard = Lock()

    def get(self, key: Hashable) -> Value | None:
        """The value kept under a key, if any, which from now on is the most recently used."""
        with self._guard:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: Hashable, value: Value) -> None:
        """Keep a value, and let go of others as needed; one larger than the limit is not kept."""
        with self._guard:
            old = self._kept.pop(key, None)
            self._size -= len(old) if old is not None else 0
            if len(value) > self._limit:
                return
            self._kept[key] = value
            self._size += len(value)
            while self._size > self._limit:
                self._size -= len(self._kept.popitem(last=False)[1])
