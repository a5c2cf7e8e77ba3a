"""Things in the order of what they say."""

from __future__ import annotations

import json
from collections.abc import Iterable

from kg.finding.cursors import Key
from kg.finding.requests import Sort
from kg.projection.reading import Reading, Unanswerable
from kg.projection.statements import by_property, key_in, text_in
from kg.schema.patterns import LABELS

_LEAST = """
SELECT wanted.value, (
    SELECT min(ordered.value) FROM ordered WHERE relation = ? AND ordered.key = wanted.value)
FROM json_each(?) AS wanted
"""


def sort_keys(reading: Reading, sort: Sort, keys: Iterable[str]) -> list[tuple[str, Key]]:
    """Things and what they are sorted by, in order; those without it last, ties by id.

    Raises Unanswerable.
    """
    predicate = sort.member.predicate if sort.member else None
    found: list[tuple[str, Key]]
    if predicate is None:
        found = [(key, _label(reading, key, sort.languages)) for key in sorted(keys)]
    elif predicate in reading.plan.ordered:
        found = _by_column(reading, predicate, sorted(keys))
    else:
        found = [(key, _smallest(reading, key, predicate)) for key in sorted(keys)]
    known = [each for each in found if each[1] is not None]
    known.sort(key=_value, reverse=sort.descending)  # stable either way: ties stay by id
    return [*known, *(each for each in found if each[1] is None)]


def _value(pair: tuple[str, Key]) -> tuple[float, str]:
    value = pair[1]
    return (0.0, value) if isinstance(value, str) else (value or 0.0, "")


def _by_column(reading: Reading, predicate: str, keys: list[str]) -> list[tuple[str, Key]]:
    relation = reading.plan.relations[predicate]
    if reading.file.execute("SELECT 1 FROM odd WHERE relation = ?", (relation,)).fetchone():
        raise Unanswerable
    return list(reading.file.execute(_LEAST, (relation, json.dumps(keys))))


def _smallest(reading: Reading, key: str, predicate: str) -> str | None:
    _, said = reading.thing(key)
    values = by_property(said).get(reading.terms.numbers.get(predicate, 0), ())
    return min((_characters(reading, each) for each in values), default=None)


def _characters(reading: Reading, value: str) -> str:
    key = key_in(value)
    return text_in(value) if key is None else reading.keys.iri(key)


def _label(reading: Reading, key: str, languages: Iterable[str]) -> str | None:
    """The first label in lower case, in the first of the languages that there is one in."""
    _, said = reading.thing(key)
    values = by_property(said)
    labels = [
        each for name in LABELS for each in values.get(reading.terms.numbers.get(name, 0), ())
    ]
    for language in languages:
        found = [text_in(each).lower() for each in labels if each.startswith(f"@{language} ")]
        if found:
            return min(found)
    return None
