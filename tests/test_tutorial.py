"""The tutorial leads from ``kg new`` by ``kg check`` and ``kg build`` to the article's document."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.commands import serving
from tests.examples import examples
from tests.knowledge import ROOT

TUTORIAL = ROOT / "docs" / "tutorial.md"


@pytest.fixture
def clone(tmp_path: Path, built_store: Path) -> Path:
    """A folder as one has it after ``make serve``: the articles, the documents, and the store."""
    folder = tmp_path / "clone"
    shutil.copytree(ROOT / "articles", folder / "articles")
    shutil.copytree(ROOT / "docs" / "tutorial", folder / "docs" / "tutorial")
    shutil.copytree(built_store, folder / ".kg")
    return folder


@pytest.mark.timeout(300)  # twenty commands, four of which validate an article
@pytest.mark.skipif(not shutil.which("curl"), reason="the tutorial's examples need curl")
def test_every_step_prints_what_the_tutorial_says(clone: Path) -> None:
    """From the first step to the last, each where the one before has left off."""
    given = {"KG_ARTICLES": str(clone / "articles"), "KG_STORE": str(clone / ".kg")}
    steps = list(examples(TUTORIAL))
    assert len(steps) >= 12
    with serving("--workers", "1", log=clone / "log", environ=given) as server:
        for step in steps:
            assert step.printed(server, clone, **given) == step.output, step.command
    assert sorted(path.name for path in (clone / "articles").iterdir()) == sorted(
        path.name for path in (ROOT / "articles").iterdir()
    )
