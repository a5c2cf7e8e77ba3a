"""SPARQL updates on a staged store or on one graph: at once, or in a process that can be killed.

The engine cannot cancel an update, so one from strangers runs in a child process on a copy of the
store's files. Whatever ends the child early leaves nothing but files that nobody has looked at.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from pyoxigraph import RdfFormat, Store

from kg.errors import InputError, KgError, QueryInterrupted, QueryMemory, QueryTimeout
from kg.store.base import UpdateLimits
from kg.store.processes.wire import decode_error, encode_error
from kg.store.sandbox import child_environment, confine
from kg.store.syntax import syntax_error
from kg.store.tables import Draft

_COMMAND = "from kg.store.embedded.updating import main; main()"
_GRACE = 5.0  # seconds after which a child is killed that has not ended itself
_FAILED = 1  # exit code: the error is on standard output
_DISK = 2  # exit code: the operating system's error is on standard output


def run_update(store: Store, text: str, base_iri: str | None) -> None:
    """Apply an update. Raises QuerySyntaxError with line and column, InputError."""
    try:
        store.update(text, base_iri=base_iri)
    except SyntaxError as error:
        raise syntax_error(
            text, str(error), lambda nothing, part: nothing.update(part, base_iri=base_iri)
        ) from error
    except RuntimeError as error:  # an operation that SPARQL lets fail: CREATE of a graph there is
        raise InputError(f"The update cannot be carried out: {error}.") from error


def update_apart(
    text: str,
    base_iri: str | None,
    *,
    folder: Path,
    draft: Path,
    result: Path,
    limits: UpdateLimits,
) -> None:
    """Apply an update to a copy of the closed store ``folder`` and write the outcome to ``result``.

    The copy is made in ``draft`` and left there. Raises what ``run_update`` raises, QueryTimeout,
    QueryMemory, StoreError, and OSError as the engine does.
    """
    task = {"text": text, "base": base_iri, "folder": str(folder)}
    task |= {"draft": str(draft), "result": str(result)}
    _run(task, b"", limits)


def update_graph_apart(
    text: str, base_iri: str | None, *, graph: bytes, limits: UpdateLimits
) -> bytes:
    """Apply an update to the N-Triples document ``graph`` alone, as the default graph.

    Raises what ``update_apart`` raises, and InputError where another graph is written to.
    """
    return _run({"text": text, "base": base_iri, "folder": None}, graph, limits)


def main() -> None:
    """The child: read a task from standard input, do it, write what comes of it to the output."""
    task = json.loads(sys.stdin.buffer.readline())
    signal.setitimer(signal.ITIMER_REAL, task["seconds"])  # whose signal ends the process
    confine(memory_mib=task["memory"], network=task["network"], files=bool(task["folder"]))
    try:
        _write(_updated_store(task) if task["folder"] else _updated_graph(task))
    except KgError as error:
        _leave(_FAILED, encode_error(error))
    except MemoryError:
        _leave(_FAILED, encode_error(QueryMemory("The update needs more memory than it may have.")))
    except OSError as error:
        _leave(_DISK, str(error).encode())


def _updated_store(task: dict[str, Any]) -> bytes:
    draft = Draft(Path(task["folder"]), Path(task["draft"]))
    run_update(draft.engine, task["text"], task["base"])
    draft.seal(Path(task["result"]))
    return b""


def _updated_graph(task: dict[str, Any]) -> bytes:
    store = Store()
    store.bulk_load(sys.stdin.buffer, RdfFormat.N_TRIPLES)
    run_update(store, task["text"], task["base"])
    for graph in store.named_graphs():
        raise InputError(f"The update writes to {graph}: here it can change one graph only.")
    document = store.dump(format=RdfFormat.N_QUADS)
    assert document is not None  # bytes are returned where no output is given
    return document


def _write(document: bytes) -> None:
    sys.stdout.buffer.write(document)
    sys.stdout.flush()


def _leave(code: int, message: bytes) -> None:
    _write(message)
    os._exit(code)


def _run(task: dict[str, Any], document: bytes, limits: UpdateLimits) -> bytes:
    """What a child makes of a task; the limits go with it."""
    allowed = {
        "seconds": limits.seconds,
        "memory": limits.memory_mib,
        "network": limits.network,
    }
    try:
        done = subprocess.run(
            [sys.executable, "-s", "-c", _COMMAND],
            input=json.dumps(task | allowed).encode() + b"\n" + document,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what RocksDB says of a lack of memory
            env=child_environment(),
            timeout=limits.seconds + _GRACE,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise QueryTimeout(_too_long(limits)) from error
    if done.returncode:
        raise _cause(done.returncode, done.stdout, limits)
    return done.stdout


def _cause(code: int, output: bytes, limits: UpdateLimits) -> KgError | OSError:
    if code == _FAILED and output:
        return decode_error(output)
    if code == _DISK:
        return OSError(output.decode())
    if code == -signal.SIGALRM:
        return QueryTimeout(_too_long(limits))
    if code == -signal.SIGABRT:
        return QueryMemory("The update needs more memory than it may have.")
    return QueryInterrupted(f"The update was ended from outside (exit code {code}).")


def _too_long(limits: UpdateLimits) -> str:
    return f"The update took longer than {limits.seconds:g} s; nothing of it stands."
