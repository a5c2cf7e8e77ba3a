"""``kg token``: who may write over HTTP."""

from __future__ import annotations

import click

from kg.cli.options import settings_options
from kg.cli.terminal import print_rows
from kg.settings import Settings
from kg.writing.access import Scope, Tokens, token_path


@click.group()
def token() -> None:
    """Make, list and revoke the tokens that may write over HTTP.

    Without any token nothing can be written over HTTP. A running server sees changes at once.

    \b
      kg token add anna --scope write
      curl -X PUT localhost:8000/graph/my-article -H 'Content-Type: text/turtle' \\
           -H 'Authorization: Bearer kg_…' --data-binary @my-article.ttl
    """


@token.command()
@click.argument("name")
@click.option(
    "--scope",
    type=click.Choice([each.value for each in Scope]),
    default=Scope.WRITE.value,
    show_default=True,
    help="write: all data; admin: ontology and shapes too.",
)
@settings_options("store", "tokens")
def add(settings: Settings, *, name: str, scope: str) -> None:
    """Make a token and print it: once, since only its digest is kept."""
    click.echo(Tokens(token_path(settings)).add(name, Scope(scope)))


@token.command("list")
@settings_options("store", "tokens")
def list_tokens(settings: Settings) -> None:
    """List the tokens: name, scope and when each was made."""
    known = Tokens(token_path(settings)).all()
    rows = [(each.name, each.scope.value, each.created.isoformat()) for each in known]
    print_rows(("name", "scope", "made"), rows)


@token.command()
@click.argument("name")
@settings_options("store", "tokens")
def revoke(settings: Settings, *, name: str) -> None:
    """Make a token worthless from now on."""
    Tokens(token_path(settings)).revoke(name)
