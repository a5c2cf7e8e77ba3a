"""The words of the user interface, and the switch between its languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import Formatter

import pytest
from flask.testing import FlaskClient

from kg.settings import Settings
from kg.web.app import create_app
from kg.web.pages.messages import DEFAULT, FOLDER, messages

LANGUAGES = sorted(path.stem for path in FOLDER.glob("*.toml"))
PLURAL = re.compile(r"\.one$")


@pytest.fixture
def client(settings: Settings) -> Iterator[FlaskClient]:
    with create_app(settings).test_client() as client:
        yield client


def fields(text: str) -> set[str | None]:
    """The names in a text's braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_has_the_texts_of_every_other_one(language: str) -> None:
    own, default = messages(language).texts, messages(DEFAULT).texts
    plain = {key for key in default if not PLURAL.search(key)}
    assert {key for key in own if not PLURAL.search(key)} == plain
    assert all(own[key].strip() for key in own)
    assert {key: fields(own[key]) for key in plain} == {key: fields(default[key]) for key in plain}


def test_there_are_the_two_languages() -> None:
    assert LANGUAGES == ["en", "ja"]


def test_a_text_depends_on_the_count() -> None:
    texts = messages("en")
    assert texts("list.count", count=1) == "1 thing"
    assert texts("list.count", count=2) == "2 things"
    assert messages("ja")("list.count", count=1) == "1件"


def test_the_switch_beats_accept_language_and_stays_in_the_links(client: FlaskClient) -> None:
    headers = {"Accept": "text/html", "Accept-Language": "en"}
    page = client.get("/actors/putin?lang=ja", headers=headers).text
    assert '<html lang="ja">' in page
    assert 'href="/sparql?lang=ja"' in page
    assert 'href="/actors/putin?lang=en"' in page
    assert '<html lang="en">' in client.get("/actors/putin", headers=headers).text


def test_an_unknown_language_is_a_400_that_names_the_known_ones(client: FlaskClient) -> None:
    answer = client.get("/actors/putin?lang=xx")
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["parameter"] == "lang"
    assert "en, ja" in answer.json["detail"]
