"""The graph agrees with the article's text, letter by letter, and repeats none of it.

The text is not ours to publish, so these tests run only where a copy of it is.
"""

from __future__ import annotations

import os
import re
import unicodedata
from hashlib import sha256
from pathlib import Path

import pytest
from pyoxigraph import Literal

from tests.knowledge import ARTICLE, ARTICLE_FILES, ROOT, ask, quads_of


@pytest.fixture
def text() -> str:
    """The article's text, as the offsets count it."""
    given = os.environ.get("KG_ARTICLE_TEXT")
    path = Path(given) if given else ROOT.parent / "shared" / "article.txt"
    if not path.is_file():
        pytest.skip("the article's text is not here; name a copy of it in KG_ARTICLE_TEXT")
    return unicodedata.normalize("NFC", path.read_text(encoding="utf-8")).removesuffix("\n")


def test_the_article_itself_is_pinned_to_its_text(text: str) -> None:
    """Length and hash are those of the text, so a holder of a copy knows it is the same."""
    rows = ask(
        f"SELECT ?length ?hash {{ <{ARTICLE}> ekg:textLength ?length ; schema:sha256 ?hash }}"
    )
    assert rows == [{"length": str(len(text)), "hash": sha256(text.encode()).hexdigest()}]


def test_every_passage_is_pinned_to_its_sentence(text: str) -> None:
    """Offsets cut out exactly the stretch whose hash is given."""
    for row in _passages():
        start, end = int(row["start"]), int(row["end"])
        assert sha256(text[start:end].encode()).hexdigest() == row["hash"], row
        assert text[:start].count("\n\n") == int(row["paragraph"]), row


def test_the_passages_cover_the_text(text: str) -> None:
    """Between two passages there is a space or an empty line, and nothing is left over."""
    starts = [int(row["start"]) for row in _passages()]
    ends = [int(row["end"]) for row in _passages()]
    gaps = {text[end:start] for end, start in zip(ends, starts[1:], strict=False)}
    assert (starts[0], ends[-1]) == (0, len(text))
    assert gaps == {" ", "\n\n"}


def test_no_literal_repeats_six_words_of_the_text(text: str) -> None:
    """The graph describes the article in words of its own."""
    runs = _runs(text)
    for path in ARTICLE_FILES:
        for quad in quads_of(path):
            if isinstance(quad.object, Literal):
                assert not runs & _runs(quad.object.value), quad


def test_a_quotation_stands_in_the_text(text: str) -> None:
    """The few words given as verbatim are verbatim."""
    quotations = ask(
        "SELECT ?quotation ?start ?end { ?statement ekg:quotation ?quotation ;"
        " ekg:evidence/ekg:charStart ?start ; ekg:evidence/ekg:charEnd ?end }"
    )
    assert len(quotations) == 2
    for row in quotations:
        assert row["quotation"] in text[int(row["start"]) : int(row["end"])]
        assert len(row["quotation"].split()) <= 5


def _passages() -> list[dict[str, str]]:
    """Where each passage stands in the text, in order."""
    return ask(
        "SELECT ?start ?end ?hash ?paragraph { ?passage ekg:charStart ?start ; ekg:charEnd ?end ;"
        " ekg:paragraph ?paragraph ; schema:sha256 ?hash } ORDER BY ?start"
    )


def _runs(text: str) -> set[tuple[str, ...]]:
    """All runs of six words."""
    words = re.findall(r"[\w’']+", text.lower())
    return {tuple(words[start : start + 6]) for start in range(len(words) - 5)}
