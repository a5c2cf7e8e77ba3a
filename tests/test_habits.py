"""Habits that no tool holds: versions agree, names that others use stay, forms are whole."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml

import kg
import kg.client
from tests.knowledge import ROOT

CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
HOOKS = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("[!c]*.yml"))


def test_the_changelog_begins_with_this_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## \[([^]]+)\] - (\d{4}-\d\d-\d\d)$", changelog, re.MULTILINE)
    assert versions[0] == (kg.__version__, str(CITATION["date-released"]))


def test_the_citation_names_this_version_and_has_what_its_format_demands() -> None:
    """CFF 1.2.0: cff-version, message, title and at least one author."""
    assert CITATION["version"] == kg.__version__
    assert CITATION["cff-version"] == "1.2.0"
    assert CITATION["message"]
    assert CITATION["title"]
    assert CITATION["authors"]


@pytest.mark.parametrize(
    ("module", "names"),
    [
        (kg, ["__version__", "connect"]),
        (kg.client, ["Collection", "Graph", "Listing", "Table", "Thing", "connect"]),
    ],
)
def test_others_may_rely_on_these_names_and_no_others(module: object, names: list[str]) -> None:
    """One that goes is a break; one that comes is a promise: both belong into the changelog."""
    assert getattr(module, "__all__") == names  # noqa: B009 - a module is not typed to have it
    assert [each for each in names if not hasattr(module, each)] == []


def test_the_hooks_are_ours_and_fetch_nothing() -> None:
    hooks = [hook for repo in HOOKS["repos"] for hook in repo["hooks"]]
    assert {repo["repo"] for repo in HOOKS["repos"]} == {"local"}
    assert {hook["language"] for hook in hooks} == {"system"}
    assert {hook["entry"].split()[0] for hook in hooks} == {
        ".venv/bin/ruff",
        ".venv/bin/mypy",
        ".venv/bin/python",
    }


@pytest.mark.parametrize("form", FORMS, ids=[each.stem for each in FORMS])
def test_a_form_for_issues_has_what_its_format_demands(form: Path) -> None:
    """A name, a description, and elements with an id of their own."""
    known = yaml.safe_load(form.read_text(encoding="utf-8"))
    assert known["name"]
    assert known["description"]
    ids = [each["id"] for each in known["body"]]
    assert len(ids) == len(set(ids)) > 1
    assert {each["type"] for each in known["body"]} <= {"input", "textarea", "checkboxes"}


def test_a_run_of_the_tests_is_strict(pytestconfig: pytest.Config) -> None:
    """Warnings are errors, unknown marks and settings too, and the order is another each time."""
    assert pytestconfig.getini("filterwarnings") == ["error"]
    assert {"--strict-markers", "--strict-config"} <= set(pytestconfig.getini("addopts"))
    assert pytestconfig.getini("xfail_strict")
    assert version("pytest-randomly")  # in force wherever it is installed


def test_every_file_that_contributors_are_sent_to_is_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([\w./-]+/[\w.-]+\.(?:py|ttl|css|md))`", text))
    assert len(named) >= 10
    assert [each for each in sorted(named) if not (ROOT / each).is_file()] == []
