"""``kg log``: the versions that are kept."""

from __future__ import annotations

import json

import click

from kg.cli.options import settings_options
from kg.cli.stores import opened_store
from kg.cli.terminal import print_rows
from kg.settings import Settings
from kg.store.base import VersionInfo

_TIME = "%Y-%m-%d %H:%M:%S UTC"


@click.command()
@click.option("--limit", "-n", type=click.IntRange(min=1), help="Only the newest so many.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@settings_options("store")
def log(settings: Settings, *, limit: int | None, form: str) -> None:
    """List the versions that are kept, newest first.

    \b
      kg log -n 10
      kg log --format json
    """
    versions = opened_store(settings).versions()[:limit]
    if form == "json":
        click.echo(json.dumps([each.summary for each in versions], ensure_ascii=False, indent=2))
        return
    headings = ("version", "time", "author", "triples", "message")
    print_rows(headings, (_row(each) for each in versions))


def _row(info: VersionInfo) -> tuple[str, ...]:
    time = info.time.strftime(_TIME)
    return (str(info.number), time, info.author, str(info.triples), info.message)
