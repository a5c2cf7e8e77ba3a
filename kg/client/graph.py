"""The graph as Python objects that fetch what they do not have yet."""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote, urlencode

from kg.client.problems import error_of
from kg.client.tables import Table
from kg.client.transports import Call, HttpTransport, Reply, Transport, WsgiTransport
from kg.errors import NotFound
from kg.rdf.formats import JSON, RESULTS_JSON, TURTLE
from kg.schema.operators import IS, OPERATORS

_KEPT = 256  # answers kept, to be asked about by their tags
_UNDERSCORE = re.compile(r"_([a-z])")
_QUERY_TYPE = "application/sparql-query"


def connect(target: str, *, language: str = "en", timeout: float = 30.0) -> Graph:
    """The graph of the service at an http(s) URL, or of the store in a folder of this machine.

    ``language`` is what labels are in, ``timeout`` in seconds for each request over HTTP. Raises
    NotFound where there is no such folder.
    """
    if target.startswith(("http://", "https://")):
        return Graph(HttpTransport(target, timeout=timeout), language=language)
    if not Path(target).is_dir():
        raise NotFound(f"{target}: there is no such store. Build one, or name an http:// URL.")
    return Graph(_local(target), language=language)


def _local(folder: str) -> Transport:
    from kg.settings import Settings
    from kg.store.embedded.store import EmbeddedStore
    from kg.web.app import create_app

    store = EmbeddedStore(Path(folder))
    app = create_app(Settings(store=folder), store)

    def release() -> None:
        app.extensions["kg"].querying.close()
        store.close()

    return WsgiTransport(app, release)


class Graph:
    """All collections, as attributes: ``graph.actors``. Use it in a ``with`` block, or close it."""

    def __init__(self, transport: Transport, *, language: str = "en") -> None:
        self._transport = transport
        self._language = language
        self._known: OrderedDict[str, tuple[str, Any]] = OrderedDict()

    def __getattr__(self, name: str) -> Collection:
        if name.startswith("__"):
            raise AttributeError(name)
        spelled = name.replace("_", "-")
        if spelled not in self.collections:
            known = ", ".join(each.replace("-", "_") for each in self.collections)
            raise AttributeError(f"There is no collection {name!r}. Known: {known}.")
        return self.collection(spelled)

    def __dir__(self) -> list[str]:
        """What can be completed in a notebook: the collections, too."""
        return [*super().__dir__(), *(each.replace("-", "_") for each in self.collections)]

    def __repr__(self) -> str:
        return f"<Graph of {len(self.collections)} collections: {', '.join(self.collections)}>"

    def collection(self, name: str) -> Collection:
        """A collection by its name in URLs, whether there is one or not."""
        return Collection(self, f"/{name}")

    @cached_property
    def collections(self) -> tuple[str, ...]:
        """The names of all collections, as in URLs."""
        return tuple(self.fetch("/")["collections"])

    def thing(self, iri: str) -> Thing:
        """The thing with this IRI or id. Raises NotFound."""
        found = self.fetch("/search", q=iri, limit=1)["items"]
        named = [each for each in found if iri in {each["iri"], each["id"]}]
        if not named:
            raise NotFound(f"The graph says nothing of {iri!r}.")
        return Thing(self, named[0])

    def search(self, text: str, **filters: Any) -> list[Thing]:
        """The things that fit ``text`` best, each with ``score`` and ``matches``."""
        return [Thing(self, each) for each in self.fetch("/search", q=text, **filters)["items"]]

    def query(self, sparql: str) -> Table | bool | str:
        """The answer to a query: a table, whether it is so, or for triples, a Turtle document."""
        accept = f"{RESULTS_JSON.media_type}, {TURTLE.media_type};q=0.9"
        headers = {"Accept": accept, "Content-Type": _QUERY_TYPE}
        reply = self._send(
            Call(target="/sparql", method="POST", headers=headers, body=sparql.encode())
        )
        if not reply.headers["content-type"].startswith(RESULTS_JSON.media_type):
            return reply.body.decode()
        results = json.loads(reply.body)
        return bool(results["boolean"]) if "boolean" in results else Table.read(results)

    def fetch(self, path: str, **parameters: Any) -> Any:
        """The JSON document at a path of the API; one that has not changed is not sent again."""
        asked = {_spelled(name): value for name, value in parameters.items() if value is not None}
        target = f"{path}{'&' if '?' in path else '?'}{urlencode(asked, doseq=True)}".rstrip("?&")
        tag, known = self._known.get(target, ("", None))
        headers = {"Accept": JSON.media_type, "Accept-Language": self._language}
        if tag:
            headers["If-None-Match"] = tag
        reply = self._send(Call(target=target, headers=headers))
        if reply.status == 304:
            return known
        body = json.loads(reply.body)
        self._keep(target, reply.headers.get("etag", ""), body)
        return body

    def close(self) -> None:
        """Let go of the store, if it is one of this machine."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _send(self, call: Call) -> Reply:
        reply = self._transport.send(call)
        if reply.status in {303, 308}:  # only an answer within this process comes as it is
            moved = Call(target=reply.headers["location"], headers=call.headers)
            reply = self._transport.send(moved)
        if reply.status >= 400:
            raise error_of(reply)
        return reply

    def _keep(self, target: str, tag: str, body: Any) -> None:
        if tag:
            self._known[target] = (tag, body)
            self._known.move_to_end(target)
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)


class Listing:
    """A list that is fetched page by page as it is walked; ``len`` needs but the first page."""

    def __init__(self, graph: Graph, path: str, parameters: Mapping[str, Any]) -> None:
        self._graph = graph
        self._path = path
        self._parameters = dict(parameters)

    def __iter__(self) -> Iterator[Thing]:
        page = self._graph.fetch(self._path, **self._parameters)
        while True:
            yield from (Thing(self._graph, each) for each in page["items"])
            if not page["next"]:
                return
            page = self._graph.fetch(page["next"])

    def __len__(self) -> int:
        return int(self._graph.fetch(self._path, **{**self._parameters, "limit": 1})["count"])

    def where(self, **filters: Any) -> Listing:
        """The list cut down: ``where(type="State", not_status="forecast")``; lists mean any of."""
        return Listing(self._graph, self._path, {**self._parameters, **filters})

    def __repr__(self) -> str:
        return f"<Listing {self._path} {self._parameters}>"


class Collection(Listing):
    """The things of a class: walk them, cut them down by ``where``, or take one by its id."""

    def __init__(self, graph: Graph, path: str) -> None:
        super().__init__(graph, path, {})

    def __getitem__(self, local_id: str) -> Thing:
        """The thing with an id. Raises NotFound, and TypeError for what is no text."""
        if not isinstance(local_id, str):
            raise TypeError(f"A thing is taken by its id, such as 'putin', not by {local_id!r}.")
        if not local_id:
            raise NotFound("No thing has an empty id.")
        return Thing(self._graph, self._graph.fetch(f"{self._path}/{quote(local_id)}"))

    def __contains__(self, wanted: object) -> bool:
        """Whether a thing, or one with this id, is in the collection."""
        if not isinstance(wanted, str):
            return any(each == wanted for each in self)
        try:
            return bool(self[wanted])
        except NotFound:
            return False


class Thing:
    """A thing; its members are attributes, in camelCase or with underscores.

    One that is linked has only a few of its members until another one is asked for. What the
    document cuts short is a ``Listing``.
    """

    def __init__(self, graph: Graph, body: Mapping[str, Any]) -> None:
        self._graph = graph
        self._body = body

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        member = _UNDERSCORE.sub(lambda found: found[1].upper(), name)
        if member not in self._body and self._body.get("url"):
            self._body = {**self._body, **self._graph.fetch(self._body["url"])}
        if member not in self._body:
            known = ", ".join(self._body)
            raise AttributeError(f"{self._body['id']} has no {name!r}. It has: {known}.")
        more = self._body.get("more", {})
        if member in more:
            return Listing(self._graph, more[member], {})
        return self._wrapped(self._body[member])

    def __dir__(self) -> list[str]:
        """What can be completed in a notebook: the members known so far, too."""
        return [*super().__dir__(), *self._body]

    def get(self, name: str, default: Any = None) -> Any:
        """A member, or ``default`` where the thing has no value of it."""
        return getattr(self, name, default)

    def to_dict(self) -> dict[str, Any]:
        """The JSON as far as it is known."""
        return dict(self._body)

    def _wrapped(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._wrapped(each) for each in value]
        return Thing(self._graph, value) if isinstance(value, dict) and "iri" in value else value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Thing) and self._body["iri"] == other._body["iri"]

    def __hash__(self) -> int:
        return hash(self._body["iri"])

    def __repr__(self) -> str:
        return f"<{self._body['type']} {self._body['id']}: {self._body['label']}>"


def _spelled(name: str) -> str:
    """A filter's name as in URLs: ``not_status`` → ``not.status``, ``from_`` → ``from``."""
    name = name.removesuffix("_")
    for spelling in (each.spellings[0] for each in OPERATORS if each is not IS):
        before, after = spelling.replace(".", "_").split("{}")
        if name.startswith(before) and name.endswith(after):
            return spelling.format(name[len(before) : len(name) - len(after)])
    return name
