"""How text is compared: folded, cut into words, and each word traced back to where it stood.

Latin and other spaced scripts are cut at what is no letter or digit. Chinese characters and kana
have no spaces, so each is a word of its own and a stretch of them is looked for as a phrase: that
finds 露 and 米国 inside longer names without a dictionary.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_UNSPACED = (
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
_CHUNK = re.compile(rf"[{_UNSPACED}]+|[^\W_{_UNSPACED}]+")
_UNSPACED_WORD = re.compile(rf"[{_UNSPACED}]")
# Kana and Chinese characters apart, as far as a spelling mistake can reach.
_SPELLED = re.compile(rf"[\u30a0-\u30ff]+|[\u3040-\u309f]+|[^\W_{_UNSPACED}]+|[{_UNSPACED}]+")
_ACCENTS = re.compile("(?<=[A-Za-z])[\u0300-\u036f]+")
# What belongs to the character before it: combining marks, and the half-width kana's voicing.
_HALF_WIDTH_MARKS = "\uff9e\uff9f"


@dataclass(frozen=True, slots=True)
class Word:
    """A folded word, and where it stands in the original: code points, the end excluded."""

    text: str
    start: int
    end: int


def fold(text: str) -> str:
    """The text without differences of case, width or Latin accents (NFKC, case folding)."""
    if text.isascii():
        return text.lower()
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    folded = unicodedata.normalize("NFKC", bare).casefold()
    return unicodedata.normalize("NFKC", folded)


def words(text: str) -> list[str]:
    """The folded words of a text, in order."""
    return _WORD.findall(fold(text))


def chunks(text: str) -> list[str]:
    """The folded words of a text, stretches of unspaced script in one piece each."""
    return _CHUNK.findall(fold(text))


def spellings(text: str) -> list[str]:
    """The folded words of a text as they would be spelled: unspaced script in runs of one kind."""
    return _SPELLED.findall(fold(text))


def is_unspaced(chunk: str) -> bool:
    """Whether the chunk is of a script that puts no spaces between words."""
    return _UNSPACED_WORD.match(chunk) is not None


def located_words(text: str) -> list[Word]:
    """The folded words of a text, each with its place in ``text`` as given."""
    if text.isascii():
        return [Word(found[0], *found.span()) for found in _WORD.finditer(text.lower())]
    folded, origin = _fold_by_character(text)
    return [
        Word(found[0], origin[found.start()][0], origin[found.end() - 1][1])
        for found in _WORD.finditer(folded)
    ]


def _fold_by_character(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The folded text, and for each of its characters the stretch of ``text`` it comes from."""
    pieces: list[str] = []
    origin: list[tuple[int, int]] = []
    for start, end in _characters(text):
        piece = _fold_character(text[start:end])
        pieces.append(piece)
        origin += [(start, end)] * len(piece)
    return "".join(pieces), origin


@lru_cache(maxsize=8192)
def _fold_character(character: str) -> str:
    return fold(character)


def _characters(text: str) -> Iterator[tuple[int, int]]:
    """The stretches of one character and the marks on it."""
    start = 0
    for place in range(1, len(text)):
        if not (unicodedata.combining(text[place]) or text[place] in _HALF_WIDTH_MARKS):
            yield start, place
            start = place
    if text:
        yield start, len(text)
