"""All settings, each with its ``KG_…`` variable, default and unit; only from here."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self

from kg.errors import SettingsError
from kg.rdf.namespaces import BASE

_PACKAGE = Path(__file__).parent


def _knowledge(folder: str) -> Path:
    """Where ``folder`` of the shipped knowledge is: inside the wheel, else in the checkout."""
    packed = _PACKAGE / "knowledge" / folder
    return packed if packed.is_dir() else _PACKAGE.parent / folder


def _flag(text: str) -> bool:
    known = {"true": True, "1": True, "yes": True, "on": True}
    known |= {"false": False, "0": False, "no": False, "off": False}
    try:
        return known[text.strip().lower()]
    except KeyError:
        raise ValueError("expected true or false") from None


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.replace(",", " ").split())


def _positive(text: str) -> int:
    digits = text.strip()
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 10 and int(digits) > 0):
        raise ValueError("expected a whole number from 1, of nine digits at most")
    return int(digits)


def _seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise ValueError("expected a number of seconds above 0")
    return number


def _setting(
    default: Any, parse: Callable[[str], Any], meaning: str, *, secret: bool = False
) -> Any:
    return field(default=default, repr=not secret, metadata={"parse": parse, "meaning": meaning})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this process is to run; ``from_env`` reads ``KG_STORE`` into ``store`` and so on."""

    store: str = _setting(
        ".kg/store", str, "the store: a folder, memory:, or the URL of a SPARQL 1.1 service"
    )
    store_update: str | None = _setting(
        None, str, "URL for updates of such a service; default: as its kind of server has it"
    )
    store_graphs: str | None = _setting(
        None, str, "URL of its Graph Store; default: as its kind of server has it"
    )
    store_user: str | None = _setting(None, str, "user name at the service (Basic or Digest)")
    store_password: str | None = _setting(None, str, "that user's password", secret=True)
    store_token: str | None = _setting(None, str, "bearer token for the service", secret=True)
    store_timeout: float = _setting(60.0, _seconds, "seconds a call of ours to it may take")
    store_watch: float = _setting(
        10.0, _seconds, "seconds for which what others write there may go unnoticed"
    )
    remote_user: str | None = _setting(None, str, "user name at the store of kg push and pull")
    remote_password: str | None = _setting(None, str, "that user's password", secret=True)
    remote_token: str | None = _setting(None, str, "bearer token for that store", secret=True)
    bind: str = _setting("127.0.0.1:8000", str, "HOST:PORT that kg serve listens on")
    workers: int = _setting(
        len(os.sched_getaffinity(0)), _positive, "processes that serve; default: as many as cores"
    )
    access_log: bool = _setting(default=False, parse=_flag, meaning="write a line per request")
    ontology: Path = _setting(_knowledge("ontology"), Path, "folder of the ontology, Turtle")
    shapes: Path = _setting(_knowledge("shapes"), Path, "folder of the SHACL shapes, Turtle")
    articles: Path = _setting(_knowledge("articles"), Path, "folder of the articles, Turtle")
    queries: Path = _setting(_knowledge("queries"), Path, "folder of the example queries")
    namespace: str = _setting(BASE, str, "the IRI that ids, concepts and graphs start with")
    union_default_graph: bool = _setting(
        default=True,
        parse=_flag,
        meaning="whether queries read the union of all graphs where they name none",
    )
    query_timeout: float = _setting(10.0, _seconds, "seconds a query may take if it asks no other")
    query_timeout_max: float = _setting(60.0, _seconds, "seconds that timeout= may ask for at most")
    query_memory: int = _setting(2048, _positive, "MiB that one query may use")
    query_processes: int = _setting(2, _positive, "query processes per serving process")
    query_queue: int = _setting(16, _positive, "queries that may wait per serving process")
    query_cache: int = _setting(64, _positive, "MiB of results kept per serving process")
    answer_cache: int = _setting(
        32, _positive, "MiB of whole REST answers kept per serving process"
    )
    federation_allow: tuple[str, ...] = _setting(
        (), _words, "URL prefixes that SERVICE and LOAD may call; none by default"
    )
    metrics_folder: str | None = _setting(
        None, str, "folder through which serving processes share figures; kg serve makes one"
    )
    tokens: str | None = _setting(
        None, str, "file of the tokens that may write; default: tokens.json in the store's folder"
    )
    update_timeout: float = _setting(30.0, _seconds, "seconds an update over HTTP may take")
    validation_timeout: float = _setting(
        30.0, _seconds, "seconds a validation over HTTP may take, its memory as for a query"
    )
    cache: Path | None = _setting(
        None, Path, "folder of search indexes and tables; default: cache in the store's folder"
    )
    body_limit: int = _setting(32, _positive, "MiB that a request body may have")

    @property
    def cache_folder(self) -> Path | None:
        """The folder of indexes and tables, None for one that goes with the process."""
        is_folder = ":" not in self.store
        return self.cache or (Path(self.store) / "cache" if is_folder else None)

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """Settings out of ``KG_…`` variables; an empty variable counts as absent.

        Raises SettingsError for a value that cannot be read.
        """
        given = [item for item in fields(cls) if environ.get(variable(item.name))]
        return cls(**{item.name: _parsed(item, environ[variable(item.name)]) for item in given})


def unknown_variables(environ: Mapping[str, str]) -> list[str]:
    """The ``KG_…`` variables that name no setting, for a warning: most are misspelled."""
    known = {variable(item.name) for item in fields(Settings)}
    return sorted(name for name in environ if name.startswith("KG_") and name not in known)


def variable(setting: str) -> str:
    """The name of the environment variable that gives ``setting``."""
    return f"KG_{setting.upper()}"


def _parsed(item: Any, text: str) -> Any:
    try:
        return item.metadata["parse"](text)
    except ValueError as error:
        raise SettingsError(f"{variable(item.name)}={text!r}: {error}.") from error
