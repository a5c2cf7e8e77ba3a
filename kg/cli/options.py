"""Options that several commands take, made from the settings themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import Field, fields, replace
from functools import wraps
from pathlib import Path
from typing import Any, TypeAlias

import click

from kg.settings import Settings, variable

Command: TypeAlias = Callable[..., int | None]

_METAVARS = {"store": "PATH", "bind": "HOST:PORT", "workers": "NUMBER"}


def settings_options(*names: str) -> Callable[[Command], Command]:
    """An option for each of these settings; the command gets them all, as ``settings``.

    An option wins over the environment, the environment over the default.
    """
    known = {item.name: item for item in fields(Settings)}

    def decorate(command: Command) -> Command:
        @wraps(command)
        def run(**arguments: object) -> int | None:
            given = {name: arguments.pop(name) for name in names}
            chosen = {name: value for name, value in given.items() if value is not None}
            settings = replace(click.get_current_context().obj, **chosen)
            return command(settings=settings, **arguments)

        decorated: Command = run
        for name in reversed(names):
            decorated = _option(known[name])(decorated)
        return decorated

    return decorate


def text_option(form: str) -> Callable[[Command], Command]:
    """``--text FILE``: the caller's copy of an article; ``form`` says what is read off it."""
    file = click.Path(exists=True, dir_okay=False, path_type=Path)
    meaning = f"Your copy of the article: UTF-8{form}."
    return click.option("--text", required=True, type=file, help=meaning)


def message_language_option(command: Command) -> Command:
    """``--lang``: the language of a report's messages, as ``lang``."""
    languages = click.Choice(["en", "ja"])
    option = click.option("--lang", type=languages, default="en", help="The messages' language.")
    return option(command)


def _option(setting: Field[Any]) -> Callable[[Command], Command]:
    spelled = f"--{setting.name.replace('_', '-')}"
    if isinstance(setting.default, bool):
        switch = f"{spelled}/--no-{spelled.removeprefix('--')}"
        return click.option(switch, default=None, help=_help(setting))
    metavar = _METAVARS.get(setting.name, "DIR" if isinstance(setting.default, Path) else "VALUE")
    return click.option(spelled, metavar=metavar, callback=_reader(setting), help=_help(setting))


def _reader(setting: Field[Any]) -> Callable[..., object]:
    """Reads the option's text as the setting's own parser does."""

    def read(_context: click.Context, parameter: click.Parameter, text: str | None) -> object:
        try:
            return None if text is None else setting.metadata["parse"](text)
        except ValueError as error:
            raise click.BadParameter(f"{text!r}: {error}.", param=parameter) from error

    return read


def _help(setting: Field[Any]) -> str:
    told = not isinstance(setting.default, Path | bool | None)
    shown = f"; default {setting.default}" if told else ""
    meaning = setting.metadata["meaning"]
    return f"{meaning[0].upper()}{meaning[1:]}.  [{variable(setting.name)}{shown}]"
