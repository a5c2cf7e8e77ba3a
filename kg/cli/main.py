"""The command ``kg``: what its commands share, and how errors are told."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib import import_module

import click

from kg import __version__
from kg.cli.exits import Exit, exit_code, explanation
from kg.cli.terminal import complain
from kg.errors import KgError, NotConforming
from kg.settings import Settings, unknown_variables

# Each command is a module of its name, imported when it is run: help has to be quick.
COMMANDS = {
    "build": "Validate the source files and publish them.",
    "new": "Begin an article's file: who, when, and its passages.",
    "check": "Check an article's file against shapes, text and names.",
    "validate": "Validate RDF files against the shapes.",
    "serve": "Serve the graph: REST, SPARQL and Linked Data.",
    "query": "Ask the graph by SPARQL.",
    "show": "Show one thing, with all that points to it.",
    "export": "Write the graph as one RDF document.",
    "verify": "Check the passages against your copy of the text.",
    "log": "List the versions that are kept.",
    "diff": "Show what differs between two versions.",
    "patch": "Apply an RDF Patch.",
    "rollback": "Go back to the content of an old version.",
    "gc": "Remove old versions.",
    "token": "Make, list and revoke the tokens that may write over HTTP.",
    "backup": "Write the whole store to a file.",
    "restore": "Make the store anew from a backup.",
    "dump": "Write the graph as files for other stores.",
    "push": "Bring the graphs into another store.",
    "pull": "Take graphs over from another store.",
}


class _Commands(click.Group):
    """The group of ``COMMANDS``, in their order."""

    def list_commands(self, _context: click.Context) -> list[str]:
        """The names of all commands."""
        return list(COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        """The command of this name, or None."""
        if name not in COMMANDS:
            return None
        command = getattr(import_module(f"kg.cli.{name}"), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=_Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="kg")
@click.pass_context
def commands(context: click.Context) -> None:
    """Editorials as a validated knowledge graph: build it, serve it, ask it.

    \b
    A first round:
      kg build                 validate the source files and publish them
      kg serve                 serve them at http://127.0.0.1:8000
      kg show putin            one thing, with all that points to it
      kg query 'SELECT ...'    ask by SPARQL

    Every setting is an environment variable too: KG_STORE, KG_BIND and so on. An option wins over
    its variable.

    \b
    Exit codes:
      0  done
      1  the answer is no: does not conform, text differs, nothing of that name
      2  the command line or its input cannot be understood
      3  cannot be done here and now: store, disk, port, setting, time
    """
    context.obj = Settings.from_env(os.environ)
    for name in unknown_variables(os.environ):
        complain(f"warning: {name} names no setting; is it misspelled?")
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; every error that we know is one line."""
    try:
        code = commands.main(arguments, prog_name="kg", standalone_mode=False)
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else "kg"
        complain(f"{error.format_message()} Try {where} --help.")
        return Exit.USAGE
    except click.Abort:
        return Exit.INTERRUPTED
    except KgError as error:
        if isinstance(error, NotConforming):
            click.echo(error.report.text(), err=True)
        complain(explanation(error))
        return exit_code(error)
    except OSError as error:
        complain(f"{error.filename or 'output'}: {error.strerror}.")
        return Exit.CANNOT
    return int(code or Exit.OK)
