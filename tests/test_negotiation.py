"""Which format an Accept header gets: a table, as RFC 9110 §12.5.1 and common sense say."""

from __future__ import annotations

import pytest
from werkzeug.exceptions import NotAcceptable

from kg.rdf.formats import ENTITY_FORMATS, HTML, RDF_FORMATS, RESULTS_FORMATS, Format
from kg.web.negotiation import choose

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"

# (offer, Accept, the format's name, the media type it is called by where it is not its own)
ROWS: list[tuple[tuple[Format, ...], str | None, str, str | None]] = [
    (ENTITY_FORMATS, None, "json", None),
    (ENTITY_FORMATS, "", "json", None),
    (ENTITY_FORMATS, "*/*", "json", None),
    (ENTITY_FORMATS, "application/*", "json", None),
    (ENTITY_FORMATS, "text/*", "turtle", None),
    (ENTITY_FORMATS, "text/turtle", "turtle", None),
    (ENTITY_FORMATS, "TEXT/Turtle", "turtle", None),
    (ENTITY_FORMATS, "text/turtle; charset=utf-8", "turtle", None),
    (ENTITY_FORMATS, "text/turtle;version=1.2", "turtle", None),
    (ENTITY_FORMATS, "application/x-turtle", "turtle", "application/x-turtle"),
    (ENTITY_FORMATS, "text/rdf+n3", "turtle", "text/rdf+n3"),
    (ENTITY_FORMATS, "application/ld+json", "jsonld", None),
    (
        ENTITY_FORMATS,
        'application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"',
        "jsonld",
        None,
    ),
    (ENTITY_FORMATS, "application/rdf+xml", "rdfxml", None),
    (ENTITY_FORMATS, "application/n-quads", "nquads", None),
    (ENTITY_FORMATS, "application/trig", "trig", None),
    (ENTITY_FORMATS, "text/turtle, */*", "turtle", None),
    (ENTITY_FORMATS, "*/*, text/turtle", "turtle", None),
    (ENTITY_FORMATS, "text/turtle;q=0.5, application/n-triples", "ntriples", None),
    (ENTITY_FORMATS, "text/turtle;q=0.5, application/n-triples;q=0.4", "turtle", None),
    (ENTITY_FORMATS, "application/json;q=0, */*", "jsonld", None),
    (ENTITY_FORMATS, "application/json;q=0.1, */*;q=0.2", "jsonld", None),
    (ENTITY_FORMATS, "image/png, text/turtle;q=0.1", "turtle", None),
    (ENTITY_FORMATS, BROWSER, "json", None),
    ((*ENTITY_FORMATS, HTML), BROWSER, "html", None),
    ((*ENTITY_FORMATS, HTML), "*/*", "json", None),
    (RESULTS_FORMATS, None, "json", None),
    (RESULTS_FORMATS, "*/*", "json", None),
    (RESULTS_FORMATS, "application/json", "json", "application/json"),
    (RESULTS_FORMATS, "application/sparql-results+json", "json", None),
    (RESULTS_FORMATS, "application/sparql-results+xml", "xml", None),
    (RESULTS_FORMATS, "application/xml", "xml", "application/xml"),
    (RESULTS_FORMATS, "text/csv", "csv", None),
    (RESULTS_FORMATS, "text/tab-separated-values", "tsv", None),
    (RESULTS_FORMATS, "text/csv;q=0.3, text/tab-separated-values;q=0.7", "tsv", None),
    (
        RESULTS_FORMATS,
        "application/sparql-results+xml,application/sparql-results+json;q=0.5",
        "xml",
        None,
    ),
    (RDF_FORMATS, None, "turtle", None),
    (RDF_FORMATS, "text/turtle,application/rdf+xml;q=0.9,*/*;q=0.1", "turtle", None),
    (RDF_FORMATS, "application/rdf+xml,text/turtle;q=0.9", "rdfxml", None),
    (RDF_FORMATS, "text/plain", "ntriples", "text/plain"),
]
REFUSED = ["image/png", "text/turtle;q=0", "application/json;q=0, image/*", "nonsense/x, y/z"]


@pytest.mark.parametrize(("offered", "accept", "name", "media_type"), ROWS)
def test_accept_gets(
    offered: tuple[Format, ...], accept: str | None, name: str, media_type: str | None
) -> None:
    """Each row's header gets its format, called by the media type that was asked for."""
    chosen, content_type = choose(accept, offered)
    assert chosen.name == name
    assert content_type == (media_type or chosen.content_type)


@pytest.mark.parametrize("accept", REFUSED)
def test_what_is_not_on_offer_is_refused_with_the_offer(accept: str) -> None:
    """A 406 says what could be had."""
    with pytest.raises(NotAcceptable, match="text/turtle"):
        choose(accept, RDF_FORMATS[:1])


def test_the_table_is_whole() -> None:
    """At least thirty rows, so that nobody cuts the table unnoticed."""
    assert len(ROWS) + len(REFUSED) >= 30
