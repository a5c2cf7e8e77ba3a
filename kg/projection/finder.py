"""What a version says, read from its tables where it has them, else asked of its engine."""

from __future__ import annotations

import logging
import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from threading import Lock
from typing import Self, TypeVar

from kg.errors import Busy
from kg.finding.asking import Asking
from kg.finding.contents import Contents
from kg.finding.facts import Fact
from kg.finding.port import Finder, Share, Views
from kg.finding.requests import ListRequest, Rows
from kg.progress import Progress, unwatched
from kg.projection.files import Projections
from kg.projection.pages import Listed
from kg.projection.reading import Reading, Unanswerable
from kg.projection.tables import contents
from kg.rdf.iris import Iris
from kg.rdf.terms import NamedNode
from kg.schema.patterns import LABELS, TYPE
from kg.schema.schema import Member, Schema
from kg.settings import Settings
from kg.store.base import Snapshot, Store
from kg.store.embedded.store import EmbeddedStore

Answer = TypeVar("Answer")

_COUNTS = 1000  # lists whose length is remembered
_CONTENTS = 16  # versions whose contents are
_LOG = logging.getLogger(__name__)


class Counts:
    """How many things lists of some version have, by the lists' digests; safe between threads."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._guard = Lock()

    def of(self, version: str, request: ListRequest, count: Callable[[], int]) -> int:
        """The length of a list, counted where it is not known."""
        key = (version, request.digest)
        known = self._known.get(key) if request.digest else None
        if known is None:
            known = count()
            with self._guard:
                self._known[key] = known
                while len(self._known) > _COUNTS:
                    self._known.popitem(last=False)
        return known


class KnownContents:
    """How much is in the versions that were asked for lately; one at a time is counted.

    ``patience`` is for how many seconds a request waits for another one that counts.
    """

    def __init__(self, *, patience: float = 5.0) -> None:
        self._patience = patience
        self._known: OrderedDict[str, Contents] = OrderedDict()
        self._guard = Lock()

    def of(self, version: str, count: Callable[[], Contents]) -> Contents:
        """What is in a version, by its digest. Raises Busy where others are counted for long."""
        if not self._guard.acquire(timeout=self._patience):
            raise Busy("What is in this version is being counted.", retry_after=10)
        try:
            known = self._known.get(version)
            if known is None:
                known = self._known[version] = count()
                while len(self._known) > _CONTENTS:
                    self._known.popitem(last=False)
            return known
        finally:
            self._guard.release()


class Finders:
    """The finders of a store's versions: by tables where there are any, else by the engine."""

    def __init__(self, schema: Schema, projections: Projections | None) -> None:
        self._schema = schema
        self._counts = Counts()
        self._contents = KnownContents()
        self._projections = projections

    @classmethod
    def open(cls, settings: Settings, store: Store, schema: Schema) -> Self:
        """Those of a store, with tables where it keeps versions in a folder.

        They stand in the folder that the settings name, or one named cache in the store's own.
        """
        if not isinstance(store, EmbeddedStore):
            return cls(schema, None)
        folder, iris = settings.cache or store.path / "cache", Iris(settings.namespace)
        return cls(schema, Projections(folder, schema=schema, iris=iris))

    def of(self, snapshot: Snapshot) -> Finder:
        """The finder of a version."""
        if self._projections is None:
            return Asking(snapshot, self._schema)
        return ProjectedFinder(self._projections, self._counts, snapshot, self._schema)

    def contents(self, snapshot: Snapshot) -> Contents:
        """How much is in a version, which an engine takes long to count: so it does so once.

        Raises Busy.
        """
        return self._contents.of(snapshot.info.digest, self.of(snapshot).contents)

    def prepare(self, snapshot: Snapshot, progress: Progress = unwatched) -> None:
        """Make the tables of a version, however long it takes, so that no request finds none."""
        if self._projections is not None:
            self._projections.prepare(snapshot, progress)

    def forget(self) -> None:
        """Let go of the lengths of lists and of the things that were read lately."""
        self._counts = Counts()
        if self._projections is not None:
            self._projections.forget()


class ProjectedFinder:
    """A ``Finder`` by tables; what they do not hold, or not yet, the engine is asked."""

    def __init__(
        self, projections: Projections, counts: Counts, snapshot: Snapshot, schema: Schema
    ) -> None:
        self._projections = projections
        self._counts = counts
        self._snapshot = snapshot
        self._asking = Asking(snapshot, schema)
        self._summary = (TYPE, *LABELS, *schema.summary_predicates)

    def types(self, node: NamedNode) -> list[str]:
        """The classes of a thing, sorted; none where nothing is said of it."""
        return self._answer(lambda tables: tables.types(node), lambda: self._asking.types(node))

    def counts(self) -> Mapping[str, int]:
        """How many things each class has."""
        return self._answer(lambda tables: tables.counts(), self._asking.counts)

    def contents(self) -> Contents:
        """How much is in the version as a whole."""
        return self._answer(lambda tables: contents(tables.file), self._asking.contents)

    def about(self, node: NamedNode, views: Mapping[Member, int], share: Share) -> Views:
        """What view members lead to from a thing."""

        def read(tables: Reading) -> Views:
            reached = {each: tables.reached(node, each, limit) for each, limit in views.items()}
            counts = {each: tables.count(reached[each], limit) for each, limit in views.items()}
            shares = share(tables.facts([node]), counts)
            found = {each: tables.first(reached[each], count) for each, count in shares.items()}
            tables.read(chain.from_iterable(found.values()))
            return {each: tables.stating(keys, each, node) for each, keys in found.items()}

        return self._answer(read, lambda: self._asking.about(node, views, share))

    def whole(
        self, nodes: Sequence[NamedNode], *, include: Sequence[str], linked: Iterable[NamedNode]
    ) -> Iterable[Fact]:
        """All that things say, and what is shown of everything they link to."""

        def read(tables: Reading) -> list[Fact]:
            chosen = dict.fromkeys((*nodes, *(tables.values(nodes, include) if include else ())))
            facts = tables.facts(chosen)
            known = {o for _, p, o, _ in facts if isinstance(o, NamedNode) and p.value != TYPE}
            others = known.union(linked) - chosen.keys()
            facts += tables.facts(others, self._summary)
            return facts

        return self._answer(
            read, lambda: list(self._asking.whole(nodes, include=include, linked=linked))
        )

    def short(self, nodes: Iterable[NamedNode]) -> Iterable[Fact]:
        """What is shown of linked things."""
        return self._answer(
            lambda tables: tables.facts(nodes, self._summary),
            lambda: list(self._asking.short(nodes)),
        )

    def rows(self, request: ListRequest) -> Rows:
        """A page of a list."""

        def read(tables: Reading) -> Rows:
            listed = Listed.of(tables, request)
            rows = listed.page(request)
            digest = self._snapshot.info.digest
            return Rows(rows=rows, count=self._counts.of(digest, request, listed.count))

        return self._answer(read, lambda: self._asking.rows(request))

    def _answer(
        self, by_tables: Callable[[Reading], Answer], by_engine: Callable[[], Answer]
    ) -> Answer:
        try:
            with self._projections.reading(self._snapshot) as tables:
                if tables is not None:
                    return by_tables(tables)
        except Unanswerable:
            pass
        except (sqlite3.Error, OSError) as error:
            _LOG.warning("The tables cannot be read, so the engine is asked: %s", error)
        return by_engine()
