"""``kg dump``: the graph as files for other stores."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.options import settings_options
from kg.cli.stores import opened_store
from kg.cli.terminal import progress_bar
from kg.settings import Settings


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--version", "number", type=int, metavar="NUMBER", help="Not the current version.")
@settings_options("store")
def dump(settings: Settings, *, folder: Path, number: int | None) -> None:
    """Write the graph to FOLDER in the formats that other stores load.

    N-Quads, TriG, JSON-LD; each graph as Turtle, RDF/XML and N-Triples; all compressed too, with
    checksums. Equal content is written alike on every run and machine.

    \b
      kg dump dump && (cd dump && sha256sum -c SHA256SUMS)
    """
    from kg.exchange.dumping import dump as write_dump

    snapshot = opened_store(settings).snapshot(number)
    with progress_bar(shown=True) as progress:
        write_dump(snapshot, folder, progress)
    info = snapshot.info
    click.echo(f"Wrote version {info.number} to {folder}: {info.triples} triples.")
