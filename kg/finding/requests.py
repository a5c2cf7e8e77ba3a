"""What is asked of a list, and the rows that answer it."""

from __future__ import annotations

from dataclasses import dataclass

from kg.finding.conditions import Condition
from kg.finding.cursors import Cursor, Key
from kg.rdf.terms import Literal, NamedNode
from kg.schema.filters import NUMBERS
from kg.schema.patterns import LABELS, alternatives, from_thing
from kg.schema.schema import Member
from kg.schema.selection import ALL, Selection

LIMIT_DEFAULT = 100
LIMIT_MAX = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is listed: the things of a class, or those to which ``member`` leads from ``parent``."""

    class_iri: str | None
    parent: NamedNode | None = None
    member: Member | None = None

    @property
    def pattern(self) -> str:
        """The group pattern over ?value."""
        if self.parent and self.member:
            way = from_thing(self.member)
            return f"VALUES ?this {{ {self.parent} }} {way} FILTER(isIRI(?value))"
        return f"?value a <{self.class_iri}> FILTER(isIRI(?value))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort:
    """An order: by id, by label, or by ``member``; things without the value come last."""

    name: str = "id"
    member: Member | None = None
    descending: bool = False
    languages: tuple[str, ...] = ()  # for labels, the reader's first

    @property
    def numeric(self) -> bool:
        """Whether keys are numbers, not strings."""
        return self.member is not None and self.member.datatype in NUMBERS

    @property
    def pattern(self) -> str:
        """What binds ?k, where there is a key, for ?value."""
        if self.member:
            key = "?by" if self.numeric else "STR(?by)"
            return f"OPTIONAL {{ ?value <{self.member.predicate}> ?by BIND({key} AS ?k) }}"
        names = (
            f"OPTIONAL {{ ?value {alternatives(LABELS)} ?l{number}"
            f" FILTER(LANG(?l{number}) = {Literal(language)}) }}"
            for number, language in enumerate(self.languages)
        )
        found = ", ".join(f"?l{number}" for number in range(len(self.languages)))
        return f"{' '.join(names)} BIND(LCASE(STR(COALESCE({found}))) AS ?k)"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRequest:
    """What is asked of a list.

    ``digest`` tells lists of other things or in another order apart.
    """

    scope: Scope
    conditions: tuple[Condition, ...] = ()
    contains: str | None = None
    sort: Sort = Sort()
    limit: int = LIMIT_DEFAULT
    cursor: Cursor | None = None
    selection: Selection = ALL
    digest: str = ""

    @property
    def backward(self) -> bool:
        """Whether the page before the cursor is asked for."""
        return self.cursor is not None and self.cursor.back


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A thing of a list, and what it is sorted by, None where it has no such value."""

    node: NamedNode
    key: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The things of a page and perhaps one beyond, nearest to the cursor first.

    ``count`` is how many the list has in all.
    """

    rows: list[Row]
    count: int
