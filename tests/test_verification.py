"""A copy of a text is held against offsets, hashes and citations, and each fault is named."""

from __future__ import annotations

from hashlib import sha256

import pytest

from kg.authoring.verification import Verification, normalised, verify
from kg.errors import InputError, NotFound
from kg.rdf.formats import TURTLE
from kg.rdf.namespaces import PREFIXES
from kg.rdf.parsing import parse
from kg.rdf.terms import NamedNode
from tests.fakes import FakeSnapshot

TEXT = "Harbour fees rise. Boats stay away.\n\nWho pays, asks the “Pier Post” of 2031."
SENTENCES = ("Harbour fees rise.", "Boats stay away.", TEXT[37:])
ARTICLE = NamedNode(f"{PREFIXES['id']}pier-post-2031")


def graph(
    *,
    sentences: tuple[str, ...] = SENTENCES,
    cited: tuple[int, ...] = (0, 1),
    article: str = "pier-post-2031",
) -> str:
    """Turtle for an article with TEXT, and a passage for each of ``sentences``."""
    passages = [_passage(number, each, article) for number, each in enumerate(sentences)]
    items = [
        f"id:{article}-item{number} ekg:evidence <{ARTICLE.value}/p{number}> ." for number in cited
    ]
    head = f"""
        id:{article} a ekg:Article ; ekg:textLength {len(TEXT)} ;
            schema:sha256 "{sha256(TEXT.encode()).hexdigest()}" ;
            schema:publisher id:pier-post ; schema:datePublished "2031-05-06"^^xsd:date .
        id:pier-post rdfs:label "The Pier Post"@en ; skos:altLabel "Pier Post"@en ."""
    prefixes = (f"@prefix {name}: <{iri}> ." for name, iri in PREFIXES.items())
    return "\n".join([*prefixes, head, *passages, *items])


def _passage(number: int, sentence: str, article: str) -> str:
    start = TEXT.index(sentence)
    return (
        f'<{ARTICLE.value}/p{number}> ekg:passageOf id:{article} ; dcterms:identifier "p{number}" ;'
        f" ekg:charStart {start} ; ekg:charEnd {start + len(sentence)} ;"
        f' schema:sha256 "{sha256(sentence.encode()).hexdigest()}" .'
    )


def held(text: str, turtle: str | None = None) -> Verification:
    """What comes of holding ``text`` against a graph, by default the faultless one."""
    return verify(FakeSnapshot(parse((turtle or graph()).encode(), TURTLE)), text)


def failures(text: str, turtle: str | None = None) -> list[str]:
    """The places that fail, each once."""
    return list(dict.fromkeys(each.place for each in held(text, turtle).failures))


def test_the_very_text_passes() -> None:
    result = held(TEXT)
    assert result.ok
    assert result.article == ARTICLE
    assert result.passages == 3
    assert result.failures == ()


def test_a_changed_word_fails_in_its_passage_only() -> None:
    """The words of the other passages are what and where they were."""
    assert failures(TEXT.replace("stay", "flee")) == ["text", "p1"]


def test_a_longer_word_is_told_from_what_it_moves() -> None:
    result = held(TEXT.replace("rise", "climb"))
    messages = {each.place: each.message for each in result.failures}
    assert "its words differ" in messages["p0"]
    assert "stand +1 code points on" in messages["p1"]
    assert "77 code points, where the graph says 76" in str(result.failures[0])


def test_a_text_cut_short_fails() -> None:
    assert failures(TEXT[:20]) == ["text", "p1", "p2"]


def test_an_added_sentence_is_named_once() -> None:
    """What comes after it is told to have moved, and is still covered."""
    result = held(TEXT.replace("Boats stay", "Gulls cheer. Boats stay"))
    others = [each for each in result.failures if each.place != "text"]
    assert all("stand +13 code points on" in each.message for each in others)
    assert "text: 18–32 is in no passage." in map(str, result.failures)


def test_text_that_no_passage_covers_fails() -> None:
    """A sentence that was never made a passage shows by the gap that it leaves."""
    assert [str(each) for each in held(TEXT, graph(sentences=SENTENCES[:2])).failures] == [
        "text: 35–76 is in no passage."
    ]


def test_overlapping_passages_fail() -> None:
    wide = (SENTENCES[0], TEXT[5:35], SENTENCES[2])
    assert failures(TEXT, graph(sentences=wide)) == ["p1"]


def test_an_impossible_span_fails() -> None:
    turtle = graph().replace("ekg:charStart 0 ;", "ekg:charStart -7 ;")
    assert failures(TEXT, turtle) == ["p0"]


def test_a_sentence_that_no_item_cites_fails() -> None:
    assert [str(each) for each in held(TEXT, graph(cited=(0,))).failures] == [
        "p1: no item cites it."
    ]


def test_the_credit_line_needs_no_citation_but_is_named() -> None:
    """What gives publisher and year grounds the article's own metadata; cited, it is no note."""
    assert [each.place for each in held(TEXT).notes] == ["p2"]
    assert held(TEXT, graph(cited=(0, 1, 2))).notes == ()


def test_offsets_count_code_points_of_the_normalised_text() -> None:
    """Line ends, a byte order mark, a final newline and decomposed letters change nothing."""
    assert normalised("\ufeffCafe\u0301 😀\r\nopen\r\n".encode(), source="x") == "Café 😀\nopen"


def test_a_text_that_is_not_utf_8_is_refused_with_the_place() -> None:
    with pytest.raises(InputError, match=r"copy\.txt: not UTF-8 at byte 3"):
        normalised("Caf\xe9".encode("latin-1"), source="copy.txt")


def test_a_store_without_the_article_says_so() -> None:
    empty = FakeSnapshot([])
    with pytest.raises(NotFound, match="kg build"):
        verify(empty, TEXT)
    other = NamedNode(f"{PREFIXES['id']}other")
    with pytest.raises(NotFound, match=other.value):
        verify(FakeSnapshot(parse(graph().encode(), TURTLE)), TEXT, other)


def test_an_article_without_passages_says_so() -> None:
    with pytest.raises(NotFound, match="no passages"):
        held(TEXT, graph(sentences=()))


def test_among_several_articles_one_must_be_named() -> None:
    turtle = graph() + "\n" + graph(sentences=(), article="gull-times-2031")
    snapshot = FakeSnapshot(parse(turtle.encode(), TURTLE))
    with pytest.raises(InputError, match="gull-times-2031, pier-post-2031"):
        verify(snapshot, TEXT)
    assert verify(snapshot, TEXT, ARTICLE).ok
