"""``kg restore``: the store from a backup."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.options import settings_options
from kg.cli.terminal import progress_bar
from kg.exchange.backup import restore as read_backup
from kg.settings import Settings
from kg.store.opening import store_folder
from kg.writing.access import token_path


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Overwrite what is there already.")
@settings_options("store", "tokens")
def restore(settings: Settings, *, file: Path, force: bool) -> None:
    """Make the store what it was when FILE was written, once everything in it has been checked.

    \b
      kg restore kg-backup.tar.gz --store /srv/kg
    """
    with progress_bar(shown=True) as progress:
        versions = read_backup(
            file, store_folder(settings), token_path(settings), force=force, progress=progress
        )
    click.echo(f"Restored {versions} versions to {settings.store}.")
