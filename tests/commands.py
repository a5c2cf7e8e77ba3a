"""The command ``kg`` run as people run it: a process of its own, in an environment of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

KG = (sys.executable, "-m", "kg")
_URL = re.compile(r"http://\S+")
# As coverage or the test runner set it, warnings of libraries would be errors of the command.
_DROPPED = ("PYTHONWARNINGS", "PROMETHEUS_MULTIPROC_DIR")


def clean_environment(**added: str) -> dict[str, str]:
    """This process's environment without any setting of ours, and with what is ``added``."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("KG_") and name not in _DROPPED
    }
    return kept | added


def run_kg(
    *arguments: str | Path,
    kg: Sequence[str] = KG,
    cwd: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """What a command wrote and its exit code; it has 60 seconds."""
    return subprocess.run(
        [*kg, *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        cwd=cwd,
        env=clean_environment(**(environ or {})),
        timeout=60,
    )


@dataclass(frozen=True, slots=True)
class Server:
    """A running ``kg serve``: its URL, without a slash at the end, and the master's process id.

    ``output`` is what it writes to stdout after ``first_line``.
    """

    url: str
    pid: int
    first_line: str
    output: IO[str]


@contextmanager
def serving(
    *arguments: str | Path,
    log: Path,
    kg: Sequence[str] = KG,
    prefix: str = "",
    cwd: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """A server on a free port of this machine, mounted under ``prefix``; stopped at the end."""
    command = [*kg, "serve", "--bind", "127.0.0.1:0", *map(str, arguments)]
    variables = clean_environment(SCRIPT_NAME=prefix, **(environ or {}))
    with (
        log.open("w") as errors,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, text=True, env=variables, cwd=cwd
        ) as process,
    ):
        assert process.stdout is not None
        try:
            line = process.stdout.readline()  # written once the server listens
            found = _URL.search(line)
            assert found, f"kg serve did not start: {line} {log.read_text()}"
            with urllib.request.urlopen(f"{found.group()}{prefix}/health", timeout=30):
                pass  # a worker answers
            yield Server(found.group() + prefix, process.pid, line, process.stdout)
        finally:
            process.terminate()
            process.wait(timeout=30)
