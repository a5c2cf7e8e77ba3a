"""``kg backup``: the whole store in one file."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.options import settings_options
from kg.cli.terminal import progress_bar
from kg.exchange.backup import backup as write_backup
from kg.settings import Settings
from kg.store.opening import store_folder
from kg.writing.access import token_path


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Overwrite what is there already.")
@settings_options("store", "tokens")
def backup(settings: Settings, *, file: Path, force: bool) -> None:
    """Write all versions and the tokens to FILE. The store may be in use meanwhile.

    \b
      kg backup kg-backup.tar.gz
    """
    with progress_bar(shown=True) as progress:
        versions = write_backup(
            store_folder(settings), token_path(settings), file, force=force, progress=progress
        )
    click.echo(f"Wrote {versions} versions to {file}.")
