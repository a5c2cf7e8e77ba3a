"""Where a query that the engine does not understand goes wrong.

The engine's parser reports the furthest character that it looked at, which for a misplaced keyword
is up to a dozen characters too far, and lists what it tried there. So the first token that it
cannot get past is looked for by bisection.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from pyoxigraph import Store

from kg.errors import QuerySyntaxError
from kg.sparql.tokens import Kind, Token, significant

_PLACE = re.compile(r"error at (\d+):(\d+): expected (.*)", re.DOTALL)
# Longer than any keyword, so that looking ahead for one never reaches the end of the text.
_MARGIN = 40
_SENTENCE = re.compile(r"[A-Z\\]\w* \w")
_SHOWN = 40


def syntax_error(
    text: str, reported: str, parse: Callable[[Store, str], object]
) -> QuerySyntaxError:
    """The error to report for ``text``, for which the engine's ``parse`` said ``reported``."""
    place = _PLACE.match(reported)
    if place is None:
        return QuerySyntaxError(f"The query is not well-formed: {reported}.")
    tokens = significant(text)
    wrong = _first_wrong(text, tokens, parse)
    why = _undeclared(wrong, tokens) or _reason(place.group(3))
    if wrong is None:
        line, column = _place(text, len(text.rstrip()))
        message = f"The query is not valid: {why}." if why else "The query ends too early."
        return QuerySyntaxError(message, line=line, column=column)
    line, column = _place(text, wrong.offset)
    shown = wrong.text if len(wrong.text) <= _SHOWN else wrong.text[: _SHOWN - 1] + "…"
    message = f"Unexpected {shown!r}: {why}." if why else f"Unexpected {shown!r}."
    return QuerySyntaxError(message, line=line, column=column)


def misread(text: str, *, base_iri: str | None) -> QuerySyntaxError | None:
    """The error in a query that another engine refuses; None where ours can read all of it.

    Nothing is run, however the query goes on.
    """

    def parse(store: Store, beginning: str) -> object:
        return store.query(beginning, base_iri=base_iri)

    if _reads_all(text, Store(), parse):
        return None
    try:
        parse(Store(), f"{text}\0")
    except SyntaxError as error:
        return syntax_error(text, str(error), parse)
    raise AssertionError("the engine took a NUL character for SPARQL")


def _first_wrong(
    text: str, tokens: list[Token], parse: Callable[[Store, str], object]
) -> Token | None:
    """The first token that cannot follow those before it; None where more had to come."""
    nothing = Store()
    low, high = 0, len(tokens)
    while low < high:
        middle = (low + high) // 2
        if _reads_all(text[: tokens[middle].end], nothing, parse):
            low = middle + 1
        else:
            high = middle
    return tokens[low] if low < len(tokens) else None


def _reads_all(beginning: str, nothing: Store, parse: Callable[[Store, str], object]) -> bool:
    """Whether the engine gets through ``beginning``; the NUL sees to it that it never runs it."""
    text = beginning + " " * _MARGIN + "\0"
    try:
        parse(nothing, text)
    except SyntaxError as error:
        place = _PLACE.match(str(error))
        return place is not None and _offset(text, place) >= len(text) - 1
    raise AssertionError("the engine took a NUL character for SPARQL")


def _offset(text: str, place: re.Match[str]) -> int:
    line, column = int(place.group(1)), int(place.group(2))
    before = text.split("\n", line - 1)[: line - 1]
    return sum(len(part) + 1 for part in before) + column - 1


def _place(text: str, offset: int) -> tuple[int, int]:
    """Line and column, from 1."""
    line_start = text.rfind("\n", 0, offset) + 1
    return text.count("\n", 0, offset) + 1, offset - line_start + 1


def _undeclared(wrong: Token | None, tokens: list[Token]) -> str:
    """That the prefix of the token ``wrong`` is not declared, if that is so."""
    if wrong is None or wrong.kind is not Kind.PREFIXED_NAME:
        return ""
    prefix = wrong.text.partition(":")[0]
    declared = {
        name.text.removesuffix(":")
        for before, name in pairwise(tokens)
        if before.is_word("PREFIX") and name.kind is Kind.PREFIXED_NAME
    }
    return "" if prefix in declared else f"the prefix {prefix!r} is not declared"


def _reason(expected: str) -> str:
    """What the engine says is wrong in words, where it does so rather than list tokens."""
    for item in expected.removeprefix("one of ").split(", "):
        if _SENTENCE.match(item):
            return item
    return ""
