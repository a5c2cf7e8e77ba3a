"""Whether a holder's copy of an article's text is the one that the graph was read from."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from kg.errors import InputError, NotFound
from kg.rdf.namespaces import PREFIXES
from kg.rdf.terms import Literal, NamedNode, Solution
from kg.store.base import Snapshot

_PROLOGUE = "".join(
    f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n"
    for prefix in ("dcterms", "ekg", "rdfs", "schema", "skos")
)
_ARTICLES = """\
SELECT ?article ?length ?hash (SUBSTR(STR(?date), 1, 4) AS ?year) WHERE {
  ?article a ekg:Article ; ekg:textLength ?length ; schema:sha256 ?hash ;
    schema:datePublished ?date .
} ORDER BY ?article"""
_PUBLISHER_NAMES = """\
SELECT DISTINCT ?article ?name WHERE {
  ?article schema:publisher/(rdfs:label|skos:altLabel) ?name
}"""
_PASSAGES = """\
SELECT ?article ?id ?start ?end ?hash (EXISTS { ?item ekg:evidence ?passage } AS ?cited) WHERE {
  ?passage ekg:passageOf ?article ; dcterms:identifier ?id ;
    ekg:charStart ?start ; ekg:charEnd ?end ; schema:sha256 ?hash .
} ORDER BY ?start ?id"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something about the text as a whole, or about the passage with this id."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What came of holding a text against the passages of ``article``.

    ``faults`` are places where text and passages differ, ``uncited`` passages that no item cites.
    ``notes`` name those that no item cites and none has to: they give the article's publisher and
    year, which ground the article's own metadata.
    """

    article: NamedNode
    passages: int
    faults: tuple[Finding, ...]
    uncited: tuple[Finding, ...]
    notes: tuple[Finding, ...]

    @property
    def failures(self) -> tuple[Finding, ...]:
        """All that is not as it should be: the faults, then what is uncited."""
        return self.faults + self.uncited

    @property
    def ok(self) -> bool:
        """Whether every offset, hash and sentence is as the graph says."""
        return not self.failures


@dataclass(frozen=True, slots=True, kw_only=True)
class _Article:
    node: NamedNode
    length: int
    hash: str
    year: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Passage:
    id: str
    start: int
    end: int
    hash: str
    cited: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Copy:
    """A text that is longer by ``grown`` than the one that the graph was read from."""

    text: str
    grown: int

    def has(self, passage: _Passage, *, moved: int = 0) -> bool:
        """Whether the passage's words stand ``moved`` code points behind its offsets."""
        return self.hash_at(passage, moved=moved) == passage.hash

    def hash_at(self, passage: _Passage, *, moved: int = 0) -> str:
        """The hash of what stands ``moved`` code points behind the passage's offsets."""
        start, end = max(0, passage.start + moved), max(0, passage.end + moved)
        return text_digest(self.text[start:end])

    def shift(self, passage: _Passage) -> int:
        """How far from its offsets the passage stands; 0 where it is nowhere."""
        return 0 if self.has(passage) or not self.has(passage, moved=self.grown) else self.grown

    def words(self, passage: _Passage) -> str:
        """The text where the passage stands."""
        shift = self.shift(passage)
        return self.text[passage.start + shift : passage.end + shift]


def normalised(data: bytes, *, source: str) -> str:
    """A text file's text as offsets count it: UTF-8 in NFC, LF line ends, no final newline.

    Raises InputError, naming ``source``, for what is not UTF-8.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{source}: not UTF-8 at byte {error.start}; save it as UTF-8.") from error
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", lines).rstrip("\n")


def verify(snapshot: Snapshot, text: str, article: NamedNode | None = None) -> Verification:
    """Hold ``text``, normalised, against the passages of ``article``, else of the only one.

    Raises NotFound where there is no such article, InputError where it must be named.
    """
    known = _chosen(_articles(snapshot), article)
    copy = _Copy(text=text, grown=len(text) - known.length)
    passages = [_passage(row) for row in _select(snapshot, _PASSAGES, known.node)]
    if not passages:
        raise NotFound(f"The graph has no passages of <{known.node.value}>.")
    uncited = [each for each in passages if not each.cited]
    metadata = [each for each in uncited if _gives_metadata(snapshot, known, copy.words(each))]
    return Verification(
        article=known.node,
        passages=len(passages),
        faults=(
            *_whole(known, text),
            *_misplaced(passages, copy),
            *_uncovered(passages, copy),
        ),
        uncited=tuple(
            _found([each for each in uncited if each not in metadata], "no item cites it.")
        ),
        notes=tuple(_found(metadata, "no item cites it: it gives publisher and date.")),
    )


def _articles(snapshot: Snapshot) -> list[_Article]:
    return [
        _Article(
            node=_node(row, "article"),
            length=int(_text(row, "length")),
            hash=_text(row, "hash"),
            year=_text(row, "year"),
        )
        for row in _select(snapshot, _ARTICLES)
    ]


def _chosen(articles: list[_Article], wanted: NamedNode | None) -> _Article:
    found = [each for each in articles if wanted in {None, each.node}]
    if not found:
        sought = f"no article <{wanted.value}>" if wanted else "no article"
        raise NotFound(f"The store has {sought} with passages. Run kg build to put it there.")
    if len(found) > 1:
        names = ", ".join(each.node.value.rpartition("/")[2] for each in found)
        raise InputError(f"The store has several articles: {names}. Name one with --article.")
    return found[0]


def _whole(article: _Article, text: str) -> Iterator[Finding]:
    if len(text) != article.length:
        message = f"{len(text)} code points, where the graph says {article.length}."
        yield Finding(place="text", message=message)
    if text_digest(text) != article.hash:
        yield Finding(place="text", message="its SHA-256 is not the one in the graph.")


def _misplaced(passages: list[_Passage], copy: _Copy) -> Iterator[Finding]:
    """Passages whose words are not where they should be."""
    for each in passages:
        span = f"at {each.start}–{each.end}"
        if not 0 <= each.start < each.end:
            yield Finding(place=each.id, message=f"{span} there can be no passage.")
        elif not copy.has(each):
            moved = copy.has(each, moved=copy.grown)
            seen = f"its words stand {copy.grown:+} code points on" if moved else "its words differ"
            message = f"{span} the hash is another, {copy.hash_at(each)}: {seen}."
            yield Finding(place=each.id, message=message)


def _uncovered(passages: list[_Passage], copy: _Copy) -> Iterator[Finding]:
    """Text that is in no passage or in two, each passage taken where its words stand."""
    reached = 0
    for each in passages:
        start = each.start + copy.shift(each)
        if start < reached:
            yield Finding(place=each.id, message="it starts before the passage before it ends.")
        else:
            yield from _gap(copy.text, reached, start)
        reached = max(reached, each.end + copy.shift(each))
    yield from _gap(copy.text, reached, len(copy.text))


def _gap(text: str, start: int, end: int) -> Iterator[Finding]:
    if text[start:end].strip():
        yield Finding(place="text", message=f"{start}–{end} is in no passage.")


def _gives_metadata(snapshot: Snapshot, article: _Article, words: str) -> bool:
    """Whether the words name the article's publisher and year, as a credit line does."""
    rows = _select(snapshot, _PUBLISHER_NAMES, article.node)
    names = [_text(row, "name") for row in rows]
    return article.year in words and any(name in words for name in names)


def _found(passages: list[_Passage], message: str) -> list[Finding]:
    return [Finding(place=each.id, message=message) for each in passages]


def _passage(row: Solution) -> _Passage:
    return _Passage(
        id=_text(row, "id"),
        start=int(_text(row, "start")),
        end=int(_text(row, "end")),
        hash=_text(row, "hash"),
        cited=_text(row, "cited") == "true",
    )


def _select(snapshot: Snapshot, query: str, article: NamedNode | None = None) -> Iterator[Solution]:
    return snapshot.select(_PROLOGUE + query, {"article": article} if article else None)


def text_digest(text: str) -> str:
    """The SHA-256 of a text in UTF-8, in hex, as articles and passages give it."""
    return hashlib.sha256(text.encode()).hexdigest()


def _node(row: Solution, name: str) -> NamedNode:
    term = row[name]
    assert isinstance(term, NamedNode)
    return term


def _text(row: Solution, name: str) -> str:
    term = row[name]
    assert isinstance(term, Literal)
    return term.value
