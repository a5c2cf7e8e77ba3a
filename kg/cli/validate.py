"""``kg validate``: files against the shapes, without a store."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kg.cli.exits import Exit
from kg.cli.options import message_language_option, settings_options
from kg.documents.report_json import report_json
from kg.rdf.formats import TURTLE
from kg.rdf.parsing import serialize
from kg.settings import Settings
from kg.writing.ingest import Files


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "turtle"]),
    default="text",
    show_default=True,
    help="How the report is written; turtle is a sh:ValidationReport.",
)
@message_language_option
@settings_options("ontology", "shapes", "articles")
def validate(settings: Settings, *, files: tuple[Path, ...], form: str, lang: str) -> int:
    """Validate RDF files against the shapes.

    Exits with 1 where they do not conform. Several files are one graph. A file stands for the
    source file of its name; the other source files are what it may link to, and are not reported
    on. The suffix tells the format: .ttl, .nt, .nq, .trig, .jsonld or .rdf. No store is needed.

    \b
      kg validate my-article.ttl
      kg validate --lang ja articles/*.ttl
      kg validate --format turtle my-article.ttl > report.ttl
    """
    report = Files.read(settings, files).validate()
    if form == "turtle":
        click.echo(serialize(report.quads(), TURTLE), nl=False)
    elif form == "json":
        click.echo(json.dumps(report_json(report, lang), ensure_ascii=False, indent=2))
    else:
        click.echo(report.text(lang))
    return Exit.OK if report.conforms else Exit.NO
