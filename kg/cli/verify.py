"""``kg verify``: hold a copy of an article's text against the graph's passages."""

from __future__ import annotations

from pathlib import Path

import click

from kg.authoring.verification import Verification, normalised
from kg.authoring.verification import verify as verify_text
from kg.cli.exits import Exit
from kg.cli.options import settings_options, text_option
from kg.cli.stores import opened_store
from kg.rdf.iris import Iris
from kg.settings import Settings


@click.command()
@text_option("; line ends and a final newline do not matter")
@click.option("--article", metavar="ID", help="Which article, where the store has several.")
@settings_options("store")
def verify(settings: Settings, *, text: Path, article: str | None) -> int:
    """Check the passages against your copy of the text.

    Every passage must stand at its offsets with the words of its hash, no sentence may be outside
    the passages, and every passage must be cited by an item. The line that gives the article's
    publisher and date needs no citation. Names each that fails, and exits with 1.

    \b
      kg verify --text yomiuri.txt
      kg verify --text yomiuri.txt --article yomiuri-2025-08-17
    """
    node = Iris(settings.namespace).thing("id", article) if article else None
    copy = normalised(text.read_bytes(), source=str(text))
    found = verify_text(opened_store(settings).snapshot(), copy, node)
    click.echo("\n".join(_lines(found)))
    return Exit.OK if found.ok else Exit.NO


def _lines(found: Verification) -> list[str]:
    name = found.article.value.rpartition("/")[2]
    notes = [f"note: {each}" for each in found.notes]
    if found.ok:
        summary = "every offset and hash is right, every sentence is covered and cited."
    else:
        summary = f"{len(found.failures)} faults."
    return [*map(str, found.failures), *notes, f"{name}: {found.passages} passages: {summary}"]
