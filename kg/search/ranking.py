"""The order of what is found: exact names, then beginnings, then words, then slips of the pen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.rdf.iris import Iris
from kg.schema.schema import Schema
from kg.search.index import Entry, IndexReader, SearchIndex, Text, name_starting, quoted, whole_name
from kg.search.spelling import corrections
from kg.search.text import chunks, is_unspaced, located_words, words

QUERY_LIMIT = 200  # characters
_CHUNKS = 16  # words of a query; the rest is not looked at
_MEANT = 4  # corrected queries that are tried

# What a match is worth at least, and what it gains by how much of the name it covers: a surname is
# to find the person before the sentences that begin with it.
EXACT, BEGINNING, WORDS, WORD_BEGINNINGS, ELSEWHERE = 1.0, 0.5, 0.48, 0.4, 0.2
_COVERED = 0.4
_MISSPELLED = 0.5  # the share of its worth that a match keeps where the query had to be corrected


@dataclass(frozen=True, slots=True)
class Match:
    """Where a query is found in one of a thing's texts: [start, end) in code points."""

    text: Text
    ranges: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing found, its score from 0 to 1, and the query that found it, corrected if need be."""

    entry: Entry
    score: float
    query: tuple[str, ...]

    def matches(self) -> tuple[Match, ...]:
        """Where the query is found, in the thing's own order of texts."""
        located = (Match(text, _ranges(text.text, self.query)) for text in self.entry.texts)
        return tuple(each for each in located if each.ranges)


@dataclass(frozen=True, slots=True)
class Results:
    """The best hits, best first; ``complete`` tells whether there are no others."""

    hits: tuple[Hit, ...]
    complete: bool


def find(
    index: SearchIndex,
    query: str,
    *,
    iris: Iterable[str] = (),
    types: Iterable[str] = (),
    limit: int,
) -> Results:
    """The best ``limit`` things for a query, of the given types if any are given.

    ``iris`` are things that the query may name outright. A query without words finds nothing.
    """
    wanted = tuple(types)
    pieces = tuple(chunks(query[:QUERY_LIMIT])[:_CHUNKS])
    with index.reading() as reader:
        named = [entry for iri in iris if (entry := reader.named(iri, types=wanted))]
        hits = {entry.rank: Hit(entry, EXACT, pieces) for entry in named}
        entries, complete = _candidates(reader, pieces, wanted, limit)
        sought = _words(pieces)
        for entry in entries:
            hits.setdefault(entry.rank, Hit(entry, _score(entry, sought), pieces))
        if not hits:
            return _corrected(reader, pieces, wanted, limit)
    return Results(_best(hits.values(), limit), complete and len(hits) <= limit)


def named_outright(query: str, schema: Schema, iris: Iris) -> list[str]:
    """The IRIs of what ``query`` is the id or IRI of, its words perhaps without their hyphens."""
    segments = sorted({each.segment for each in schema.collections.values()})
    spelled = dict.fromkeys((query.strip(), "-".join(words(query[:QUERY_LIMIT]))))
    made = (f"{iris.namespace}{segment}/{each}" for each in spelled for segment in segments)
    found = (query.strip(), *made)
    return [
        iri for iri in found if any(iris.local_id(iri, segment) is not None for segment in segments)
    ]


def _candidates(
    reader: IndexReader, pieces: Sequence[str], types: Sequence[str], limit: int
) -> tuple[list[Entry], bool]:
    """Things that have all the pieces, and whether these are all; none for no pieces."""
    if not pieces:
        return [], True
    whole = [word for piece in pieces for word in words(piece)]
    found: dict[int, Entry] = {}
    for expression in (whole_name(whole), name_starting(whole), _all_of(pieces)):
        entries = reader.candidates(expression, types=types, limit=limit + 1)
        found |= {entry.rank: entry for entry in entries}
    return list(found.values()), len(entries) <= limit


def _all_of(pieces: Iterable[str]) -> str:
    """The FTS5 expression for all pieces, anywhere; those with spaces around may be cut off."""
    return " AND ".join(
        quoted(" ".join(piece)) if is_unspaced(piece) else f"{quoted(piece)} *" for piece in pieces
    )


def _corrected(
    reader: IndexReader, pieces: tuple[str, ...], types: Sequence[str], limit: int
) -> Results:
    """What the query finds once those of its words are replaced that nothing has."""
    hits: dict[int, Hit] = {}
    complete = True
    for query, factor in _corrections(reader, pieces):
        entries, all_of_them = _candidates(reader, query, types, limit)
        complete = complete and all_of_them
        sought = _words(query)
        for entry in entries:
            hits.setdefault(entry.rank, Hit(entry, _score(entry, sought) * factor, query))
    return Results(_best(hits.values(), limit), complete and len(hits) <= limit)


def _corrections(
    reader: IndexReader, pieces: tuple[str, ...]
) -> list[tuple[tuple[str, ...], float]]:
    """Corrected queries, the likeliest first, each with the share of its worth that a hit keeps."""
    meant = {
        piece: corrections(reader, piece, _MEANT)
        for piece in pieces
        if not reader.candidates(_all_of([piece]), types=(), limit=1)
    }
    if not all(meant.values()):
        return []
    queries = []
    for turn in range(max((len(found) for found in meant.values()), default=0)):
        chosen = {piece: found[min(turn, len(found) - 1)] for piece, found in meant.items()}
        slips = sum(each.slips for each in chosen.values())
        query = tuple(chosen[piece].word if piece in chosen else piece for piece in pieces)
        queries.append((query, _MISSPELLED * (1 - slips / sum(map(len, pieces)))))
    return queries


def _best(hits: Iterable[Hit], limit: int) -> tuple[Hit, ...]:
    ordered = sorted(hits, key=lambda hit: (-hit.score, hit.entry.rank))
    return tuple(ordered[:limit])


def _words(pieces: Iterable[str]) -> list[list[str]]:
    return [words(piece) for piece in pieces]


def _score(entry: Entry, sought: Sequence[list[str]]) -> float:
    names = (words(each.text) for each in entry.texts if each.name)
    return max((_name_score(name, sought) for name in names), default=ELSEWHERE)


def _name_score(name: list[str], sought: Sequence[list[str]]) -> float:
    """What a query of pieces, words each, is worth as this name; ELSEWHERE if not all is in it."""
    query = [word for piece in sought for word in piece]
    if name == query:
        return EXACT
    if not all(_places(name, piece, cut_off=True) for piece in sought):
        return ELSEWHERE
    covered = _COVERED * min(1.0, sum(map(len, query)) / max(1, sum(map(len, name))))
    starts = name[: len(query) - 1] == query[:-1] and len(name) >= len(query)
    if starts and name[len(query) - 1].startswith(query[-1]):
        return BEGINNING + covered
    if all(_places(name, piece, cut_off=False) for piece in sought):
        return WORDS + covered
    return WORD_BEGINNINGS + covered


def _ranges(text: str, pieces: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Where pieces are found in a text, in its order, merged where they touch."""
    located = located_words(text)
    folded = [word.text for word in located]
    found: set[tuple[int, int]] = set()
    for piece in pieces:
        sought = words(piece)
        for place in _places(folded, sought, cut_off=True):
            last = located[place + len(sought) - 1]
            missing = len(last.text) - len(sought[-1])
            found.add((located[place].start, max(last.end - missing, last.start + 1)))
    return tuple(_merged(sorted(found)))


def _merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in ranges:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _places(have: Sequence[str], sought: Sequence[str], *, cut_off: bool) -> list[int]:
    """The places in ``have`` where ``sought`` stands; its last word may be cut off if asked for."""
    *firsts, last = sought
    before = len(firsts)
    return [
        end - before
        for end, word in enumerate(have)
        if (word.startswith(last) if cut_off else word == last)
        and end >= before
        and list(have[end - before : end]) == firsts
    ]
