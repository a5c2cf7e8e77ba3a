"""The shapes are the API: classes, members, collections and views, as ``shapes`` finds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from kg.schema.members import Class, Collection, Group, Member, Profile, local_name

__all__ = [
    "Class",
    "Collection",
    "Group",
    "Member",
    "Profile",
    "Schema",
    "local_name",
]


@dataclass(frozen=True, kw_only=True, eq=False)
class Schema:
    """Classes by IRI, collections by name, the members of each class, and their groups by IRI.

    ``digest`` is equal where ontology and shapes are, but for how they name their blank nodes.
    """

    classes: Mapping[str, Class]
    collections: Mapping[str, Collection]
    prefixes: Mapping[str, str]
    own_members: Mapping[str, tuple[Member, ...]] = field(repr=False)
    groups: Mapping[str, Group] = field(default_factory=dict, repr=False)
    digest: str = ""

    def superclasses(self, class_iri: str) -> tuple[str, ...]:
        """The class itself and all that it is under, nearest first; a foreign one alone."""
        known = self.classes.get(class_iri)
        return known.lineage if known else (class_iri,)

    def subclasses(self, class_iri: str) -> tuple[str, ...]:
        """The class itself and all classes under it."""
        return tuple(
            iri
            for iri in dict.fromkeys((class_iri, *self.classes))
            if class_iri in self.superclasses(iri)
        )

    def profile(self, types: Iterable[str]) -> Profile:
        """What the schema says of a thing of these types, worked out once for each combination."""
        key = frozenset(types)
        known = self._profiles.get(key)
        if known is None:
            known = self._profiles[key] = self._make_profile(key)
        return known

    def members_of(self, types: Iterable[str]) -> tuple[Member, ...]:
        """All members of a thing of these types, in order."""
        return self.profile(types).members

    def collection_of(self, types: Iterable[str]) -> Collection | None:
        """The most specific collection that things of these types are in."""
        return self.profile(types).collection

    def _make_profile(self, types: frozenset[str]) -> Profile:
        specific = self._most_specific(types)
        lineage = [up for class_iri in specific for up in self.superclasses(class_iri)]
        members: dict[str, Member] = {}
        for class_iri in lineage:
            for member in self.own_members.get(class_iri, ()):
                members.setdefault(member.name, member)
        found = (self._by_class[each] for each in lineage if each in self._by_class)
        return Profile(
            class_name=local_name(specific[0]) if specific else None,
            names=tuple(sorted(map(local_name, types))),
            lineage=tuple(dict.fromkeys(lineage)),
            collection=next(found, None),
            members=tuple(sorted(members.values(), key=lambda each: (each.order, each.name))),
        )

    def _most_specific(self, types: frozenset[str]) -> list[str]:
        """Those of ``types`` that are no superclass of another one; our own, the deepest, first."""
        above = {up for each in types for up in self.superclasses(each) if up != each}
        rank = {iri: (iri not in self.classes, -len(self.superclasses(iri)), iri) for iri in types}
        return sorted(types - above, key=rank.__getitem__)

    def class_named(self, name: str) -> Class | None:
        """The class with this local name."""
        return self._by_name.get(name)

    def class_name(self, class_iri: str) -> str:
        """The local name of a class."""
        return local_name(class_iri)

    @cached_property
    def summary_predicates(self) -> tuple[str, ...]:
        """The properties that are shown wherever a thing is linked."""
        members = (each for found in self.own_members.values() for each in found)
        return tuple(sorted({m.predicate for m in members if m.summary and m.predicate}))

    @cached_property
    def summary_links(self) -> tuple[str, ...]:
        """Those of them that lead to things, so that these are shown as well."""
        members = (each for found in self.own_members.values() for each in found)
        return tuple(
            sorted({m.predicate for m in members if m.summary and m.classes and m.predicate})
        )

    @cached_property
    def _profiles(self) -> dict[frozenset[str], Profile]:
        return {}

    @cached_property
    def _by_class(self) -> dict[str, Collection]:
        return {each.class_iri: each for each in self.collections.values()}

    @cached_property
    def _by_name(self) -> dict[str, Class]:
        return {each.name: each for each in self.classes.values()}
