"""A SPARQL 1.1 service as we use it: queries, updates and graphs over HTTP."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import IO
from urllib.parse import urlencode

from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    parse,
    parse_query_results,
)

from kg.errors import StoreError, StoreUnreachable
from kg.rdf.formats import N_TRIPLES, RESULTS_JSON, RESULTS_XML, TURTLE
from kg.rdf.terms import GraphName, NamedNode, Quad, Solution
from kg.store.remote.connections import Call, place
from kg.store.remote.endpoints import Endpoints
from kg.store.remote.http import Answer, Http

_FORM = "application/x-www-form-urlencoded"
# As a body of its own: servers limit forms in size, and take text of no charset for Latin-1.
_UPDATE = "application/sparql-update; charset=utf-8"
_ROWS = f"{RESULTS_JSON.media_type}, {RESULTS_XML.media_type};q=0.8"
_TRIPLES = f"{N_TRIPLES.media_type}, {TURTLE.media_type};q=0.8, text/plain;q=0.7"
_ANY_TRIPLE = "SELECT ?s ?p WHERE { GRAPH ?g { ?s ?p ?o } FILTER(isIRI(?s)) } LIMIT 1"
_UPDATE_LANGUAGE = b"SPARQL11Update"  # of sd:supportedLanguage, however it is abbreviated
_MOST_NAMED = 100  # graphs that a query lists
_OXIGRAPH_UNION = ("union-default-graph", "true")
_FAILED = 400
_EXPLAINED = {
    401: "it wants other credentials (KG_STORE_USER and KG_STORE_PASSWORD, or KG_STORE_TOKEN)",
    403: "it does not allow that with these credentials",
    404: "there is no such service at this address",
    405: "this address does not do that; is it the right one of the service?",
}

Parameter = tuple[str, str]


class Service:
    """Asks the service at ``endpoints``. ``timeout`` is for how many seconds a call may take."""

    def __init__(self, endpoints: Endpoints, http: Http, *, timeout: float) -> None:
        self.endpoints = endpoints
        self.http = http
        self._timeout = timeout

    def select(self, query: str, dataset: Sequence[Parameter] = ()) -> Iterator[Solution]:
        """The solutions of a SELECT query, as they come.

        Raises StoreUnreachable where the answer is no result or breaks off, StoreTimeout, and
        StoreError where the service refuses the query.
        """
        with self._asked(query, _ROWS, dataset) as answer:
            results = _results(answer)
            if not isinstance(results, QuerySolutions):
                raise StoreUnreachable(f"{self._name} answers a SELECT query by something else.")
            names = [variable.value for variable in results.variables]
            with _unreadable(answer, self._name):
                for row in results:
                    pairs = zip(names, row, strict=True)
                    yield {name: value for name, value in pairs if value is not None}

    def quads(self, graph: NamedNode) -> Iterator[Quad]:
        """The quads of a graph, as they come; none where there is no such graph."""
        query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} }}"
        with self._asked(query, _TRIPLES, ()) as answer:
            yield from _parsed(answer, graph, self._name)

    def update(self, text: str) -> None:
        """Apply an update. It is sent once: whoever gets an error cannot know whether it was done.

        Raises StoreError with the service's words, StoreUnreachable, StoreTimeout.
        """
        body = text.encode()
        call = self._call("POST", self.endpoints.update, body=body, repeatable=False, type_=_UPDATE)
        with self.http.open(call) as answer:
            refuse_failure(answer, call)
            answer.read()

    def put_graph(self, graph: NamedNode, document: bytes) -> None:
        """Make a graph what an N-Triples document says (Graph Store HTTP Protocol §5.3)."""
        url = self.endpoints.graph(graph.value)
        self._send(self._call("PUT", url, body=document, type_=N_TRIPLES.media_type))

    def delete_graph(self, graph: NamedNode) -> None:
        """Remove a graph (Graph Store HTTP Protocol §5.4)."""
        self._send(self._call("DELETE", self.endpoints.graph(graph.value)))

    def offers_update(self) -> bool:
        """Whether the service description says that SPARQL 1.1 Update is understood."""
        call = Call(
            method="GET",
            url=self.endpoints.query,
            deadline=time.monotonic() + self._timeout,
            repeatable=True,
            headers={"Accept": TURTLE.media_type},
        )
        with self.http.open(call) as answer:
            known = answer.status < _FAILED and answer.media_type == TURTLE.media_type
            return known and _UPDATE_LANGUAGE in answer.read()

    def union(self, graphs: Iterable[str]) -> tuple[Parameter, ...]:
        """The parameters by which a query reads the union of ``graphs``, which are all.

        They are named one by one, so that no query sees our notes or a server's own graphs. Beyond
        so many graphs that a request has no room for them, the service's own union has to do.
        """
        names = tuple(graphs)
        if len(names) > _MOST_NAMED:
            return self._own_union
        return tuple(
            (name, iri) for name in ("default-graph-uri", "named-graph-uri") for iri in names
        )

    @cached_property
    def _own_union(self) -> tuple[Parameter, ...]:
        """How the service joins its graphs. Found out by asking for a triple of a named one."""
        row = next(self.select(_ANY_TRIPLE))
        query = f"SELECT ?o WHERE {{ {row['s']} {row['p']} ?o }} LIMIT 1"
        for way in ((), (_OXIGRAPH_UNION,)):
            if any(self.select(query, way)):
                return way
        raise StoreError(
            f"{self._name} has more than {_MOST_NAMED} graphs and does not join them: configure it"
            " to make the default graph their union."
        )

    def call(
        self,
        body: Sequence[Parameter],
        *,
        accept: str,
        deadline: float,
        client: int | None = None,
    ) -> Call:
        """The call of a query by form, which is the one way that every server understands."""
        return Call(
            method="POST",
            url=self.endpoints.query,
            deadline=deadline,
            repeatable=True,
            headers={"Content-Type": _FORM, "Accept": accept},
            body=urlencode(body).encode(),
            client=client,
        )

    @property
    def _name(self) -> str:
        return place(self.endpoints.query)

    @contextmanager
    def _asked(self, query: str, accept: str, dataset: Sequence[Parameter]) -> Iterator[Answer]:
        deadline = time.monotonic() + self._timeout
        call = self.call([("query", query), *dataset], accept=accept, deadline=deadline)
        with self.http.open(call) as answer:
            refuse_failure(answer, call)
            yield answer

    def _call(
        self,
        method: str,
        url: str,
        *,
        body: bytes | None = None,
        type_: str | None = None,
        repeatable: bool = True,
    ) -> Call:
        return Call(
            method=method,
            url=url,
            deadline=time.monotonic() + self._timeout,
            repeatable=repeatable,
            headers={"Content-Type": type_} if type_ else {},
            body=body,
        )

    def _send(self, call: Call) -> None:
        with self.http.open(call) as answer:
            if not (call.method == "DELETE" and answer.status == 404):
                refuse_failure(answer, call)
            answer.read()


def refuse_failure(answer: Answer, call: Call) -> None:
    """Raise what the status of an answer means, unless it means success."""
    if 200 <= answer.status < 300:
        return
    reason = _EXPLAINED.get(answer.status) or answer.excerpt() or "no reason is given"
    message = f"{place(call.url)} answers {answer.status}: {reason}."
    if answer.status == 400:
        raise StoreError(message)
    raise StoreUnreachable(message)


def _results(answer: Answer) -> QuerySolutions | QueryBoolean | QueryTriples:
    known = QueryResultsFormat.from_media_type(answer.media_type)
    name = place(answer.url)
    if known is None:
        raise _unknown(answer, name)
    with _unreadable(answer, name):
        return parse_query_results(answer.stream(), known)


def _parsed(answer: Answer, graph: GraphName, name: str) -> Iterator[Quad]:
    media_type = answer.media_type
    known = RdfFormat.from_media_type("text/turtle" if media_type == "text/plain" else media_type)
    if known is None:
        raise _unknown(answer, name)
    body: IO[bytes] = answer.stream()
    with _unreadable(answer, name):
        for quad in parse(body, known):
            yield Quad(quad.subject, quad.predicate, quad.object, graph)


def _unknown(answer: Answer, name: str) -> StoreUnreachable:
    return StoreUnreachable(
        f"{name} answers with {answer.media_type or 'no media type'}: is it a SPARQL service?"
    )


@contextmanager
def _unreadable(answer: Answer, name: str) -> Iterator[None]:
    """A body that cannot be parsed is a service that cannot be used, whatever broke it."""
    try:
        yield
    except (SyntaxError, ValueError, OSError) as error:
        if answer.fault is not None:
            raise answer.fault from error
        raise StoreUnreachable(f"{name} sends a result that cannot be read: {error}.") from error
