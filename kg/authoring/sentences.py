"""The sentences of a text and where each stands: what an article's passages are made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import sentencex

from kg.authoring.verification import text_digest

_EMPTY_LINES = re.compile(r"\n[^\S\n]*\n\s*")
_FULL_STOP = re.compile(r"[.。．…][\"'”’»)\]」』）]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence by its numbers and its offsets in code points, the end excluded.

    ``paragraph`` 0 is the title line; ``number`` counts from 1 within the paragraph.
    """

    paragraph: int
    number: int
    start: int
    end: int
    text: str = field(repr=False)

    @property
    def id(self) -> str:
        """How people name it, for example ``p2s1``."""
        return f"p{self.paragraph}s{self.number}"

    @property
    def sha256(self) -> str:
        """The hash by which a copy of the text can be checked."""
        return text_digest(self.text)


def sentences(text: str, language: str) -> list[Sentence]:
    """The sentences of a normalised text in the order they stand, all of it but the gaps.

    Empty lines divide paragraphs; where there are none, each line is one. A first line of a single
    sentence without a full stop is the title. ``language`` is a BCP 47 tag.
    """
    paragraphs = list(_paragraphs(text))
    first = 0 if len(paragraphs) > 1 and _is_title(text[slice(*paragraphs[0])], language) else 1
    return [
        Sentence(paragraph=paragraph, number=number, start=start, end=end, text=text[start:end])
        for paragraph, span in enumerate(paragraphs, start=first)
        for number, (start, end) in enumerate(_sentences(text, *span, language=language), start=1)
    ]


def _is_title(paragraph: str, language: str) -> bool:
    one = len(list(_sentences(paragraph, 0, len(paragraph), language=language))) == 1
    return one and "\n" not in paragraph and not _FULL_STOP.search(paragraph)


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    divider = _EMPTY_LINES if _EMPTY_LINES.search(text.strip()) else re.compile(r"\n")
    start = 0
    for gap in divider.finditer(text):
        yield from _trimmed(text, start, gap.start())
        start = gap.end()
    yield from _trimmed(text, start, len(text))


def _sentences(text: str, start: int, end: int, *, language: str) -> Iterator[tuple[int, int]]:
    for found in sentencex.get_sentence_boundaries(language, text[start:end]):
        yield from _trimmed(text, start + found["start_index"], start + found["end_index"])


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The span without the white space around it, or nothing where that is all."""
    words = text[start:end].strip()
    if words:
        begin = text.index(words, start)
        yield begin, begin + len(words)
