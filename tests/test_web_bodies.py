"""Bodies as a real server gets them: announced and never sent, cut short, or in chunks."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from kg.store.embedded.store import EmbeddedStore
from kg.writing.access import Scope, Tokens
from tests.commands import run_kg, serving

ONE = b"<urn:a> <urn:b> 1 ."


@dataclass(frozen=True)
class Plain:
    """A running plain SPARQL store, where it is, its log and a token for it."""

    host: str
    port: int
    store: Path
    log: Path
    token: str

    def send(self, head: str, body: bytes = b"", *, end: bool = False) -> bytes:
        """The first part of the answer to a PUT with these header lines, within 5 seconds."""
        lines = f"PUT /data?graph=urn:g HTTP/1.1\r\nHost: {self.host}:{self.port}\r\n"
        lines += f"Authorization: Bearer {self.token}\r\nContent-Type: text/turtle\r\n{head}\r\n"
        with socket.create_connection((self.host, self.port), timeout=5) as connection:
            connection.sendall(lines.encode() + body)
            if end:
                connection.shutdown(socket.SHUT_WR)
            return connection.recv(65536)

    @property
    def version(self) -> int:
        """The current version."""
        return EmbeddedStore(self.store).snapshot().info.number


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plain]:
    """``kg serve`` as it is run for conformance suites, the token made by ``kg token add``."""
    folder = tmp_path_factory.mktemp("plain")
    nothing, store = folder / "nothing", folder / "store"
    nothing.mkdir()
    token = run_kg("token", "add", "suite", "--store", store).stdout.strip()
    options = ("--store", store, "--shapes", nothing, "--ontology", nothing, "--workers", "1")
    with serving(*options, log=folder / "log") as server:
        url = urlsplit(server.url)
        assert url.hostname is not None
        assert url.port is not None
        yield Plain(url.hostname, url.port, store, folder / "log", token)


def test_a_body_beyond_the_limit_is_refused_before_it_is_sent(plain: Plain) -> None:
    started = time.monotonic()
    answer = plain.send(f"Content-Length: {10 << 30}\r\n")
    assert answer.startswith(b"HTTP/1.1 413"), answer
    assert time.monotonic() - started < 5


def test_a_body_that_is_cut_short_changes_nothing(plain: Plain) -> None:
    before = plain.version
    for head, body in (
        (f"Content-Length: {len(ONE) + 10}\r\n", ONE),
        ("Transfer-Encoding: chunked\r\n", b"%x\r\n%s\r\n" % (len(ONE), ONE)),
    ):
        answer = plain.send(head, body, end=True)
        assert not answer or answer.startswith(b"HTTP/1.1 400"), answer
    assert plain.version == before


def test_chunks_are_read_and_a_length_is_required(plain: Plain) -> None:
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(ONE), ONE)
    answer = plain.send("Transfer-Encoding: chunked\r\n", chunked)
    assert answer.startswith(b"HTTP/1.1 20"), answer
    assert plain.send("").startswith(b"HTTP/1.1 411")


def test_attempts_are_in_the_log_and_the_secret_is_not(plain: Plain) -> None:
    plain.send(f"Content-Length: {len(ONE)}\r\n", ONE)
    log = plain.log.read_text()
    assert '"who": "suite"' in log
    assert plain.token not in log
    assert Tokens(plain.store / "tokens.json").all()[0].scope is Scope.WRITE
