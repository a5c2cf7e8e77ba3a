"""The commands that a Markdown document shows, each with what it says they print."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.commands import Server, clean_environment

_PAIR = re.compile(r"```sh\n(.*?)\n```\n\n```text\n(.*?)\n```", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Example:
    """A command for a shell and its output, without the last newline."""

    command: str
    output: str

    def printed(self, server: Server, cwd: Path, **environ: str) -> str:
        """What the command really prints in ``cwd``, pasted into a shell beside ``server``."""
        host = server.url.removeprefix("http://")
        local = (
            self.command.replace("localhost:8000", host)
            .replace(".venv/bin/python ", f"{sys.executable} ")
            .replace(".venv/bin/kg", f"{sys.executable} -m kg")
            .replace("python3 -m json", f"{sys.executable} -m json")
        )
        ran = subprocess.run(
            ["bash", "-c", local],
            check=False,
            capture_output=True,
            text=True,
            cwd=cwd,
            env=clean_environment(**environ),
            timeout=60,
        )
        sys.stderr.write(ran.stderr)  # shown where the test fails; a closed pipe may complain too
        return ran.stdout.replace("\r\n", "\n").replace(host, "localhost:8000").rstrip("\n")


def examples(document: Path) -> Iterator[Example]:
    """The document's examples, in order.

    Raises AssertionError where a command stands without its output.
    """
    text = document.read_text(encoding="utf-8")
    pairs = _PAIR.findall(text)
    assert len(pairs) == text.count("```sh\n"), f"{document.name}: a command without its output"
    return (Example(command, output) for command, output in pairs)
