"""The port to a store: what the use cases may ask of any engine, embedded or remote."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, Self, overload

from kg.errors import NotFound
from kg.rdf.terms import GraphName, Quad, Solution, Term


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphInfo:
    """What a version knows of one of its graphs.

    ``digest`` is the SHA-256 of its sorted canonical N-Quads, in hex; ``source`` the digest of the
    source file's graph that ``kg build`` last put there, which is kept while the graph is edited,
    or None where no build put it there.
    """

    triples: int
    digest: str
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionInfo:
    """One immutable version: its number, origin and content.

    ``graphs`` is keyed by graph IRI, the default graph by the empty string; ``digest`` is over all
    graphs' names and digests, so equal content has an equal digest on every machine.
    """

    number: int
    time: datetime
    author: str
    message: str
    parent: int | None
    digest: str
    graphs: Mapping[str, GraphInfo] = field(default_factory=dict)

    @property
    def triples(self) -> int:
        """How many quads the version holds."""
        return sum(graph.triples for graph in self.graphs.values())

    @property
    def summary(self) -> dict[str, int | str | None]:
        """The version in short, for JSON; its graphs left out."""
        return {
            "number": self.number,
            "time": self.time.isoformat(),
            "author": self.author,
            "message": self.message,
            "parent": self.parent,
            "digest": self.digest,
            "triples": self.triples,
        }


class Versions(Sequence[VersionInfo]):
    """The versions of a store, newest first; each is read only when it is asked for.

    One that has been removed since is left out of a slice and of iteration.
    """

    def __init__(self, numbers: Iterable[int], read: Callable[[int], VersionInfo | None]) -> None:
        """``numbers`` are descending; ``read`` returns None for a version that is gone."""
        self.numbers = tuple(numbers)
        self._read = read

    @overload
    def __getitem__(self, place: int) -> VersionInfo: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[VersionInfo, ...]: ...

    def __getitem__(self, place: int | slice) -> VersionInfo | tuple[VersionInfo, ...]:
        """Raises NotFound where the version has been removed since."""
        if isinstance(place, slice):
            return tuple(self._found(self.numbers[place]))
        info = self._read(self.numbers[place])
        if info is None:
            raise NotFound(f"There is no version {self.numbers[place]} any more.")
        return info

    def __iter__(self) -> Iterator[VersionInfo]:
        return self._found(self.numbers)

    def __len__(self) -> int:
        return len(self.numbers)

    def below(self, number: int | None) -> Versions:
        """Those older than version ``number``; all without."""
        if number is None:
            return self
        return Versions((each for each in self.numbers if each < number), self._read)

    def _found(self, numbers: Iterable[int]) -> Iterator[VersionInfo]:
        return (info for info in map(self._read, numbers) if info is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryRequest:
    """A SPARQL query from outside, with its dataset and the form its answer is to take.

    ``media_type`` is one of those in ``kg.rdf.formats``; ``timeout`` is in seconds from now.
    ``default_graphs`` and ``named_graphs`` are IRIs that override FROM and FROM NAMED where any is
    given (SPARQL 1.1 Protocol §2.1.4).
    """

    text: str
    media_type: str
    timeout: float
    union_default_graph: bool
    base_iri: str | None = None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateLimits:
    """What an update from outside may use: seconds from now, memory in MiB, and the network."""

    seconds: float
    memory_mib: int
    network: bool = False


class Snapshot(Protocol):
    """One version of the dataset, the same from the first read to the last."""

    @property
    def info(self) -> VersionInfo:
        """What is known of this version."""
        ...

    def select(self, query: str, bindings: Mapping[str, Term] | None = None) -> Iterator[Solution]:
        """The solutions of one of our own SELECT queries over the union of all graphs.

        ``bindings`` give variables that it selects their values (SEP-0007): values never become
        query text.
        """
        ...

    def quads(self, graph: GraphName | None = None) -> Iterator[Quad]:
        """All quads, or those of one graph; none where there is no such graph."""
        ...


class Transaction(Protocol):
    """A change in the making. Leaving the ``with`` block without ``publish`` undoes it all."""

    @property
    def base(self) -> VersionInfo:
        """The version that the change starts from."""
        ...

    def quads(self, graph: GraphName | None = None) -> Iterator[Quad]:
        """All staged quads, or those of one staged graph."""
        ...

    def replace(
        self, graph: GraphName, quads: Iterable[Quad], *, source: str | None = None
    ) -> None:
        """Make ``graph`` hold just the triples of ``quads``; their graph names are ignored."""
        ...

    def insert(self, graph: GraphName, quads: Iterable[Quad]) -> None:
        """Add the triples of ``quads`` to ``graph``."""
        ...

    def drop(self, graph: GraphName) -> None:
        """Remove ``graph``. Raises NotFound where there is none."""
        ...

    def update(
        self,
        text: str,
        *,
        base_iri: str | None = None,
        graphs: Iterable[GraphName] | None = None,
        limits: UpdateLimits | None = None,
    ) -> None:
        """Apply a SPARQL update, whole or not at all.

        ``graphs`` are all that it can write to, where the caller knows them: without, every graph
        has to be compared with the base. Beyond ``limits`` it is ended, and the transaction can
        only be left. Raises QuerySyntaxError, InputError, QueryTimeout, QueryMemory.
        """
        ...

    def graphs(self) -> Mapping[str, GraphInfo]:
        """All staged graphs, keyed as in ``VersionInfo.graphs``; empty ones too."""
        ...

    def changed(self) -> tuple[GraphName, ...]:
        """The graphs whose content differs from the base's, new and removed ones included."""
        ...

    def publish(self) -> VersionInfo:
        """Make the change the current version for all; the base where nothing changed."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *fault: object) -> None: ...


class Store(Protocol):
    """A store of graphs in versions, for several threads; opened after a fork, never before."""

    def snapshot(self, version: int | None = None) -> Snapshot:
        """The current version, or the one asked for. Raises NotFound."""
        ...

    def versions(self) -> Versions:
        """All versions that are kept, newest first; at least one, the empty version 0."""
        ...

    def begin(self, *, author: str, message: str, expected: str | None = None) -> Transaction:
        """A change by ``author``, waiting for other writers first.

        Raises Conflict where ``expected`` is not the digest of the current version.
        """
        ...

    def close(self) -> None:
        """Release files and memory."""
        ...
