"""The pages of lists, from the same JSON form that programs get, with a form for their filters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.documents.choices import Choice
from kg.documents.description import Json
from kg.documents.listing import ListRequest
from kg.documents.parameters import sortable
from kg.schema.filters import Filter, Kind, filters_of, spelled
from kg.schema.operators import IS
from kg.schema.schema import Collection, Member, Schema
from kg.web.pages.items import Item, Thing, item_of, profile_of
from kg.web.pages.layout import rendered, translator

_CLAIMED = frozenset({"content", "polarity"})
INPUTS: Mapping[Kind, str] = {Kind.DATE: "date", Kind.NUMBER: "number"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A field of the form: a select where there are ``choices``, else an input of ``type``.

    ``suggests`` says whether a thing's id is asked for, which the browser can help to find.
    """

    name: str
    labels: Mapping[str, str]
    descriptions: Mapping[str, str]
    type: str
    choices: Sequence[Choice]
    value: str
    suggests: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A condition that narrows the list, and the request's pairs without it."""

    labels: Mapping[str, str]
    value: str
    rest: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A thing of the list: its class in words, and the members that tell it from others."""

    item: Item
    kind: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListView:
    """A list as its page shows it; ``parent`` and ``member`` where it is one below a thing."""

    collection: Collection
    parent: Thing | None
    member: Member | None
    inputs: Sequence[Input]
    further: Sequence[Input]
    chips: Sequence[Chip]
    sorts: Sequence[Choice]
    sort: str
    columns: Sequence[Member]
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """What is known of a list when its page is written.

    ``asked`` are the pairs of the query, ``concepts`` the choices by scheme, ``names`` what the
    things are called that conditions name, by id and by IRI.
    """

    schema: Schema
    collection: Collection
    wanted: ListRequest
    asked: Sequence[tuple[str, str]]
    parent: Thing | None
    concepts: Mapping[str, tuple[Choice, ...]]
    names: Mapping[str, str]
    language: str

    def written(self, body: Mapping[str, Json]) -> bytes:
        """The page of the list, from its JSON form."""
        return rendered("list.html", body=body, view=self.view(body))

    def view(self, body: Mapping[str, Json]) -> ListView:
        """What the page shows."""
        class_iri = self.wanted.scope.class_iri
        known = filters_of(self.schema, class_iri)
        items = body["items"]
        assert isinstance(items, list), "the JSON form of a list"
        rows = [self._row(each) for each in items]
        return ListView(
            collection=self.collection,
            parent=self.parent,
            member=self.wanted.scope.member,
            inputs=[each for one in known if is_handy(one) for each in self._inputs(one)],
            further=[each for one in known if not is_handy(one) for each in self._inputs(one)],
            chips=[*self._chips(known)],
            sorts=[*self._sorts(class_iri)],
            sort=dict(self.asked).get("sort", "id"),
            columns=_columns(rows, self.wanted.selection.fields),
            rows=rows,
        )

    def _row(self, thing: Thing) -> Row:
        known = self.schema.class_named(profile_of(self.schema, thing).class_name or "")
        return Row(item=item_of(self.schema, thing), kind=known.labels if known else {})

    def _inputs(self, one: Filter) -> Iterator[Input]:
        choices = self._choices(one)
        compared = [each for each in one.operators if each.sign]
        for operator in compared or [IS]:
            name = operator.parameters(one.name)[0]
            yield Input(
                name=name,
                labels=operator.labelled(one.labels),
                descriptions=one.descriptions,
                type=INPUTS.get(one.kind, "search" if one.name == "q" else "text"),
                choices=choices,
                value=dict(self.asked).get(name, ""),
                suggests=one.kind is Kind.ENTITY,
            )

    def _choices(self, one: Filter) -> tuple[Choice, ...]:
        schemes = sorted({each.scheme for each in one.members if each.scheme})
        concepts = tuple(each for scheme in schemes for each in self.concepts.get(scheme, ()))
        return (*self._classes(), *concepts) if one.kind is Kind.CLASS else concepts

    def _classes(self) -> tuple[Choice, ...]:
        """The classes under that of the list, by name."""
        class_iri = self.wanted.scope.class_iri
        below = self.schema.subclasses(class_iri)[1:] if class_iri else ()
        known = [self.schema.classes[iri] for iri in below if iri in self.schema.classes]
        named = [Choice(value=each.name, label=self._local(each.labels)) for each in known]
        return tuple(sorted(named, key=lambda each: each.label.casefold()))

    def _chips(self, known: Sequence[Filter]) -> Iterator[Chip]:
        parameters = spelled(known)
        for name, value in self.asked:
            if name in parameters:
                condition, operator = parameters[name]
                yield Chip(
                    labels=operator.labelled(condition.labels),
                    value=self._called(condition, value),
                    rest=[p for p in self.asked if p != (name, value) and p[0] != "cursor"],
                )

    def _called(self, condition: Filter, value: str) -> str:
        """What the page calls a value of a filter."""
        known = {each.value: each.label for each in self._choices(condition)}
        return known.get(value) or self.names.get(value) or value

    def _sorts(self, class_iri: str | None) -> Iterator[Choice]:
        texts = translator()
        members = sortable(self.schema, class_iri)
        named = {"id": texts("list.id"), "label": texts("list.label")}
        named |= {each.name: self._local(each.labels) for each in members.values()}
        for name, label in named.items():
            yield Choice(value=name, label=texts("list.ascending", what=label))
            yield Choice(value=f"-{name}", label=texts("list.descending", what=label))

    def _local(self, labels: Mapping[str, str]) -> str:
        return labels.get(self.language) or next(iter(labels.values()), "")


def schemes_of(schema: Schema, class_iri: str | None) -> set[str]:
    """The concept schemes whose concepts the form of a class's lists offers."""
    members = (each for one in filters_of(schema, class_iri) for each in one.members)
    return {each.scheme for each in members if each.scheme}


def is_handy(one: Filter) -> bool:
    """Whether a filter is shown at once: a choice, a period, a source, or one with its own name."""
    named = any(each.filter != each.name or each.role == "source" for each in one.members)
    return named or not one.members or one.kind in {Kind.CONCEPT, Kind.CLASS, Kind.DATE}


def _columns(rows: Iterable[Row], fields: Iterable[str] | None) -> list[Member]:
    """The members asked for; else those by which things are told apart, beside their origin."""
    asked = frozenset(fields or ())
    members = [field.member for row in rows for field in row.item.fields]
    found = {
        each.name: each
        for each in members
        if (each.summary or each.role in _CLAIMED if fields is None else each.name in asked)
    }
    return sorted(found.values(), key=lambda each: (each.order, each.name))
