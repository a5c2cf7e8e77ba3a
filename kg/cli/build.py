"""``kg build``: validate the source files and publish them as a new version."""

from __future__ import annotations

from contextlib import ExitStack

import click

from kg.cli.author import author
from kg.cli.options import settings_options
from kg.cli.stores import opened_store
from kg.cli.terminal import SCREEN, complain, print_rows, progress_bar
from kg.projection.finder import Finders
from kg.rdf.iris import Iris
from kg.settings import Settings
from kg.sources import Sources
from kg.validation.executors import CLUSTER, PROCESSES, workers_for
from kg.writing.ingest import Built
from kg.writing.ingest import build as build_store


@click.command()
@click.option("--force", is_flag=True, help="Overwrite graphs that were edited in the store.")
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but warnings and errors.")
@click.option(
    "--executor",
    metavar="NAME",
    default=PROCESSES,
    show_default=True,
    help=f"Who validates: processes of this machine, or {CLUSTER}HOST:PORT.",
)
@click.option(
    "--workers",
    "count",  # not the setting of that name, which is for serving
    metavar="NUMBER",
    type=click.IntRange(min=1),
    help="How many processes; without it as many as cores, and none for a few articles.",
)
@settings_options("store", "ontology", "shapes", "articles")
def build(
    settings: Settings, *, force: bool, quiet: bool, executor: str, count: int | None
) -> None:
    """Validate the source files and publish them.

    Ontology, concepts, shapes and articles become a new version of the store, all or nothing:
    where a file cannot be read or the graph does not conform, the store stays as it was. Where no
    file has changed since the last build, there is nothing to do.

    \b
      kg build
      kg build --store /srv/kg --articles my-articles
      kg build --executor dask://scheduler:8786
    """
    with progress_bar(shown=not quiet) as progress, ExitStack() as stack:
        sources = Sources.read(settings, progress)
        chosen = workers_for(executor, count=count, articles=len(sources.graphs))
        store, iris = opened_store(settings), Iris(settings.namespace)
        built = build_store(
            store,
            sources,
            iris,
            author=author(),
            force=force,
            workers=stack.enter_context(chosen) if chosen else None,
            progress=progress,
        )
        Finders.open(settings, store, sources.schema).prepare(store.snapshot(), progress)
    _tell(built, settings, quiet=quiet)


def _tell(built: Built, settings: Settings, *, quiet: bool) -> None:
    for warning in built.report.warnings if built.report else ():
        complain(f"warning: {warning.node}: {warning.message()}")
    if quiet:
        return
    version = built.version
    if not built.changed:
        click.echo(f"Nothing to do: version {version.number} in {settings.store} is up to date.")
        return
    click.echo(
        f"Published version {version.number} in {settings.store}: {len(version.graphs)} graphs,"
        f" {version.triples} triples, validated in {built.seconds:.2f} s."
    )
    prefix = Iris(settings.namespace).graph("").value
    rows = [
        (name, str(info.triples), "written" if name in built.changed else "as before")
        for iri, info in sorted(version.graphs.items())
        for name in [iri.removeprefix(prefix)]
    ]
    rows.sort(key=lambda row: row[2] == "as before")  # what is new comes first
    print_rows(("graph", "triples", "this time"), rows, most=SCREEN)
