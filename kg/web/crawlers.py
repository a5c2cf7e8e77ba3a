"""What crawlers ask for: robots.txt, the sitemap, and the icon at its customary place.

The name of each says what it is, so it comes whatever Accept says (RFC 9110 §12.5.1): crawlers
that read pages often ask for nothing but HTML.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape

from flask import Blueprint, Response, current_app, request

from kg.documents.sitemap import Part, documents, parts
from kg.errors import NotFound
from kg.rdf.formats import Family, Format
from kg.web.responses import known_parameters, negotiated
from kg.web.services import lookup, presenter, services

bp = Blueprint("crawlers", __name__)

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
SITEMAP = Format("sitemap", "application/xml", "xml", "Sitemap", Family.DOCUMENT, text=True)
ROBOTS = Format("robots", "text/plain", "txt", "robots.txt", Family.DOCUMENT, text=True)
# What costs us much and tells crawlers nothing that documents do not.
CLOSED = ("sparql", "update", "data", "validate", "search", "suggest", "path", "compare")


@bp.get("/robots.txt")
def robots() -> Response:
    """What crawlers may read: the documents, not the places that compute."""
    known_parameters()
    closed = "".join(f"Disallow: {request.script_root}/{path}\n" for path in CLOSED)
    words = f"User-agent: *\n{closed}Disallow: /*cursor=\nSitemap: {_absolute('/sitemap.xml')}\n"
    return negotiated((ROBOTS,), lambda _: words.encode(), suffix=ROBOTS.suffix)


@bp.get("/sitemap.xml")
def sitemap() -> Response:
    """The sitemaps that there are, one or more for each collection."""
    known_parameters()
    return negotiated((SITEMAP,), lambda _: _index(), suffix=SITEMAP.suffix)


@bp.get("/sitemap/<collection>-<int:number>.xml")
def part(collection: str, number: int) -> Response:
    """The documents of one sitemap."""
    known_parameters()
    known = services().schema.collections.get(collection)
    if known is None or number < 1:
        raise NotFound(f"There is no sitemap {collection}-{number}.")
    wanted = Part(collection=known, number=number)
    return negotiated((SITEMAP,), lambda _: _documents(wanted), suffix=SITEMAP.suffix)


@bp.get("/favicon.ico")
def favicon() -> Response:
    """The icon, for browsers that look for it without reading a page."""
    return current_app.send_static_file("favicon.ico")


def _index() -> bytes:
    found = parts(lookup(), services().schema)
    paths = (f"/sitemap/{each.collection.name}-{each.number}.xml" for each in found)
    return _xml("sitemapindex", "sitemap", map(_absolute, paths))


def _documents(wanted: Part) -> bytes:
    schema = services().schema
    classes = [wanted.collection.class_iri]
    things = documents(lookup(), schema, wanted)
    urls = (presenter().url(each, classes) for each in things)
    host = request.host_url.rstrip("/")
    return _xml("urlset", "url", (host + each for each in urls if each))


def _xml(root: str, element: str, locations: Iterable[str]) -> bytes:
    rows = "".join(f"<{element}><loc>{escape(each)}</loc></{element}>\n" for each in locations)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f'{head}<{root} xmlns="{NAMESPACE}">\n{rows}</{root}>\n'.encode()


def _absolute(path: str) -> str:
    """The whole URL of a path of ours: the protocol of sitemaps has no other."""
    return f"{request.host_url.rstrip('/')}{request.script_root}{path}"
