"""How long work reports where it is, to whoever shows it."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Is told that ``done`` of ``total`` of a step are done; ``total`` is 0 where nobody knows."""

    def __call__(self, step: str, /, *, done: int, total: int) -> None: ...


def unwatched(step: str, /, *, done: int, total: int) -> None:
    """Show nothing."""
