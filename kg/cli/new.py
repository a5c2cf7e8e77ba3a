"""``kg new``: the skeleton of an article's file."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.options import settings_options, text_option
from kg.cli.terminal import near, write_output
from kg.errors import InputError
from kg.settings import Settings


@click.command()
@click.argument("slug")
@click.option("--title", required=True, help="What the article is called in the graph.")
@click.option("--publisher", required=True, help="Id or name of the paper; a new name adds it.")
@click.option("--date", "published", required=True, metavar="YYYY-MM-DD", help="When it appeared.")
@text_option(", an empty line between paragraphs")
@click.option(
    "--lang",
    "language",
    type=click.Choice(["en", "ja"]),
    default="en",
    show_default=True,
    help="The language of the text.",
)
@click.option("--force", is_flag=True, help="Overwrite the file where there is one.")
@settings_options("ontology", "shapes", "articles")
def new(settings: Settings, *, force: bool, text: Path, **said: str) -> None:
    """Begin an article's file: who, when, and its passages.

    The text is cut into sentences, each a passage by offset and hash; no word of it gets into the
    file. Comments name the known things that each sentence speaks of, and show how items are
    written.

    \b
      kg new daily-2031-05-04 --title 'The Daily on ferries' --publisher 'The Daily' \\
         --date 2031-05-04 --text daily.txt
    """
    from kg.authoring.drafts import draft
    from kg.authoring.skeleton import skeleton

    path = settings.articles / f"{said['slug']}.ttl"
    begun = draft(settings, text=text, **said)
    if path.exists() and not force:
        raise InputError(f"{path} is there already; --force overwrites it.")
    write_output(skeleton(begun).encode(), str(path))
    named = len({thing.id for each in begun.sentences for thing in each.things})
    click.echo(
        f"Wrote {near(path)}. Passages: {len(begun.sentences)}. Known things named: {named}."
    )
    click.echo(f"Describe what they say there, then: kg check {near(path)} --text {text}")
