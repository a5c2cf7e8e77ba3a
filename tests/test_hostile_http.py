"""Every route, each of its parameters, and every hostile text, over a socket as attackers have it.

What comes back is 400, 404 or another refusal, never a fault; where any text may be asked for, the
answer is what every text gets that is nowhere. Routes and parameters are those of the OpenAPI
document, which names all.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from kg.openapi.requests import example_target
from tests.commands import Server

HOSTILE = {
    "quotes": b"%22zz%27",
    "bracket": b"zz%3E",
    "escape": b"zz%5Cu0022",
    "raw-escape": b"zz\\u0022",
    "nul": b"zz%00",
    "raw-nul": b"zz\x00",
    "overlong": b"zz%C0%AF",
    "raw-overlong": b"zz\xc0\xaf",
    "surrogate": b"zz%ED%A0%80",
    "parent": b"../../zz",
    "escaped-parent": b"..%2F..%2Fzz",
    "injection": b"zz%22%20)%20%7D%20%3B%20DROP%20ALL%20%23",
    "long": b"z" * 7000,
    "huge": b"z" * 100_000,
    "digits": b"9" * 5000,
    "newline": b"zz%0D%0AX-Injected:%201",
}
REFUSED = {400, 401, 403, 404, 405, 414, 431}
# Leads on to where it is refused; and what is answered by a view that another path has, too.
SKIPPED = ("/dumps/latest/", "/{id}/")
RANKED = ("/search", "/suggest")  # slips of the pen are forgiven there: the nearest is found
NOWHERE = b"zzqq"
HEADERS = (
    *("Accept", "Accept-Language", "Accept-Datetime", "Authorization", "Commit-Message", "Cookie"),
    *("If-None-Match", "If-Modified-Since", "If-Match", "Origin", "Prefer", "Range", "Expect"),
)


@cache
def _document(url: str) -> dict[str, Any]:
    with urlopen(f"{url}/openapi.json", timeout=60) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def _status(url: str, request: bytes, *headers: bytes) -> tuple[int, bytes]:
    """The status of the answer to a request line's method and target, and the whole answer."""
    place = urlsplit(url)
    head = b"\r\n".join([request + b" HTTP/1.1", b"Host: kg", b"Connection: close", *headers])
    with socket.create_connection((place.hostname, place.port), timeout=30) as connection:
        connection.sendall(head + b"\r\n\r\n")
        answer = b"".join(iter(lambda: _received(connection), b""))
    return int(answer.split(None, 2)[1]), answer


def _received(connection: socket.socket) -> bytes:
    try:
        return connection.recv(65536)
    except ConnectionResetError:  # the server does not read the rest of what is too long
        return b""


def _places(api: dict[str, Any], method: str) -> Iterator[bytes]:
    """Where a word can stand: in every path that takes any, and in every parameter once."""
    shared, seen = api["components"]["parameters"], set()
    for path, methods in api["paths"].items():
        if method not in methods or any(each in path for each in SKIPPED):
            continue
        known = [shared[each["$ref"].rpartition("/")[2]] for each in methods[method]["parameters"]]
        if "{" in path:
            yield path.partition("{")[0].encode()
        queries = [each["name"] for each in known if each["in"] == "query"]
        fresh = [name for name in queries if name not in seen or path in RANKED]
        seen.update(fresh)
        start = example_target(api, path, method).partition("?")[0]
        yield from (f"{start}?{name}=".encode() for name in fresh or queries[:1])


def _digest(url: str) -> str:
    with urlopen(f"{url}/health", timeout=60) as answer:
        return str(json.load(answer)["digest"])


@pytest.fixture(scope="module")
def harmless(live_server: Server) -> dict[bytes, bytes]:
    """What a text is answered that is nowhere, by the place where it stands."""
    return {
        place: _status(live_server.url, b"GET " + place + NOWHERE)[1]
        for place in _places(_document(live_server.url), "get")
    }


@pytest.mark.parametrize("word", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_are_refused_or_are_nowhere(
    live_server: Server, harmless: dict[bytes, bytes], word: bytes
) -> None:
    wrong = {}
    for place, expected in harmless.items():
        status, answer = _status(live_server.url, b"GET " + place + word)
        if status not in REFUSED and not (status == 200 and _is_like(place, answer, expected)):
            wrong[place] = answer[:300]
        assert b"\r\nX-Injected" not in answer
    assert not wrong


@pytest.mark.parametrize("method", ["put", "post", "patch", "delete"])
def test_hostile_texts_write_nothing(live_server: Server, method: str) -> None:
    before = _digest(live_server.url)
    wrong = {}
    for word in HOSTILE.values():
        for place in _places(_document(live_server.url), method):
            line = method.upper().encode() + b" " + place + word
            status, answer = _status(live_server.url, line, b"Content-Length: 0")
            if status not in {*REFUSED, 415}:
                wrong[line[:80]] = answer[:300]
    assert not wrong
    assert _digest(live_server.url) == before


@pytest.mark.parametrize("name", HEADERS)
def test_hostile_headers_are_no_fault(live_server: Server, name: str) -> None:
    for word in HOSTILE.values():
        for target in (b"GET /actors/putin", b"GET /sparql?query=ASK{}", b"PUT /graph/x"):
            status, answer = _status(live_server.url, target, name.encode() + b": " + word)
            assert status < 500, (target, word[:40], answer[:300])


def _is_like(place: bytes, answer: bytes, expected: bytes) -> bool:
    """Whether two answers are the same but for links, which have the question in them."""
    if place.startswith(tuple(each.encode() for each in RANKED)):
        return answer.startswith(b"HTTP/1.1 200")
    return bool(_content(answer) == _content(expected))


def _content(answer: bytes) -> Any:
    body = answer.partition(b"\r\n\r\n")[2]
    if not body.startswith(b"{"):
        return body
    found = json.loads(body)
    return [found.get(name) for name in ("status", "count", "items")]
