"""``kg check`` tells what is wrong with an article's file, and what a person has to judge."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from kg.authoring.copying import copied
from kg.authoring.likeness import alike
from kg.authoring.names import Thing
from kg.cli.exits import Exit
from kg.cli.main import main
from kg.rdf.formats import TURTLE
from kg.rdf.namespaces import PREFIXES
from kg.rdf.parsing import parse
from kg.rdf.terms import NamedNode
from tests.knowledge import ROOT

TEXT = ROOT / "docs" / "tutorial" / "mill-river.txt"
ARTICLE = NamedNode(f"{PREFIXES['id']}lantern-2031")
BODY = (
    "The river is low, and nobody’s mill can turn before the first rain."
    "水門は夏の間ずっと閉じられていると市長は述べた。"
)


@pytest.fixture(scope="module")
def skeleton(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that ``kg new`` writes for the invented editorial, beside the shared things."""
    articles = tmp_path_factory.mktemp("articles")
    shutil.copy(ROOT / "articles" / "entities.ttl", articles)
    said = {
        "title": "The pact",
        "publisher": "The Mill Valley Lantern",
        "date": "2031-05-04",
        "text": TEXT,
        "articles": articles,
    }
    options = (f"--{name}={value}" for name, value in said.items())
    assert main(["new", "lantern-2031", *options]) == Exit.OK
    return articles / "lantern-2031.ttl"


@pytest.fixture
def draft(skeleton: Path, tmp_path: Path) -> Path:
    """A copy of the skeleton, to write to."""
    articles = shutil.copytree(skeleton.parent, tmp_path / "articles")
    return articles / skeleton.name


def check(draft: Path, *options: str, text: Path = TEXT) -> int:
    """The exit code of ``kg check``."""
    return main(["check", str(draft), f"--text={text}", f"--articles={draft.parent}", *options])


def test_a_skeleton_has_warnings_only(draft: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each sentence is to be cited but the credit line; in a pipe nothing is coloured."""
    before = draft.read_bytes()
    assert check(draft) == Exit.OK
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == [
        "Shapes: Conforms.",
        "Passages: 12, each where the file says, nothing left out",
        "Sentences: 11 to look at",
    ]
    assert lines[3] == "  p0s1: no item cites it."
    assert lines[-1] == "Result: 11 warnings; it can be published."
    assert not any("\x1b" in line or "p5s1" in line for line in lines)
    assert draft.read_bytes() == before


def test_each_kind_of_finding_is_told(
    draft: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Moved passages make it fail; copied words, a double and an uncited sentence warn."""
    text = tmp_path / "text.txt"
    text.write_text(TEXT.read_text().replace("Lowfield, downstream", "Lowfield, down the stream"))
    draft.write_text(
        draft.read_text()
        + 'id:nihon a ekg:State ; rdfs:label "JAPAN"@en ; dcterms:identifier "nihon" ;\n'
        '    dcterms:description "Hopes that nobody will read the meters"@en .\n'
    )
    assert check(draft, "--format=json", text=text) == Exit.NO
    found = json.loads(capsys.readouterr().out)
    assert found["ok"] is False
    assert found["shapes"]["conforms"] is True
    assert found["passages"]["count"] == 12
    assert "p2s2" in [each["place"] for each in found["passages"]["faults"]]
    assert [each["place"] for each in found["uncited"]][:2] == ["p0s1", "p1s1"]
    assert found["copied"] == [
        {
            "place": "id:nihon dcterms:description",
            "message": "in the text too: “hopes that nobody will read the meters”",
        }
    ]
    assert found["alike"] == [
        {"place": "id:nihon", "message": "“JAPAN” is nearly id:japan, “Japan”"}
    ]
    assert found["warnings"] == 13


def test_a_passage_can_be_mended_by_what_is_told(
    draft: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two passages become one: the new end, the hash that the check gives, and it is right."""
    blocks = draft.read_text().split("\n\n")
    (one,) = (place for place, each in enumerate(blocks) if each.startswith("art:p2s1 a"))
    end = blocks.pop(one + 1).partition("charEnd ")[2].partition(" ")[0]
    blocks[one] = re.sub(r"charEnd \d+", f"charEnd {end}", blocks[one])
    draft.write_text("\n\n".join(blocks))
    assert check(draft) == Exit.NO
    (told,) = re.findall(r"p2s1: at .* the hash is another, (\w{64}):", capsys.readouterr().out)
    blocks[one] = re.sub(r'sha256 "\w+"', f'sha256 "{told}"', blocks[one])
    draft.write_text("\n\n".join(blocks))
    assert check(draft) == Exit.OK
    assert "Passages: 11, each where the file says" in capsys.readouterr().out


def test_what_breaks_a_shape_cannot_be_published(
    draft: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Offsets that are no numbers are told as such, and not held against the text."""
    draft.write_text(draft.read_text().replace("ekg:charStart 0 ;", 'ekg:charStart "zero" ;'))
    assert check(draft) == Exit.NO
    told = capsys.readouterr().out
    assert "ekgs:C15" in told
    assert "not looked at before article and passages conform" in told
    assert told.endswith("it cannot be published yet.\n")


def test_a_file_must_describe_one_article(draft: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(draft.parent / "entities.ttl") == Exit.USAGE
    assert "describes 0 articles, not one" in capsys.readouterr().err


def copies(turtle: str) -> list[str]:
    """What is told of the literals of a file whose article has the text BODY."""
    prefixes = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    return [
        str(each) for each in copied(parse((prefixes + turtle).encode(), TURTLE), BODY, ARTICLE)
    ]


def test_six_words_in_a_row_are_copied() -> None:
    """Whatever their case and apostrophes; five are a quotation."""
    six = 'id:mill rdfs:label "They say NOBODY\'S mill can turn, before the flood"@en .'
    assert copies(six) == [
        "id:mill rdfs:label: in the text too: “nobody's mill can turn before the”"
    ]
    assert copies('id:mill rdfs:label "mill can turn before the"@en .') == []
    assert copies('id:mill rdfs:label "nobody can turn, before the mill"@en .') == []


def test_four_characters_without_spaces_count_as_a_word() -> None:
    assert (
        len(copies('id:gate rdfs:label "水門は夏の間ずっと閉じられていると市長は述べた"@ja .')) == 1
    )
    assert copies('id:gate rdfs:label "夏の間ずっと閉じられている"@ja .') == []


def test_the_title_of_the_article_is_a_fact() -> None:
    words = '"The river is low and nobody\'s mill can turn"@en'
    assert copies(f"id:lantern-2031 rdfs:label {words} .") == []
    assert len(copies(f"id:lantern-2031 dcterms:description {words} .")) == 1


def thing(name: str, *names: str) -> Thing:
    """A thing of no class."""
    return Thing(id=name, classes=frozenset(), names=names)


@pytest.mark.parametrize(
    ("new", "known", "near"),
    [
        ("Vladimir Putin", "Wladimir Putin", True),
        ("Putin, Vladimir", "Vladimir Putin", True),
        ("The Yomiuri Shimbun", "Yomiuri Shinbun", True),
        ("読売新聞", "読売新聞", True),
        ("Zoë Moor", "zoe moor", True),
        ("Iran", "Iraq", False),
        ("Austria", "Australia", False),
        ("Sanctions of 2024", "Sanctions of 2025", False),
        ("Ceasefire", "Ceasefire in Ukraine", False),
    ],
)
def test_names_are_alike_by_few_slips(new: str, known: str, *, near: bool) -> None:
    """In any order of words; short names and numbers must be equal."""
    found = alike([thing("new", "別名", new)], [thing("other", "Other"), thing("old", known)])
    assert [each.place for each in found] == (["id:new"] if near else [])


def test_a_thing_is_not_like_itself() -> None:
    """What a file says more of a known thing is no double of it, nor of what is like it."""
    known = [thing("moor", "Ada Moor"), thing("ada-moor", "Ada Moor")]
    assert alike([thing("moor", "Ada Moor")], known) == ()
