"""SPARQL updates from outside as edits: policy, the request's dataset, a bound on their time."""

from __future__ import annotations

import io

from kg.rdf.formats import N_QUADS, N_TRIPLES
from kg.rdf.parsing import parse, serialize_to
from kg.rdf.terms import DefaultGraph, GraphName, NamedNode
from kg.settings import Settings
from kg.sparql.policy import check_update
from kg.sparql.tokens import resolve_escapes
from kg.sparql.updates import Reach, reach, with_dataset, with_lenient_clear
from kg.store.base import Transaction, UpdateLimits
from kg.store.embedded.updating import update_graph_apart
from kg.writing.publishing import Edit


class Updates:
    """Makes edits of updates. Those that match patterns run in a process that can be killed."""

    def __init__(self, settings: Settings) -> None:
        self._allowed = settings.federation_allow
        self._limits = UpdateLimits(
            seconds=settings.update_timeout,
            memory_mib=settings.query_memory,
            network=bool(settings.federation_allow),
        )

    def of_store(
        self,
        text: str,
        *,
        base_iri: str | None = None,
        default_graphs: tuple[str, ...] = (),
        named_graphs: tuple[str, ...] = (),
    ) -> Edit:
        """The edit that applies an update to all graphs, whole or not at all.

        ``default_graphs`` and ``named_graphs`` are what its patterns are matched in, for updates
        that do not say so themselves. Raises ParameterError where they do, and Refused.
        """
        check_update(text, allowed=self._allowed, base_iri=base_iri)
        plain = resolve_escapes(text)
        known = reach(plain)
        lenient = with_lenient_clear(plain)
        applied = with_dataset(lenient, default_graphs=default_graphs, named_graphs=named_graphs)
        limits = None if known and known.quick else self._limits

        def edit(change: Transaction) -> None:
            change.update(applied, base_iri=base_iri, graphs=_graphs(known), limits=limits)

        return edit

    def of_graph(self, text: str, graph: GraphName, *, base_iri: str | None = None) -> Edit:
        """The edit that applies an update to one graph, which it sees as the default graph.

        Other graphs are out of its sight. Raises Refused.
        """
        check_update(text, allowed=self._allowed, base_iri=base_iri)
        plain = resolve_escapes(text)

        def edit(change: Transaction) -> None:
            document = io.BytesIO()
            serialize_to(change.quads(graph), N_TRIPLES, document)
            updated = update_graph_apart(
                plain, base_iri, graph=document.getvalue(), limits=self._limits
            )
            change.replace(graph, parse(updated, N_QUADS))

        return edit


def _graphs(known: Reach | None) -> list[GraphName] | None:
    if known is None:
        return None
    return [DefaultGraph(), *(NamedNode(iri) for iri in known.graphs)]
