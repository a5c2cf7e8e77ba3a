"""What the kernel knows of our query processes; and a store on disk for them to read."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, Store

TICKS = os.sysconf("SC_CLK_TCK")


def sample_store(folder: Path, *, subjects: int = 400) -> str:
    """A store of ``subjects`` nodes with a number each, in each of three graphs; its folder.

    ``urn:s7 urn:number 7`` is in ``urn:g1``, since 7 mod 3 is 1.
    """
    store = Store(str(folder))
    store.bulk_extend(
        Quad(
            NamedNode(f"urn:s{number}"),
            NamedNode("urn:number"),
            Literal(number),
            NamedNode(f"urn:g{number % 3}"),
        )
        for number in range(subjects)
    )
    store.flush()
    return str(folder)


def query_processes(parent: int | None = None) -> dict[int, str]:
    """The query processes of ``parent`` (default: this process) by number, with their states."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        state = process_state(int(entry.name))
        if state and state[1] == (parent or os.getpid()):
            found[int(entry.name)] = state[0]
    return found


def process_state(pid: int) -> tuple[str, int] | None:
    """State and parent of a query process or a zombie; None where ``pid`` is neither."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return None  # it has just ended
    is_ours = b"kg.store.processes.worker" in command or status[0] == "Z"
    return (status[0], int(status[1])) if is_ours else None


def is_running(pid: int) -> bool:
    """Whether a query process has not ended; it may have found another parent."""
    state = process_state(pid)
    return state is not None and state[0] != "Z"


def busy_seconds(pid: int) -> float:
    """How much processor time a process has used; 0 where there is none."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_bytes() -> int:
    """How much memory this process has now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE")


def open_files() -> int:
    """How many files this process has open."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def soon(condition: Callable[[], object], *, within: float = 5.0) -> bool:
    """Whether ``condition`` comes true before long."""
    return any(condition() for _ in _moments(within))


def _moments(seconds: float) -> Iterator[None]:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
        time.sleep(0.01)
