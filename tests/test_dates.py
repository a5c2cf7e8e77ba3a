"""Dates in words: every form that the shape of dates lets in, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from kg.rdf.terms import Literal
from kg.web.pages.dates import Dates
from kg.web.pages.messages import messages
from tests.engines import Engine
from tests.rest import serving, sources

WORDS = {
    "2025": ("2025", "2025年"),
    "0800": ("800", "800年"),
    "2025-08": ("August 2025", "2025年8月"),
    "2025-08-05": ("5 August 2025", "2025年8月5日"),
    "2025~": ("about 2025", "2025年頃"),
    "2025-08?": ("August 2025 (uncertain)", "2025年8月(不確か)"),
    "2025-08-05%": ("about 5 August 2025 (uncertain)", "2025年8月5日頃(不確か)"),
    "2022/2025-08": ("from 2022 to August 2025", "2022年から2025年8月まで"),
    "2022-02-24/2025~": (
        "from 24 February 2022 to about 2025",
        "2022年2月24日から2025年頃まで",
    ),
    "2022?/2025": ("from 2022 (uncertain) to 2025", "2022年(不確か)から2025年まで"),
    "2022/..": ("since 2022, end open", "2022年から、終わりは未定"),
    "2022-02%/": (
        "since about February 2022 (uncertain), end open",
        "2022年2月頃(不確か)から、終わりは未定",
    ),
    "../2024": ("until 2024, begin open", "2024年まで、始まりは不明"),
    "/2024-12-31": ("until 31 December 2024, begin open", "2024年12月31日まで、始まりは不明"),
    "[2025]": ("2025", "2025年"),
    "[2022..2025-08-17]": (
        "on a day between 2022 and 17 August 2025",
        "2022年から2025年8月17日までのある日",
    ),
    "[..2025]": ("on a day up to 2025", "2025年以前のある日"),
    "[2025-01..]": ("on a day from January 2025 on", "2025年1月以降のある日"),
}


@pytest.fixture(scope="module")
def client(engine: Engine) -> Iterator[FlaskClient]:
    with serving(engine) as found:
        yield found


@pytest.mark.parametrize("text", WORDS)
def test_a_date_is_said_in_words_beside_its_edtf(text: str) -> None:
    shown = [Dates(texts=messages(tag)).shown(text) for tag in ("en", "ja")]
    assert tuple(re.sub("<.*?>", "", each) for each in shown) == WORDS[text]
    assert all(f'title="{text}"' in each for each in shown)


def test_the_table_has_what_the_shape_lets_in_and_nothing_else() -> None:
    """Of each alternative of the shape's pattern there is a date in the table."""
    patterns = [
        each.object.value
        for each in sources().shapes
        if isinstance(each.object, Literal)
        and str(each.subject).endswith("#C13>")
        and str(each.predicate).endswith("#pattern>")
    ]
    assert len(patterns) == 2
    assert all(re.search(pattern, text) for pattern in patterns for text in WORDS)
    forms = max(patterns, key=len).removeprefix("^(").removesuffix(")$")
    assert all(any(re.fullmatch(form, text) for text in WORDS) for form in _alternatives(forms))


def _alternatives(pattern: str) -> list[str]:
    """The alternatives of a pattern at its outermost level."""
    found, depth = [""], 0
    for sign in pattern:
        depth += (sign == "(") - (sign == ")")
        if sign == "|" and not depth:
            found.append("")
        else:
            found[-1] += sign
    return found


@pytest.mark.parametrize("text", ["2025", "2025-08", "2025-08-05"])
def test_what_html_knows_as_a_time_is_one(text: str) -> None:
    assert f'<time datetime="{text}"' in Dates(texts=messages("en")).shown(text)


@pytest.mark.parametrize("text", ["2025-02-30", "0000", "<b>", "soon"])
def test_what_is_no_date_stands_as_it_is(text: str) -> None:
    escaped = text.replace("<", "&lt;").replace(">", "&gt;")
    assert Dates(texts=messages("ja")).shown(text) == f"<bdi>{escaped}</bdi>"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/events/russia-ukraine-war-2022?lang=en", '<span title="2022/..">since 2022, end open<'),
        ("/events?lang=ja", '<span title="2022/..">2022年から、終わりは未定<'),
        (
            "/articles/yomiuri-2025-08-17?lang=en",
            '<time datetime="2025-08-17" title="2025-08-17">17',
        ),
    ],
)
def test_pages_say_dates_in_words(client: FlaskClient, path: str, words: str) -> None:
    assert words in client.get(path, headers={"Accept": "text/html"}).text
