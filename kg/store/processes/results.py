"""The results of a query as bytes: small ones in one frame, large ones in parts as they come."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterable

from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Triple,
    serialize,
)

from kg.errors import UnknownFormat
from kg.rdf.formats import RDF_FORMATS, RESULTS_FORMATS, Format
from kg.rdf.namespaces import PREFIXES
from kg.sparql.forms import Form
from kg.store.processes.wire import FORM_CODES, FRAME, PART_SIZE, Kind

_PREFIXES = dict(PREFIXES)
_TURTLE_HEAD = re.compile(rb"(?:@prefix [^\n]*\n)+")
_TURTLE_PREFIX = re.compile(rb"@prefix (\S*:) [^\n]*\n")
_XML_HEAD = re.compile(rb"(?: xmlns:[^ =]+=\"[^\"]*\")+")
_XML_PREFIX = re.compile(rb" xmlns:([^ =]+)=\"[^\"]*\"")


def send_solutions(
    result: QuerySolutions | QueryBoolean, media_type: str, out: socket.socket
) -> None:
    """Send the result of a SELECT or ASK query. Raises UnknownFormat before anything is sent."""
    chosen = QueryResultsFormat.from_media_type(media_type)
    if chosen is None:
        raise _no_such_format(media_type, RESULTS_FORMATS)
    form = Form.ASK if isinstance(result, QueryBoolean) else Form.SELECT
    outbox = _Outbox(out, form)
    result.serialize(outbox, chosen)  # type: ignore[arg-type]  # of a file it needs write only
    outbox.finish()


def send_graph(triples: Iterable[Triple], media_type: str, form: Form, out: socket.socket) -> None:
    """Send the result of a CONSTRUCT or DESCRIBE query. Raises UnknownFormat before that."""
    chosen = RdfFormat.from_media_type(media_type)
    if chosen is None:
        raise _no_such_format(media_type, RDF_FORMATS)
    outbox = _Outbox(out, form, _TIDIERS.get(chosen))
    if isinstance(triples, QueryTriples) and chosen not in _TIDIERS:
        triples.serialize(outbox, chosen)  # type: ignore[arg-type]  # of a file it needs write only
    else:
        serialize(triples, outbox, chosen, prefixes=_PREFIXES)  # type: ignore[arg-type]  # as above
    outbox.finish()


class _Outbox:
    """The file that a result is written to; ``tidy`` gets its first part, and whether it is all."""

    def __init__(
        self, out: socket.socket, form: Form, tidy: Callable[[bytes, bool], bytes] | None = None
    ) -> None:
        self._out = out
        self._form = FORM_CODES[form]
        self._tidy = tidy
        self._kept: list[bytes] = []
        self._size = 0
        self._is_first = True

    def write(self, data: bytes) -> int:
        """Take some bytes of the result."""
        self._kept.append(data)
        self._size += len(data)
        if self._size >= PART_SIZE:
            self._send(Kind.PART)
        return len(data)

    def flush(self) -> None:
        """Nothing to do: the result goes when a part of it is full or it is complete."""

    def finish(self) -> None:
        """Send what is left; the result is complete."""
        if self._is_first:
            self._send(Kind.COMPLETE)
            return
        if self._size:
            self._send(Kind.PART)
        self._send(Kind.END)

    def _send(self, kind: Kind) -> None:
        body = b"".join(self._kept)
        if self._is_first and self._tidy is not None:
            body = self._tidy(body, kind is Kind.COMPLETE)
        self._is_first = False
        self._out.sendall(FRAME.pack(kind, self._form, len(body)) + body)
        self._kept.clear()
        self._size = 0


def _tidy_turtle(document: bytes, is_all: bool) -> bytes:  # noqa: FBT001 - called by position
    """The document with the prefixes it uses, in one order: equal graphs are to be equal bytes."""
    head = _TURTLE_HEAD.match(document)
    if head is None:
        return document
    body = document[head.end() :]
    used = [
        prefix.group()
        for prefix in _TURTLE_PREFIX.finditer(head.group())
        if not is_all or prefix.group(1) in body
    ]
    return b"".join(sorted(used)) + body


def _tidy_xml(document: bytes, is_all: bool) -> bytes:  # noqa: FBT001 - called by position
    """The same for RDF/XML."""
    head = _XML_HEAD.search(document)
    if head is None:
        return document
    before, body = document[: head.start()], document[head.end() :]
    used = [
        prefix.group()
        for prefix in _XML_PREFIX.finditer(head.group())
        if not is_all or b"<%b:" % prefix.group(1) in document
    ]
    return before + b"".join(sorted(used)) + body


_TIDIERS = {
    RdfFormat.TURTLE: _tidy_turtle,
    RdfFormat.TRIG: _tidy_turtle,
    RdfFormat.RDF_XML: _tidy_xml,
}


def _no_such_format(media_type: str, offered: Iterable[Format]) -> UnknownFormat:
    return UnknownFormat(
        f"No results in {media_type} for this query.",
        offered=tuple(each.media_type for each in offered),
    )
