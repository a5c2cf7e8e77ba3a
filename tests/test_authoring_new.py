"""``kg new`` makes the skeleton of an article: its passages, what is known, and no word of it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from kg.authoring.sentences import sentences
from kg.authoring.verification import normalised
from kg.cli.exits import Exit
from kg.cli.main import main
from kg.rdf.parsing import parse_file
from kg.rdf.terms import Literal
from tests.knowledge import ROOT

TEXT = ROOT / "docs" / "tutorial" / "mill-river.txt"
SLUG = "mill-valley-lantern-2031-05-04"


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """A folder with what articles share, to write to."""
    folder = tmp_path / "articles"
    folder.mkdir()
    shutil.copy(ROOT / "articles" / "entities.ttl", folder)
    return folder


def new(articles: Path, slug: str = SLUG, **changed: str | Path) -> int:
    """The exit code of ``kg new`` for the invented editorial, or for what is ``changed``."""
    said = {
        "title": "Mill Valley Lantern editorial on the water pact",
        "publisher": "The Mill Valley Lantern",
        "date": "2031-05-04",
        "text": TEXT,
        "articles": articles,
    } | changed
    return main(["new", slug, *(f"--{name}={value}" for name, value in said.items())])


def cut(text: str, language: str = "en") -> list[str]:
    """The sentences of one paragraph, in words."""
    return [each.text for each in sentences(text, language)]


@pytest.mark.parametrize(
    "expected",
    [
        ["The U.S. Congress met.", "Talks were held in the U.S.", "Then a law passed."],
        ["Mr. Trump met Gen. Lee of Moor Co. Ltd. at 5 p.m.", "He left."],
        ["“We will wait.”", "He said, “We agree.”", "She did not."],
        ['He said, "We agree."', "Then he left."],
        ["It rose 3.5 percent on Aug. 17, 2025, from No. 4.", "It fell."],
        ["J. R. R. Moor wrote it.", "Dr. A. B. Smith, Ph.D., read it."],
        ["Well... we will see.", "Is it so?", "“Is it?” he asked."],
        ["(From The Mill Valley Lantern, May 4, 2031)"],
    ],
    ids=lambda expected: expected[0],
)
def test_a_sentence_ends_where_a_reader_would_say(expected: list[str]) -> None:
    assert cut(" ".join(expected)) == expected


def test_japanese_sentences_end_without_a_space() -> None:
    """A full stop within a quotation ends no sentence."""
    expected = ["市長は「これで公平だ。満足している」と述べた。", "水は2.5%増えた。", "なぜか?"]
    assert cut("".join(expected), "ja") == expected


def test_paragraphs_are_divided_by_empty_lines_or_else_by_lines() -> None:
    """Offsets are code points, and numbers begin with 0 only where there is a title."""
    spaced = sentences("A Title 😀\n\n  One.  Two\nlines. \n \nThree.", "en")
    assert [(each.id, each.start, each.end) for each in spaced] == [
        ("p0s1", 0, 9),
        ("p1s1", 13, 17),
        ("p1s2", 19, 29),
        ("p2s1", 33, 39),
    ]
    assert [each.id for each in sentences("One.\nTwo.", "en")] == ["p1s1", "p2s1"]
    assert [each.id for each in sentences("Only a heading", "en")] == ["p1s1"]


def test_a_skeleton_has_a_passage_for_each_sentence(articles: Path) -> None:
    """Each by the offsets and hash of what stands there, and the file conforms as it is."""
    assert new(articles) == Exit.OK
    text = normalised(TEXT.read_bytes(), source="text")
    found = {each.id: each for each in sentences(text, "en")}
    written = (articles / f"{SLUG}.ttl").read_text()
    assert len(found) == written.count("a ekg:Passage") == 12
    assert "U.S. consulate" in found["p2s3"].text
    assert (
        f'ekg:charEnd {found["p2s3"].end} ;\n    schema:sha256 "{found["p2s3"].sha256}"' in written
    )
    assert main(["validate", f"--articles={articles}", str(articles / f"{SLUG}.ttl")]) == Exit.OK


def test_the_examples_conform_when_they_are_uncommented(articles: Path) -> None:
    """What an author takes over as it stands is right."""
    assert new(articles) == Exit.OK
    path = articles / f"{SLUG}.ttl"
    path.write_text(re.sub(r"^#(?=[a-z]|    [a-z])", "", path.read_text(), flags=re.MULTILINE))
    assert (
        len([each for each in parse_file(path) if each.predicate.value.endswith("#evidence")]) == 7
    )
    assert main(["validate", f"--articles={articles}", str(path)]) == Exit.OK


def test_the_text_is_not_in_the_skeleton(articles: Path) -> None:
    """Neither a literal nor a comment has six words in a row of it."""
    assert new(articles) == Exit.OK
    assert not _runs(TEXT.read_text()) & _runs((articles / f"{SLUG}.ttl").read_text())


def _runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[place : place + 6]) for place in range(len(words) - 5)}


def test_known_things_are_suggested_where_the_text_names_them(
    articles: Path, tmp_path: Path
) -> None:
    """By label in any language, a person's family name, and capitals for what is in capitals."""
    text = tmp_path / "text.txt"
    text.write_text("Putin met the ICC. Nato is not named. The usa is. 日本とプーチン氏。")
    assert new(articles, text=text) == Exit.OK
    written = (articles / f"{SLUG}.ttl").read_text()
    assert re.findall(r"^# (p\S+: id:\S+ .*)$", written, re.MULTILINE) == [
        "p1s1: id:putin Vladimir Putin",
        "p1s1: id:icc International Criminal Court",
        "p1s4: id:japan Japan",
        "p1s4: id:putin Vladimir Putin",
    ]


@pytest.mark.parametrize("publisher", ["yomiuri-shimbun", "the yomiuri shimbun", "読売新聞"])
def test_a_known_publisher_is_found_by_id_or_name(articles: Path, publisher: str) -> None:
    assert new(articles, publisher=publisher) == Exit.OK
    written = (articles / f"{SLUG}.ttl").read_text()
    assert "schema:publisher id:yomiuri-shimbun ;" in written
    assert "a ekg:Institution" not in written


def test_a_title_is_a_literal_whatever_is_in_it(articles: Path) -> None:
    title = 'A "pact" {of} \\ two'
    assert new(articles, title=title) == Exit.OK
    quads = parse_file(articles / f"{SLUG}.ttl")
    assert Literal(title, language="en") in [each.object for each in quads]


def test_a_file_is_overwritten_only_by_force(
    articles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = articles / f"{SLUG}.ttl"
    path.write_text("# mine\n")
    assert new(articles) == Exit.USAGE
    assert "--force overwrites it" in capsys.readouterr().err
    assert path.read_text() == "# mine\n"
    assert main(["new", "--help"]) == Exit.OK
    said = ["--title=T", "--publisher=japan-times", "--date=2031-05-04", f"--text={TEXT}"]
    assert main(["new", SLUG, *said, "--force", f"--articles={articles}"]) == Exit.USAGE
    assert path.read_text() == "# mine\n"
    said[1] = "--publisher=The Lantern"
    assert main(["new", SLUG, *said, "--force", f"--articles={articles}"]) == Exit.OK
    assert "id:lantern a ekg:Institution" in path.read_text()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"slug": "../escape"}, "cannot be an article's slug"),
        ({"slug": "Two Words"}, "is no id"),
        ({"slug": "a/b"}, "cannot be an article's slug"),
        ({"slug": "entities"}, "cannot be an article's slug"),
        ({"slug": "putin"}, "cannot be an article's slug"),
        ({"slug": "lantern", "publisher": "The Lantern"}, "makes no new id"),
        ({"slug": "ontology"}, "cannot be an article's slug"),
        ({"date": "2031-02-30"}, "is no date"),
        ({"date": "20310504"}, "is no date"),
        ({"title": " "}, "is no title"),
        ({"title": "two\nlines"}, "is no title"),
        ({"publisher": "yomiuri-shimbum"}, "known are icc, nato, yomiuri-shimbun"),
        ({"publisher": "Japan!"}, "makes no new id"),
        ({"publisher": "新しい新聞"}, "makes no new id"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    articles: Path, capsys: pytest.CaptureFixture[str], changed: dict[str, str], told: str
) -> None:
    assert new(articles, **changed) == Exit.USAGE
    assert told in capsys.readouterr().err
    assert [each.name for each in articles.iterdir()] == ["entities.ttl"]


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "no text in it"), (b" \n\n", "no text in it"), (b"caf\xe9.", "not UTF-8 at byte 3")],
)
def test_a_text_that_cannot_be_read_is_refused(
    articles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, told: str
) -> None:
    text = tmp_path / "text.txt"
    text.write_bytes(content)
    assert new(articles, text=text) == Exit.USAGE
    assert told in capsys.readouterr().err
    assert [each.name for each in articles.iterdir()] == ["entities.ttl"]
