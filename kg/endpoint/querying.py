"""SPARQL queries from outside: policy, cache, and an engine that can be stopped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass, replace
from hashlib import sha256

from kg.cache import ByteCache
from kg.errors import TooLarge
from kg.settings import Settings
from kg.sparql.forms import Form, query_form
from kg.sparql.policy import check_query
from kg.sparql.tokens import tokenize
from kg.store.base import QueryRequest, Snapshot
from kg.store.engines import Engine, Reply, open_engine
from kg.store.processes.workers import PoolCounts

_MIB = 1024 * 1024
_TEXT_LIMIT = _MIB  # characters of a query: reading one takes time too
_CHANGING = ("NOW", "RAND", "UUID", "STRUUID")  # functions with another value every time


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The result of a query in the form asked for.

    ``complete`` has all bytes where the result is small; else iterate, and close in any case.
    ``waited`` is in seconds; ``cached`` tells that no query was run.
    """

    complete: bytes | None
    parts: Reply | None = None
    waited: float = 0.0
    cached: bool = False

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.parts) if self.parts else iter((self.complete or b"",))

    def close(self) -> None:
        """End the query if its result has not been read to the end."""
        if self.parts:
            self.parts.close()


class Querying:
    """Answers queries; one per process, shared by its threads, made after any fork."""

    def __init__(self, settings: Settings, engine: Engine | None = None) -> None:
        self._allowed = settings.federation_allow
        self._cache: ByteCache[bytes] = ByteCache(settings.query_cache * _MIB)
        self._engine = engine or open_engine(settings)

    @property
    def is_versioned(self) -> bool:
        """Whether the store keeps versions, whose digests tell all that a result depends on."""
        return self._engine.is_versioned

    @property
    def counts(self) -> PoolCounts:
        """What the engine is doing and has done."""
        return self._engine.counts

    def start(self) -> None:
        """Get ready before the first query comes."""
        self._engine.start()

    def form(self, text: str) -> Form | None:
        """The form of a query, or None where it is none.

        Raises TooLarge, and Refused where the query would call a service that is not allowed.
        """
        if len(text) > _TEXT_LIMIT:
            raise TooLarge(f"The query has more than {_TEXT_LIMIT} characters.")
        check_query(text, allowed=self._allowed)
        return query_form(text)

    def is_repeatable(self, text: str) -> bool:
        """Whether the query has the same result whenever it is asked of the same version."""
        upper = text.upper()
        if not self._engine.is_versioned:
            return False
        if self._allowed or "\\U" in upper:  # who knows what a service says or an escape hides
            return False
        suspect = any(name in upper for name in _CHANGING)  # rare, and then worth reading
        return not (suspect and any(token.is_word(*_CHANGING) for token in tokenize(text)))

    def answer(
        self, snapshot: Snapshot, request: QueryRequest, *, client: int | None = None
    ) -> Answer:
        """The answer to a query whose ``form`` has been asked for, from the cache where it can be.

        Raises what ``Engine.run`` raises.
        """
        key = _key(snapshot, request) if self.is_repeatable(request.text) else None
        known = self._cache.get(key) if key else None
        if known is not None:
            return Answer(complete=known, cached=True)
        found = self._engine.run(snapshot, request, client=client)
        if found.complete is None:
            return Answer(complete=None, parts=found, waited=found.waited)
        if key:
            self._cache.put(key, found.complete)
        return Answer(complete=found.complete, waited=found.waited)

    def close(self) -> None:
        """End all queries and their processes."""
        self._engine.close()


def _key(snapshot: Snapshot, request: QueryRequest) -> bytes:
    """What a result depends on, in few bytes: a query's text may be long."""
    parts = (snapshot.info.digest, *astuple(replace(request, timeout=0.0)))
    return sha256(repr(parts).encode()).digest()
