"""By what the lists of a class can be filtered.

The names are those of the class's members and of its subclasses' (``api:filter`` gives another
name), so nothing here knows a class or a property of the ontology.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from kg.rdf.namespaces import DCTERMS, SKOS, XSD
from kg.schema.operators import IS, OPERATORS, Operator
from kg.schema.schema import Member, Schema

NUMBERS = frozenset(f"{XSD}{name}" for name in ("integer", "decimal", "double", "float"))
PERIOD = ("from", "to")


class Kind(StrEnum):
    """What the values of a filter are."""

    ENTITY = "entity"
    CONCEPT = "concept"
    CLASS = "class"
    DATE = "date"
    NUMBER = "number"
    TEXT = "text"
    IRI = "iri"


FORMS: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.ENTITY: "an id such as putin or yomiuri-2025-08-17/p6s1, or a full IRI",
        Kind.CONCEPT: "the id of a concept such as affirmed, or its full IRI",
        Kind.CLASS: "the name of a class of the collection, or the id of a concept for its kind",
        Kind.DATE: "a date written YYYY-MM-DD",
        Kind.NUMBER: "a number",
        Kind.TEXT: "the whole text, exactly",
        Kind.IRI: "an id such as putin, or a full IRI",
    }
)

EXAMPLES: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.ENTITY: "putin",
        Kind.CONCEPT: "affirmed",
        Kind.CLASS: "State",
        Kind.DATE: "2025-08-17",
        Kind.NUMBER: "1",
        Kind.TEXT: "en",
        Kind.IRI: "http://www.wikidata.org/entity/Q7747",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One filter of a list: its parameter ``name`` and where its values are found.

    ``members`` are those of the name; ``type`` has the members for a thing's kind, ``from`` and
    ``to`` those for dates. ``segment`` is the IRI segment that ids of values are under. ``inside``
    is the property by which a value lies in another one, if any: then a value stands for all that
    lies in it too.
    """

    name: str
    kind: Kind
    members: tuple[Member, ...]
    segment: str = "id"
    inside: str | None = None
    labels: Mapping[str, str]
    descriptions: Mapping[str, str]

    @property
    def repeatable(self) -> bool:
        """Whether several values can be asked for."""
        return self.name not in {*PERIOD, "q"}

    @property
    def operators(self) -> tuple[Operator, ...]:
        """What the filter can ask of values."""
        if not self.repeatable:
            return (IS,)
        ordered = self.kind in {Kind.DATE, Kind.NUMBER}
        return tuple(each for each in OPERATORS if ordered or not each.sign)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the query parameters, one for each operator."""
        return tuple(each.parameters(self.name)[0] for each in self.operators)

    @property
    def form(self) -> str:
        """The accepted form of a value, in English."""
        return FORMS[self.kind] if self.name != "q" else "text that a name contains"

    @property
    def example(self) -> str:
        """A well-formed value."""
        return EXAMPLES[self.kind]


_TEXTS: Mapping[str, tuple[Mapping[str, str], Mapping[str, str]]] = MappingProxyType(
    {
        "type": (
            {"en": "type", "ja": "種類"},
            {
                "en": "A class, its subclasses included, or a concept of a thing's kind.",
                "ja": "クラス(下位クラスを含む)、または種別の概念。",
            },
        ),
        "q": (
            {"en": "text", "ja": "文字列"},
            {
                "en": "Text that one of the names contains, in any letter case.",
                "ja": "いずれかの名称に含まれる文字列(大文字と小文字を区別しない)。",
            },
        ),
        "from": (
            {"en": "from", "ja": "開始日"},
            {
                "en": "The first day of a period: things whose own dates overlap it. An end that"
                " is not stated is open; a thing without any date is left out.",
                "ja": "期間の最初の日。日付がその期間と重なるものに絞る。示されない端は開いて"
                "いるとみなし、日付のないものは除く。",
            },
        ),
        "to": (
            {"en": "to", "ja": "終了日"},
            {
                "en": "The last day of a period: things whose own dates overlap it.",
                "ja": "期間の最後の日。日付がその期間と重なるものに絞る。",
            },
        ),
    }
)


@lru_cache(maxsize=256)
def members_under(schema: Schema, class_iri: str | None) -> tuple[Member, ...]:
    """The members of a class, of what it is under and of all classes under it."""
    if class_iri is None:
        return ()
    lines = (schema.superclasses(each) for each in schema.subclasses(class_iri))
    classes = dict.fromkeys(each for line in lines for each in line)
    found = [member for each in classes for member in schema.own_members.get(each, ())]
    once = {(each.shape, each.name): each for each in found}.values()
    return tuple(sorted(once, key=lambda each: (each.order, each.name)))


@lru_cache(maxsize=256)
def filters_of(schema: Schema, class_iri: str | None) -> tuple[Filter, ...]:
    """The filters of a list of things of a class; those of any list where it is None."""
    by_name: dict[str, list[Member]] = {}
    for member in members_under(schema, class_iri):
        if member.path:
            by_name.setdefault(member.filter, []).append(member)
    named = [_filter(schema, name, tuple(found)) for name, found in by_name.items()]
    return (*_general(schema, class_iri), *(each for each in named if each.name not in _TEXTS))


def spelled(filters: Iterable[Filter]) -> dict[str, tuple[Filter, Operator]]:
    """All query parameters by which lists are filtered, in any spelling, with what each asks."""
    return {
        parameter: (each, operator)
        for each in filters
        for operator in each.operators
        for parameter in operator.parameters(each.name)
    }


def _general(schema: Schema, class_iri: str | None) -> list[Filter]:
    members = members_under(schema, class_iri)
    kinds = tuple(each for each in members if each.predicate == f"{DCTERMS}type")
    dates = tuple(each for each in members if each.datatype == f"{XSD}date" and each.predicate)
    found = [("type", Kind.CLASS, kinds), ("q", Kind.TEXT, ())]
    found += [(name, Kind.DATE, dates) for name in PERIOD if dates]
    return [
        Filter(
            name=name,
            kind=kind,
            members=chosen,
            segment=segment_of(schema, (f"{SKOS}Concept",)),
            labels=_TEXTS[name][0],
            descriptions=_TEXTS[name][1],
        )
        for name, kind, chosen in found
    ]


def _filter(schema: Schema, name: str, members: tuple[Member, ...]) -> Filter:
    first = members[0]
    return Filter(
        name=name,
        kind=_kind(first),
        members=members,
        segment=segment_of(schema, first.classes),
        inside=_inside(schema, first),
        labels=first.labels,
        descriptions=first.descriptions,
    )


def _kind(member: Member) -> Kind:
    if f"{SKOS}Concept" in member.classes:
        return Kind.CONCEPT
    if member.classes:
        return Kind.ENTITY
    if member.datatype == f"{XSD}date":
        return Kind.DATE
    if member.datatype in NUMBERS:
        return Kind.NUMBER
    return Kind.TEXT if member.datatype else Kind.IRI


def segment_of(schema: Schema, classes: Iterable[str]) -> str:
    """The segment of the collection that things of the classes are in."""
    for class_iri in classes:
        for collection in schema.collections.values():
            if class_iri in {collection.class_iri, *schema.superclasses(collection.class_iri)}:
                return collection.segment
    return "id"


def _inside(schema: Schema, member: Member) -> str | None:
    known = (each for class_iri in member.classes for each in schema.members_of([class_iri]))
    return next((each.predicate for each in known if each.within and each.predicate), None)
