"""``kg check``: an article's file, before it is published."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.authoring.verification import Finding, normalised
from kg.cli.exits import Exit
from kg.cli.options import message_language_option, settings_options, text_option
from kg.cli.terminal import printable
from kg.documents.description import Json
from kg.documents.report_json import report_json
from kg.settings import Settings

if TYPE_CHECKING:
    from kg.authoring.checking import Checked


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@text_option("; line ends and a final newline do not matter")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How the findings are written.",
)
@message_language_option
@settings_options("ontology", "shapes", "articles")
def check(settings: Settings, *, file: Path, text: Path, form: str, lang: str) -> int:
    """Check an article's file against the shapes and your copy of the text.

    Exits with 1 where it does not conform, or where a passage is not what stands in the text. Warns
    of sentences that nothing cites, of more than five words in a row that the text has too, and of
    new things named nearly like known ones. Nothing is published, and no store is needed.

    \b
      kg check articles/daily-2031-05-04.ttl --text daily.txt
    """
    from kg.authoring.checking import check as check_file  # validators are slow to load

    found = check_file(settings, file, normalised(text.read_bytes(), source=str(text)))
    if form == "json":
        click.echo(json.dumps(_json(found, lang), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_lines(found, lang)))
    return Exit.OK if found.ok else Exit.NO


def _json(found: Checked, lang: str) -> dict[str, Json]:
    checked = found.verification
    return {
        "ok": found.ok,
        "article": found.article.value,
        "warnings": found.warnings,
        "shapes": report_json(found.report, lang),
        "passages": {"count": checked.passages, "faults": _listed(checked.faults)}
        if checked
        else None,
        "uncited": _listed(found.uncited),
        "copied": _listed(found.copied),
        "alike": _listed(found.alike),
    }


def _listed(findings: Sequence[Finding]) -> list[Json]:
    return [{"place": each.place, "message": each.message} for each in findings]


def _lines(found: Checked, lang: str) -> Iterator[str]:
    yield _heading("Shapes", found.report.text(lang), bad=not found.report.conforms)
    if found.verification is None:
        yield _heading("Passages", "not looked at before article and passages conform", bad=True)
    else:
        faults = found.verification.faults
        right = f"{found.verification.passages}, each where the file says, nothing left out"
        yield from _section("Passages", faults, right=right, bad=True)
        yield from _section("Sentences", found.uncited, right="all are cited")
    yield from _section("Wording", found.copied, right="no more than five words in a row")
    yield from _section("Names", found.alike, right="no new thing is named like a known one")
    warned = "1 warning" if found.warnings == 1 else f"{found.warnings} warnings"
    ending = "it can be published." if found.ok else "it cannot be published yet."
    yield _heading("Result", f"{warned}; {ending}", bad=not found.ok)


def _section(
    name: str, findings: Sequence[Finding], *, right: str, bad: bool = False
) -> Iterator[str]:
    if not findings:
        yield _heading(name, right)
        return
    yield _heading(name, f"{len(findings)} to look at", bad=bad, doubtful=not bad)
    yield from (f"  {printable(str(each))}" for each in findings)


def _heading(name: str, said: str, *, bad: bool = False, doubtful: bool = False) -> str:
    """A line in colour, which only a terminal shows: click leaves it out in a pipe."""
    colour = "red" if bad else "yellow" if doubtful else "green"
    return f"{click.style(f'{name}:', bold=True)} {click.style(printable(said), fg=colour)}"
