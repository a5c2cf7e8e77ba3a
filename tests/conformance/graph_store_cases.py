"""The W3C's cases for the Graph Store HTTP Protocol as a table, after its manifest of that name."""

from __future__ import annotations

from dataclasses import dataclass

TURTLE = "text/turtle; charset=utf-8"
_BOUNDARY = "parts-of-a-person"
_NAMES = "@prefix v: <urn:v#> . "

# What a request's path and body may have to be filled in: the server, and the last Location.
ADDRESS, LOCATION = "$ADDRESS", "$LOCATION"

_PERSON = f"<http://{ADDRESS}/data/person/1>"
JOHN = f'{_NAMES} {_PERSON} a v:Person ; v:card [ a v:Card ; v:fn "John Doe" ] .'
JANE = f'{_NAMES} {_PERSON} a v:Person ; v:card [ a v:Card ; v:fn "Jane Doe" ] .'
ALICE = f'{_NAMES} [] a v:Person ; v:card [ a v:Card ; v:given "Alice" ] .'
_LAST = f'{_NAMES} {_PERSON} v:family "Doe" .'
_FIRST = f'{_NAMES} {_PERSON} v:given "Jane" .'
_WHOLE_JANE = f"{JANE} {_LAST.removeprefix(_NAMES)} {_FIRST.removeprefix(_NAMES)}"
_PARTS = "".join(
    f"--{_BOUNDARY}\r\n"
    f'Content-Disposition: form-data; name="{name}"; filename="{name}.ttl"\r\n'
    f"Content-Type: {TURTLE}\r\n\r\n{content}\r\n"
    for name, content in (("last", _LAST), ("first", _FIRST))
)

_DIRECT = "/data/person/1.ttl"
_INDIRECT = f"/data?graph=http://{ADDRESS}/data/person/1.ttl"
_OTHER = "/data/person/2.ttl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request, the statuses that are right for it, and the graph that it answers with."""

    method: str
    path: str
    statuses: tuple[int, ...]
    body: str | None = None
    content_type: str = TURTLE
    graph: str | None = None


def _put(path: str, body: str, *statuses: int) -> Request:
    return Request(method="PUT", path=path, body=body, statuses=statuses)


def _post(path: str, body: str, *statuses: int, content_type: str = TURTLE) -> Request:
    return Request(
        method="POST", path=path, body=body, statuses=statuses, content_type=content_type
    )


def _get(path: str, graph: str) -> Request:
    return Request(method="GET", path=path, statuses=(200,), graph=graph)


def _bare(method: str, path: str, *statuses: int) -> Request:
    return Request(method=method, path=path, statuses=statuses)


GRAPH_STORE_CASES: dict[str, tuple[Request, ...]] = {
    "put_get_repeat": (
        _put(_DIRECT, JOHN, 201),
        _get(_INDIRECT, JOHN),
        _put(_INDIRECT, JANE, 200, 204),
        _get(_DIRECT, JANE),
    ),
    "put_get_default": (_put("/data?default", ALICE, 200, 204), _get("/data?default", ALICE)),
    "put_mismatched_payload": (_put("/data?default", "<rdf:RDF/>", 400),),
    "put_delete_get_delete": (
        _put(_OTHER, ALICE, 201, 200, 204),
        _bare("DELETE", _OTHER, 200, 204),
        _bare("GET", _OTHER, 404),
        _bare("DELETE", _OTHER, 404),
    ),
    "post_get_post_get": (
        _put(_DIRECT, "", 201),
        _post(_DIRECT, JANE, 200, 204),
        _get(_DIRECT, JANE),
        _post(
            _DIRECT,
            f"{_PARTS}--{_BOUNDARY}--\r\n",
            200,
            204,
            content_type=f"multipart/form-data; boundary={_BOUNDARY}",
        ),
        _get(_DIRECT, _WHOLE_JANE),
    ),
    "post_get_new_graph": (
        _post("/data", ALICE, 201),
        _get(f"/data?graph={LOCATION}", ALICE),
    ),
    "head_existing": (
        _put(_DIRECT, JOHN, 200, 201, 204),
        _bare("HEAD", _DIRECT, 200),
    ),
    "head_non_existing": (_bare("HEAD", "/data/person/4.ttl", 404),),
}
