"""Runs of words that a file has in common with the article's text: the text is not ours to give."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from kg.authoring.verification import Finding
from kg.rdf.namespaces import PREFIXES, RDFS, shorten
from kg.rdf.terms import Literal, NamedNode, Quad
from kg.search.text import fold, is_unspaced

LIMIT = 5  # words in a row, as for quotations (C28)
_UNSPACED_PER_WORD = 4  # characters of a script without spaces that count as one word
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


def copied(
    quads: Iterable[Quad], text: str, article: NamedNode, limit: int = LIMIT
) -> tuple[Finding, ...]:
    """The literals that share more than ``limit`` words in a row with the text.

    Letter case, accents and punctuation do not matter. The article's own label may be its title,
    which is a fact.
    """
    known = _Text(_words(text))
    title = (article, f"{RDFS}label")
    found = []
    for quad in sorted(quads, key=str):
        if isinstance(quad.object, Literal) and (quad.subject, quad.predicate.value) != title:
            run = known.longest_run(_words(quad.object.value))
            if _weight(run) > limit * _UNSPACED_PER_WORD:
                found.append(_finding(quad, run))
    return tuple(found)


class _Text:
    """The words of a text and where each of them stands."""

    def __init__(self, words: list[str]) -> None:
        self._words = words
        self._places: dict[str, list[int]] = defaultdict(list)
        for place, word in enumerate(words):
            self._places[word].append(place)

    def longest_run(self, words: Sequence[str]) -> Sequence[str]:
        """The weightiest stretch of ``words`` that stands in the text as it is."""
        return max(self._runs(words), key=_weight, default=())

    def _runs(self, words: Sequence[str]) -> Iterator[Sequence[str]]:
        for start, word in enumerate(words):
            for place in self._places.get(word, ()):
                yield words[start : start + self._common(words, start, place)]

    def _common(self, words: Sequence[str], start: int, place: int) -> int:
        """How many words are the same from ``start`` on and in the text from ``place`` on."""
        most = min(len(words) - start, len(self._words) - place)
        same = (words[start + step] == self._words[place + step] for step in range(most))
        return next((step for step, equal in enumerate(same) if not equal), most)


def _words(text: str) -> list[str]:
    """The folded words of a text; each character of an unspaced script is one."""
    found = _WORD.findall(fold(text).replace("’", "'"))
    return [piece for word in found for piece in (word if any(map(is_unspaced, word)) else (word,))]


def _weight(run: Sequence[str]) -> int:
    """How much of the text it is, in characters of an unspaced script."""
    return sum(1 if is_unspaced(word) else _UNSPACED_PER_WORD for word in run)


def _finding(quad: Quad, run: Sequence[str]) -> Finding:
    joint = "" if is_unspaced(run[0]) else " "
    place = f"{_short(quad.subject)} {_short(quad.predicate)}"
    return Finding(place=place, message=f"in the text too: “{joint.join(run)}”")


def _short(term: object) -> str:
    return shorten(term.value, PREFIXES) if isinstance(term, NamedNode) else str(term)
