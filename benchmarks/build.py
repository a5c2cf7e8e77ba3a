"""What a build of many articles costs: articles per second, and the memory of all its processes.

    python -m benchmarks.build [--articles 10000] [--only "1 process" ...]

Each run builds the same generated articles into an empty store, validated by one and two processes,
and by a cluster of dask.distributed on this machine with one and two workers. Memory is the most
that the build and all its workers had at once (PSS, which counts shared pages once; Linux only).
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from os import getpid
from pathlib import Path
from shutil import copy
from types import MappingProxyType

from benchmarks.generator import corpus, write_folder
from kg.settings import Settings

_LOOK = 0.5  # seconds between two looks at the memory
_KIB = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a run cost: seconds, and bytes at most."""

    seconds: float
    memory: int


@contextmanager
def cluster(workers: int) -> Iterator[list[str]]:
    """A cluster on this machine for the block; the options by which a build uses it."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=workers, threads_per_worker=1, dashboard_address=":0", silence_logs=50
    ) as started:
        yield ["--executor", started.scheduler_address.replace("tcp://", "dask://")]


def processes(count: int) -> AbstractContextManager[list[str]]:
    """The options by which a build uses so many processes."""
    return nullcontext(["--workers", str(count)])


RUNS: Mapping[str, Callable[[], AbstractContextManager[list[str]]]] = MappingProxyType(
    {
        "1 process": lambda: processes(1),
        "2 processes": lambda: processes(2),
        "dask, 1 worker": lambda: cluster(1),
        "dask, 2 workers": lambda: cluster(2),
    }
)


def main() -> None:
    """Print a row for each run as soon as it is done."""
    parser = argparse.ArgumentParser(description="Build many articles.")
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--only", nargs="+", choices=RUNS, default=list(RUNS))
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "articles"
        write_folder(corpus(articles=chosen.articles, types=False), folder)
        for path in Settings().articles.glob("*.ttl"):  # the actors that all of them share
            copy(path, folder)
        size = sum(each.stat().st_size for each in folder.iterdir())
        print(f"{chosen.articles} articles, {size >> 20} MiB of N-Triples", flush=True)
        print(f"{'validated by':16}{'seconds':>9}{'articles/s':>12}{'cpu s':>8}{'MiB at most':>13}")
        for name in chosen.only:
            before = _processor_seconds()
            with RUNS[name]() as options, tempfile.TemporaryDirectory(dir=home) as store:
                cost = _built(folder, Path(store) / "store", options)
            spent = _processor_seconds() - before
            rate = chosen.articles / cost.seconds
            row = f"{name:16}{cost.seconds:9.1f}{rate:12.1f}{spent:8.0f}{cost.memory >> 20:13}"
            print(row, flush=True)


def _built(folder: Path, store: Path, options: list[str]) -> Cost:
    """The cost of a build, which shows its progress bar where there is a terminal."""
    arguments = ["--articles", str(folder), "--store", str(store), *options]
    start = time.perf_counter()
    most = 0
    with subprocess.Popen(
        [sys.executable, "-m", "kg", "build", *arguments], stdout=subprocess.DEVNULL
    ) as build:
        while build.poll() is None:
            most = max(most, sum(map(_memory, _descendants(getpid()))))
            time.sleep(_LOOK)
    if build.returncode:
        raise SystemExit(build.returncode)
    return Cost(seconds=time.perf_counter() - start, memory=most)


def _descendants(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").glob("*"):
        for child in map(int, _read(task / "children").split()):
            yield child
            yield from _descendants(child)


def _memory(pid: int) -> int:
    """The bytes of a process, its part of shared pages only; 0 when it has ended."""
    lines = _read(Path(f"/proc/{pid}/smaps_rollup")).splitlines()
    return sum(int(line.split()[1]) * _KIB for line in lines if line.startswith("Pss:"))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""


def _processor_seconds() -> float:
    """What all processes that have ended have used of the processors."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
