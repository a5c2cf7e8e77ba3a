"""``kg patch``: apply what ``kg diff`` wrote."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.author import author
from kg.cli.options import settings_options
from kg.cli.outcome import tell
from kg.cli.stores import opened_store
from kg.cli.terminal import progress_bar
from kg.errors import InputError
from kg.settings import Settings


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--message", "-m", help="Why; default: the file's name.")
@click.option("--strict", is_flag=True, help="Let warnings stand in the way too.")
@settings_options("store", "ontology", "shapes")
def patch(settings: Settings, *, file: Path, message: str | None, strict: bool) -> None:
    """Apply an RDF Patch, as kg diff --format patch writes it, if the result conforms.

    \b
      kg patch changes.rdfp -m 'Correct two dates'
    """
    from kg.writing.patches import applying, read_patch
    from kg.writing.publishing import Origin, Publisher

    edit = applying(read_patch(_text(file)))
    origin = Origin(author=author(), message=message or f"Apply {file.name}", admin=True)
    publisher = Publisher.local(settings, opened_store(settings))
    with progress_bar(shown=True) as progress:
        published = publisher.publish(edit, origin, strict=strict, progress=progress)
    tell(published)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: {error}.") from error
