"""The notebook of ``examples/`` runs against a live server and draws a picture."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.commands import Server, clean_environment
from tests.knowledge import ROOT

CELLS: list[dict[str, Any]] = json.loads(
    (ROOT / "examples" / "neighbourhood.ipynb").read_text(encoding="utf-8")
)["cells"]


def test_the_notebook_is_kept_without_outputs() -> None:
    code = [each for each in CELLS if each["cell_type"] == "code"]
    assert len(code) >= 4
    assert [each["id"] for each in code if each["outputs"] or each["execution_count"]] == []


def test_the_notebook_asks_a_service_and_draws(live_server: Server, tmp_path: Path) -> None:
    """Its cells one after the other, as a kernel runs them, without a screen."""
    cells = ["".join(each["source"]) for each in CELLS if each["cell_type"] == "code"]
    program = "\n".join([*cells, 'figure.savefig("picture.png")'])
    ran = subprocess.run(
        [sys.executable, "-c", program.replace("http://localhost:8000", live_server.url)],
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=clean_environment(MPLBACKEND="Agg", MPLCONFIGDIR=str(tmp_path)),
        timeout=100,
    )
    assert ran.returncode == 0, ran.stderr
    assert "Putin stays in Russia" in ran.stdout or "does not leave Russian" in ran.stdout
    assert (tmp_path / "picture.png").stat().st_size > 10_000
