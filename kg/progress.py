"""How long work reports where it is, to whoever shows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

Item = TypeVar("Item")

_REPORTS = 100  # of a step, about
_APART = 1000  # items between two reports where nobody knows how many there are


class Progress(Protocol):
    """Is told that ``done`` of ``total`` of a step are done; ``total`` is 0 where nobody knows."""

    def __call__(self, step: str, /, *, done: int, total: int) -> None: ...


def unwatched(step: str, /, *, done: int, total: int) -> None:
    """Show nothing."""


def watched(items: Iterable[Item], step: str, total: int, progress: Progress) -> Iterator[Item]:
    """The items, with a report now and then of how many of ``total`` were taken."""
    apart = max(1, total // _REPORTS) if total else _APART
    for done, item in enumerate(items):
        if done % apart == 0:
            progress(step, done=done, total=total)
        yield item
    progress(step, done=total, total=total)
