"""``kg push``: bring the graphs into another store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from kg.cli.exits import Exit
from kg.cli.options import settings_options
from kg.cli.stores import opened_store
from kg.cli.terminal import SCREEN, print_rows, progress_bar
from kg.rdf.iris import Iris
from kg.settings import Settings

if TYPE_CHECKING:
    from kg.exchange.pushing import Plan, Pushed
    from kg.store.base import Store


@click.command()
@click.argument("url")
@click.option(
    "--via",
    type=click.Choice(["auto", "graphs", "update"]),
    default="auto",
    show_default=True,
    help="By the Graph Store protocol, or by SPARQL Update.",
)
@click.option("--update-url", metavar="URL", help="Where the other store takes updates.")
@click.option("--graphs-url", metavar="URL", help="Where its graphs are.")
@click.option("--since", type=int, metavar="VERSION", help="It has this version: send the rest.")
@click.option("--prune", is_flag=True, help="Remove graphs there that are not here.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@settings_options("store", "remote_user")
def push(
    settings: Settings,
    *,
    url: str,
    update_url: str | None,
    graphs_url: str | None,
    since: int | None,
    **choices: str | bool,
) -> int:
    """Bring the graphs into the store at URL, then compare what is there.

    Only graphs that differ are sent, so what was broken off goes on when it is run again. The
    password is KG_REMOTE_PASSWORD, a bearer token KG_REMOTE_TOKEN. The exit code is 1 where a graph
    differs in the end.

    \b
      kg push http://localhost:3030/ds
      KG_REMOTE_PASSWORD=… kg push https://db.example/sparql --via update --remote-user editor
    """
    from kg.exchange.pushing import push as push_graphs
    from kg.store.remote.store import remote_service

    service = remote_service(settings, url, update=update_url, graphs=graphs_url)
    plan = _plan(settings, opened_store(settings), since, choices)
    with progress_bar(shown=True) as progress:
        return _tell(push_graphs(plan, service, progress))


def _plan(
    settings: Settings, store: Store, since: int | None, choices: Mapping[str, str | bool]
) -> Plan:
    from kg.exchange.pushing import Plan, Via

    return Plan(
        snapshot=store.snapshot(),
        prefix=Iris(settings.namespace).graph("").value,
        via=Via(str(choices["via"])),
        since=None if since is None else store.snapshot(since),
        prune=bool(choices["prune"]),
        dry_run=bool(choices["dry_run"]),
    )


def _tell(found: Sequence[Pushed]) -> int:
    rows = [
        (each.graph.rpartition("/")[2], str(each.triples), each.fate, ", ".join(each.folds))
        for each in sorted(found, key=lambda each: each.fate == "same")  # what is new comes first
    ]
    print_rows(("graph", "triples", "over there", "equal but for"), rows, most=SCREEN)
    wrong = [each for each in found if each.fate == "differs"]
    pending = [each for each in found if each.fate.startswith("to ")]
    if not wrong and not pending:
        click.echo("identical" if not any(each.folds for each in found) else "equal")
    return Exit.NO if wrong else Exit.OK
