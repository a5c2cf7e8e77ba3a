"""Every command of the README runs and prints what the README says."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import Server, clean_environment

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAIRS = re.findall(r"```sh\n(.*?)\n```\n\n```text\n(.*?)\n```", README, re.DOTALL)


def test_no_command_is_without_its_output() -> None:
    """Five examples for curl, five for SPARQL and one for the command, at the least."""
    assert len(PAIRS) == README.count("```sh\n")
    assert len(PAIRS) >= 11


@pytest.mark.skipif(not shutil.which("curl"), reason="the README's examples need curl")
@pytest.mark.parametrize(("command", "output"), PAIRS, ids=[pair[0][:40] for pair in PAIRS])
def test_a_command_prints_what_the_readme_says(
    command: str, output: str, live_server: Server, built_store: Path
) -> None:
    """Pasted into a shell beside a running server, the example gives its output."""
    host = live_server.url.removeprefix("http://")
    local = command.replace("localhost:8000", host).replace(
        ".venv/bin/kg", f"{sys.executable} -m kg"
    )
    ran = subprocess.run(
        ["bash", "-c", local.replace("python3 -m json", f"{sys.executable} -m json")],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=clean_environment(KG_STORE=str(built_store)),
        timeout=60,
    )
    printed = ran.stdout.replace("\r\n", "\n").replace(host, "localhost:8000")
    assert printed.rstrip("\n") == output
