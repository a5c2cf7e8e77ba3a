"""What the fuzzer does not know by itself: bodies to send, and that only success may write."""

from __future__ import annotations

import atexit
import json
import os
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import schemathesis
from hypothesis import strategies as st

_GRAPHS = (
    b"<urn:x:s> <urn:x:p> 1 .",
    b'@prefix ex: <http://example.org/> . ex:a ex:b "c"@en , ex:d .',
    b"<urn:x:s> <urn:x:p> <urn:x:o> <https://example.org/g> .",
    b'{"@id": "urn:x:s", "urn:x:p": [1, "two"]}',
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>',
    b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    b'{"@context": "http://127.0.0.1:9/context", "a": 1}',
    b"<urn:x:s> <urn:x:p> _:b .",
    b"\xff\xfe\x00",
    b"",
)
_QUERIES = (
    b"ASK { ?s ?p ?o }",
    b"SELECT * { ?s ?p ?o } LIMIT 3",
    b"CONSTRUCT WHERE { ?s ?p ?o } LIMIT 3",
    b"DESCRIBE <urn:x:s>",
    b"SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    b"SELECT * {",
    b"\xc0\xaf",
)
_UPDATES = (
    b"INSERT DATA { GRAPH <https://example.org/g> { <urn:x:s> <urn:x:p> 1 } }",
    b"DELETE WHERE { GRAPH <https://example.org/g> { ?s ?p ?o } }",
    b"INSERT DATA { <urn:x:s> <urn:x:p> 2 }",
    b"DROP GRAPH <https://example.org/none>",
    b"LOAD <http://127.0.0.1:9/x>",
    b"DELETE { ?s ?p ?o } WHERE",
    b"",
)
_PATCHES = (b"TX .\nA <urn:x:s> <urn:x:p> <urn:x:o> .\nTC .\n", b"TX .\n", b"A <a> .\n")
_RDF = ("application/ld+json", "application/n-triples", "application/n-quads")
_STATE = os.environ.get("FUZZ_SERVER", "")
_DONE = {"requests": 0}


def _like(known: tuple[bytes, ...]) -> st.SearchStrategy[bytes]:
    """One that is known, one with something in it changed, or anything."""
    cut = st.tuples(st.sampled_from(known), st.integers(0, 60), st.binary(max_size=3))
    changed = cut.map(lambda found: found[0][: found[1]] + found[2] + found[0][found[1] :])
    return st.one_of(st.sampled_from(known), changed, st.binary(max_size=40))


schemathesis.openapi.media_type(
    "text/turtle", _like(_GRAPHS), aliases=[*_RDF, "application/rdf+xml", "application/trig"]
)
schemathesis.openapi.media_type("application/sparql-query", _like(_QUERIES))
schemathesis.openapi.media_type("application/sparql-update", _like(_UPDATES))
schemathesis.openapi.media_type("application/rdf-patch", _like(_PATCHES))


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    """Count the requests."""
    _DONE["requests"] += 1


@schemathesis.check
def only_success_writes(ctx: Any, response: Any, case: Any) -> None:
    """What is refused, or only read, leaves the content as it was."""
    before, after = _DONE.get("digest"), _digest()
    _DONE["digest"] = after
    wrote = case.method.upper() not in {"GET", "HEAD", "OPTIONS"} and response.status_code < 300
    assert wrote or before in {None, after}, f"{response.status_code}, but the content changed"


def _digest() -> Any:
    with urlopen(f"{_STATE}/health", timeout=60) as answer:
        return json.load(answer)["digest"]


@atexit.register
def _report() -> None:
    Path(os.environ["FUZZ_COUNT"]).write_text(str(_DONE["requests"]), encoding="ascii")
