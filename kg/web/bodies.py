"""Request bodies: read whole within the limit, or refused before anything is done with them."""

from __future__ import annotations

import gzip
import io
import zlib

from flask import request
from werkzeug.exceptions import LengthRequired, UnsupportedMediaType

from kg.errors import InputError, TooLarge, UnknownFormat
from kg.rdf.formats import RDF_FORMATS, Format, by_name
from kg.rdf.parsing import parse
from kg.rdf.terms import DefaultGraph, GraphName, Quad
from kg.web.protocol import check_charset
from kg.web.services import services

_MIB = 1024 * 1024


def body_bytes() -> bytes:
    """The whole body of this request, decompressed.

    Raises LengthRequired, TooLarge, UnsupportedMediaType for a coding that is not read here, and
    InputError for a body that was cut short.
    """
    announced = request.content_length
    if announced is None and "chunked" not in request.headers.get("Transfer-Encoding", "").lower():
        raise LengthRequired("Send Content-Length, or the body in chunks.")
    _check_size(announced or 0)
    body = request.get_data(cache=False)
    if announced is not None and len(body) < announced:
        raise InputError(f"The body ends after {len(body)} of {announced} bytes.")
    return _decoded(body)


def body_text() -> str:
    """The whole body as text. Raises InputError where it is not UTF-8, and as ``body_bytes``."""
    check_charset(request)
    try:
        return body_bytes().decode()
    except UnicodeDecodeError as error:
        raise InputError(f"The body is not UTF-8 (byte {error.start}).") from error


def body_graph(graph: GraphName, *, base_iri: str) -> list[Quad]:
    """The triples of this request's RDF body, its blank nodes new ones.

    Of a document with named graphs the default graph and ``graph`` itself count. Raises what
    ``body_bytes`` and ``parse`` raise, and InputError where the document has other graphs.
    """
    if request.mimetype == "multipart/form-data":
        return _form_graph(graph, base_iri)
    rdf_format = body_format(request.mimetype, offered=RDF_FORMATS)
    check_charset(request)
    return graph_of(body_bytes(), rdf_format, graph, base_iri=base_iri)


def graph_of(
    document: bytes, rdf_format: Format, graph: GraphName, *, base_iri: str | None
) -> list[Quad]:
    """The triples that a document has for ``graph``, its blank nodes new ones."""
    quads = parse(document, rdf_format, base_iri=base_iri, new_blank_nodes=True)
    for quad in quads:
        if not isinstance(quad.graph_name, DefaultGraph) and quad.graph_name != graph:
            raise InputError(f"The body has triples of another graph, {quad.graph_name}.")
    return quads


def body_format(mimetype: str, *, offered: tuple[Format, ...]) -> Format:
    """The format of a body. Raises UnsupportedMediaType, which lists what is read here."""
    try:
        return by_name(mimetype if "/" in mimetype else "no Content-Type", offered)
    except UnknownFormat as error:
        known = ", ".join(each.media_type for each in offered)
        raise UnsupportedMediaType(
            f"The body is {mimetype or 'without a Content-Type'}. Read here: {known}."
        ) from error


def form_files() -> list[tuple[str, tuple[bytes, Format]]]:
    """The files of a multipart form: the field's name, the file's content and its format.

    Raises TooLarge, UnsupportedMediaType, and InputError for a field that is no file.
    """
    _check_size(request.content_length or 0)
    for field in request.form:
        raise InputError(f"The form's field {field[:100]!r} is no file: give it a file name.")
    return [
        (field, (file.stream.read(), _file_format(file.mimetype, file.filename or "")))
        for field, file in request.files.items(multi=True)
    ]


def _form_graph(graph: GraphName, base_iri: str) -> list[Quad]:
    files = [file for _, file in form_files()]
    if not files:
        raise InputError("The form has no file.")
    return [quad for file in files for quad in graph_of(*file, graph, base_iri=base_iri)]


def _file_format(mimetype: str, name: str) -> Format:
    """By the part's Content-Type, or the file's suffix where that says nothing."""
    if mimetype and mimetype != "application/octet-stream":
        return body_format(mimetype, offered=RDF_FORMATS)
    try:
        return by_name(name.rpartition(".")[2], RDF_FORMATS)
    except UnknownFormat as error:
        raise UnsupportedMediaType(f"Part {name[:100]!r} has no Content-Type.") from error


def _decoded(body: bytes) -> bytes:
    coding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if coding in {"identity", ""}:
        return body
    if coding not in {"gzip", "x-gzip"}:
        raise UnsupportedMediaType(f"Content-Encoding {coding[:40]!r} is not read here; send gzip.")
    return _unzipped(body)


def _unzipped(body: bytes) -> bytes:
    """The content of a gzip body, never more of it in memory than the limit and a byte."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as file:
            content = file.read(services().settings.body_limit * _MIB + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"The body is no whole gzip: {error}.") from error
    _check_size(len(content))
    return content


def _check_size(size: int) -> None:
    limit = services().settings.body_limit
    if size > limit * _MIB:
        raise TooLarge(f"The body is larger than {limit} MiB (KG_BODY_LIMIT); send it in parts.")
