"""``kg diff``: what differs between two versions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from kg.cli.options import settings_options
from kg.cli.stores import opened_store
from kg.cli.terminal import printable
from kg.rdf.namespaces import shorten
from kg.rdf.terms import NamedNode, Term
from kg.settings import Settings

if TYPE_CHECKING:
    from kg.writing.history import Difference


@click.command()
@click.argument("old", type=int)
@click.argument("new", type=int, required=False)
@click.option("--format", "form", type=click.Choice(["text", "patch"]), default="text")
@settings_options("store")
def diff(settings: Settings, *, old: int, new: int | None, form: str) -> None:
    """Show what version NEW, the current one by default, has and OLD has not, and the reverse.

    \b
      kg diff 3
      kg diff 3 7 --format patch > changes.rdfp
    """
    from kg.writing.history import difference
    from kg.writing.patches import write_patch

    store = opened_store(settings)
    current = store.snapshot().info.number
    found = difference(store, old, current if new is None else new)
    for line in write_patch(found) if form == "patch" else _lines(found):
        click.echo(line, nl=form == "text")


def _lines(found: Difference) -> Iterator[str]:
    yield (
        f"Version {found.old.number} to {found.new.number}:"
        f" {len(found.removed)} removed, {len(found.added)} added"
    )
    marked = [(quad, "-") for quad in found.removed] + [(quad, "+") for quad in found.added]
    graph = None
    for quad, mark in sorted(marked, key=lambda each: (str(each[0].graph_name), str(each[0]))):
        if quad.graph_name != graph:
            graph = quad.graph_name
            yield f"\n{printable(str(graph))}"
        yield f"{mark} {' '.join(_shown(term) for term in quad.triple)}"


def _shown(term: Term) -> str:
    return printable(shorten(term.value) if isinstance(term, NamedNode) else str(term))
