"""What a request may use: made once per process, found through the app."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import current_app, g, request

from kg.documents.description import Presenter
from kg.documents.lookup import Lookup
from kg.documents.parameters import ParameterReader
from kg.endpoint.examples import Example
from kg.endpoint.querying import Querying
from kg.errors import NotFound
from kg.projection.finder import Finders
from kg.rdf.iris import Iris
from kg.schema.schema import Schema
from kg.settings import Settings
from kg.store.base import Snapshot, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The settings, store and schema that this process serves."""

    settings: Settings
    store: Store
    schema: Schema
    iris: Iris
    querying: Querying
    finders: Finders
    examples: tuple[Example, ...]

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that labels come in, the default first."""
        return ("en", "ja")


def services() -> Services:
    """The services of the app that handles this request."""
    return cast("Services", current_app.extensions["kg"])


def snapshot() -> Snapshot:
    """The version that this request sees from its beginning to its end."""
    if "snapshot" not in g:
        g.snapshot = services().store.snapshot()
    return cast("Snapshot", g.snapshot)


def pin(version: int) -> None:
    """Let this request see ``version``, not the current one. Raises NotFound where it is gone."""
    try:
        g.snapshot = services().store.snapshot(version)
    except NotFound:
        if not services().querying.is_versioned:
            raise
        raise NotFound(
            f"Version {version} is no longer kept. Start again without version or cursor."
        ) from None


def lookup() -> Lookup:
    """Look-ups in this request's snapshot."""
    return Lookup(snapshot(), services().schema, services().finders.of(snapshot()))


def reader_languages() -> tuple[str, ...]:
    """The languages that the reader has chosen or accepts and we have labels in, best first."""
    chosen = [g.language] if "language" in g else []
    accepted = (tag for tag, quality in request.accept_languages if quality > 0)
    found = [*chosen, *(tag.lower().partition("-")[0] for tag in accepted)]
    return tuple(dict.fromkeys(tag for tag in found if tag in services().languages))


def parameter_reader() -> ParameterReader:
    """Reads this request's query parameters in the terms of the schema."""
    return ParameterReader(
        schema=services().schema,
        names=services().iris,
        languages=tuple(dict.fromkeys((*reader_languages(), *services().languages))),
    )


def presenter() -> Presenter:
    """Writes JSON for this request's reader."""
    return Presenter(
        schema=services().schema,
        iris=services().iris,
        root=request.script_root,
        languages=reader_languages(),
    )
