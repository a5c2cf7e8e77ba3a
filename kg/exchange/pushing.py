"""Bringing graphs into another store and back: per graph, only what differs, and then looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import TypeAlias

from kg.errors import InputError, NotFound
from kg.exchange.folds import folds_needed
from kg.progress import Progress, unwatched
from kg.rdf.formats import N_TRIPLES
from kg.rdf.parsing import serialize
from kg.rdf.terms import NamedNode, Quad
from kg.store.base import Snapshot, Transaction
from kg.store.digests import canonical, describe_graph
from kg.store.remote.patches import Difference
from kg.store.remote.records import count_graphs
from kg.store.remote.service import Service
from kg.writing.publishing import Edit

_OPERATIONS = 20  # in one update request: it then stays below what servers take


class Via(StrEnum):
    """How graphs are sent."""

    AUTO = "auto"
    GRAPHS = "graphs"  # SPARQL 1.1 Graph Store HTTP Protocol
    UPDATE = "update"  # SPARQL 1.1 Update


class Fate(StrEnum):
    """What became of a graph over there."""

    SAME = "same"
    SENT = "sent"
    REMOVED = "removed"
    PENDING = "to send"
    DOOMED = "to remove"
    DIFFERS = "differs"
    EXTRA = "only there"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """One graph: how many triples we have of it, and the folds without which it is not equal."""

    graph: str
    triples: int
    fate: Fate
    folds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to push. ``since`` is an older version that the other store is thought to hold.

    ``prefix`` is what the graphs begin with that ``prune`` may remove there.
    """

    snapshot: Snapshot
    prefix: str
    via: Via = Via.AUTO
    since: Snapshot | None = None
    prune: bool = False
    dry_run: bool = False


def push(plan: Plan, service: Service, progress: Progress = unwatched) -> tuple[Pushed, ...]:
    """Make the other store's graphs equal to ours, and say of each what came of it.

    Graphs that are equal already are not sent, so a push that was broken off goes on where it was
    when it is run again. Raises StoreUnreachable, StoreTimeout, StoreError.
    """
    counts = count_graphs(service)
    sender = _sender(plan, service)
    wanted = _wanted(plan)
    found = []
    for done, graph in enumerate(wanted):
        progress("Pushing", done=done, total=len(wanted))
        found.append(_push_graph(plan, service, graph, counts, sender))
    return (*found, *_others(plan, service, counts, sender))


def pulling(service: Service, graphs: Iterable[str], *, prefix: str) -> Edit:
    """The edit that takes graphs over from another store: those named, else all with ``prefix``.

    Raises NotFound where the store has none of a name.
    """
    there = count_graphs(service)
    wanted = tuple(graphs) or tuple(sorted(name for name in there if name.startswith(prefix)))
    for name in wanted:
        if name not in there:
            raise NotFound(f"The other store has no graph <{name}>.")
    if not wanted:
        raise NotFound(f"The other store has no graph whose name begins with {prefix}.")

    def edit(change: Transaction) -> None:
        for name in wanted:
            change.replace(NamedNode(name), service.quads(NamedNode(name)))

    return edit


_Sender: TypeAlias = Callable[[NamedNode, Difference], None]


def _push_graph(
    plan: Plan, service: Service, graph: NamedNode, counts: Mapping[str, int], send: _Sender
) -> Pushed:
    triples = plan.snapshot.info.graphs[graph.value].triples
    here = plan.snapshot

    def outcome(fate: Fate, folds: tuple[str, ...] = ()) -> Pushed:
        return Pushed(graph=graph.value, triples=triples, fate=fate, folds=folds)

    known = graph.value in counts
    if counts.get(graph.value, 0) == triples:
        folds = _compared(here, service, graph)
        if folds is not None:
            return outcome(Fate.SAME, folds)
    if plan.dry_run:
        return outcome(Fate.PENDING)
    if plan.since is not None and known:
        send(graph, Difference.between(graph, plan.since.quads(graph), here.quads(graph)))
        folds = _compared(here, service, graph)
        if folds is not None:
            return outcome(Fate.SENT, folds)
    before = service.quads(graph) if known else iter(())
    send(graph, Difference.between(graph, before, here.quads(graph)))
    folds = _compared(here, service, graph)
    return outcome(Fate.DIFFERS) if folds is None else outcome(Fate.SENT, folds)


def _compared(here: Snapshot, service: Service, graph: NamedNode) -> tuple[str, ...] | None:
    """The folds that make the two graphs equal; None where they differ.

    Only where they are not equal as they are, they are read into memory.
    """
    if describe_graph(service.quads(graph)).digest == describe_graph(here.quads(graph)).digest:
        return ()
    return folds_needed(here.quads(graph), service.quads(graph))


def _wanted(plan: Plan) -> list[NamedNode]:
    """The named graphs to look at; with ``since`` only those that have changed since."""
    ours = plan.snapshot.info.graphs
    old = plan.since.info.graphs if plan.since else {}
    return [
        NamedNode(name)
        for name, info in sorted(ours.items())
        if name and info.triples and not (name in old and old[name].digest == info.digest)
    ]


def _others(
    plan: Plan, service: Service, counts: Mapping[str, int], send: _Sender
) -> Iterator[Pushed]:
    """What the other store has of our kind and we have not."""
    ours = plan.snapshot.info.graphs
    for name in sorted(counts):
        if name in ours or not name.startswith(plan.prefix):
            continue
        fate = Fate.EXTRA
        if plan.prune:
            fate = Fate.DOOMED if plan.dry_run else Fate.REMOVED
        if fate is Fate.REMOVED:
            graph = NamedNode(name)
            send(graph, Difference.between(graph, service.quads(graph), ()))
        yield Pushed(graph=name, triples=counts[name], fate=fate)


def _sender(plan: Plan, service: Service) -> _Sender:
    via = plan.via
    if via is Via.AUTO:
        knows_graphs = service.endpoints.graphs is not None
        via = Via.GRAPHS if knows_graphs and not service.offers_update() else Via.UPDATE
    if via is Via.GRAPHS and service.endpoints.graphs is None:
        raise InputError("The address of the store's graphs is not known: give it, or use update.")

    def by_update(_graph: NamedNode, difference: Difference) -> None:
        operations = difference.operations()
        while batch := list(islice(operations, _OPERATIONS)):
            service.update(";\n".join(batch))

    def by_graphs(graph: NamedNode, difference: Difference) -> None:
        if difference.is_empty:
            return
        quads: Iterable[Quad] = ()
        if graph.value in plan.snapshot.info.graphs:
            quads = canonical(plan.snapshot.quads(graph))
        document = serialize(quads, N_TRIPLES)
        if document:
            service.put_graph(graph, document)
        else:
            service.delete_graph(graph)

    return by_update if via is Via.UPDATE else by_graphs
