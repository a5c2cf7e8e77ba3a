"""The files for containers name what is there, and run it with as few rights as they can."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from kg.settings import Settings, unknown_variables
from tests.knowledge import ROOT
from tests.servers.proxy import TEMPLATE, rendered

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


FRONTEND = ROOT / "frontend"


def stages() -> dict[str, str]:
    """The base image of each stage of the Dockerfile."""
    return {
        name: base for base, name in re.findall(r"^FROM (\S+) AS (\S+)$", DOCKERFILE, re.MULTILINE)
    }


def copied() -> list[str]:
    """What the Dockerfile copies out of the repository."""
    lines = re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)
    return [source for line in lines for source in line.split()[:-1]]


def test_every_file_that_is_copied_is_there_and_is_sent_to_the_builder() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    sent = tuple(line.removeprefix("!") for line in ignored if line.startswith("!"))
    assert len(copied()) >= 12
    assert [each for each in copied() if not (ROOT / each).exists()] == []
    assert [each for each in copied() if not each.startswith(sent)] == []


@pytest.mark.skipif(
    not (shutil.which("npm") and (FRONTEND / "node_modules").is_dir()),
    reason="the scripts cannot be built: with Node, run npm ci in frontend",
)
def test_the_scripts_are_built_where_nothing_but_their_folder_was_copied(tmp_path: Path) -> None:
    left = shutil.ignore_patterns("node_modules")
    alone = shutil.copytree(FRONTEND, tmp_path / "frontend", ignore=left)
    (alone / "node_modules").symlink_to(FRONTEND / "node_modules")
    subprocess.run(["npm", "run", "--silent", "build"], cwd=alone, check=True)
    built = tmp_path / "kg" / "web" / "static" / "build"
    named: dict[str, str] = json.loads((built / "manifest.json").read_text(encoding="utf-8"))
    assert set(named) == {f"{each.stem}.js" for each in (FRONTEND / "src").glob("*.ts")}
    assert [each for each in named.values() if not (built / each).is_file()] == []
    assert "COPY --from=scripts /src/kg/web/static/build kg/web/static/build\n" in DOCKERFILE


def test_a_new_volume_begins_with_the_shipped_graph() -> None:
    api = DOCKERFILE.partition(" AS api\n")[2]
    user, build, volume = map(api.index, ("\nUSER ", "\nRUN kg build\n", "\nVOLUME "))
    assert user < build < volume


def test_everything_that_the_wheel_packs_is_copied() -> None:
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    packed = re.findall(r'^"(\w+)" = "kg/knowledge/\w+"$', pyproject, re.MULTILINE)
    assert set(packed) | {"kg"} <= set(copied())


def test_base_images_are_pinned_to_a_version() -> None:
    images = [*stages().values(), SERVICES["nginx"]["image"]]
    assert len(images) >= 6
    for image in images:
        assert re.search(r":\d+", image), image


def test_images_run_as_nobody_in_particular_and_are_watched() -> None:
    for stage in ("fuseki", "api"):
        text = DOCKERFILE.partition(f" AS {stage}\n")[2].partition("\nFROM ")[0]
        assert "\nUSER 10001:10001\n" in text
        assert "\nHEALTHCHECK " in text


def test_containers_cannot_write_but_to_their_volumes() -> None:
    assert {name for name, each in SERVICES.items() if each.get("read_only")} == set(SERVICES)
    ours = {name: each for name, each in SERVICES.items() if name != "nginx"}
    assert all(each["cap_drop"] == ["ALL"] for each in ours.values())


def test_every_setting_that_the_guide_names_exists() -> None:
    guide = (ROOT / "docs" / "scaling.md").read_text(encoding="utf-8")
    named = dict.fromkeys(re.findall(r"\bKG_\w+", guide), "x")
    assert len(named) >= 10
    assert unknown_variables(named) == []


def test_every_setting_that_is_named_exists() -> None:
    named = {name: "x" for each in SERVICES.values() for name in each.get("environment", {})}
    named |= dict.fromkeys(re.findall(r"\bKG_\w+", DOCKERFILE), "x")
    assert {"KG_STORE", "KG_BIND", "KG_TOKENS"} <= set(named)
    assert unknown_variables(named) == []


@pytest.mark.parametrize("name", SERVICES)
def test_the_settings_of_a_service_can_be_read(name: str) -> None:
    environment = SERVICES[name].get("environment", {})
    assert Settings.from_env(environment).store == environment.get("KG_STORE", Settings().store)


def test_services_depend_on_services_and_use_volumes_and_networks_that_are_declared() -> None:
    for each in SERVICES.values():
        assert set(each.get("depends_on", {})) <= set(SERVICES)
        assert set(each["networks"]) <= set(COMPOSE["networks"])
        assert "build" not in each or each["build"] == "." or each["build"]["target"] in stages()
        for volume in each.get("volumes", ()):
            source = volume.partition(":")[0]
            assert (ROOT / source).exists() if source[0] == "." else source in COMPOSE["volumes"]


def test_every_variable_of_nginx_has_a_value() -> None:
    used = set(re.findall(r"\$\{(\w+)\}", TEMPLATE.read_text(encoding="utf-8")))
    values = {name: str(SERVICES["nginx"]["environment"][name]) for name in used}
    assert "${" not in rendered(values)
