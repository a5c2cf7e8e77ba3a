"""Queries of every temper, for tests of what runs them on ``tests.processes.sample_store``."""

from __future__ import annotations

from kg.rdf.formats import RESULTS_JSON
from kg.store.base import QueryRequest

ASK = "ASK { ?s ?p ?o }"
TRUE = b'{"head":{},"boolean":true}'  # the answer to it
# 400 ** 3 rows, none of which is a result: minutes of work without a byte to send.
ENDLESS = "ASK { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f FILTER(?b + ?d + ?f < 0) }"
# The same number of rows, all of them results.
FLOOD = "SELECT * { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f }"
HOARD = f"{FLOOD} ORDER BY ?b"


def request(
    text: str,
    *,
    timeout: float = 30.0,
    media_type: str = RESULTS_JSON.media_type,
    union: bool = True,
    default_graphs: tuple[str, ...] = (),
    named_graphs: tuple[str, ...] = (),
) -> QueryRequest:
    """A request for the result of ``text``."""
    return QueryRequest(
        text=text,
        media_type=media_type,
        timeout=timeout,
        union_default_graph=union,
        default_graphs=default_graphs,
        named_graphs=named_graphs,
    )
