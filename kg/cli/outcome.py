"""What a command says of a write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kg.cli.terminal import complain

if TYPE_CHECKING:
    from kg.writing.publishing import Published


def tell(published: Published) -> None:
    """Print the version that came of it, and warnings on stderr."""
    for warning in published.report.warnings:
        complain(f"warning: {warning.node}: {warning.message()}")
    done = "Published" if published.changed else "Nothing to do: the store is as in"
    click.echo(f"{done} version {published.version.number}.")
