"""Parsing and serialising RDF documents; the engine's parsers, our errors and refusals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO

import pyoxigraph

from kg.errors import InputError, RdfSyntaxError, UnknownFormat
from kg.rdf.formats import RDF_FORMATS, RDF_XML, TRIG, TURTLE, Family, Format, by_name
from kg.rdf.namespaces import PREFIXES, RDF, XSD
from kg.rdf.terms import Literal, NamedNode, Quad, Term, Triple

# What may stand before an XML document's DOCTYPE: declarations, comments and white space.
_XML_PROLOG = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_UNWRITTEN = {f"{XSD}string", f"{RDF}langString"}  # datatypes that no syntax writes out
_PREFIX_LINES = re.compile(rb"(?:@prefix [^\n]*\n)+")
_XML_NAMESPACES = re.compile(rb"(?: xmlns:[^ =]+=\"[^\"]*\")+")
_PLACE = re.compile(r"^Parser error at line \d+ (between columns \d+ and \d+|column \d+)[^:]*: ")


def parse(
    data: bytes,
    rdf_format: Format,
    *,
    base_iri: str | None = None,
    source: str = "the body",
    new_blank_nodes: bool = False,
) -> list[Quad]:
    """The quads of an RDF document; blank nodes keep their labels unless new ones are asked for.

    Remote JSON-LD contexts are never fetched and RDF/XML with a DOCTYPE is refused (entity
    expansion). Raises RdfSyntaxError with ``source``, line and column.
    """
    if rdf_format is RDF_XML:
        _refuse_doctype(data, source)
    try:
        found = pyoxigraph.parse(
            data,
            _engine_format(rdf_format),
            base_iri=base_iri,
            rename_blank_nodes=new_blank_nodes,
        )
        return list(found)
    except SyntaxError as error:
        raise _located(error, source) from error
    except ValueError as error:
        raise RdfSyntaxError(f"{source}: {error}") from error


def parse_file(path: Path) -> list[Quad]:
    """The quads of an RDF file, whose suffix tells the format.

    Raises UnknownFormat, RdfSyntaxError, and InputError where the file cannot be read.
    """
    rdf_format = format_of(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}.") from error
    return parse(data, rdf_format, base_iri=path.absolute().as_uri(), source=str(path))


def parse_folder(folder: Path) -> list[Quad]:
    """The quads of all Turtle files directly in ``folder``, in the order of their names."""
    return [quad for path in sorted(folder.glob("*.ttl")) for quad in parse_file(path)]


def parse_stream(data: IO[bytes], rdf_format: Format) -> Iterator[Quad]:
    """The quads of a document of our own, as they come; blank nodes keep their labels."""
    return iter(pyoxigraph.parse(data, _engine_format(rdf_format)))


def format_of(path: Path) -> Format:
    """The RDF format that a file's suffix names. Raises UnknownFormat."""
    try:
        return by_name(path.suffix.removeprefix("."), RDF_FORMATS)
    except UnknownFormat as error:
        known = ", ".join(f".{each.suffix}" for each in RDF_FORMATS)
        raise UnknownFormat(
            f"{path}: unknown extension {path.suffix!r}; name the file with one of {known}."
        ) from error


def serialize(quads: Iterable[Quad], rdf_format: Format) -> bytes:
    """An RDF document of the quads: sorted, with just the prefixes it uses, equal for equal quads.

    Formats without named graphs get the triples, each once.
    """
    rows = sorted(set(quads), key=str)
    if rdf_format.family is Family.GRAPH:
        triples = tuple(dict.fromkeys(quad.triple for quad in rows))
        return _serialized(triples, rdf_format, _used_prefixes(triples))
    return _serialized(rows, rdf_format, _used_prefixes(rows))


def serialize_to(quads: Iterable[Quad], rdf_format: Format, output: IO[bytes]) -> None:
    """Write the quads as they come, in bounded memory."""
    rows: Iterable[Quad] | Iterable[Triple] = quads
    if rdf_format.family is Family.GRAPH:
        rows = (quad.triple for quad in quads)
    pyoxigraph.serialize(rows, output, _engine_format(rdf_format), prefixes=dict(PREFIXES))


def _serialized(
    rows: Sequence[Quad] | Sequence[Triple], rdf_format: Format, prefixes: dict[str, str]
) -> bytes:
    document = pyoxigraph.serialize(rows, format=_engine_format(rdf_format), prefixes=prefixes)
    assert document is not None  # bytes are returned where no output is given
    return order_prefixes(document, rdf_format)


def order_prefixes(document: bytes, rdf_format: Format) -> bytes:
    """The document, or the beginning of it, with its prefixes declared in alphabetical order.

    The engine declares them in an order that differs from process to process, and equal content
    is to be equal bytes.
    """
    if rdf_format in {TURTLE, TRIG}:
        return _PREFIX_LINES.sub(_sorted_lines, document, count=1)
    if rdf_format is RDF_XML:
        return _XML_NAMESPACES.sub(_sorted_words, document, count=1)
    return document


def _sorted_lines(found: re.Match[bytes]) -> bytes:
    return b"".join(sorted(found.group().splitlines(keepends=True)))


def _sorted_words(found: re.Match[bytes]) -> bytes:
    return b"".join(b" " + word for word in sorted(found.group().split()))


def _engine_format(rdf_format: Format) -> pyoxigraph.RdfFormat:
    found = pyoxigraph.RdfFormat.from_media_type(rdf_format.media_type)
    assert found is not None, f"{rdf_format.name} is in the format table but not in the engine"
    return found


def _used_prefixes(rows: Iterable[Quad] | Iterable[Triple]) -> dict[str, str]:
    iris = {iri for row in rows for term in row for iri in _iris(term)}
    return {
        prefix: namespace
        for prefix, namespace in PREFIXES.items()
        if any(iri.startswith(namespace) for iri in iris)
    }


def _iris(term: Term) -> Iterator[str]:
    if isinstance(term, NamedNode):
        yield term.value
    elif isinstance(term, Literal) and term.datatype.value not in _UNWRITTEN:
        yield term.datatype.value


def _refuse_doctype(data: bytes, source: str) -> None:
    prolog = _XML_PROLOG.match(data)
    if prolog and data[prolog.end() : prolog.end() + 9].upper() == b"<!DOCTYPE":
        line = data.count(b"\n", 0, prolog.end()) + 1
        raise RdfSyntaxError(
            f"{source}, line {line}: RDF/XML with a DOCTYPE is not read, since entities can blow"
            " up; write the IRIs out instead.",
            line=line,
        )


def _located(error: SyntaxError, source: str) -> RdfSyntaxError:
    message = _PLACE.sub("", error.msg)
    if error.lineno is None:
        return RdfSyntaxError(f"{source}: {message}.")
    place = f"{source}, line {error.lineno}, column {error.offset}"
    return RdfSyntaxError(f"{place}: {message}.", line=error.lineno, column=error.offset)
