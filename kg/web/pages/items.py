"""Items as people read them: how put forward, according to whom, resting on which passages.

What a value is to its item the shapes say (``api:role``), so items of every class look alike, and
nothing here names a class or a property of the ontology.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias, cast

from kg.documents.description import Json
from kg.rdf.namespaces import DCTERMS, SKOS
from kg.schema.patterns import NAMES
from kg.schema.schema import Member, Profile, Schema

Thing: TypeAlias = Mapping[str, Json]

# What headings show, or URLs: names, glosses, the slug.
GLOSSES = (f"{DCTERMS}description", f"{SKOS}definition")
_IN_HEADING = frozenset({*NAMES, *GLOSSES, f"{DCTERMS}identifier"})
_IN_ORIGIN = frozenset({"status", "source", "evidence"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A member of a thing with the values to show."""

    member: Member
    values: Sequence[Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A thing with what is special about items taken out of its members.

    ``polarity`` is shown with the field of the content where there is one, else with its own;
    ``gloss`` says by language what the thing is.
    """

    thing: Thing
    status: Thing | None
    source: Thing | None
    evidence: Sequence[Json]
    polarity: Thing | None
    gloss: Thing
    fields: Sequence[Field]

    def field(self, member: Member) -> Field | None:
        """What the item says by a member, if anything."""
        return next((each for each in self.fields if each.member.name == member.name), None)

    @property
    def revised(self) -> Sequence[Json]:
        """The earlier items that this one departs from."""
        return [
            each for field in self.fields if field.member.role == "revises" for each in field.values
        ]


def item_of(schema: Schema, thing: Thing, *, beside: str | None = None) -> Item:
    """The item that a thing in its JSON form is; ``beside`` is the IRI of a thing that need not be
    named again, since the item is shown below it.
    """
    known = profile_of(schema, thing)
    found = fields_of(known.own, thing)
    by_role = {each.member.role: each for each in found if each.member.role}
    aside = {*_IN_ORIGIN, *(("polarity",) if "content" in by_role else ())}
    left = (_without(each, beside) for each in found if each.member.role not in aside)
    return Item(
        thing=thing,
        status=_one(by_role.get("status")),
        source=_one(by_role.get("source")),
        evidence=by_role["evidence"].values if "evidence" in by_role else (),
        polarity=_one(by_role.get("polarity")),
        gloss=texts_of(known, thing, GLOSSES),
        fields=[each for each in left if each.values],
    )


def status_of(schema: Schema, thing: Thing) -> Thing | None:
    """How a thing is put forward, where it is an item."""
    member = profile_of(schema, thing).by_role.get("status")
    status = thing.get(member.name) if member else None
    return status if isinstance(status, Mapping) else None


def ranks(schema: Schema) -> dict[str, int]:
    """The place of each status among the others (``api:ranked``)."""
    members = (each for found in schema.own_members.values() for each in found)
    ranked = (each.ranked for each in members if each.role == "status")
    return {iri: place for found in ranked for place, iri in enumerate(found)}


def profile_of(schema: Schema, thing: Thing) -> Profile:
    """What the schema says of a thing in its JSON form."""
    names = thing.get("types") or (thing.get("type"),)
    return _profile(schema, tuple(cast("Iterable[str | None]", names)))


@lru_cache(maxsize=1024)
def _profile(schema: Schema, names: tuple[str | None, ...]) -> Profile:
    classes = (schema.class_named(name) for name in names if name)
    return schema.profile([each.iri for each in classes if each])


def fields_of(members: Iterable[Member], thing: Thing) -> list[Field]:
    """Those of ``members`` that a thing has values of, without its names and glosses."""
    wanted = (each for each in members if each.predicate not in _IN_HEADING)
    found = (Field(member=each, values=values_of(thing.get(each.name))) for each in wanted)
    return [each for each in found if each.values]


def texts_of(known: Profile, thing: Thing, predicates: Sequence[str]) -> Thing:
    """The texts by language of the first of ``predicates`` that the thing has."""
    members = (each for each in known.own if each.predicate in predicates)
    found = (thing.get(each.name) for each in members)
    return next((each for each in found if isinstance(each, Mapping)), {})


def values_of(value: Json) -> Sequence[Json]:
    """The values that a member's JSON stands for, none where it is absent."""
    if value is None:
        return ()
    return value if isinstance(value, list) else [value]


def _without(field: Field, iri: str | None) -> Field:
    kept = [
        each for each in field.values if not (isinstance(each, dict) and each.get("iri") == iri)
    ]
    return Field(member=field.member, values=kept)


def _one(field: Field | None) -> Thing | None:
    """The only value of a member that is a thing."""
    value = field.values[0] if field and field.values else None
    return value if isinstance(value, Mapping) else None
