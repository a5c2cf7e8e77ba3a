"""The page of a thing, from the same JSON form that programs get.

Its own members come first, in the groups and the order of the shapes, then what points to it by how
that is put forward, then the other ways on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

from kg.documents.description import Json
from kg.questions.catalogue import QUESTIONS, Question
from kg.schema.patterns import LABELS
from kg.schema.schema import Class, Group, Member, Profile, Schema
from kg.web.pages.article import Reading
from kg.web.pages.items import (
    Field,
    Item,
    Thing,
    fields_of,
    item_of,
    profile_of,
    ranks,
    status_of,
    texts_of,
)
from kg.web.pages.layout import rendered
from kg.web.pages.pieces import web_address
from kg.web.services import services

COLUMNS = 3  # with more members than these, items are cards and no table

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouped:
    """Fields of one group of the shapes; those of none where it is None."""

    group: Group | None
    fields: Sequence[Field]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The items that a view member leads to; with ``columns`` they fit into a table."""

    member: Member
    items: Sequence[Item]
    columns: Sequence[Member]

    @property
    def is_table(self) -> bool:
        """Whether the items say little enough for the rows of a table."""
        return self.member.nested and len(self.columns) <= COLUMNS


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The items of one status, by the members that lead to them; of none where it is None."""

    status: Thing | None
    sections: Sequence[Section]

    @property
    def count(self) -> int:
        """How many items there are; one that two members lead to counts once."""
        return len({str(each.thing["iri"]) for section in self.sections for each in section.items})


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityView:
    """A thing as its page shows it.

    ``outside`` leads to other sites. ``revisions`` are the items that depart from earlier ones.
    ``more`` has the paths of the lists that complete those members of which only the first values
    are shown.
    """

    item: Item
    kind: Class | None
    profile: Profile
    names: Mapping[str, Json]
    outside: Sequence[Field]
    facts: Sequence[Grouped]
    standings: Sequence[Standing]
    revisions: Sequence[Item]
    related: Sequence[Grouped]
    more: Mapping[str, Json]
    questions: Sequence[Question]


def entity_page(body: Mapping[str, Json], reading: Reading | None = None) -> bytes:
    """The page of a thing, from its JSON form; an article's with its ``reading``."""
    view = entity_view(services().schema, body)
    return rendered("entity.html", thing=body, view=view, reading=reading)


def entity_view(schema: Schema, thing: Thing) -> EntityView:
    """What the page of a thing shows, sorted out by what the schema says of its members."""
    known = profile_of(schema, thing)
    item = item_of(schema, thing)
    outside = [each for each in item.fields if _leads_out(each)]
    views = fields_of(known.views, thing)
    standings = _standings(schema, thing, views)
    return EntityView(
        item=item,
        kind=schema.class_named(known.class_name or ""),
        profile=known,
        names=texts_of(known, thing, LABELS),
        outside=outside,
        facts=_grouped(schema, [each for each in item.fields if each not in outside]),
        standings=standings,
        revisions=_revisions(standings),
        related=_grouped(schema, [each for each in views if not _items(schema, each)]),
        more=cast("Mapping[str, Json]", thing.get("more", {})),
        questions=[each for each in QUESTIONS if each.class_iri in known.lineage],
    )


def _leads_out(field: Field) -> bool:
    return all(isinstance(each, str) and web_address(each) for each in field.values)


def _grouped(schema: Schema, fields: Sequence[Field]) -> list[Grouped]:
    """Fields by their groups, in the order of these."""
    groups = _by(fields, lambda each: each.member.group)
    known = [(schema.groups.get(iri or ""), found) for iri, found in groups]
    known.sort(key=lambda pair: pair[0].order if pair[0] else float("inf"))
    return [Grouped(group=group, fields=found) for group, found in known]


def _items(schema: Schema, view: Field) -> list[Thing]:
    """The values of a view member, where they are shown whole or have a status."""
    things = [each for each in view.values if isinstance(each, Mapping)]
    return things if view.member.nested or any(status_of(schema, each) for each in things) else []


def _standings(schema: Schema, thing: Thing, views: Iterable[Field]) -> list[Standing]:
    """What view members lead to by its status, in the order that the shapes give.

    A list of links is left out where all its things are shown whole.
    """
    found: dict[str, tuple[Thing | None, list[Section]]] = {}
    whole: set[str] = set()
    for view in sorted(views, key=lambda each: not each.member.nested):
        for status, things in _by_status(schema, _items(schema, view)):
            iris = {str(each["iri"]) for each in things}
            if not iris <= whole:
                section = _section(schema, thing, view.member, things)
                iri = str(status["iri"]) if status else ""
                found.setdefault(iri, (status, []))[1].append(section)
            whole |= iris if view.member.nested else set()
    rank = ranks(schema)
    ordered = sorted(found, key=lambda iri: rank.get(iri, len(rank)))
    return [Standing(status=found[iri][0], sections=found[iri][1]) for iri in ordered]


def _by_status(schema: Schema, things: Sequence[Thing]) -> list[tuple[Thing | None, list[Thing]]]:
    known = [(status_of(schema, each), each) for each in things]
    groups = _by(known, lambda pair: str(pair[0]["iri"]) if pair[0] else None)
    return [(pairs[0][0], [each for _, each in pairs]) for _, pairs in groups]


def _section(schema: Schema, thing: Thing, member: Member, things: Iterable[Thing]) -> Section:
    items = [item_of(schema, each, beside=str(thing["iri"])) for each in things]
    members = {field.member.name: field.member for each in items for field in each.fields}
    columns = sorted(members.values(), key=lambda each: (each.order, each.name))
    return Section(member=member, items=items, columns=columns)


def _revisions(standings: Iterable[Standing]) -> list[Item]:
    items = {
        str(item.thing["iri"]): item
        for standing in standings
        for section in standing.sections
        for item in section.items
    }
    return [each for each in items.values() if each.revised]


def _by(things: Iterable[T], key: Callable[[T], str | None]) -> list[tuple[str | None, list[T]]]:
    found: dict[str | None, list[T]] = {}
    for each in things:
        found.setdefault(key(each), []).append(each)
    return list(found.items())
