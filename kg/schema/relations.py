"""Which things relate others, and which they relate: read off roles and members, not classes.

An item with a content (``api:role``) is a claim. Any other item relates things where two of its
members lead to one thing each, as a participation to an actor and an event; else it is itself a
thing that others are linked to, as an event is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from kg.rdf.namespaces import SKOS
from kg.schema.members import Member, Profile
from kg.schema.schema import Schema

_CONCEPTS = frozenset({f"{SKOS}Concept", f"{SKOS}ConceptScheme"})
_BOTH_ENDS = 2
_ORIGIN = frozenset({"status", "source", "evidence", "polarity"})


@dataclass(frozen=True, kw_only=True)
class Relations:
    """What one schema says of items as relations between things."""

    schema: Schema

    def is_item(self, profile: Profile) -> bool:
        """Whether things of these classes are put forward with a status."""
        return any(each.role == "status" for each in profile.own)

    def is_claim(self, profile: Profile) -> bool:
        """Whether they put forward a content that the graph does not assert."""
        return any(each.role == "content" for each in profile.own)

    def is_content(self, profile: Profile) -> bool:
        """Whether they are what claims have for a content, and so assert nothing."""
        return not self._contents.isdisjoint(profile.lineage)

    def is_relation(self, profile: Profile) -> bool:
        """Whether they are drawn as a link between things."""
        single = (each for each in self.ends(profile) if each.single)
        return self.is_claim(profile) or (
            self.is_item(profile) and len(tuple(single)) >= _BOTH_ENDS
        )

    def is_drawn(self, profile: Profile) -> bool:
        """Whether they are things to draw: no concepts, which say what kind others are of, and no
        passages, which are evidence.
        """
        return bool(profile.lineage) and self._aside.isdisjoint(profile.lineage)

    def is_followed(self, view: Member) -> bool:
        """Whether what the view leads to has a part in the picture: relations however far away,
        and things to draw that are one link away.
        """
        near = view.path and view.path.inverse and self._aside.isdisjoint(view.classes)
        return bool(near) or any(map(self.is_relation, self._profiles_under(view)))

    def leads_to_items(self, view: Member) -> bool:
        """Whether what the view leads to can have a status, a source and evidence."""
        return any(map(self.is_item, self._profiles_under(view)))

    def ends(self, profile: Profile) -> Sequence[Member]:
        """The members that lead to what a thing relates or is linked to, in order."""
        return [
            each
            for each in profile.own
            if each.predicate
            and not each.datatype
            and each.role not in _ORIGIN
            and self._aside.isdisjoint(each.classes)
        ]

    def sides(self, profile: Profile) -> Sequence[Member]:
        """The same with the source, which has a part in what it claims."""
        return [*self.ends(profile), *self._with_role(profile, "source")]

    def subjects(self, profile: Profile) -> Sequence[Member]:
        """The members that may lead to whom a relation is about: of a claim, what could itself be
        a source and comes before the content; else the source.
        """
        ends, sources = self.ends(profile), self._with_role(profile, "source")
        if not self.is_claim(profile):
            return ends[:1]
        able = {iri for each in sources for iri in each.classes}
        content = min(each.order for each in self._with_role(profile, "content"))
        described = [e for e in ends if e.order < content and not able.isdisjoint(e.classes)]
        return [*described, *sources]

    def objects(self, profile: Profile) -> Sequence[Member]:
        """The members that may lead to what it has to do with: the content before all others."""
        return sorted(self.ends(profile), key=lambda each: each.role != "content")

    def kinds(self, profile: Profile, end: Member) -> Sequence[Member]:
        """The members whose concepts tell what kind of relation it is: those before its end."""
        return [
            each
            for each in profile.own
            if not each.role and each.order < end.order and f"{SKOS}Concept" in each.classes
        ]

    @cached_property
    def drawn(self) -> Sequence[str]:
        """The IRIs of the classes that are drawn as things, in a stable order."""
        profiles = {iri: self.schema.profile([iri]) for iri in sorted(self.schema.classes)}
        leaves = {iri for iri in profiles if len(self.schema.subclasses(iri)) == 1}
        return [
            iri
            for iri, profile in profiles.items()
            if self.is_drawn(profile)
            and not self.is_relation(profile)
            and (iri in leaves or profile.collection)
        ]

    @cached_property
    def _contents(self) -> frozenset[str]:
        return self._classes_with("content")

    @cached_property
    def _aside(self) -> frozenset[str]:
        return _CONCEPTS | self._classes_with("evidence")

    def _profiles_under(self, view: Member) -> Iterator[Profile]:
        classes = (each for top in view.classes for each in self.schema.subclasses(top))
        return (self.schema.profile([each]) for each in classes)

    def _classes_with(self, role: str) -> frozenset[str]:
        members = (each for found in self.schema.own_members.values() for each in found)
        return frozenset(iri for each in members if each.role == role for iri in each.classes)

    @staticmethod
    def _with_role(profile: Profile, role: str) -> list[Member]:
        return [each for each in profile.own if each.role == role]


@lru_cache(maxsize=8)
def relations_of(schema: Schema) -> Relations:
    """The relations of a schema, worked out once."""
    return Relations(schema=schema)
