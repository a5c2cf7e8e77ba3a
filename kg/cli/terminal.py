"""What people see: errors in one line, tables and progress on a terminal, plain text in a pipe."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from kg.progress import Progress, unwatched

SCREEN = 40  # rows of a list that may be long
_WIDE = 10_000  # columns that a table in a pipe may take: nothing there is cut


def complain(message: str) -> None:
    """Tell of an error or a warning in one line on stderr."""
    click.echo(f"kg: {printable(' '.join(message.split()))}", err=True)


def on_terminal() -> bool:
    """Whether a person reads the output, not a program."""
    return sys.stdout.isatty()


def printable(text: str) -> str:
    """The text with control characters spelled out: a label must not steer the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else _spelled(c) for c in text)


def near(path: Path) -> Path:
    """The path as it is seen from the working folder, where it is below it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table, as wide as the terminal, or as it needs in a pipe."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table()
    for heading in headings:
        table.add_column(Text(printable(heading)))
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    Console(width=None if on_terminal() else _WIDE).print(table)


def print_rows(
    headings: Sequence[str], rows: Iterable[Sequence[str]], *, most: int | None = None
) -> None:
    """Print a table on a terminal, and in a pipe one line a row, tabs between the cells.

    A terminal gets no more than ``most`` rows, and how many there are beside them.
    """
    if on_terminal():
        found = list(rows)
        shown = found[:most]
        print_table(headings, shown)
        if len(shown) < len(found):
            click.echo(f"and {len(found) - len(shown)} more; in a pipe all are printed.")
        return
    for row in rows:
        click.echo("\t".join(printable(cell) for cell in row))


@contextmanager
def progress_bar(*, shown: bool) -> Iterator[Progress]:
    """A progress bar on stderr for the block, where that is a terminal and ``shown``."""
    if not (shown and sys.stderr.isatty()):
        yield unwatched
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        tasks = {}

        def show(step: str, /, *, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bar.add_task(step)
            bar.update(tasks[step], completed=done, total=total or None)

        yield show


def write_output(data: bytes, output: str) -> None:
    """Write to the file ``output``, whole or not at all, or to stdout where it is ``-``."""
    if output == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    path = Path(output)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _spelled(control: str) -> str:
    return "\t" if control == "\t" else control.encode("unicode_escape").decode()
