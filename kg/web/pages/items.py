"""Items as people read them: how put forward, according to whom, resting on which passages.

What a value is to its item the shapes say (``api:role``), so items of every class look alike, and
nothing here names a class or a property.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

from kg.description import Json
from kg.schema import Member, Profile, Schema

Thing: TypeAlias = Mapping[str, Json]

# Shown in the heading of whatever a thing is shown in, or said by its URL.
_IN_HEADING = frozenset({"labels", "prefLabel", "identifier"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A member of a thing with the values to show."""

    member: Member
    values: Sequence[Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A thing with what is special about items taken out of its members.

    ``polarity`` belongs to ``content`` where there is one. ``fields`` are the other members.
    """

    thing: Thing
    status: Thing | None
    source: Thing | None
    evidence: Sequence[Json]
    polarity: Thing | None
    content: Field | None
    fields: Sequence[Field]


def item_of(schema: Schema, thing: Thing, *, beside: str | None = None) -> Item:
    """The item that a thing in its JSON form is; ``beside`` is the IRI of a thing that need not be
    named again, since the item is shown below it.
    """
    known = profile_of(schema, thing)
    shown = [_without(each, beside) for each in fields_of(known.own, thing)]
    by_role = {each.member.role: each for each in shown if each.member.role}
    return Item(
        thing=thing,
        status=_one(by_role.get("status")),
        source=_one(by_role.get("source")),
        evidence=by_role["evidence"].values if "evidence" in by_role else (),
        polarity=_one(by_role.get("polarity")),
        content=by_role.get("content"),
        fields=[each for each in shown if each.values and not each.member.role],
    )


def profile_of(schema: Schema, thing: Thing) -> Profile:
    """What the schema says of a thing in its JSON form."""
    names = thing.get("types") or (thing.get("type"),)
    classes = (schema.class_named(str(name)) for name in cast("Iterable[Json]", names) if name)
    return schema.profile([each.iri for each in classes if each])


def fields_of(members: Iterable[Member], thing: Thing) -> list[Field]:
    """Those of ``members`` that a thing has values of, without its names."""
    wanted = (each for each in members if each.name not in _IN_HEADING)
    found = (Field(member=each, values=_values(thing.get(each.name))) for each in wanted)
    return [each for each in found if each.values]


def _values(value: Json) -> Sequence[Json]:
    if value is None:
        return ()
    return value if isinstance(value, list) else [value]


def _without(field: Field, iri: str | None) -> Field:
    if iri is None or field.member.role:
        return field
    kept = [
        each for each in field.values if not (isinstance(each, dict) and each.get("iri") == iri)
    ]
    return Field(member=field.member, values=kept)


def _one(field: Field | None) -> Thing | None:
    """The only value of a member that is a thing."""
    value = field.values[0] if field and field.values else None
    return value if isinstance(value, Mapping) else None
