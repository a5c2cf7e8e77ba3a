"""Editorial KG: a news editorial as a validated knowledge graph, served."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.client import connect

__version__ = "0.1.0"

__all__ = ["__version__", "connect"]


def __getattr__(name: str) -> object:
    """``connect`` is imported when it is used: most of the program has no need of it."""
    if name == "connect":
        from kg.client import connect

        return connect
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
