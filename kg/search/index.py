"""One version's index: a SQLite file with full-text tables, read-only once it is made.

A thing's ``rank`` is its row number in every table: things with short names and a name space of
their own come first. FTS5 yields rows in that order, so the best candidates for a short prefix are
the first few hundred, and a million others are never looked at. (bm25 would have to visit all.)
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from kg.errors import StoreError
from kg.search.text import words

OLDEST_SQLITE = (3, 34)  # the first with the trigram tokenizer

# Marks on a copy of the first and the last word of a name: with them, "the whole name is" and "a
# name starts with" are phrases. Neither can be part of a word.
_FIRST, _LAST = "\u22a2", "\u22a3"

# The tokenizer `ascii` takes every character beyond ASCII for a letter: just what words() makes.
TABLES = """
CREATE TABLE graph (number INTEGER PRIMARY KEY, name TEXT UNIQUE, digest TEXT NOT NULL);
CREATE TABLE kind (number INTEGER PRIMARY KEY, types TEXT UNIQUE);
CREATE TABLE thing (rank INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE, graph INTEGER NOT NULL,
    kind INTEGER, texts TEXT NOT NULL);
CREATE INDEX thing_graph ON thing (graph);
CREATE VIRTUAL TABLE words USING fts5 (names, notes, kind, content='', columnsize=0,
    tokenize='ascii', prefix='1 2 3 4');
CREATE TABLE spelled (word TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE VIRTUAL TABLE spelling USING fts5 (word, tokenize='trigram');
"""


@dataclass(frozen=True, slots=True)
class Text:
    """Something a thing says in words: the JSON member, the language tag or "", the text.

    ``name`` tells whether it is what the thing is called.
    """

    member: str
    language: str
    text: str
    name: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A thing as the index has it."""

    rank: int
    iri: str
    texts: tuple[Text, ...]


class SearchIndex:
    """The index file of one version. Any thread may read it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def reading(self) -> Iterator[IndexReader]:
        """One connection to ask. Raises StoreError where the file cannot be read."""
        try:
            with closing(connect(self.path, read_only=True)) as rows:
                yield IndexReader(rows)
        except sqlite3.Error as error:
            raise StoreError(f"{self.path}: the search index cannot be read: {error}.") from error


class IndexReader:
    """Candidates for a query; ``kg.search.ranking`` puts them in order."""

    def __init__(self, rows: sqlite3.Connection) -> None:
        self._rows = rows

    def candidates(self, expression: str, *, types: Iterable[str], limit: int) -> list[Entry]:
        """The first ``limit`` things by rank that an FTS5 expression matches, of these types.

        No types means any.
        """
        wanted = tuple(types)
        if wanted:
            kinds = self._kinds_with(wanted)
            if not kinds:
                return []
            expression = f"kind : ({' OR '.join(kinds)}) AND ({expression})"
        found = self._rows.execute(
            "SELECT thing.rank, iri, texts FROM words JOIN thing ON thing.rank = words.rowid"
            " WHERE words MATCH ? ORDER BY words.rowid LIMIT ?",
            (expression, limit),
        )
        return [Entry(rank, iri, decoded(texts)) for rank, iri, texts in found]

    def named(self, iri: str, *, types: Iterable[str]) -> Entry | None:
        """The thing with this IRI, if it has one of the types; no types means any."""
        wanted = tuple(types)
        query = "SELECT rank, iri, texts, kind FROM thing WHERE iri = ? AND kind IS NOT NULL"
        found = self._rows.execute(query, (iri,)).fetchone()
        if found is None:
            return None
        rank, known, texts, kind = found
        fits = not wanted or kind_word(kind) in self._kinds_with(wanted)
        return Entry(rank, known, decoded(texts)) if fits else None

    def spelled_like(self, pieces: Iterable[str], limit: int) -> list[str]:
        """The words that share most of the three-letter ``pieces``."""
        found = self._rows.execute(
            "SELECT word FROM spelling WHERE spelling MATCH ? ORDER BY bm25(spelling) LIMIT ?",
            (" OR ".join(map(quoted, pieces)), limit),
        )
        return [unpadded(word) for (word,) in found]

    def _kinds_with(self, types: tuple[str, ...]) -> list[str]:
        """The words for those combinations of types that hold one of ``types``."""
        known = self._rows.execute("SELECT number, types FROM kind")
        return [
            kind_word(number)
            for number, found in known
            if not set(json.loads(found)).isdisjoint(types)
        ]


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection to an index file.

    A file that is being built needs no journal: it has no name that a reader looks for.
    Raises StoreError where SQLite is too old.
    """
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise StoreError(f"Search needs SQLite 3.34 or newer; Python has {sqlite3.sqlite_version}.")
    if read_only:
        rows = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        rows.execute("PRAGMA mmap_size = 1073741824")
        return rows
    rows = sqlite3.connect(path, isolation_level=None)
    rows.execute("PRAGMA journal_mode = OFF")
    rows.execute("PRAGMA synchronous = OFF")
    rows.execute("PRAGMA cache_size = -262144")  # KiB: rows come in no order of their ranks
    return rows


def quoted(word: str) -> str:
    """A word as an FTS5 string: nothing in it is syntax."""
    return '"' + word.replace('"', '""') + '"'


def name_starting(found: list[str]) -> str:
    """The FTS5 expression for a name that starts with these words, the last one perhaps cut off."""
    first = _FIRST + found[0]
    return f"names : {quoted(' '.join([first, *found] if len(found) > 1 else [first]))} *"


def whole_name(found: list[str]) -> str:
    """The FTS5 expression for a name that is just these words."""
    return f"names : {quoted(' '.join([_FIRST + found[0], *found, found[-1] + _LAST]))}"


def row_words(texts: Iterable[Text]) -> tuple[str, str]:
    """What the full-text table is given of a thing: its names, and what else it says."""
    names: list[str] = []
    notes: list[str] = []
    for each in texts:
        found = words(each.text)
        if found and each.name:
            names += (_FIRST + found[0], *found, found[-1] + _LAST)
        else:
            notes += found
    return " ".join(names), " ".join(notes)


def kind_word(number: int) -> str:
    """The word that stands for a combination of types."""
    return f"k{number}"


def padded(word: str) -> str:
    """A word with its ends marked, so that they count when words are compared by pieces."""
    return f"{_FIRST}{word}{_LAST}"


def unpadded(word: str) -> str:
    """The word without the marks."""
    return word[1:-1]


def encoded(texts: Iterable[Text]) -> str:
    """Texts as the table keeps them."""
    return json.dumps(
        [(each.member, each.language, each.text, each.name) for each in texts], ensure_ascii=False
    )


def decoded(texts: str) -> tuple[Text, ...]:
    """The texts that ``encoded`` wrote."""
    return tuple(Text(*each) for each in json.loads(texts))
