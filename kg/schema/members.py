"""What a schema is made of: classes, their members, and the collections that they are served in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from kg.schema.paths import Path


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)  # each is itself alone: hashable
class Member:
    """One JSON member of a class, read from the property shape ``shape``.

    ``path`` leads from the thing to the values, unless a ``pattern`` does that no path can say: a
    SPARQL group pattern over ?this and ?value. A view member (``view``) tells what points here; its
    values are kept to ``classes`` where any are named, and shown with their own members where
    ``nested``. A ``summary`` member is shown wherever the thing is linked. Lists are filtered by it
    under the name ``filter``; by a ``within`` member a thing lies in its value; a date's ``until``
    is the property that ends the period which it begins. ``role`` is what the value is to an item
    that a page shows (``api:role``). Pages show what has one of the ``ranked`` values in their
    order; a form offers the concepts of ``scheme``.
    """

    name: str
    shape: str
    path: Path | None
    pattern: str | None
    classes: tuple[str, ...]
    datatype: str | None
    single: bool
    one_per_language: bool
    nested: bool
    summary: bool
    view: bool
    filter: str
    within: bool
    until: str | None
    role: str | None
    ranked: tuple[str, ...]
    scheme: str | None
    group: str | None
    order: float
    labels: Mapping[str, str]
    descriptions: Mapping[str, str]

    @property
    def predicate(self) -> str | None:
        """The property, where the path is just one, from the thing to the value."""
        return self.path.predicate if self.path else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """The things of one class under one route; their IRIs start with ``{namespace}{segment}/``."""

    name: str
    class_iri: str
    segment: str
    labels: Mapping[str, str]
    descriptions: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Members that belong together on a page (``sh:PropertyGroup``)."""

    order: float
    labels: Mapping[str, str]
    descriptions: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """A class of the ontology, with its own superclasses, nearest first, itself included.

    ``aligned`` are the classes of other vocabularies that these are under.
    """

    iri: str
    name: str
    lineage: tuple[str, ...]
    aligned: tuple[str, ...]
    labels: Mapping[str, str]
    descriptions: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A combination of classes: the name of the most specific one, its collection and members.

    Of members of one name the nearest class's counts. ``names`` are those of the classes, sorted;
    ``lineage`` has the classes and all that they are under.
    """

    class_name: str | None
    names: tuple[str, ...]
    lineage: tuple[str, ...]
    collection: Collection | None
    members: tuple[Member, ...]

    @cached_property
    def own(self) -> tuple[Member, ...]:
        """The members whose values the thing itself states."""
        return tuple(each for each in self.members if not each.view)

    @cached_property
    def stated(self) -> tuple[tuple[str, Member], ...]:
        """Those of them whose values stand in one triple each, behind their properties."""
        return tuple((each.predicate, each) for each in self.own if each.predicate)

    @cached_property
    def views(self) -> tuple[Member, ...]:
        """The members that tell what points here."""
        return tuple(each for each in self.members if each.view)

    @cached_property
    def by_role(self) -> Mapping[str, Member]:
        """The members that have a role in items, by role."""
        return {each.role: each for each in self.members if each.role}

    @cached_property
    def summary(self) -> tuple[tuple[str, Member], ...]:
        """The members that are shown wherever the thing is linked, behind their properties."""
        return tuple(each for each in self.stated if each[1].summary)


def local_name(iri: str) -> str:
    """What stands behind the last ``#`` or ``/``."""
    return iri.rpartition("#")[2].rpartition("/")[2]
