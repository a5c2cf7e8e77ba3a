"""Writing over HTTP and by the command to a full disk, or a folder that is not ours to write."""

from __future__ import annotations

import json
import logging
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from hashlib import sha512
from pathlib import Path
from typing import Any

import pytest

from kg.cli.exits import Exit
from kg.cli.main import main
from kg.store.embedded.store import EmbeddedStore
from kg.writing.access import FILE, Scope, Tokens
from tests.commands import Server, serving
from tests.content import quick_folder
from tests.faults.limits import full_disk, powerless, read_only
from tests.writers import TURTLE, Writer, plain, writer

GRAPH = "/data?graph=urn:g"
OLD, NEW = '<urn:a> <urn:b> "old" .', '<urn:a> <urn:b> "new" .'
LARGE = "".join(
    f'<urn:a> <urn:b> "{sha512(str(number).encode()).hexdigest()}" .\n' for number in range(2_000)
)
PROBLEM = "application/problem+json"
SIZES = (100, 4_000, 30_000)  # bytes at which a write of LARGE breaks off


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder in memory."""
    with quick_folder() as found:
        yield found


@pytest.fixture
def anna(folder: Path) -> Iterator[Writer]:
    """A writer to a store with one graph; what is logged would need a file, too."""
    logging.disable()
    with writer(plain(folder)) as found:
        assert found.put(GRAPH, OLD).status_code == 201
        yield found
    logging.disable(logging.NOTSET)


@contextmanager
def without_rights(folder: Path) -> Iterator[None]:
    """A block in which a folder cannot be written, not even by root."""
    with read_only(folder), powerless():
        yield


def refused(anna: Writer, store: Path, fault: AbstractContextManager[None], kind: str) -> None:
    """Check that every way to write is refused during a fault, and that all is as it was."""
    before, old = anna.live, anna.triples(GRAPH)
    with fault:
        answers = [
            anna.put(GRAPH, LARGE),
            anna.send("POST", GRAPH, LARGE, content_type=TURTLE),
            anna.send("DELETE", GRAPH),
            anna.update(f"INSERT DATA {{ {LARGE} }}"),
        ]
        assert anna.triples(GRAPH) == old
        assert anna.client.get("/versions/1").json["digest"] == before.digest
    for answer in answers:
        assert (answer.status_code, answer.mimetype) == (507, PROBLEM), answer.text
        assert answer.json["type"].endswith(f"/problem/{kind}")
        assert answer.json["detail"].count("\n") == 0
    assert anna.live == before
    assert anna.triples(GRAPH) == old
    assert anna.put("/data?graph=urn:new", OLD).status_code == 201
    assert list((store / "staging").iterdir()) == []


@pytest.mark.parametrize("size", SIZES)
def test_a_write_over_http_to_a_full_disk_is_507_and_changes_nothing(
    anna: Writer, folder: Path, size: int
) -> None:
    refused(anna, folder / "store", full_disk(size), "store-full")


def test_a_write_over_http_to_a_read_only_folder_is_507_and_changes_nothing(
    anna: Writer, folder: Path
) -> None:
    store = folder / "store"
    refused(anna, store, without_rights(store), "store-unwritable")


@pytest.mark.parametrize("command", ["patch", "rollback", "backup"])
@pytest.mark.parametrize("fault", ["full", "read-only"])
def test_a_command_that_cannot_write_says_so_in_a_line(
    anna: Writer, folder: Path, capsys: pytest.CaptureFixture[str], command: str, fault: str
) -> None:
    assert anna.put(GRAPH, LARGE).status_code == 204
    store, before = folder / "store", anna.live
    patch, saved = folder / "back.rdfp", folder / "saved"
    patch.write_bytes(anna.client.get("/versions/2..1").data)
    saved.mkdir()
    plainly = [f"--{name}={folder / 'nothing'}" for name in ("shapes", "ontology")]
    back = ["rollback", "1", f"--store={store}", *plainly]
    commands = {
        "patch": ["patch", str(patch), f"--store={store}", *plainly],
        "rollback": back,
        "backup": ["backup", str(saved / "file"), f"--store={store}"],
    }
    with full_disk(1_000) if fault == "full" else without_rights(folder):
        code = main(commands[command])
    printed = capsys.readouterr()
    assert (code, printed.out) == (Exit.CANNOT, "")
    (line,) = printed.err.splitlines()
    assert ("No space is left" if fault == "full" else "cannot be written") in line
    assert EmbeddedStore(store).snapshot().info == before
    assert list(saved.iterdir()) == []
    assert main(back) == Exit.OK
    assert anna.triples(GRAPH) == {OLD}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with two MiB left."""
    mount = ("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(tmp_path))
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("mounting a small file system needs root")
    try:
        yield tmp_path
    finally:
        subprocess.run(("umount", "--lazy", str(tmp_path)), check=True)


def test_a_server_on_a_full_disk_serves_on_what_it_has(small_disk: Path, folder: Path) -> None:
    """And on a read-only one; it writes again once it can."""
    nothing, store = folder / "nothing", small_disk / "store"
    nothing.mkdir()
    options = ("--store", store, "--shapes", nothing, "--ontology", nothing, "--workers", "1")
    token = Tokens(store / FILE).add("anna", Scope.WRITE)
    with serving(*options, log=folder / "log") as server:
        put = partial(send_put, f"{server.url}{GRAPH}", token)
        assert put(OLD)[0] == 201
        digest = version(server)["digest"]
        status, problem = put(LARGE)
        assert (status, problem["type"].rpartition("/")[2]) == (507, "store-full")
        assert version(server)["digest"] == digest
        remount(small_disk, "ro")
        status, problem = put(NEW)
        assert (status, problem["type"].rpartition("/")[2]) == (507, "store-unwritable")
        assert version(server)["digest"] == digest
        assert OLD in ask(f"{server.url}{GRAPH}&format=nt")
        remount(small_disk, "rw")
        assert put(NEW)[0] == 204
        assert version(server)["number"] == 2


def remount(folder: Path, mode: str) -> None:
    """Let a file system be written, or not."""
    subprocess.run(("mount", "-o", f"remount,{mode}", str(folder)), check=True)


def send_put(url: str, token: str, turtle: str) -> tuple[int, Any]:
    """Status of a PUT, and the problem if there is one."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": TURTLE}
    request = urllib.request.Request(url, turtle.encode(), headers, method="PUT")
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, None
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def ask(url: str) -> str:
    """The text at a URL."""
    with urllib.request.urlopen(url, timeout=30) as response:
        text: str = response.read().decode()
        return text


def version(server: Server) -> Any:
    """The newest version as the server tells it."""
    return json.loads(ask(f"{server.url}/versions"))["items"][0]
