"""New things whose names are nearly those of known ones: perhaps the same thing a second time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from kg.authoring.names import Thing
from kg.authoring.verification import Finding
from kg.search.spelling import distance
from kg.search.text import words

_LETTERS_PER_SLIP = 6
_MOST_SLIPS = 2
_DIGITS = re.compile(r"\d+")


def alike(new: Iterable[Thing], known: Sequence[Thing]) -> tuple[Finding, ...]:
    """For each new thing, the known ones of another id that have nearly one of its names.

    Names are compared in every language without case, accents, punctuation and order of words: six
    letters may have one slip and twelve two, but numbers have to be the same.
    """
    known_names = [(key, name, thing) for thing in known for key, name in _keys(thing)]
    ids = {thing.id for thing in known}
    return tuple(
        finding for thing in new if thing.id not in ids for finding in _like(thing, known_names)
    )


def _like(thing: Thing, known: Sequence[tuple[str, str, Thing]]) -> Iterator[Finding]:
    told: set[str] = set()
    for key, name in _keys(thing):
        for other_key, other_name, other in known:
            if other.id not in told and _is_near(key, other_key):
                told.add(other.id)
                message = f"“{name}” is nearly id:{other.id}, “{other_name}”"
                yield Finding(place=f"id:{thing.id}", message=message)


def _keys(thing: Thing) -> Iterator[tuple[str, str]]:
    """Each name, folded and its words sorted, beside the name as it is."""
    for name in thing.names:
        yield " ".join(sorted(word for word in words(name) if word != "the")), name


def _is_near(one: str, other: str) -> bool:
    if one == other:
        return True
    slips = min(_MOST_SLIPS, min(len(one), len(other)) // _LETTERS_PER_SLIP)
    # What is quickly seen to differ is not measured: there may be many thousands of names.
    if abs(len(one) - len(other)) > slips or len(set(one) ^ set(other)) > 2 * slips:
        return False
    return _DIGITS.findall(one) == _DIGITS.findall(other) and distance(one, other) <= slips
