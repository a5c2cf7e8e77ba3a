"""How a request gets its answer: over HTTP, or from the service within this very process."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any, Protocol
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlsplit
from urllib.request import Request, urlopen
from wsgiref.util import setup_testing_defaults

from kg.errors import StoreError


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request: the path with its query, and what goes with it."""

    target: str
    method: str = "GET"
    headers: Mapping[str, str]
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport(Protocol):
    """What brings a request to the service and the answer back."""

    def send(self, call: Call) -> Reply:
        """The answer, whatever its status. Raises StoreError where there is none."""
        ...

    def close(self) -> None:
        """Let go of what is held."""
        ...


class HttpTransport:
    """A service at ``url``, with or without a path that it is mounted under."""

    def __init__(self, url: str, *, timeout: float) -> None:
        self._url = url.rstrip("/")
        self._root = urlsplit(self._url).path
        self._timeout = timeout

    def send(self, call: Call) -> Reply:
        """The answer of the service. Raises StoreError where it cannot be reached."""
        target = call.target.removeprefix(self._root)
        # S310: `connect` lets only http and https URLs through.
        request = Request(  # noqa: S310
            self._url + target, call.body, dict(call.headers), method=call.method
        )
        try:
            with closing(urlopen(request, timeout=self._timeout)) as answer:  # noqa: S310
                return _reply(answer.status, answer.headers.items(), answer.read())
        except HTTPError as error:
            with error:
                return _reply(error.code, error.headers.items(), error.read())
        except (URLError, HTTPException, OSError) as error:
            raise StoreError(f"{self._url} cannot be reached: {error}.") from error

    def close(self) -> None:
        """Nothing is held: each request has a connection of its own."""


class WsgiTransport:
    """The service as a function (PEP 3333); ``release`` is called at the end."""

    def __init__(self, app: Callable[..., Iterable[bytes]], release: Callable[[], None]) -> None:
        self._app = app
        self._release = release

    def send(self, call: Call) -> Reply:
        """What the service answers."""
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], _: object = None) -> None:
            started.append((status, headers))

        chunks = self._app(_environ(call), start)
        try:
            body = b"".join(chunks)
        finally:
            close = getattr(chunks, "close", None)
            if close:
                close()
        status, headers = started[-1]
        return _reply(int(status.split()[0]), headers, body)

    def close(self) -> None:
        """Close the store."""
        self._release()


def _environ(call: Call) -> dict[str, Any]:
    path, _, query = call.target.partition("?")
    body = call.body or b""
    named = {name.upper().replace("-", "_"): value for name, value in call.headers.items()}
    environ: dict[str, Any] = {f"HTTP_{name}": value for name, value in named.items()}
    environ |= {
        "REQUEST_METHOD": call.method,
        "PATH_INFO": unquote(path).encode().decode("latin-1"),
        "QUERY_STRING": query,
        "CONTENT_TYPE": named.get("CONTENT_TYPE", ""),
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    setup_testing_defaults(environ)
    return environ


def _reply(status: int, headers: Iterable[tuple[str, str]], body: bytes) -> Reply:
    return Reply(status, {name.lower(): value for name, value in headers}, body)
