"""What a query pool and its child processes say to each other over a socket pair.

A request is its length and a JSON array. An answer is a row of frames: COMPLETE alone, or PARTs and
an END, or an ERROR at any point; each has a header of kind, query form and length.
"""

from __future__ import annotations

import json
import struct
from enum import IntEnum

from kg.errors import (
    InputError,
    KgError,
    ParameterError,
    QueryMemory,
    QuerySyntaxError,
    StoreError,
    UnknownFormat,
)
from kg.sparql.forms import Form
from kg.store.base import QueryRequest

REQUEST = struct.Struct("!I")
FRAME = struct.Struct("!BBI")
PART_SIZE = 64 * 1024


class Kind(IntEnum):
    """The kinds of frames that a child sends."""

    READY = 0
    COMPLETE = 1
    PART = 2
    END = 3
    ERROR = 4


FORMS = tuple(Form)
FORM_CODES = {form: code for code, form in enumerate(FORMS)}


def encode_request(folder: str, request: QueryRequest, seconds: float) -> bytes:
    """``request``, to be run on the version in ``folder`` and to be over in ``seconds``."""
    fields = (
        folder,
        seconds,
        request.text,
        request.media_type,
        request.union_default_graph,
        request.base_iri,
        request.default_graphs,
        request.named_graphs,
    )
    body = json.dumps(fields).encode("ascii")
    return REQUEST.pack(len(body)) + body


def decode_request(body: bytes) -> tuple[str, float, QueryRequest]:
    """The folder, seconds and request that ``encode_request`` was given; ``body`` has no length."""
    folder, seconds, text, media_type, union, base_iri, default_graphs, named_graphs = json.loads(
        body
    )
    request = QueryRequest(
        text=text,
        media_type=media_type,
        timeout=seconds,
        union_default_graph=union,
        base_iri=base_iri,
        default_graphs=tuple(default_graphs),
        named_graphs=tuple(named_graphs),
    )
    return folder, seconds, request


def encode_error(error: KgError) -> bytes:
    """``error`` as the body of an ERROR frame."""
    details = {
        name: getattr(error, name)
        for name in ("line", "column", "parameter", "offered")
        if hasattr(error, name)
    }
    return json.dumps([type(error).__name__, str(error), details]).encode("ascii")


def decode_error(body: bytes) -> KgError:
    """The error that ``encode_error`` was given."""
    name, message, details = json.loads(body)
    match name:
        case "QuerySyntaxError":
            return QuerySyntaxError(message, line=details["line"], column=details["column"])
        case "ParameterError":
            return ParameterError(message, parameter=details["parameter"])
        case "UnknownFormat":
            return UnknownFormat(message, offered=tuple(details["offered"]))
        case "QueryMemory":
            return QueryMemory(message)
        case "InputError":
            return InputError(message)
        case _:
            return StoreError(message)
