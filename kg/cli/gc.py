"""``kg gc``: remove old versions."""

from __future__ import annotations

import click

from kg.cli.options import settings_options
from kg.cli.terminal import progress_bar
from kg.settings import Settings
from kg.store.embedded.compaction import compact, is_due
from kg.store.embedded.store import EmbeddedStore
from kg.store.opening import store_folder


@click.command()
@click.option("--keep", type=click.IntRange(min=1), required=True, help="How many to keep.")
@settings_options("store")
def gc(settings: Settings, *, keep: int) -> None:
    """Remove old versions: all but the newest so many, and those that somebody reads just now.

    Then the store is put in order if that is due, which kg serve does while it runs: as many
    changes would keep a later one waiting. It takes as much disk as the newest version.

    \b
      kg gc --keep 20
    """
    folder = store_folder(settings)
    removed = EmbeddedStore(folder).gc(keep=keep)
    click.echo(f"Removed {len(removed)} version{'' if len(removed) == 1 else 's'}.")
    with progress_bar(shown=True) as progress:
        in_order = is_due(folder) and compact(folder, progress=progress)
    if in_order:
        click.echo("Put the store in order.")
