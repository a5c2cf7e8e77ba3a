"""``kg pull``: take graphs over from another store."""

from __future__ import annotations

import click

from kg.cli.author import author
from kg.cli.options import settings_options
from kg.cli.outcome import tell
from kg.cli.stores import opened_store
from kg.exchange.exporting import graph_name
from kg.rdf.iris import Iris
from kg.settings import Settings


@click.command()
@click.argument("url")
@click.option("--graph", "graphs", multiple=True, metavar="NAME", help="Only this; repeatable.")
@click.option("--message", "-m", help="Why; default: where from.")
@settings_options("store", "ontology", "shapes", "remote_user")
def pull(settings: Settings, *, url: str, graphs: tuple[str, ...], message: str | None) -> None:
    """Take the graphs of the store at URL over into a new version, if they conform.

    The password is KG_REMOTE_PASSWORD, a bearer token KG_REMOTE_TOKEN.

    \b
      kg pull http://localhost:3030/ds
      kg pull http://localhost:3030/ds --graph entities
    """
    from kg.exchange.pushing import pulling
    from kg.store.remote.store import remote_service
    from kg.writing.publishing import Origin, Publisher

    iris = Iris(settings.namespace)
    names = [graph_name(each, iris).value for each in graphs]
    edit = pulling(remote_service(settings, url), names, prefix=iris.graph("").value)
    origin = Origin(author=author(), message=message or f"Pull from {url}", admin=True)
    tell(Publisher.local(settings, opened_store(settings)).publish(edit, origin))
