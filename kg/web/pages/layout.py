"""What every page has: the reader's language, ways to other pages, scripts that are built."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Flask, g, render_template, request

from kg.formats import HTML
from kg.web.language import PARAMETER
from kg.web.pages.assets import script, stylesheet
from kg.web.pages.head import structured
from kg.web.pages.items import item_of, status_of
from kg.web.pages.messages import DEFAULT, Messages, messages
from kg.web.services import reader_languages, services, snapshot

# What readers call the sites that things are most often identified with.
SITES = {"wikidata.org": "Wikidata", "dbpedia.org": "DBpedia", "viaf.org": "VIAF"}


def init_app(app: Flask) -> None:
    """Give every template what the pages have in common."""
    app.context_processor(_common)
    app.jinja_env.filters["web"] = web_address
    app.jinja_env.filters["site"] = site_name
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
    kept: dict[str, str | int | None] = {**parameters}
    if "version" not in kept and g.get("pinned") is not None:
        kept["version"] = g.pinned
    if PARAMETER not in kept and g.get("language"):
        kept[PARAMETER] = g.language
    query = urlencode({name: value for name, value in kept.items() if value is not None})
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


def web_address(iri: str) -> str | None:
    """The IRI where a browser may be led there, else None: never ``javascript:`` or ``data:``."""
    try:
        parts = urlsplit(iri)
    except ValueError:
        return None
    return iri if parts.scheme in {"http", "https"} and parts.netloc else None


def address(iri: str) -> str | None:
    """Where a browser is led for an IRI: our own page of what is ours, else ``web_address``.

    Terms of the ontology and of the shapes lead to their paragraphs.
    """
    namespace = services().settings.namespace
    if iri.startswith(namespace) and iri != namespace:
        path, hash_sign, fragment = iri.removeprefix(namespace).partition("#")
        return f"{link(f'{request.script_root}/{path}')}{hash_sign}{fragment}"
    return web_address(iri)


def site_name(iri: str) -> str:
    """What a link out is called: the site and the thing's name there, else the IRI itself."""
    parts = urlsplit(iri)
    known = SITES.get(parts.netloc.removeprefix("www."))
    return f"{known} {parts.path.rpartition('/')[2]}" if known else iri


def _common() -> dict[str, Any]:
    texts = translator()
    shared: dict[str, Callable[..., object]] = {
        "t": texts,
        "link": link,
        "here": here,
        "here_with": here_with,
        "canonical": canonical,
        "seen_version": lambda: snapshot().info,
        "address": address,
        "script": script,
        "stylesheet": stylesheet,
        "local": _local,
        "as_item": partial(item_of, services().schema),
        "status_of": partial(status_of, services().schema),
        "structured": partial(structured, services().schema),
    }
    return {
        **shared,
        "root": request.script_root,
        "offered": g.get("offered", ()),
        "language": texts.language,
        "languages": services().languages,
        "collections": services().schema.collections,
        "pinned": snapshot().info if g.get("pinned") is not None else None,
    }


def _local(texts: Mapping[str, str]) -> str:
    """A label or description of the schema in the page's language, else in the default one."""
    return texts.get(language()) or texts.get(DEFAULT) or next(iter(texts.values()), "")
