"""What a misspelled word may have meant: known words that differ from it in a letter or two."""

from __future__ import annotations

from dataclasses import dataclass

from kg.search.index import IndexReader, padded

_PIECE = 3  # letters; what the index's trigram table is made of
_LOOKED_AT = 60  # known words that share the most pieces with the misspelled one


@dataclass(frozen=True, slots=True, order=True)
class Correction:
    """A known word, and how many slips lead from it to what was typed."""

    slips: int
    word: str


def corrections(reader: IndexReader, word: str, limit: int) -> list[Correction]:
    """The known words nearest to ``word``, fewest slips first; none for one or two letters.

    One slip is a letter too few, too many, wrong, or exchanged with its neighbour; longer words may
    have two. A word that is not typed to its end yet is compared with as much of each known one.
    """
    allowed = _slips_allowed(word)
    marked = padded(word)
    pieces = [marked[place : place + _PIECE] for place in range(len(marked) - _PIECE + 1)]
    known = reader.spelled_like(pieces, _LOOKED_AT) if allowed else []
    found = [Correction(_slips_to(word, each), each) for each in known]
    return sorted(each for each in found if each.slips <= allowed)[:limit]


def distance(one: str, other: str) -> int:
    """The optimal string alignment distance: insertions, deletions, substitutions, swaps."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        now = [row]
        for column, against in enumerate(other, start=1):
            cost = min(last[column] + 1, now[-1] + 1, last[column - 1] + (letter != against))
            swapped = (
                row > 1 and column > 1 and one[row - 2] == against and letter == other[column - 2]
            )
            now.append(min(cost, before[column - 2] + 1) if swapped else cost)
        before, last = last, now
    return last[-1]


def _slips_allowed(word: str) -> int:
    return 0 if len(word) < _PIECE else 1 if len(word) < 8 else 2


def _slips_to(word: str, known: str) -> int:
    whole = distance(word, known)
    beginning = distance(word, known[: len(word)]) if len(known) > len(word) + 1 else whole
    return min(whole, beginning)
