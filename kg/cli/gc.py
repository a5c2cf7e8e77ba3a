"""``kg gc``: remove old versions."""

from __future__ import annotations

import click

from kg.cli.options import settings_options
from kg.settings import Settings
from kg.store.embedded import EmbeddedStore
from kg.store.opening import store_folder


@click.command()
@click.option("--keep", type=click.IntRange(min=1), required=True, help="How many to keep.")
@settings_options("store")
def gc(settings: Settings, *, keep: int) -> None:
    """Remove old versions: all but the newest so many, and those that somebody reads just now.

    \b
      kg gc --keep 20
    """
    removed = EmbeddedStore(store_folder(settings)).gc(keep=keep)
    click.echo(f"Removed {len(removed)} version{'' if len(removed) == 1 else 's'}.")
