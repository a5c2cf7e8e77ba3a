"""Every command of the README runs and prints what the README says."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.commands import Server
from tests.examples import Example, examples
from tests.knowledge import ROOT

EXAMPLES = list(examples(ROOT / "README.md"))


def test_there_are_examples_of_each_kind() -> None:
    """Five for curl, five for SPARQL and one for the command, at the least."""
    assert len(EXAMPLES) >= 11


@pytest.mark.skipif(not shutil.which("curl"), reason="the README's examples need curl")
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.command[:40])
def test_a_command_prints_what_the_readme_says(
    example: Example, live_server: Server, built_store: Path
) -> None:
    """Pasted into a shell beside a running server, the example gives its output."""
    assert example.printed(live_server, ROOT, KG_STORE=str(built_store)) == example.output
