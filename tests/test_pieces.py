"""Whatever a graph says, a page shows it as text, and leads nowhere but to documents."""

from __future__ import annotations

import pytest

from kg.documents.description import Json
from kg.web.pages.dates import Dates
from kg.web.pages.messages import messages
from kg.web.pages.pieces import Pieces
from tests.rest import schema

PIECES = Pieces(
    schema=schema(), language="en", dates=Dates(texts=messages("en")), way=lambda url: f"/kg{url}"
)
LABELS: dict[str, Json] = {"en": ["One"], "ja": ["いち"]}


@pytest.mark.parametrize(
    ("value", "html"),
    [
        ("https://www.wikidata.org/entity/Q7747", 'href="https://www.wikidata.org/entity/Q7747"'),
        ("javascript:alert(1)", "<bdi>javascript:alert(1)</bdi>"),
        ("data:text/html,x", "<bdi>data:text/html,x</bdi>"),
        ("http://[broken", "<bdi>http://[broken</bdi>"),
        ("<b>", "<bdi>&lt;b&gt;</bdi>"),
        (12, "<bdi>12</bdi>"),
        ({"@value": "<b>", "@type": "urn:x"}, "<bdi>&lt;b&gt;</bdi>"),
        ({"iri": "_:b"}, "<bdi>_:b</bdi>"),
        ({"iri": "urn:x", "label": "<b>", "url": None}, "<bdi>&lt;b&gt;</bdi>"),
        (
            {"iri": "urn:x", "label": "X", "url": "/actors/x"},
            '<a href="/kg/actors/x"><bdi>X</bdi></a>',
        ),
    ],
    ids=str,
)
def test_a_value_is_shown_and_never_run(value: Json, html: str) -> None:
    shown = PIECES.value(value)
    assert html in shown
    assert "lang=" not in shown
    assert "<b>" not in shown
    assert ("href" in shown) == ("href" in html)


def test_a_text_is_in_the_readers_language_else_in_all() -> None:
    assert "いち" not in PIECES.value(LABELS)
    for words in ({"ja": ["いち"], "fr": ["Un"]}, {"ja": ["いち"]}):
        shown = PIECES.value(words)
        assert all(tag in shown for tag in (f'lang="{each}"' for each in words))
