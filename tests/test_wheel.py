"""The wheel is whole: installed into an empty environment, it builds and serves by itself.

No network is needed: the wheel is built by the running environment's hatchling, and the new
environment finds the libraries where the running one has them, through a .pth file. That file adds
a folder and nothing more, so the checkout's own ``kg``, installed there as editable, is not found.
"""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest

from kg.web.pages.assets import BUILT
from tests.commands import clean_environment, run_kg, serving
from tests.knowledge import ROOT

FOLDERS = ("ontology", "shapes", "articles", "queries")


@pytest.fixture(autouse=True)
def no_other_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing leads from the new environment to a checkout."""
    monkeypatch.delenv("PYTHONPATH", raising=False)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    python("-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT))
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the programs of an environment with nothing but the wheel and libraries."""
    home = tmp_path_factory.mktemp("environment") / "venv"
    venv.create(home, with_pip=False, symlinks=True)
    places = {"base": str(home), "platbase": str(home)}
    libraries = Path(sysconfig.get_path("purelib", "venv", vars=places))
    (libraries / "libraries.pth").write_text("\n".join(_libraries()))
    programs = Path(sysconfig.get_path("scripts", "venv", vars=places))
    target = str(programs / "python")
    python("-m", "pip", "--python", target, "install", "-q", "--no-deps", "--no-index", str(wheel))
    return programs


def python(*arguments: str) -> None:
    """Run the running Python; fail with what it wrote."""
    done = subprocess.run(
        [sys.executable, *arguments],
        check=False,
        capture_output=True,
        text=True,
        env=clean_environment(PIP_DISABLE_PIP_VERSION_CHECK="1"),
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _libraries() -> list[str]:
    return [place for place in sys.path if Path(place).name in {"site-packages", "dist-packages"}]


def test_the_wheel_has_the_knowledge_and_nothing_of_the_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for folder in FOLDERS:
        packed = {name.removeprefix("kg/knowledge/") for name in names}
        assert {str(path.relative_to(ROOT)) for path in (ROOT / folder).rglob("*.ttl")} <= packed
    assert "kg/py.typed" in names
    assert any(name.endswith("/licenses/LICENSE") for name in names)
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"kg", "editorial_kg"}


@pytest.mark.skipif(not BUILT.is_dir(), reason="the front end is not built: run make serve once")
def test_the_wheel_has_the_built_scripts(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    packed = {name.rpartition("/")[2] for name in names if "/static/build/" in name}
    assert packed == {path.name for path in BUILT.iterdir()}


def test_what_is_installed_is_the_wheel(installed: Path, tmp_path: Path) -> None:
    code = "import kg.settings as s; print(s.__file__); print(s.Settings().shapes)"
    command = [str(installed / "python"), "-c", code]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, cwd=tmp_path, env=clean_environment()
    )
    for line in done.stdout.splitlines():
        assert Path(line).is_relative_to(installed.parent)


def test_it_builds_and_serves_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    """In an empty folder, with no setting at all."""
    kg = (str(installed / "kg"),)
    done = run_kg("build", kg=kg, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Published version 1 in .kg/store" in done.stdout
    with (
        serving("--workers", "1", kg=kg, cwd=tmp_path, log=tmp_path / "log") as server,
        urllib.request.urlopen(f"{server.url}/actors/putin", timeout=30) as response,
    ):
        assert json.load(response)["label"] == "Vladimir Putin"
