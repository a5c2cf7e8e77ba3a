"""``kg serve``: the graph over HTTP."""

from __future__ import annotations

from contextlib import closing

import click

from kg import __version__
from kg.cli.options import settings_options
from kg.serving import serve as serve_http
from kg.settings import Settings
from kg.store.opening import open_store


@click.command()
@settings_options(
    "bind", "store", "workers", "access_log", "ontology", "shapes", "union_default_graph"
)
def serve(settings: Settings) -> None:
    """Serve the graph: REST, SPARQL and Linked Data.

    A store that is empty or not there yet is served too: what kg build publishes is served at
    once, without a restart. Stop it with Ctrl+C.

    \b
      kg serve
      kg serve --bind 0.0.0.0:8080 --workers 4 --access-log
      kg serve --store memory:
    """
    with closing(open_store(settings)) as store:
        version = store.versions()[0]
    what = f"version {version.number}, {version.triples} triples"
    note = "" if version.graphs else " The store is empty: kg build fills it."
    serve_http(
        settings, ready=lambda url: click.echo(f"kg {__version__} serves {url} ({what}).{note}")
    )
