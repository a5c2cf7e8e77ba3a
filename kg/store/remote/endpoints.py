"""The addresses of a SPARQL 1.1 service: where to query, to update and to find its graphs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import quote, urlsplit, urlunsplit

from kg.errors import SettingsError

_REPOSITORY = re.compile(r"(?P<base>.*/repositories/[^/]+)(?:/statements)?")
_DATASET = re.compile(r"(?P<base>/.+)/(?:query|sparql)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """The URLs of one service. ``graphs`` is its Graph Store, None where it is not known."""

    query: str
    update: str
    graphs: str | None = None

    @classmethod
    def of(cls, url: str, *, update: str | None = None, graphs: str | None = None) -> Self:
        """The addresses that follow from ``url`` by the custom of the servers, and those given.

        Known are a Fuseki dataset (``…/ds`` or its query address), an RDF4J or GraphDB repository
        (``…/repositories/ID``), an Oxigraph server (its root or ``/query``), and ``/sparql``, where
        Virtuoso and this program answer. Raises SettingsError.
        """
        for given in (url, update, graphs):
            if given is not None:
                _check(given)
        query, likely_update, likely_graphs = _derived(url)
        return cls(query=query, update=update or likely_update, graphs=graphs or likely_graphs)

    def graph(self, iri: str) -> str:
        """The URL of a named graph in the Graph Store (indirect identification)."""
        assert self.graphs is not None, "asked only where there is a graph store"
        mark = "&" if "?" in self.graphs else "?"
        return f"{self.graphs}{mark}graph={quote(iri, safe='')}"


def _derived(url: str) -> tuple[str, str, str | None]:
    parts = urlsplit(url)
    path = parts.path.rstrip("/")

    def at(other: str) -> str:
        return urlunsplit(parts._replace(path=other, query="", fragment=""))

    if found := _REPOSITORY.fullmatch(path):
        base = found["base"]
        return at(base), at(f"{base}/statements"), at(f"{base}/rdf-graphs/service")
    if path in {"", "/query"}:
        return at("/query"), at("/update"), at("/store")
    if path == "/sparql":
        return url, url, None
    if found := _DATASET.fullmatch(path):
        base = found["base"]
        return url, at(f"{base}/update"), at(f"{base}/data")
    return url, url, url


def _check(url: str) -> None:
    """Refuse what is no plain http(s) URL; a password in it would end up in logs."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise SettingsError("The store's address is no http or https URL.")
    if parts.username or parts.password:
        raise SettingsError(
            "The store's address has a password in it: give it by KG_STORE_USER and"
            " KG_STORE_PASSWORD."
        )
