"""The parts of the reference that the program says of itself, as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import click

from kg.cli.main import commands
from kg.documentation.entries import Entry
from kg.documentation.ontology import Documented, ontology_document
from kg.documentation.shapes import Constraint, shapes_document
from kg.openapi.document import Examples, document
from kg.rdf.parsing import parse_folder
from kg.settings import Settings, variable
from kg.sources import Sources, read_vocabulary

_WIDTH = 78  # what a terminal of 80 columns gets


def command_pages() -> str:
    """What ``kg --help`` says, and ``--help`` of each command and its own commands."""
    return "\n\n".join(_helps(commands, "kg", None))


def _helps(command: click.Command, name: str, above: click.Context | None) -> Iterator[str]:
    context = click.Context(
        command, info_name=name, parent=above, terminal_width=_WIDTH, **command.context_settings
    )
    path = context.command_path
    yield f"## {path}\n\n```text\n{command.get_help(context)}\n```"
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            below = command.get_command(context, each)
            assert below is not None
            yield from _helps(below, each, context)


def setting_table() -> str:
    """Each setting's variable, default and meaning; secrets have no default."""
    rows = [
        f"| `{variable(each.name)}` | {_default(each.name, each.default)} |"
        f" {each.metadata['meaning']} |"
        for each in fields(Settings)
    ]
    return "\n".join(("| variable | default | meaning |", "|---|---|---|", *rows))


def _default(name: str, default: object) -> str:
    if name == "workers":
        return "as many as cores"
    if isinstance(default, Path):
        return f"`{default.name}/` as shipped"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`" if default else ""


def route_tables() -> str:
    """Each path with its methods, in groups as the OpenAPI document has them."""
    whole = document(
        _vocabulary().schema, Examples(things={}, ids={}), root="", languages=("en", "ja")
    )
    groups: dict[str, list[str]] = {}
    paths: Any = whole["paths"]
    for path, methods in paths.items():
        for method, operation in methods.items():
            row = f"| {method.upper()} | `{path}` | {_cell(operation['summary'])} |"
            groups.setdefault(operation["tags"][0], []).append(row)
    head = "| method | path | |\n|---|---|---|\n"
    return "\n\n".join(f"## {tag}\n\n{head}" + "\n".join(rows) for tag, rows in groups.items())


def ontology_text() -> str:
    """Every class, property, annotation and concept with its definition."""
    graphs = _vocabulary().graphs
    concepts = parse_folder(Settings().ontology / "concepts")
    found = ontology_document(_vocabulary().schema, graphs["ontology"], concepts, graphs["shapes"])
    schemes = (f"### {_title(each.entry)}\n\n{_terms(each.concepts)}" for each in found.schemes)
    parts = {
        "Classes": _terms(found.classes),
        "Properties": _terms(found.properties),
        "Terms of other vocabularies": _terms(found.borrowed),
        "Annotations of the API": _terms(found.annotations),
        "Concepts": "\n\n".join(schemes),
    }
    return "\n\n".join(f"## {title}\n\n{text}" for title, text in parts.items())


def _terms(found: tuple[Documented, ...] | tuple[Entry, ...]) -> str:
    entries = (each if isinstance(each, Entry) else each.entry for each in found)
    return "\n\n".join(f"`{each.name}` {_label(each)}\n: {_definition(each)}" for each in entries)


def shape_text() -> str:
    """Every shape with its members and constraints, each with the message of its breach."""
    found = shapes_document(_vocabulary().schema, _vocabulary().graphs["shapes"])
    parts = [
        "\n\n".join((f"## {each.entry.anchor}", _definition(each.entry), _rules(each.constraints)))
        for each in found.shapes
    ]
    return "\n\n".join((*parts, "## Shared constraints", _rules(found.shared)))


def _rules(constraints: tuple[Constraint, ...]) -> str:
    if not constraints:
        return ""
    rows = (
        f"| `{each.entry.anchor}` | {f'`{each.member}`' if each.member else ''} |"
        f" {_cell(_english(each.messages) or _definition(each.entry))} |"
        for each in constraints
    )
    return "\n".join(("| constraint | member | what it says |", "|---|---|---|", *rows))


def _title(entry: Entry) -> str:
    return _english(entry.labels) or entry.name


def _label(entry: Entry) -> str:
    return _english(entry.labels)


def _definition(entry: Entry) -> str:
    return " ".join(_english(entry.descriptions).split()) or "As its own vocabulary has it."


def _english(texts: Mapping[str, str]) -> str:
    return texts.get("en", texts.get("", ""))


def _cell(text: str) -> str:
    escaped = text.replace("|", "\\|").replace("<", "&lt;").replace("{", "&#123;")
    return " ".join(escaped.split())


@cache
def _vocabulary() -> Sources:
    return read_vocabulary(Settings())


PARTS: Mapping[str, Callable[[], str]] = {
    "commands": command_pages,
    "settings": setting_table,
    "routes": route_tables,
    "ontology": ontology_text,
    "shapes": shape_text,
}


def filled(text: str) -> str:
    """A page with each ``<!-- generated: NAME -->`` replaced by that part."""
    for name, write in PARTS.items():
        mark = f"<!-- generated: {name} -->"
        if mark in text:
            text = text.replace(mark, write())
    return text
