"""What every page has: the reader's language, ways to other pages, scripts that are built."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

from flask import Flask, g, render_template, request

from kg.rdf.formats import HTML
from kg.web.language import PARAMETER
from kg.web.pages.assets import script, stylesheet
from kg.web.pages.dates import Dates
from kg.web.pages.head import structured
from kg.web.pages.items import item_of
from kg.web.pages.messages import DEFAULT, Messages, messages
from kg.web.pages.pieces import Pieces, web_address
from kg.web.services import reader_languages, services, snapshot

# The functions that write pieces of pages, by the names that templates call them by.
PIECES = ("reference", "mark", "polarity", "marked", "value", "values", "passages", "said", "text")


def init_app(app: Flask) -> None:
    """Give every template what the pages have in common."""
    app.context_processor(_common)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def rendered(template: str, /, **values: object) -> bytes:
    """A page in the reader's language, from one of our templates."""
    return render_template(template, **values).encode()


def language() -> str:
    """The language of the page: the one chosen, else the best of Accept-Language that we have."""
    return next(iter(reader_languages()), DEFAULT)


def translator() -> Messages:
    """The texts of the page's language."""
    return messages(language())


def link(path: str, **parameters: str | int | None) -> str:
    """The way to a page of ours, in the language and version that the reader has chosen.

    ``path`` includes the root that the service is mounted under, as the ``url`` of things does.
    """
    return _with_query(path, {**parameters, **_kept(), **parameters})


def _kept() -> dict[str, str | int | None]:
    """The parameters that stay with the reader from page to page."""
    return {"version": g.get("pinned"), PARAMETER: g.get("language")}


def _with_query(path: str, parameters: Mapping[str, str | int | None]) -> str:
    query = urlencode({name: value for name, value in parameters.items() if value is not None})
    return f"{path}{'&' if '?' in path else '?'}{query}" if query else path


def here(**parameters: str | int | None) -> str:
    """This page's URL with other parameters; None takes one away."""
    asked = [(n, v) for n, v in request.args.items(multi=True) if n not in parameters]
    path = f"{request.script_root}{request.path}"
    return link(f"{path}?{urlencode(asked)}" if asked else path, **parameters)


def here_with(asked: Sequence[tuple[str, str]]) -> str:
    """This page's URL with just these parameters, beside language and version."""
    path = f"{request.script_root}{request.path}"
    return link(f"{path}?{urlencode(asked)}" if asked else path)


def canonical() -> str:
    """This page's URL without what only changes how it is shown."""
    path, mark, query = here(lang=None, version=None, format=None, cursor=None).partition("?")
    return f"{path.removesuffix(f'.{HTML.suffix}')}{mark}{query}"


def address(iri: str) -> str | None:
    """Where a browser is led for an IRI: our own page of what is ours, else ``web_address``.

    Terms of the ontology and of the shapes lead to their paragraphs.
    """
    namespace = services().settings.namespace
    if iri.startswith(namespace) and iri != namespace:
        path, hash_sign, fragment = iri.removeprefix(namespace).partition("#")
        return f"{link(f'{request.script_root}/{path}')}{hash_sign}{fragment}"
    return web_address(iri)


def _common() -> dict[str, Any]:
    schema, texts = services().schema, translator()
    ways = _ways(_kept())
    dates = Dates(texts=texts)
    pieces = Pieces(schema=schema, language=texts.language, dates=dates, way=ways["link"])
    return {
        **ways,
        **_words(texts),
        **{name: getattr(pieces, name) for name in PIECES},
        "script": script,
        "stylesheet": stylesheet,
        "as_item": partial(item_of, schema),
        "structured": partial(structured, schema),
        "seen_version": lambda: snapshot().info,
        "root": request.script_root,
        "offered": g.get("offered", ()),
        "languages": services().languages,
        "collections": schema.collections,
        "pinned": snapshot().info if g.get("pinned") is not None else None,
    }


def _ways(kept: Mapping[str, str | int | None]) -> dict[str, Callable[..., Any]]:
    """How templates lead to other pages; ``kept`` is asked of the request just once."""

    tail = _with_query("", kept)

    def way(path: str, **parameters: str | int | None) -> str:
        if parameters or (tail and "?" in path):
            return _with_query(path, {**parameters, **kept, **parameters})
        return path + tail

    return {
        "link": way,
        "here": here,
        "here_with": here_with,
        "canonical": canonical,
        "address": address,
    }


def _words(texts: Messages) -> dict[str, object]:
    """What templates say in the language of the page."""

    def local(labels: Mapping[str, str]) -> str:
        """A label or description in that language, else in the default one."""
        return labels.get(texts.language) or labels.get(DEFAULT) or next(iter(labels.values()), "")

    return {"t": texts, "language": texts.language, "local": local}
