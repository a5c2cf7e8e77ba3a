"""Settings come from ``KG_…`` variables, and a value that cannot be read is named."""

from __future__ import annotations

import os
from dataclasses import fields
from pathlib import Path

import pytest

from kg.errors import SettingsError
from kg.settings import Settings, unknown_variables, variable


def test_defaults_need_no_variable() -> None:
    """With nothing set, the shipped knowledge is served to this machine only."""
    settings = Settings.from_env({})
    assert settings == Settings()
    assert settings.bind == "127.0.0.1:8000"
    assert settings.workers == len(os.sched_getaffinity(0))
    assert not settings.access_log
    assert settings.federation_allow == ()
    for folder in (settings.ontology, settings.shapes, settings.articles, settings.queries):
        assert folder.is_dir()


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("store", "memory:", "memory:"),
        ("workers", "3", 3),
        ("access_log", "yes", True),
        ("access_log", "0", False),
        ("union_default_graph", "False", False),
        ("shapes", "some/folder", Path("some/folder")),
        ("query_timeout", "2.5", 2.5),
        ("federation_allow", "https://a.example/, https://b.example/x", None),
    ],
)
def test_a_variable_gives_its_setting(name: str, text: str, value: object) -> None:
    settings = Settings.from_env({variable(name): text, "OTHER": "ignored"})
    expected = value if value is not None else ("https://a.example/", "https://b.example/x")
    assert getattr(settings, name) == expected


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("workers", "0"),
        ("workers", "two"),
        ("access_log", "perhaps"),
        ("query_timeout", "-1"),
        ("query_timeout", "inf"),
        ("query_timeout", "nan"),
        ("body_limit", "1.5"),
    ],
)
def test_an_unreadable_value_is_an_error_that_names_the_variable(name: str, text: str) -> None:
    with pytest.raises(SettingsError, match=f"{variable(name)}='{text}': expected "):
        Settings.from_env({variable(name): text})


def test_an_empty_variable_counts_as_absent() -> None:
    """``KG_STORE= kg build`` is how a shell unsets a variable for one command."""
    assert Settings.from_env({"KG_STORE": ""}) == Settings()


def test_a_misspelled_variable_is_found() -> None:
    environ = {"KG_STROE": "x", "KG_STORE": "y", "PATH": "z", "KG_A": "1"}
    assert unknown_variables(environ) == ["KG_A", "KG_STROE"]


def test_every_setting_says_what_it_means() -> None:
    """The meanings are what ``--help`` and the documentation show."""
    for item in fields(Settings):
        assert item.metadata["meaning"], item.name
        assert variable(item.name) == f"KG_{item.name.upper()}"
