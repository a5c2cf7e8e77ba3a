"""Runs the fuzzer against ``kg serve``: reads, then writes with and without a token."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.commands import clean_environment, run_kg, serving

_ROOT = Path(__file__).parents[2]
_READS = ("--include-method", "GET", "--exclude-checks", "only_success_writes")
_WRITES = tuple(f"--include-method={each}" for each in ("POST", "PUT", "PATCH", "DELETE"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of the fuzzer."""

    name: str
    options: Sequence[str]
    seed: int
    phases: str = "examples,fuzzing,stateful"
    with_token: bool = False


def runs(seeds: int) -> Iterator[Run]:
    """Every boundary once, then made-up requests by each seed."""
    yield Run(name="reads, every boundary", options=_READS, seed=1, phases="examples,coverage")
    for with_token in (True, False):
        name = f"writes, every boundary, {'with' if with_token else 'without'} a token"
        yield Run(name=name, options=_WRITES, seed=1, phases="coverage", with_token=with_token)
    for seed in range(1, seeds + 1):
        yield Run(name="reads", options=(*_READS, "-n", "4"), seed=seed)
        options = (*_WRITES, "-n", "40")
        phases = "fuzzing,stateful"
        yield Run(name="writes", options=options, seed=seed, phases=phases, with_token=True)


def main(seeds: int) -> int:
    """Say what each run found; the exit code is 1 where one found anything."""
    total, failed = 0, 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = {"KG_STORE": str(folder / "store")}
        run_kg("build", "--quiet", environ=store).check_returncode()
        token = run_kg("token", "add", "fuzzer", "--scope", "write", environ=store).stdout.split()
        with serving("--workers", "1", log=folder / "log", environ=store) as server:
            for run in runs(seeds):
                count, code = _fuzz(run, server.url, token[-1], folder)
                print(f"{run.name}, seed {run.seed}: {count} requests, exit {code}", flush=True)
                total, failed = total + count, failed or code
    print(f"{total} requests in all: {'something' if failed else 'nothing'} found.")
    return min(failed, 1)


def _fuzz(run: Run, url: str, token: str, folder: Path) -> tuple[int, int]:
    """How many requests a run made, and its exit code."""
    count = folder / "count"
    added = {
        "SCHEMATHESIS_HOOKS": "tests.fuzzing.hooks",
        "FUZZ_SERVER": url,
        "FUZZ_COUNT": str(count),
        "PYTHONPATH": os.pathsep.join([str(_ROOT)]),
    }
    authorization = ("-H", f"Authorization: Bearer {token}") if run.with_token else ()
    command = [
        *(str(Path(sys.executable).with_name("st")), "--config-file", "schemathesis.toml", "run"),
        *(f"{url}/openapi.json", "--phases", run.phases, "--no-color"),
        *(
            "--seed",
            str(run.seed),
            "--no-shrink",
            "--suppress-health-check",
            "all",
            *run.options,
            *authorization,
        ),
    ]
    done = subprocess.run(command, check=False, cwd=_ROOT, env=clean_environment(**added))
    return int(count.read_text()), done.returncode


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 4))
