"""An app with a store of its own and a token, as tests of writing over HTTP use it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kg.settings import Settings
from kg.store.base import Store, VersionInfo
from kg.store.opening import open_store
from kg.web.app import create_app
from kg.web.writing import Writing
from kg.writing.access import Scope, Tokens, token_path

TURTLE = "text/turtle"
UPDATE = "application/sparql-update"


@dataclass(slots=True)
class Writer:
    """A client that may write, and the store that it writes to.

    Its answers are werkzeug's, whose types would have every test ask whether there is any JSON.
    """

    client: Any
    store: Store
    tokens: Tokens
    writing: Writing
    headers: dict[str, str] = field(default_factory=dict)

    def send(self, method: str, path: str, body: str | bytes = b"", **options: Any) -> Any:
        """The answer to a request with this writer's token; the length of the body is told."""
        data = body.encode() if isinstance(body, str) else body
        headers = self.headers | options.pop("headers", {})
        return self.client.open(
            path,
            method=method,
            data=data,
            content_length=len(data),
            headers=headers,
            **options,
        )

    def put(self, path: str, turtle: str | bytes, **options: Any) -> Any:
        """The answer to a PUT of Turtle."""
        return self.send("PUT", path, turtle, content_type=TURTLE, **options)

    def update(self, text: str, **options: Any) -> Any:
        """The answer to an update."""
        return self.send("POST", "/update", text, content_type=UPDATE, **options)

    def triples(self, path: str) -> set[str]:
        """The lines of a graph in N-Triples; none where there is no such graph."""
        response = self.client.get(path, headers={"Accept": "application/n-triples"})
        return set(response.text.splitlines()) if response.status_code == 200 else set()

    @property
    def live(self) -> VersionInfo:
        """The current version."""
        return self.store.snapshot().info


@contextmanager
def writer(settings: Settings, *, scope: Scope | None = Scope.WRITE) -> Iterator[Writer]:
    """A writer on the store of ``settings``; without ``scope`` no token is configured."""
    store = open_store(settings)
    app = create_app(settings, store)
    tokens = Tokens(token_path(settings))
    services, writing = app.extensions["kg"], app.extensions["kg.writing"]
    headers = {"Authorization": f"Bearer {tokens.add('anna', scope)}"} if scope else {}
    try:
        yield Writer(app.test_client(), store, tokens, writing, headers)
    finally:
        services.querying.close()
        writing.close()
        store.close()


def plain(folder: Path) -> Settings:
    """Settings for a plain SPARQL store in ``folder``: no ontology and no shapes."""
    nothing = folder / "nothing"
    nothing.mkdir()
    return replace(
        Settings(store=str(folder / "store"), ontology=nothing, shapes=nothing),
        union_default_graph=False,
    )
