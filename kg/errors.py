"""Everything that can go wrong, in the terms of whoever caused it.

KgError
├── InputError
│   ├── ParameterError
│   ├── RdfSyntaxError
│   ├── QuerySyntaxError
│   ├── UnknownFormat
│   ├── EmptyGraph
│   └── TooLarge
├── NotFound
├── NotAuthenticated
├── Refused
├── NotConforming
├── Conflict
├── QueryInterrupted
│   ├── QueryTimeout
│   └── QueryMemory
├── Busy
├── StoreError
│   ├── StoreUnwritable
│   ├── StoreFull
│   ├── StoreCorrupt
│   ├── StoreUnreachable
│   └── StoreTimeout
├── SettingsError
└── ShapesError

No class knows HTTP: ``kg.web.problems`` maps each one to a status, ``kg.cli`` to an exit code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.validation.engine import Report


class KgError(Exception):
    """Base of all errors that are reported to a person; ``str()`` is one clear line."""


class InputError(KgError):
    """What was sent or named cannot be used as it is."""


class ParameterError(InputError):
    """A parameter is missing, repeated, unknown or not of its form."""

    def __init__(self, message: str, *, parameter: str) -> None:
        super().__init__(message)
        self.parameter = parameter


class _Located(InputError):
    """A syntax error with the place where it was seen, both counted from 1."""

    def __init__(self, message: str, *, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class RdfSyntaxError(_Located):
    """An RDF document cannot be parsed."""


class QuerySyntaxError(_Located):
    """A SPARQL query or update cannot be parsed."""


class UnknownFormat(InputError):
    """A media type, file extension or format name is none that is read or written here."""

    def __init__(self, message: str, *, offered: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.offered = offered


class EmptyGraph(InputError):
    """A graph that describes nothing: it would conform to every shape and say nothing."""


class TooLarge(InputError):
    """A body is larger than this server takes."""


class NotFound(KgError):
    """Nothing has this name, graph or version number."""


class NotAuthenticated(KgError):
    """Who asks has not shown who they are, and for this they must."""


class Refused(KgError):
    """A policy forbids what was asked, whoever asks."""


class NotConforming(KgError):
    """The graph breaks a shape; ``report`` says where."""

    def __init__(self, message: str, *, report: Report) -> None:
        super().__init__(message)
        self.report = report


class Conflict(KgError):
    """The store has changed since the version that a write was based on."""


class QueryInterrupted(KgError):
    """A query was ended before it was done; nothing of its result stands."""


class QueryTimeout(QueryInterrupted):
    """A query ran into its deadline."""


class QueryMemory(QueryInterrupted):
    """A query needed more memory than it may have."""


class Busy(KgError):
    """More work is waiting than can be done soon; ``retry_after`` is in seconds."""

    def __init__(self, message: str, *, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class StoreError(KgError):
    """The store cannot do what was asked."""


class StoreUnwritable(StoreError):
    """The store's folder cannot be written."""


class StoreFull(StoreError):
    """The disk that holds the store is full."""


class StoreCorrupt(StoreError):
    """The store's folder holds something that is no store of ours."""


class StoreUnreachable(StoreError):
    """Another engine, which is the store, gives no answer that can be used."""


class StoreTimeout(StoreError):
    """Another engine, which is the store, has not answered in time."""


class SettingsError(KgError):
    """A setting has a value that cannot be used."""


class ShapesError(KgError):
    """The shapes themselves are at fault, so nothing can be validated with them."""
