"""What rows a thing makes, by what it says."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import TypeAlias

from kg.projection.keys import Keys
from kg.projection.plan import Plan
from kg.projection.statements import Statements, Values, encoded, key_in, text_in
from kg.projection.tables import NOT_LISTED
from kg.rdf.namespaces import RDF, XSD
from kg.rdf.terms import Quad
from kg.schema.filters import NUMBERS
from kg.schema.patterns import NAMES

Comparable: TypeAlias = "str | int | float"

_TYPE = f"{RDF}type"
_COUNT_CLASS = (
    "INSERT INTO class VALUES (?, ?)"
    " ON CONFLICT (iri) DO UPDATE SET things = things + excluded.things"
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?")
_NUMERIC = tuple(f"^{name.removeprefix(XSD)} " for name in sorted(NUMBERS))


@dataclass(slots=True, kw_only=True)
class Rows:
    """What the rows of one file are made by; knows the numbers of its properties and kinds."""

    file: sqlite3.Connection
    plan: Plan
    keys: Keys
    _properties: dict[str, int] = field(default_factory=dict)
    _kinds: dict[str, int] = field(default_factory=dict)
    _relations: dict[int, tuple[int, bool]] = field(default_factory=dict)
    _triples: Counter[int] = field(default_factory=Counter)
    _things: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._properties.update(self.file.execute("SELECT iri, number FROM property"))
        self._kinds.update(self.file.execute("SELECT types, number FROM kind"))
        for iri, number in self._properties.items():
            self._relate(iri, number)

    def statement(self, quad: Quad) -> tuple[str, tuple[int, str]]:
        """The key of a quad's subject, and what it says. Raises Unfit."""
        assert not isinstance(quad.subject, type(quad.triple)), "RDF 1.2 has no such subject"
        value = encoded(quad.object, self.keys)
        return self.keys.of(quad.subject), (self._property(quad.predicate.value), value)

    def kind(self, key: str, said: Values) -> int:
        """The number of a thing's combination of classes."""
        if key.startswith("_:"):
            return NOT_LISTED
        found = (key_in(each) for each in self._values(said, _TYPE))
        types = json.dumps(sorted(self.keys.iri(each) for each in found if each))
        if types not in self._kinds:
            made = self.file.execute("INSERT INTO kind (types, things) VALUES (?, 0)", (types,))
            assert made.lastrowid is not None  # it was an INSERT
            self._kinds[types] = made.lastrowid
        return self._kinds[types]

    def links(self, said: Values) -> set[tuple[int, str]]:
        """The relations, by number, that the thing is found by, each with a value."""
        found: set[tuple[int, str]] = set()
        for number, values in said.items():
            if number in self._relations:
                relation, literals = self._relations[number]
                found.update((relation, _bare(each)) for each in values if literals or key_in(each))
        return found

    def stars(self, said: Values) -> Iterator[tuple[int, str, str]]:
        """The pairs that the thing joins: a star's number, its one end and its other."""
        for star in self.plan.stars:
            if not all(self._has(said, *check) for check in star.checks):
                continue
            firsts, seconds = (self._keys(said, each) for each in (star.first, star.second))
            relation = self.plan.relations[star.name]
            yield from ((relation, one, other) for one in firsts for other in seconds)

    def ordered(self, said: Values) -> set[tuple[int, Comparable]]:
        """The thing's dates and numbers, each with the number of its relation."""
        found: set[tuple[int, Comparable]] = set()
        for name in self.plan.ordered:
            relation = self.plan.relations[name]
            for value in self._values(said, name):
                comparable = _comparable(value)
                if comparable is None:
                    self.file.execute("INSERT OR IGNORE INTO odd VALUES (?)", (relation,))
                else:
                    found.add((relation, comparable))
        return found

    def words(self, said: Values) -> str:
        """All that the thing is called, in lower case, a line each."""
        found = (each for name in NAMES for each in self._values(said, name))
        return "\n".join(text_in(each).lower() for each in found if key_in(each) is None)

    def count(self, stated: Statements, said: Values, by: int = 1) -> None:
        """Take what a thing says into account, or with -1 no longer; ``write_counts`` writes it."""
        for number, _ in chain.from_iterable(stated.values()):
            self._triples[number] += by
        for value in self._values(said, _TYPE):
            key = key_in(value)
            if key is not None and not key.startswith("_:"):
                self._things[self.keys.iri(key)] += by

    def write_counts(self) -> None:
        """Add to the counts of properties and classes."""
        triples = ((by, number) for number, by in self._triples.items())
        self.file.executemany("UPDATE property SET triples = triples + ? WHERE number = ?", triples)
        self.file.executemany(_COUNT_CLASS, self._things.items())
        self._triples.clear()
        self._things.clear()

    def _values(self, said: Values, name: str) -> Iterable[str]:
        return said.get(self._properties.get(name, 0), ())

    def _keys(self, said: Values, name: str) -> list[str]:
        return [key for each in self._values(said, name) if (key := key_in(each)) is not None]

    def _has(self, said: Values, name: str, iri: str) -> bool:
        return f"<{self.keys.of_iri(iri)}" in self._values(said, name)

    def _property(self, iri: str) -> int:
        number = self._properties.get(iri)
        if number is None:
            made = self.file.execute("INSERT INTO property (iri, triples) VALUES (?, 0)", (iri,))
            assert made.lastrowid is not None  # it was an INSERT
            number = self._properties[iri] = made.lastrowid
            self._relate(iri, number)
        return number

    def _relate(self, iri: str, number: int) -> None:
        """Note the relation of a property, if it is one, and whether its literals count."""
        if iri in self.plan.relations:
            literals = iri in self.plan.literals
            self._relations[number] = (self.plan.relations[iri], literals)


def _bare(value: str) -> str:
    """A key, or an encoded literal, which no key looks like."""
    return value.removeprefix("<")


def _comparable(value: str) -> Comparable | None:
    """A date or number as SQLite compares it; None for others and those that it cannot."""
    text = text_in(value)
    if value.startswith("^date ") and _DAY.fullmatch(text):
        return text
    if value.startswith(_NUMERIC) and _NUMBER.fullmatch(text):
        return int(text) if value.startswith("^integer ") else float(text)
    return None
