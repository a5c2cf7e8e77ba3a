"""``kg rollback``: the way back to an old version."""

from __future__ import annotations

import click

from kg.cli.author import author
from kg.cli.options import settings_options
from kg.cli.outcome import tell
from kg.cli.stores import opened_store
from kg.cli.terminal import progress_bar
from kg.settings import Settings


@click.command()
@click.argument("version", type=int)
@click.option("--message", "-m", help="Why; default: 'Roll back to version N'.")
@settings_options("store", "ontology", "shapes")
def rollback(settings: Settings, *, version: int, message: str | None) -> None:
    """Publish a new version with the content of VERSION, validated as any other change.

    \b
      kg rollback 3
    """
    from kg.writing.history import returning_to
    from kg.writing.publishing import Origin, Publisher

    store = opened_store(settings)
    edit = returning_to(store.snapshot(version))
    why = message or f"Roll back to version {version}"
    origin = Origin(author=author(), message=why, admin=True)
    with progress_bar(shown=True) as progress:
        published = Publisher.local(settings, store).publish(edit, origin, progress=progress)
    tell(published)
