"""The one table of media types: every format that is read or written, by name, type and suffix."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from kg.errors import UnknownFormat


class Family(StrEnum):
    """What a format can carry."""

    GRAPH = "graph"  # RDF triples
    DATASET = "dataset"  # RDF triples in named graphs
    RESULTS = "results"  # SPARQL solutions or a boolean
    DOCUMENT = "document"  # neither: plain JSON, HTML, text


@dataclass(frozen=True, slots=True)
class Format:
    """One media type, with the name that ``?format=`` and ``--format`` take and its file suffix.

    ``w3c`` is what http://www.w3.org/ns/formats/ calls it, where it is there.
    """

    name: str
    media_type: str
    suffix: str
    label: str
    family: Family
    aliases: tuple[str, ...] = ()
    text: bool = False  # whether a charset parameter belongs to the Content-Type
    w3c: str | None = None

    @property
    def content_type(self) -> str:
        """The value of the Content-Type header."""
        return f"{self.media_type}; charset=utf-8" if self.text else self.media_type

    @property
    def is_rdf(self) -> bool:
        """Whether the format carries RDF."""
        return self.family in {Family.GRAPH, Family.DATASET}


TURTLE = Format(
    "turtle",
    "text/turtle",
    "ttl",
    "Turtle",
    Family.GRAPH,
    ("ttl", "n3", "application/x-turtle", "application/turtle", "text/n3", "text/rdf+n3"),
    text=True,
    w3c="Turtle",
)
N_TRIPLES = Format(
    "ntriples",
    "application/n-triples",
    "nt",
    "N-Triples",
    Family.GRAPH,
    ("nt", "text/plain"),
    w3c="N-Triples",
)
RDF_XML = Format(
    "rdfxml",
    "application/rdf+xml",
    "rdf",
    "RDF/XML",
    Family.GRAPH,
    ("rdf", "xml", "rdf+xml", "owl"),
    w3c="RDF_XML",
)
N_QUADS = Format(
    "nquads", "application/n-quads", "nq", "N-Quads", Family.DATASET, ("nq",), w3c="N-Quads"
)
TRIG = Format(
    "trig", "application/trig", "trig", "TriG", Family.DATASET, ("application/x-trig",), w3c="TriG"
)
JSON_LD = Format(
    "jsonld",
    "application/ld+json",
    "jsonld",
    "JSON-LD",
    Family.DATASET,
    ("json-ld",),
    w3c="JSON-LD",
)

RESULTS_JSON = Format(
    "json",
    "application/sparql-results+json",
    "srj",
    "JSON",
    Family.RESULTS,
    ("application/json",),
    w3c="SPARQL_Results_JSON",
)
RESULTS_XML = Format(
    "xml",
    "application/sparql-results+xml",
    "srx",
    "XML",
    Family.RESULTS,
    ("application/xml", "text/xml"),
    w3c="SPARQL_Results_XML",
)
RESULTS_CSV = Format(
    "csv", "text/csv", "csv", "CSV", Family.RESULTS, text=True, w3c="SPARQL_Results_CSV"
)
RESULTS_TSV = Format(
    "tsv",
    "text/tab-separated-values",
    "tsv",
    "TSV",
    Family.RESULTS,
    text=True,
    w3c="SPARQL_Results_TSV",
)

JSON = Format("json", "application/json", "json", "JSON", Family.DOCUMENT)
HTML = Format("html", "text/html", "html", "HTML", Family.DOCUMENT, text=True)
RDF_PATCH = Format(
    "patch", "application/rdf-patch", "rdfp", "RDF Patch", Family.DOCUMENT, text=True
)
LINK_FORMAT = Format(
    "link", "application/link-format", "link", "Link format", Family.DOCUMENT, text=True
)
PROBLEM_JSON = Format("problem", "application/problem+json", "json", "Problem", Family.DOCUMENT)

RDF_FORMATS: tuple[Format, ...] = (TURTLE, JSON_LD, N_TRIPLES, RDF_XML, N_QUADS, TRIG)
RESULTS_FORMATS: tuple[Format, ...] = (RESULTS_JSON, RESULTS_XML, RESULTS_CSV, RESULTS_TSV)
ENTITY_FORMATS: tuple[Format, ...] = (
    JSON,
    JSON_LD,
    *(each for each in RDF_FORMATS if each is not JSON_LD),
)
PAGE_FORMATS: tuple[Format, ...] = (*ENTITY_FORMATS, HTML)


def by_name(name: str, offered: Iterable[Format]) -> Format:
    """The format that ``name`` means: a name, suffix, media type or alias, in any letter case.

    Raises UnknownFormat, which lists the names on offer.
    """
    offered = tuple(offered)
    wanted = name.strip().lower()
    for spelled in (_primary, _secondary):
        for candidate in offered:
            if wanted in spelled(candidate):
                return candidate
    names = ", ".join(candidate.name for candidate in offered)
    raise UnknownFormat(
        f"Unknown format {name!r}. Known here: {names}.",
        offered=tuple(candidate.name for candidate in offered),
    )


def _primary(candidate: Format) -> tuple[str, ...]:
    return (candidate.name, candidate.suffix, candidate.media_type)


def _secondary(candidate: Format) -> tuple[str, ...]:
    return candidate.aliases
